//! The rules for Atom 1.0.

use std::collections::HashSet;

use roxmltree::Node;

use super::words::Report;

const ATOM: &str = "http://www.w3.org/2005/Atom";
const XML: &str = "http://www.w3.org/XML/1998/namespace";

fn children<'a, 'x>(node: Node<'a, 'x>, name: &'a str) -> Vec<Node<'a, 'x>> {
    node.children().filter(|n| n.has_tag_name((ATOM, name))).collect()
}

fn told(node: Node, name: &str) -> Option<String> {
    node.children()
        .find(|n| n.has_tag_name((ATOM, name)))
        .map(|n| n.children().filter_map(|n| n.text()).collect())
}

/// Every rule, told to `report`.
pub fn check(root: Node, location: Option<&str>, report: &mut Report) {
    if !root.has_tag_name((ATOM, "feed")) {
        return report.error("the root is not `feed`".to_owned());
    }
    for node in root.descendants().filter(Node::is_element) {
        let name = node.tag_name().name();
        report.characters(name, node.text().unwrap_or_default());
        node.attributes().for_each(|attribute| report.characters(name, attribute.value()));
        if let Some(language) = node.attribute((XML, "lang")) {
            report.language(&format!("{name} xml:lang"), language);
        }
    }
    required(root, "feed", report);
    let own = children(root, "link").into_iter().find(|link| link.attribute("rel") == Some("self"));
    report.own(own.and_then(|link| link.attribute("href")), location);
    links(root, "feed", report);
    people(root, "feed", report);
    told(root, "icon").iter().for_each(|url| report.uri("feed/icon", url));
    let has_author = !children(root, "author").is_empty();
    for (index, entry) in children(root, "entry").into_iter().enumerate() {
        let place = format!("entry {}", index + 1);
        required(entry, &place, report);
        report.once(&place, &told(entry, "id").unwrap_or_default());
        links(entry, &place, report);
        people(entry, &place, report);
        body(entry, &place, report);
        told(entry, "published").iter().for_each(|date| report.rfc3339(&format!("{place}/published"), date));
        if !has_author && children(entry, "author").is_empty() {
            report.error(format!("{place}: no author"));
        }
        for category in children(entry, "category") {
            report.filled(&format!("{place}/category"), category.attribute("term").unwrap_or_default());
            category.attribute("scheme").iter().for_each(|uri| report.uri(&format!("{place}/category"), uri));
        }
        for source in children(entry, "source") {
            required(source, &format!("{place}/source"), report);
            links(source, &format!("{place}/source"), report);
        }
    }
}

fn required(node: Node, place: &str, report: &mut Report) {
    for name in ["id", "title", "updated"] {
        if children(node, name).len() != 1 {
            report.error(format!("{place}: not one `{name}`"));
        }
    }
    report.uri(&format!("{place}/id"), &told(node, "id").unwrap_or_default());
    report.filled(&format!("{place}/title"), &told(node, "title").unwrap_or_default());
    report.rfc3339(&format!("{place}/updated"), &told(node, "updated").unwrap_or_default());
}

fn links(node: Node, place: &str, report: &mut Report) {
    let mut alternates = HashSet::new();
    for link in children(node, "link") {
        report.uri(&format!("{place}/link"), link.attribute("href").unwrap_or_default());
        link.attribute("type").iter().for_each(|kind| report.mime(&format!("{place}/link type"), kind));
        link.attribute("length").iter().for_each(|size| report.number(&format!("{place}/link length"), size));
        link.attribute("title").iter().for_each(|title| report.filled(&format!("{place}/link title"), title));
        let kind = (link.attribute("type"), link.attribute("hreflang"));
        if link.attribute("rel").unwrap_or("alternate") == "alternate" && !alternates.insert(kind) {
            report.error(format!("{place}: two alternates of one kind"));
        }
    }
}

fn people(node: Node, place: &str, report: &mut Report) {
    for person in children(node, "author").into_iter().chain(children(node, "contributor")) {
        if told(person, "name").is_none_or(|name| name.trim().is_empty()) {
            report.error(format!("{place}: author without a name"));
        }
        told(person, "email").iter().for_each(|mail| report.mail(&format!("{place}: email"), mail));
        told(person, "uri").iter().for_each(|uri| report.uri(&format!("{place}: uri of a person"), uri));
    }
}

fn body(entry: Node, place: &str, report: &mut Report) {
    let html = |node: Node| node.attribute("type") == Some("html");
    let alternate = |link: &Node| link.attribute("rel").unwrap_or("alternate") == "alternate";
    if children(entry, "content").is_empty() && !children(entry, "link").iter().any(alternate) {
        report.error(format!("{place}: neither content nor link rel=alternate"));
    }
    for name in ["title", "summary", "content"] {
        let found = children(entry, name);
        if found.len() > 1 {
            report.error(format!("{place}: `{name}` comes twice"));
        }
        for node in found {
            if html(node) {
                report.html(&format!("{place}/{name}"), node.text().unwrap_or_default());
            }
        }
    }
}
