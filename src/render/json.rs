//! JSON Feed 1.1 (jsonfeed.org/version/1.1), with what it has no place for under `_harkara`.

use serde::Serialize;

use super::shown::{self, Attribution, Byline};
use super::{Format, fence, history, media};
use crate::model::{Attachment, Entry, Feed, Item};

/// The document; `own_url` is where it will be found.
pub(super) fn write(feed: &Feed, own_url: Option<String>) -> Vec<u8> {
    // Writing to memory does not fail; were it to, the gate before the tree refuses the empty document.
    let mut bytes = serde_json::to_vec_pretty(&document(feed, own_url)).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

#[derive(Serialize)]
struct JsonFeed {
    version: &'static str,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    home_page_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feed_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    icon: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authors: Vec<Author>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hubs: Vec<Hub>,
    _harkara: FeedExtension,
    items: Vec<JsonItem>,
}

/// What JSON Feed has no place for; `id` and `updated` are those of the Atom document.
#[derive(Serialize)]
struct FeedExtension {
    id: String,
    updated: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rights: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl_minutes: Option<u32>,
}

#[derive(Serialize)]
struct Author {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
struct Hub {
    r#type: &'static str,
    url: String,
}

#[derive(Serialize)]
struct JsonItem {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_html: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<String>,
    date_published: String,
    date_modified: String,
    authors: Vec<Author>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<JsonAttachment>,
    _harkara: ItemExtension,
}

#[derive(Serialize)]
struct JsonAttachment {
    url: String,
    mime_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size_in_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_in_seconds: Option<f64>,
}

#[derive(Serialize)]
struct ItemExtension {
    source: From,
    #[serde(skip_serializing_if = "Option::is_none")]
    via: Option<Page>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<Page>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    alternate_urls: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    contributors: Vec<Author>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comments_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_reply_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rights: Option<String>,
    revision: u32,
}

#[derive(Serialize)]
struct From {
    id: String,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    home_page_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feed_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rights: Option<String>,
}

#[derive(Serialize)]
struct Page {
    title: String,
    url: String,
}

fn document(feed: &Feed, own_url: Option<String>) -> JsonFeed {
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
        // Browsers show JSON as it is.
        style: _,
        // `next_url` below.
        history: _,
        // In `feed_url`.
        view: _,
        entries,
    } = feed;
    JsonFeed {
        version: "https://jsonfeed.org/version/1.1",
        title: shown::name(title, id.as_str()),
        home_page_url: home_url.as_ref().or(base_url.as_ref()).map(fence::url),
        feed_url: own_url,
        // "The next n items": those before these.
        next_url: history::links(feed, Format::Json)
            .into_iter()
            .find_map(|(rel, url)| (rel == "prev-archive").then_some(url)),
        description: fence::some_line(subtitle.as_deref()),
        icon: icon_url.as_ref().map(fence::url),
        authors: people(shown::people(authors)),
        language: fence::language(language.as_deref()),
        hubs: hub_urls.iter().map(|hub| Hub { r#type: "WebSub", url: fence::url(hub) }).collect(),
        _harkara: FeedExtension {
            id: fence::uri(uri),
            updated: fence::rfc3339(*updated),
            rights: fence::some_line(rights.as_deref()),
            ttl_minutes: *ttl_minutes,
        },
        items: entries.iter().map(item).collect(),
    }
}

fn item(entry: &Entry) -> JsonItem {
    // The dates and the id of an entry are ours; those of its item are the source's words.
    let Entry { id, source: _, published, updated, first_seen: _, revision, tags, item, provenance, related } =
        entry;
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
        image_url,
        comments_url,
        origin,
        rights,
        in_reply_to,
    } = item;
    let from = shown::attribution(provenance, origin.as_ref());
    let title = shown::title(item, provenance);
    // One of the two contents is required.
    let content_html = content.as_ref().or(summary.as_ref()).map(|html| fence::text(html.as_str()));
    let page = |(title, url): (String, String)| Page { title, url };
    JsonItem {
        id: fence::uri(id.as_str()),
        url: url.as_ref().map(fence::url),
        content_text: content_html.is_none().then(|| title.clone()),
        title,
        content_html,
        summary: summary.as_ref().map(|html| fence::text(&html.text())).filter(|text| !text.is_empty()),
        image: image_url.as_ref().map(fence::url),
        date_published: fence::rfc3339(*published),
        date_modified: fence::rfc3339(*updated),
        authors: people(shown::authors(authors, &from)),
        tags: shown::categories(categories, tags).into_iter().map(shown::Term::shown).collect(),
        language: fence::language(language.as_deref()),
        attachments: attachments.iter().map(attachment).collect(),
        _harkara: ItemExtension {
            related: related.iter().map(|(name, url)| page((fence::line(name), fence::url(url)))).collect(),
            alternate_urls: alternate_urls.iter().map(fence::url).collect(),
            contributors: people(shown::people(contributors)),
            comments_url: comments_url.as_ref().map(fence::url),
            in_reply_to: in_reply_to.as_deref().and_then(fence::absolute),
            rights: fence::some_line(rights.as_deref()),
            revision: *revision,
            via: from.via.clone().map(page),
            source: source(from),
        },
    }
}

fn source(from: Attribution) -> From {
    let Attribution { id, title, home_url, feed_url, updated, rights, via: _ } = from;
    From { id, title, home_page_url: home_url, feed_url, updated: updated.map(fence::rfc3339), rights }
}

fn people(people: Vec<Byline>) -> Vec<Author> {
    let author = |Byline { name, email, url }: Byline| Author {
        name,
        url: url.or_else(|| email.map(|email| format!("mailto:{email}"))),
    };
    people.into_iter().map(author).collect()
}

fn attachment(attachment: &Attachment) -> JsonAttachment {
    let Attachment { url, media_type, size_bytes, duration_seconds, title } = attachment;
    JsonAttachment {
        url: fence::url(url),
        mime_type: fence::media_type(media_type.as_deref())
            .unwrap_or_else(|| "application/octet-stream".to_owned()),
        title: fence::some_line(title.as_deref()),
        // Zero is said for "unknown".
        size_in_bytes: size_bytes.filter(|size| *size > 0),
        duration_in_seconds: media::duration(*duration_seconds),
    }
}
