//! RSS 2.0, written by the rss crate (rssboard.org/rss-specification and its profile).

use std::collections::BTreeMap;

use rss::extension::atom::{AtomExtension, Link};
use rss::extension::dublincore::DublinCoreExtension;
use rss::extension::{Extension, ExtensionMap};
use rss::{Category, Channel, Enclosure, Guid, Image, Item as RssItem, Source};

use super::shown::{self, Attribution, Byline};
use super::{Format, fence, history, media};
use crate::model::{Attachment, Entry, Feed, Html, Item, Timestamp};

/// How long a description made from the content may be, in grapheme clusters.
const DESCRIPTION: usize = 300;

/// The document; `own_url` is where it will be found.
pub(super) fn write(feed: &Feed, own_url: Option<String>) -> Vec<u8> {
    let channel = channel(feed, own_url);
    // Writing to memory does not fail; were it to, the gate before the tree refuses the empty document.
    let mut bytes = channel.pretty_write_to(Vec::new(), b' ', 1).unwrap_or_default();
    bytes.push(b'\n');
    with_style(bytes, feed.style.as_deref())
}

/// Puts the instruction behind the declaration, which the writer ends with a line break and which is its only line of
/// that kind.
fn with_style(bytes: Vec<u8>, sheet: Option<&str>) -> Vec<u8> {
    let style = fence::style(sheet);
    match bytes.iter().position(|b| *b == b'\n').filter(|_| bytes.starts_with(b"<?xml ")) {
        Some(end) if !style.is_empty() => {
            let (head, rest) = bytes.split_at(end + 1);
            [head, style.as_bytes(), rest].concat()
        }
        _ => bytes,
    }
}

fn channel(feed: &Feed, own_url: Option<String>) -> Channel {
    let Feed {
        id,
        uri,
        title,
        subtitle,
        base_url,
        home_url,
        hub_urls,
        language,
        updated,
        authors,
        rights,
        icon_url,
        ttl_minutes,
        // Put in by `write`.
        style: _,
        history,
        // In the addresses.
        view: _,
        entries,
    } = feed;
    let title = html_proof(shown::name(title, id.as_str()));
    // `link` is required; without any page of ours the permanent URI of the feed stands in.
    let link = home_url.as_ref().or(base_url.as_ref()).map_or_else(|| fence::uri(uri), fence::url);
    let (mail, creators) = bylines(shown::people(authors));
    let kind = Format::Rss.media_type();
    let own = own_url.map(|url| atom_link("self", url, None, Some(kind)));
    let hubs = hub_urls.iter().map(|hub| atom_link("hub", fence::url(hub), None, None));
    let others =
        history::links(feed, Format::Rss).into_iter().map(|(rel, url)| atom_link(rel, url, None, None));
    let mut namespaces = BTreeMap::from(
        [
            ("atom", "http://www.w3.org/2005/Atom"),
            ("content", "http://purl.org/rss/1.0/modules/content/"),
            ("dc", "http://purl.org/dc/elements/1.1/"),
            ("media", media::NAMESPACE),
            ("thr", "http://purl.org/syndication/thread/1.0"),
        ]
        .map(|(prefix, uri)| (prefix.to_owned(), uri.to_owned())),
    );
    let mut extensions = ExtensionMap::new();
    if history.archive.is_some() {
        let mark = Extension { name: "fh:archive".to_owned(), ..Extension::default() };
        extensions.insert("fh".to_owned(), BTreeMap::from([("archive".to_owned(), vec![mark])]));
        namespaces.insert("fh".to_owned(), history::NAMESPACE.to_owned());
    }
    Channel {
        image: icon_url.as_ref().map(|icon| Image {
            url: fence::url(icon),
            title: title.clone(),
            link: link.clone(),
            ..Image::default()
        }),
        description: fence::some_line(subtitle.as_deref()).unwrap_or_else(|| title.clone()),
        title,
        link,
        language: fence::language(language.as_deref()),
        copyright: fence::some_line(rights.as_deref()),
        managing_editor: mail,
        // The epoch stands for "no entry yet": no date then.
        last_build_date: (*updated != Timestamp::UNIX_EPOCH).then(|| fence::rfc822(*updated)),
        generator: Some("harkara".to_owned()),
        ttl: ttl_minutes.filter(|ttl| *ttl > 0).map(|ttl| ttl.to_string()),
        atom_ext: links(own.into_iter().chain(hubs).chain(others).collect()),
        dublin_core_ext: dublin_core(DublinCoreExtension { creators, ..DublinCoreExtension::default() }),
        items: entries.iter().map(item).collect(),
        namespaces,
        extensions,
        ..Channel::default()
    }
}

