//! JSON Feed 1.0 and 1.1, with every field in whatever type it came.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::feed::{TOO_MANY_ITEMS, most_items};
use super::lenient_json;
use super::notes::Notes;
use super::people::MOST_PEOPLE;
use super::shared::{MOST_ATTACHMENTS, MOST_CATEGORIES, MOST_PAGES};
use super::text::{html, plain};
use crate::model::{ChannelDraft, Draft, Format, RawAttachment, RawCategory, RawPerson, RawUrl, Reading};

type Object = Map<String, Value>;

/// Reads a document that begins like JSON. What is no feed gives format `Unknown` with a remark.
pub(super) fn read(text: &str, notes: &mut Notes) -> Reading {
    // Every value takes more memory than the two bytes that it may be written with, and an object hundreds.
    let (values, objects) = count(text);
    let most_objects = 8_000 + text.len() / 320;
    let most = most_items(text);
    let nothing = |notes: &mut Notes, like: &str| {
        notes.repaired(&format!("it is no feed: it looks like {like}"));
        Reading::default()
    };
    if values > 100_000 + text.len() / 24 {
        return nothing(notes, "JSON with too many values");
    }
    let (feed, drafts) = if let Some((feed, items)) = apart(text, notes) {
        let fits = |item: &&RawValue| objects <= most_objects || count(item.get()).1 <= most_objects;
        let items = items.map(|items| items.into_iter().filter(fits).map(|item| value(item.get(), notes)));
        let drafts = items.map(|items| drafts(items, most));
        (feed, drafts)
    } else if objects > most_objects {
        return nothing(notes, "JSON with too many values");
    } else {
        let Value::Object(mut feed) = lenient_json::read(text, notes) else {
            return nothing(notes, "JSON that is no feed");
        };
        let items = match feed.remove("items") {
            Some(Value::Array(items)) => Some(items),
            _ => None,
        };
        (feed, items.map(|items| drafts(items.into_iter(), most)))
    };
    let version = string(&feed, &["version"]).unwrap_or_default();
    let format = match version.rsplit('/').find(|part| !part.is_empty()) {
        _ if !version.contains("jsonfeed") && drafts.is_none() => {
            return nothing(notes, "JSON that is no feed");
        }
        Some("1") | Some("1.0") => Format::JsonFeed10,
        Some("1.1") => Format::JsonFeed11,
        _ => {
            notes.odd("a JSON Feed that tells no version we know is read as 1.1");
            Format::JsonFeed11
        }
    };
    let drafts = drafts.unwrap_or_default();
    if drafts.len() == most {
        notes.odd(TOO_MANY_ITEMS);
    }
    Reading { format, channel: channel(&feed), drafts, ..Reading::default() }
}

/// The fields of a feed, and its items as they are written: each becomes a value of its own, and goes when its draft is
/// there. `None` where the strict reader refuses the document, or finds no object in it.
fn apart<'t>(text: &'t str, notes: &mut Notes) -> Option<(Object, Option<Vec<&'t RawValue>>)> {
    let mut fields: BTreeMap<String, &'t RawValue> = serde_json::from_str(text).ok()?;
    let items = fields.remove("items").and_then(|items| serde_json::from_str(items.get()).ok());
    let feed = fields.into_iter().map(|(name, field)| (name, value(field.get(), notes)));
    Some((feed.collect(), items))
}

/// A value that may be right but for half a character, a number without end, or its depth.
fn value(text: &str, notes: &mut Notes) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| lenient_json::read(text, notes))
}

fn drafts(items: impl Iterator<Item = Value>, most: usize) -> Vec<Draft> {
    let objects = items.filter(Value::is_object).take(most);
    objects.filter_map(|object| object.as_object().map(item)).collect()
}

/// How many values and how many objects a document holds, what stands in strings not counted.
fn count(text: &str) -> (usize, usize) {
    let (mut values, mut objects, mut quoted, mut escaped) = (0, 0, false, false);
    for b in text.bytes() {
        match b {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            b',' | b'[' if !quoted => values += 1,
            b'{' if !quoted => {
                values += 1;
                objects += 1;
            }
            _ => {}
        }
    }
    (values, objects)
}

