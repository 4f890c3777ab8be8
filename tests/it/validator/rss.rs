//! The rules for RSS 2.0.

use roxmltree::Node;

use super::words::Report;

const ATOM: &str = "http://www.w3.org/2005/Atom";
const CONTENT: &str = "http://purl.org/rss/1.0/modules/content/";
const DC: &str = "http://purl.org/dc/elements/1.1/";
const MEDIA: &str = "http://search.yahoo.com/mrss/";
const THR: &str = "http://purl.org/syndication/thread/1.0";

/// Elements of a channel or an item that may come several times.
const MANY: [&str; 8] =
    ["item", "category", "link", "creator", "contributor", "content", "thumbnail", "in-reply-to"];

fn children<'a, 'x>(node: Node<'a, 'x>, namespace: Option<&'a str>, name: &'a str) -> Vec<Node<'a, 'x>> {
    node.children()
        .filter(|n| n.is_element() && n.tag_name().name() == name && n.tag_name().namespace() == namespace)
        .collect()
}

fn text(node: Node) -> String {
    node.children().filter_map(|n| n.text()).collect()
}

fn told(node: Node, namespace: Option<&str>, name: &str) -> Option<String> {
    let found = node
        .children()
        .find(|n| n.is_element() && n.tag_name().name() == name && n.tag_name().namespace() == namespace);
    found.map(text)
}

/// Every rule, told to `report`.
pub fn check(root: Node, location: Option<&str>, report: &mut Report) {
    if root.tag_name().name() != "rss" || root.attribute("version") != Some("2.0") {
        report.error("the root is not `rss` with version 2.0".to_owned());
    }
    let Some(channel) = children(root, None, "channel").first().copied() else {
        return report.error("no channel".to_owned());
    };
    for node in channel.descendants().filter(Node::is_element) {
        let name = node.tag_name().name();
        report.characters(name, &text(node));
        node.attributes().for_each(|attribute| report.characters(name, attribute.value()));
    }
    single(channel, "channel", report);
    for name in ["title", "link", "description"] {
        report.filled(&format!("channel/{name}"), &told(channel, None, name).unwrap_or_default());
    }
    report.uri("channel/link", &told(channel, None, "link").unwrap_or_default());
    report.plain("channel/title", &told(channel, None, "title").unwrap_or_default());
    told(channel, None, "language").iter().for_each(|language| report.language("channel/language", language));
    told(channel, None, "lastBuildDate").iter().for_each(|date| report.rfc822("channel/lastBuildDate", date));
    told(channel, None, "managingEditor")
        .iter()
        .for_each(|mail| report.mail_with_name("managingEditor", mail));
    told(channel, None, "ttl").iter().for_each(|ttl| report.number("ttl", ttl));
    let links = children(channel, Some(ATOM), "link");
    let own = links.iter().find(|link| link.attribute("rel") == Some("self"));
    report.own(own.and_then(|link| link.attribute("href")), location);
    for image in children(channel, None, "image") {
        report.uri("image/url", &told(image, None, "url").unwrap_or_default());
        if told(image, None, "link") != told(channel, None, "link")
            || told(image, None, "title") != told(channel, None, "title")
        {
            report.warning("title and link of the image are not those of the channel".to_owned());
        }
    }
    links.into_iter().for_each(|node| link(node, "channel", report));
    for (index, node) in children(channel, None, "item").into_iter().enumerate() {
        item(node, &format!("item {}", index + 1), report);
    }
}

fn single(node: Node, place: &str, report: &mut Report) {
    let mut seen = std::collections::HashSet::new();
    for child in node.children().filter(Node::is_element) {
        let name = child.tag_name();
        if !seen.insert((name.namespace(), name.name())) && !MANY.contains(&name.name()) {
            report.error(format!("{place}: `{}` comes twice", name.name()));
        }
    }
}

fn link(link: Node, place: &str, report: &mut Report) {
    report.uri(&format!("{place}/atom:link"), link.attribute("href").unwrap_or_default());
    report.filled(&format!("{place}/atom:link rel"), link.attribute("rel").unwrap_or("alternate"));
    if let Some(title) = link.attribute("title") {
        report.filled(&format!("{place}/atom:link title"), title);
    }
}

fn item(item: Node, place: &str, report: &mut Report) {
    single(item, place, report);
    let at = |name: &str| format!("{place}/{name}");
    let one = |name: &str| told(item, None, name);
    match one("title") {
        Some(title) => {
            report.filled(&at("title"), &title);
            report.plain("`title`", &title);
        }
        None if one("description").is_none() => {
            report.error(format!("{place}: neither title nor description"))
        }
        None => {}
    }
    one("link").iter().for_each(|url| report.uri(&at("link"), url));
    one("comments").iter().for_each(|url| report.uri(&at("comments"), url));
    one("pubDate").iter().for_each(|date| report.rfc822(&at("pubDate"), date));
    told(item, Some(ATOM), "updated").iter().for_each(|date| report.rfc3339(&at("atom:updated"), date));
    let author = one("author");
    author.iter().for_each(|mail| report.mail_with_name(&format!("{place}: author"), mail));
    if author.is_some() && told(item, Some(DC), "creator").is_some() {
        report.warning(format!("{place}: both author and dc:creator"));
    }
    told(item, Some(DC), "language")
        .iter()
        .for_each(|language| report.language(&at("dc:language"), language));
    one("description").iter().for_each(|html| report.html(&at("description"), html));
    if let Some(html) = told(item, Some(CONTENT), "encoded") {
        report.html(&at("content:encoded"), &html);
        let mut names = item.children().filter(Node::is_element).map(|n| n.tag_name().name());
        if names.find(|name| matches!(*name, "description" | "encoded")) != Some("description") {
            report.warning(format!("{place}: no description before content:encoded"));
        }
    }
    guid(item, place, report);
    children(item, None, "category").into_iter().for_each(|node| report.filled(&at("category"), &text(node)));
    for node in children(item, None, "enclosure") {
        report.web(&at("enclosure url"), node.attribute("url").unwrap_or_default());
        report.uri(&at("enclosure url"), node.attribute("url").unwrap_or_default());
        report.number(&at("enclosure length"), node.attribute("length").unwrap_or_default());
        report.mime(&at("enclosure type"), node.attribute("type").unwrap_or_default());
    }
    for node in children(item, None, "source") {
        report.uri(&at("source url"), node.attribute("url").unwrap_or_default());
    }
    for node in item.children().filter(|n| n.tag_name().namespace() == Some(MEDIA)) {
        report.uri(&at("media url"), node.attribute("url").unwrap_or_default());
        node.attribute("type").iter().for_each(|kind| report.mime(&at("media type"), kind));
        node.attribute("fileSize").iter().for_each(|size| report.number(&at("media fileSize"), size));
    }
    for node in children(item, Some(THR), "in-reply-to") {
        report.uri(&at("thr:in-reply-to"), node.attribute("ref").unwrap_or_default());
    }
    children(item, Some(ATOM), "link").into_iter().for_each(|node| link(node, place, report));
}

fn guid(item: Node, place: &str, report: &mut Report) {
    let Some(guid) = children(item, None, "guid").first().copied() else {
        return report.warning(format!("{place}: no guid"));
    };
    let value = text(guid);
    report.filled(&format!("{place}/guid"), &value);
    report.once(place, &value);
    if guid.attribute("isPermaLink") != Some("false") {
        report.web(&format!("{place}/guid that is a permalink"), &value);
    }
}