fn item(entry: &Entry) -> RssItem {
    // The dates and the id of an entry are ours; those of its item are the source's words.
    let Entry {
        id,
        source: _,
        published,
        updated,
        first_seen: _,
        revision: _,
        tags,
        item,
        provenance,
        related,
    } = entry;
    let Item {
        id: _,
        url,
        alternate_urls,
        title: _,
        summary,
        content,
        language,
        published: _,
        updated: _,
        authors,
        contributors,
        categories,
        attachments,
        image_url: _,
        comments_url,
        origin,
        rights,
        in_reply_to,
    } = item;
    let from = shown::attribution(provenance, origin.as_ref());
    let link = url.as_ref().map(fence::url);
    let guid = fence::uri(id.as_str());
    let (mail, creators) = bylines(shown::authors(authors, &from));
    let title = shown::title(item, provenance);
    let enclosure = media::enclosure(attachments);
    let related = related
        .iter()
        .map(|(name, url)| atom_link("related", fence::url(url), fence::some_line(Some(name)), None));
    let alternates = alternate_urls.iter().map(|url| atom_link("related", fence::url(url), None, None));
    let via = from.via.iter().map(|(name, url)| atom_link("via", url.clone(), Some(name.clone()), None));
    RssItem {
        description: description(summary.as_ref(), content.as_ref(), &title),
        title: Some(html_proof(title)),
        author: mail,
        categories: shown::categories(categories, tags).into_iter().map(category).collect(),
        comments: comments_url.as_ref().map(fence::url),
        enclosure: enclosure.map(|a| Enclosure {
            url: fence::url(&a.url),
            // Zero says "unknown" (RSS best practices).
            length: a.size_bytes.unwrap_or(0).to_string(),
            mime_type: mime_type(a),
        }),
        guid: Some(Guid { permalink: link.as_ref() == Some(&guid), value: guid }),
        link,
        pub_date: Some(fence::rfc822(*published)),
        source: source(&from),
        content: content.as_ref().map(|html| fence::text(html.as_str())),
        extensions: extensions(
            item,
            enclosure,
            (updated != published).then_some(*updated),
            in_reply_to.as_deref(),
        ),
        atom_ext: links(related.chain(alternates).chain(via).collect()),
        dublin_core_ext: dublin_core(DublinCoreExtension {
            contributors: shown::people(contributors).into_iter().map(|byline| byline.name).collect(),
            creators,
            languages: fence::language(language.as_deref()).into_iter().collect(),
            rights: fence::some_line(rights.as_deref()).into_iter().collect(),
            ..DublinCoreExtension::default()
        }),
        ..RssItem::default()
    }
}

/// A title that a reader who takes it for HTML shows as well as one who takes it for text.
///
/// RSS does not say which of the two a title is. Most readers say HTML; so what would be markup to them is escaped
/// once more, and everything else left alone, for the others.
fn html_proof(title: String) -> String {
    let tag = |at: usize| title[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c));
    let reference = |at: usize| {
        let name = title[at + 1..].trim_start_matches('#');
        let length = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
        length > 0 && name[length..].starts_with(';')
    };
    let markup = title.match_indices('<').any(|(at, _)| tag(at))
        || title.match_indices('&').any(|(at, _)| reference(at));
    if markup { fence::escape(&title) } else { title }
}