fn channel(feed: &Object) -> ChannelDraft {
    let hubs = list(feed, "hubs").filter_map(|hub| match hub {
        Value::Object(hub) => address(hub, &["url"]),
        Value::String(url) => Some(RawUrl { value: url.trim().to_owned(), base: None }),
        _ => None,
    });
    ChannelDraft {
        title: string(feed, &["title"]).and_then(plain),
        subtitle: string(feed, &["description"]).and_then(plain),
        home_url: address(feed, &["home_page_url"]),
        self_url: address(feed, &["feed_url"]),
        hub_urls: hubs.take(MOST_PAGES).collect(),
        language: string(feed, &["language"]),
        icon_url: address(feed, &["favicon"]),
        image_url: address(feed, &["icon"]),
        authors: people(feed),
        ..ChannelDraft::default()
    }
}

fn item(item: &Object) -> Draft {
    let mut urls: Vec<RawUrl> =
        [address(item, &["url"]), address(item, &["external_url"])].into_iter().flatten().collect();
    urls.dedup();
    let id = string(item, &["id"]);
    if urls.is_empty()
        && let Some(id) = id.as_ref().filter(|id| id.starts_with("http://") || id.starts_with("https://"))
    {
        urls.push(RawUrl { value: id.clone(), base: None });
    }
    let text = || string(item, &["content_text"]).and_then(plain);
    let tags = match item.get("tags") {
        Some(Value::String(tags)) => {
            tags.split(',').take(MOST_CATEGORIES).map(|tag| tag.trim().to_owned()).collect()
        }
        _ => list(item, "tags").take(MOST_CATEGORIES).filter_map(scalar).collect::<Vec<_>>(),
    };
    Draft {
        id,
        urls,
        title: string(item, &["title"]).and_then(plain),
        summary: string(item, &["summary"]).and_then(plain),
        content: string(item, &["content_html"]).and_then(|markup| html(markup, None)).or_else(text),
        language: string(item, &["language"]),
        published: string(item, &["date_published"]),
        updated: string(item, &["date_modified"]),
        authors: people(item),
        categories: tags
            .into_iter()
            .filter(|tag| !tag.trim().is_empty())
            .map(|term| RawCategory { term, ..RawCategory::default() })
            .collect(),
        attachments: list(item, "attachments")
            .take(MOST_ATTACHMENTS)
            .filter_map(Value::as_object)
            .filter_map(attachment)
            .collect(),
        image_url: address(item, &["image", "banner_image"]),
        ..Draft::default()
    }
}

fn attachment(attachment: &Object) -> Option<RawAttachment> {
    Some(RawAttachment {
        url: address(attachment, &["url"])?,
        media_type: string(attachment, &["mime_type"]),
        size: string(attachment, &["size_in_bytes"]),
        duration: string(attachment, &["duration_in_seconds"]),
        title: string(attachment, &["title"]),
    })
}

/// `authors` of 1.1 and `author` of 1.0, as objects or bare names.
fn people(object: &Object) -> Vec<RawPerson> {
    let several = list(object, "authors");
    let mut people: Vec<RawPerson> = several.take(MOST_PEOPLE).filter_map(person).collect();
    if people.is_empty() {
        people.extend(object.get("author").and_then(person));
    }
    people
}

fn person(value: &Value) -> Option<RawPerson> {
    let person = match value {
        Value::Object(person) => RawPerson {
            name: string(person, &["name"]),
            email: string(person, &["email"]),
            url: address(person, &["url"]),
        },
        other => RawPerson { name: scalar(other), ..RawPerson::default() },
    };
    (person != RawPerson::default()).then_some(person)
}

/// The members of an array, or the value itself where somebody forgot the brackets.
fn list<'o>(object: &'o Object, key: &str) -> impl Iterator<Item = &'o Value> {
    match object.get(key) {
        Some(Value::Array(values)) => values.iter(),
        Some(value @ (Value::Object(_) | Value::String(_))) => std::slice::from_ref(value).iter(),
        _ => [].iter(),
    }
}

/// The first of these that says anything.
fn string(object: &Object, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| object.get(*key).and_then(scalar))
}

fn address(object: &Object, keys: &[&str]) -> Option<RawUrl> {
    string(object, keys).map(|value| RawUrl { value: value.trim().to_owned(), base: None })
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.trim().is_empty() => None,
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
