//! Atom 1.0, written by the atom_syndication crate (RFC 4287), with the language of each entry put in afterwards.

use std::collections::BTreeMap;

use atom_syndication::extension::{Extension, ExtensionMap};
use atom_syndication::{
    Category, Content, Entry as AtomEntry, Feed as AtomFeed, FixedDateTime, Generator, Link, Person, Source,
    Text, WriteConfig,
};

use super::shown::{self, Attribution, Byline};
use super::{Format, fence, history, media};
use crate::model::{Attachment, Entry, Feed, Html, Item, Timestamp};

/// The document; `own_url` is where it will be found.
pub(super) fn write(feed: &Feed, own_url: Option<String>) -> Vec<u8> {
    let config = WriteConfig { write_document_declaration: false, indent_size: Some(1) };
    // Writing to memory does not fail; were it to, the gate before the tree refuses the empty document.
    let body = atom(feed, own_url).write_with_config(Vec::new(), config).unwrap_or_default();
    let body = String::from_utf8(body).unwrap_or_default();
    let mut document = String::with_capacity(body.len() + 64 + 16 * feed.entries.len());
    document.push_str("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    document.push_str(&fence::style(feed.style.as_deref()));
    with_languages(&body, &feed.entries, &mut document);
    document.push('\n');
    document.into_bytes()
}

/// Gives each `<entry>` its `xml:lang`, which the crate has no field for.
///
/// Sound by what the writer does: every `<` of a text or an attribute is written as `&lt;`, there are no CDATA
/// sections and no XHTML, so the start tag can only be the start of an entry, and they stand in the order of `entries`.
fn with_languages(body: &str, entries: &[Entry], out: &mut String) {
    let mut parts = body.split("<entry>");
    out.push_str(parts.next().unwrap_or_default());
    for (part, entry) in parts.zip(entries) {
        match fence::language(entry.item.language.as_deref()) {
            Some(language) => out.push_str(&format!("<entry xml:lang=\"{language}\">")),
            None => out.push_str("<entry>"),
        }
        out.push_str(part);
    }
}

fn atom(feed: &Feed, own_url: Option<String>) -> AtomFeed {
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
        // Atom has no such hint.
        ttl_minutes: _,
        // Put in by `write`.
        style: _,
        history,
        // In the addresses.
        view: _,
        entries,
    } = feed;
    let home = home_url.as_ref().or(base_url.as_ref()).map(fence::url);
    let own = own_url.map(|url| Link { mime_type: kind(Format::Atom.media_type()), ..link("self", url) });
    let home = home.map(|url| Link { mime_type: kind("text/html"), ..link("alternate", url) });
    let hubs = hub_urls.iter().map(|hub| link("hub", fence::url(hub)));
    let others = history::links(feed, Format::Atom).into_iter().map(|(rel, url)| link(rel, url));
    let mut extensions = ExtensionMap::new();
    let mut namespaces = BTreeMap::from(
        [("media", media::NAMESPACE), ("thr", "http://purl.org/syndication/thread/1.0")]
            .map(|(prefix, uri)| (prefix.to_owned(), uri.to_owned())),
    );
    if history.archive.is_some() {
        let mark = BTreeMap::from([("archive".to_owned(), vec![leaf("fh:archive", Vec::new())])]);
        extensions.insert("fh".to_owned(), mark);
        namespaces.insert("fh".to_owned(), history::NAMESPACE.to_owned());
    }
    AtomFeed {
        title: Text::plain(shown::name(title, id.as_str())),
        id: fence::uri(uri),
        updated: date(*updated),
        authors: shown::people(authors).into_iter().map(person).collect(),
        generator: Some(Generator { value: "harkara".to_owned(), uri: None, version: None }),
        icon: icon_url.as_ref().map(fence::url),
        links: own.into_iter().chain(home).chain(hubs).chain(others).collect(),
        rights: fence::some_line(rights.as_deref()).map(Text::plain),
        subtitle: fence::some_line(subtitle.as_deref()).map(Text::plain),
        entries: entries.iter().map(entry).collect(),
        namespaces,
        extensions,
        lang: fence::language(language.as_deref()),
        ..AtomFeed::default()
    }
}