/// The summary; where there is none but a content, its first words: validators and old readers want a description
/// beside `content:encoded`.
fn description(summary: Option<&Html>, content: Option<&Html>, title: &str) -> Option<String> {
    if let Some(summary) = summary {
        return Some(fence::text(summary.as_str()));
    }
    let text = shown::excerpt(&content?.text(), DESCRIPTION);
    Some(fence::escape(if text.is_empty() { title } else { &text }))
}

/// `author` must hold a mail address, and a validator wants either it or `dc:creator`: one person with a mail address
/// is told by the first, all others by the second.
fn bylines(people: Vec<Byline>) -> (Option<String>, Vec<String>) {
    if let [Byline { name, email: Some(email), url: _ }] = people.as_slice() {
        let told = if name == email { email.clone() } else { format!("{email} ({name})") };
        return (Some(told), Vec::new());
    }
    (None, people.into_iter().map(|byline| byline.name).collect())
}

/// `source` wants the address of a feed.
fn source(from: &Attribution) -> Option<Source> {
    let url = from.feed_url.clone()?;
    Some(Source { url, title: Some(from.title.clone()) })
}

fn category(term: shown::Term) -> Category {
    Category { domain: term.scheme.clone(), name: term.shown() }
}

fn mime_type(attachment: &Attachment) -> String {
    fence::media_type(attachment.media_type.as_deref())
        .unwrap_or_else(|| "application/octet-stream".to_owned())
}

fn atom_link(rel: &str, href: String, title: Option<String>, kind: Option<&str>) -> Link {
    Link { rel: rel.to_owned(), href, title, mime_type: kind.map(str::to_owned), ..Link::default() }
}

fn links(links: Vec<Link>) -> Option<AtomExtension> {
    (!links.is_empty()).then_some(AtomExtension { links })
}

fn dublin_core(terms: DublinCoreExtension) -> Option<DublinCoreExtension> {
    (terms != DublinCoreExtension::default()).then_some(terms)
}

fn extensions(
    item: &Item,
    enclosure: Option<&Attachment>,
    updated: Option<Timestamp>,
    in_reply_to: Option<&str>,
) -> ExtensionMap {
    let told = |a: &Attachment| {
        enclosure == Some(a) && a.title.is_none() && media::duration(a.duration_seconds).is_none()
    };
    let mut map = ExtensionMap::new();
    let mut add = |element: Extension| {
        if let Some((prefix, local)) = element.name.clone().split_once(':') {
            map.entry(prefix.to_owned()).or_default().entry(local.to_owned()).or_default().push(element);
        }
    };
    for media::Element { name, attributes, title } in media::elements(item, told) {
        let mut media = leaf(name, attributes, None);
        if let Some(title) = title {
            media.children.insert("title".to_owned(), vec![leaf("media:title", Vec::new(), Some(title))]);
        }
        add(media);
    }
    if let Some(updated) = updated {
        add(leaf("atom:updated", Vec::new(), Some(fence::rfc3339(updated))));
    }
    if let Some(answered) = in_reply_to.and_then(fence::absolute) {
        add(leaf("thr:in-reply-to", vec![("ref", answered)], None));
    }
    map
}

/// An element without a value gets an empty one: the writer then breaks no line inside it.
fn leaf(name: &str, attributes: Vec<(&str, String)>, value: Option<String>) -> Extension {
    Extension {
        name: name.to_owned(),
        value: Some(value.unwrap_or_default()),
        attrs: attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        ..Extension::default()
    }
}

#[cfg(test)]
mod tests {
    use super::html_proof;

    #[test]
    fn titles_survive_readers_who_take_them_for_html() {
        for (title, written) in [
            ("AT&T < B", "AT&T < B"),
            ("a <b> c", "a &lt;b&gt; c"),
            ("&amp; & খ", "&amp;amp; &amp; খ"),
            ("&#8217; </p", "&amp;#8217; &lt;/p"),
            ("১ < ২ && ৩", "১ < ২ && ৩"),
            ("&", "&"),
            ("<", "<"),
        ] {
            assert_eq!(html_proof(title.to_owned()), written);
        }
    }
}
