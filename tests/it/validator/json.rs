//! The rules for JSON Feed 1.1: its schema, unique ids, absolute addresses.

use serde_json::Value;

use super::words::Report;

/// Every rule, told to `report`.
pub fn check(feed: &Value, location: Option<&str>, report: &mut Report) {
    let text = |name: &str| feed.get(name).and_then(Value::as_str);
    if text("version") != Some("https://jsonfeed.org/version/1.1") {
        report.error("version is not 1.1".to_owned());
    }
    report.filled("title", text("title").unwrap_or_default());
    for name in ["home_page_url", "feed_url", "icon"] {
        text(name).iter().for_each(|url| report.uri(name, url));
    }
    report.own(text("feed_url"), location);
    text("language").iter().for_each(|language| report.language("language", language));
    people(feed, "feed", report);
    for hub in list(feed, "hubs") {
        report.filled("hub type", hub.get("type").and_then(Value::as_str).unwrap_or_default());
        report.uri("hub url", hub.get("url").and_then(Value::as_str).unwrap_or_default());
    }
    if feed.get("items").is_none_or(|items| !items.is_array()) {
        report.error("no items".to_owned());
    }
    for (index, value) in list(feed, "items").iter().enumerate() {
        item(value, &format!("item {}", index + 1), report);
    }
}

fn item(item: &Value, place: &str, report: &mut Report) {
    let text = |name: &str| item.get(name).and_then(Value::as_str);
    match text("id") {
        Some(id) => {
            report.filled(&format!("{place}: id"), id);
            report.once(place, id);
        }
        None => report.error(format!("{place}: id is no string")),
    }
    for name in ["url", "external_url", "image", "banner_image"] {
        text(name).iter().for_each(|url| report.uri(&format!("{place}: {name}"), url));
    }
    for name in ["date_published", "date_modified"] {
        text(name).iter().for_each(|date| report.rfc3339(&format!("{place}: {name}"), date));
    }
    if text("content_html").is_none() && text("content_text").is_none() {
        report.error(format!("{place}: no content"));
    }
    text("content_html").iter().for_each(|html| report.html(&format!("{place}: content_html"), html));
    text("language").iter().for_each(|language| report.language(&format!("{place}: language"), language));
    for name in ["title", "summary", "content_html", "content_text"] {
        report.characters(&format!("{place}: {name}"), text(name).unwrap_or_default());
    }
    if list(item, "tags").iter().any(|tag| tag.as_str().is_none_or(str::is_empty)) {
        report.error(format!("{place}: a tag is blank"));
    }
    people(item, place, report);
    for attachment in list(item, "attachments") {
        let text = |name: &str| attachment.get(name).and_then(Value::as_str).unwrap_or_default();
        report.uri(&format!("{place}: attachment url"), text("url"));
        report.mime(&format!("{place}: attachment mime_type"), text("mime_type"));
        for name in ["size_in_bytes", "duration_in_seconds"] {
            if attachment.get(name).is_some_and(|value| !value.is_number()) {
                report.error(format!("{place}: {name} is no number"));
            }
        }
    }
}

fn people(value: &Value, place: &str, report: &mut Report) {
    for author in list(value, "authors") {
        if author.as_object().is_none_or(serde_json::Map::is_empty) {
            report.error(format!("{place}: an author of whom nothing is told"));
        }
        author.get("url").and_then(Value::as_str).iter().for_each(|url| report.uri(place, url));
    }
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}