fn entry(entry: &Entry) -> AtomEntry {
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
        // Put in by `with_languages`.
        language: _,
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
    let title = shown::title(item, provenance);
    let mut links: Vec<Link> = url.iter().map(|url| link("alternate", fence::url(url))).collect();
    links.extend(attachments.iter().map(enclosure));
    links.extend(
        related.iter().map(|(name, url)| Link {
            title: fence::some_line(Some(name)),
            ..link("related", fence::url(url))
        }),
    );
    // Atom takes one alternate of a kind only.
    links.extend(alternate_urls.iter().map(|url| link("related", fence::url(url))));
    links.extend(comments_url.iter().map(|url| link("replies", fence::url(url))));
    links.extend(
        from.via.iter().map(|(name, url)| Link { title: Some(name.clone()), ..link("via", url.clone()) }),
    );
    AtomEntry {
        id: fence::uri(id.as_str()),
        updated: date(*updated),
        authors: shown::authors(authors, &from).into_iter().map(person).collect(),
        categories: shown::categories(categories, tags).into_iter().map(category).collect(),
        contributors: shown::people(contributors).into_iter().map(person).collect(),
        published: Some(date(*published)),
        rights: fence::some_line(rights.as_deref()).map(Text::plain),
        summary: summary.as_ref().map(|html| Text::html(fence::text(html.as_str()))),
        content: body(content.as_ref(), summary.as_ref(), &title, links.first()),
        title: Text::plain(title),
        links,
        source: Some(source(from, *updated)),
        extensions: extensions(item, in_reply_to.as_deref()),
        ..AtomEntry::default()
    }
}

/// The content; an entry without a page must have one (RFC 4287 section 4.1.2), so summary or title stand in there.
fn body(
    content: Option<&Html>,
    summary: Option<&Html>,
    title: &str,
    first_link: Option<&Link>,
) -> Option<Content> {
    let has_page = first_link.is_some_and(|link| link.rel == "alternate");
    let html = match (content.or(if has_page { None } else { summary }), has_page) {
        (Some(html), _) => fence::text(html.as_str()),
        (None, true) => return None,
        (None, false) => fence::escape(title),
    };
    Some(Content { content_type: Some("html".to_owned()), value: Some(html), ..Content::default() })
}

/// The crate always writes `updated`: where the source tells none, it is that of the entry.
fn source(from: Attribution, entry_updated: Timestamp) -> Source {
    let Attribution { id, title, home_url, feed_url, updated, rights, via: _ } = from;
    let own = feed_url.map(|url| link("self", url));
    let home = home_url.map(|url| link("alternate", url));
    Source {
        title: Text::plain(title),
        id,
        updated: date(updated.unwrap_or(entry_updated)),
        links: own.into_iter().chain(home).collect(),
        rights: rights.map(Text::plain),
        ..Source::default()
    }
}

fn enclosure(attachment: &Attachment) -> Link {
    let Attachment { url, media_type, size_bytes, duration_seconds: _, title } = attachment;
    Link {
        mime_type: fence::media_type(media_type.as_deref()),
        // Zero is said for "unknown".
        length: size_bytes.filter(|size| *size > 0).map(|size| size.to_string()),
        title: fence::some_line(title.as_deref()),
        ..link("enclosure", fence::url(url))
    }
}

fn link(rel: &str, href: String) -> Link {
    Link { rel: rel.to_owned(), href, ..Link::default() }
}

fn kind(media_type: &str) -> Option<String> {
    Some(media_type.to_owned())
}

fn person(Byline { name, email, url }: Byline) -> Person {
    Person { name, email, uri: url, ..Person::default() }
}

/// The scheme must be a URI (RFC 4287 section 4.2.2.2).
fn category(shown::Term { term, scheme, label }: shown::Term) -> Category {
    Category { term, scheme: scheme.as_deref().and_then(fence::absolute), label }
}

fn date(date: Timestamp) -> FixedDateTime {
    fence::instant(date).fixed_offset()
}

fn extensions(item: &Item, in_reply_to: Option<&str>) -> ExtensionMap {
    // `link rel=enclosure` tells everything but a duration.
    let told = |a: &Attachment| media::duration(a.duration_seconds).is_none();
    let mut map = ExtensionMap::new();
    let mut add = |element: Extension| {
        if let Some((prefix, local)) = element.name.clone().split_once(':') {
            map.entry(prefix.to_owned()).or_default().entry(local.to_owned()).or_default().push(element);
        }
    };
    for media::Element { name, attributes, title: _ } in media::elements(item, told) {
        add(leaf(name, attributes));
    }
    if let Some(answered) = in_reply_to.and_then(fence::absolute) {
        add(leaf("thr:in-reply-to", vec![("ref", answered)]));
    }
    map
}

/// The crate writes attributes of extensions as they are: they are escaped here. The empty value keeps the writer
/// from breaking a line inside.
fn leaf(name: &str, attributes: Vec<(&str, String)>) -> Extension {
    Extension {
        name: name.to_owned(),
        value: Some(String::new()),
        attrs: attributes
            .into_iter()
            .map(|(name, value)| (name.to_owned(), fence::attribute(&value)))
            .collect(),
        ..Extension::default()
    }
}
