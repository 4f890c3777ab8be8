//! Links of Atom (and of RSS that writes them so): which relation means what.

use super::text::address;
use super::xml::{Element, Ns};
use crate::model::{RawAttachment, RawUrl};

/// What a link is for.
#[derive(Debug)]
pub(super) enum Link {
    /// The page; of these an HTML one is better than another.
    Page {
        url: RawUrl,
        html: bool,
    },
    /// The document itself.
    Own(RawUrl),
    Hub(RawUrl),
    Attachment(RawAttachment),
    /// The discussion, when it can be read by a person.
    Comments(RawUrl),
    License(RawUrl),
    /// The feed's picture.
    Icon(RawUrl),
    Other,
}

/// Reads a link; `None` when it leads nowhere.
pub(super) fn link(element: Element<'_, '_>) -> Option<Link> {
    let href = element.attribute("href");
    let relation = element.attribute("rel").unwrap_or("alternate").to_ascii_lowercase();
    let kind = element.attribute("type").unwrap_or_default();
    let url = match href {
        Some(href) => address(href, element)?,
        None => address(&element.text(), element)?,
    };
    let html = kind.is_empty() || kind.contains("html");
    let relation = relation.strip_prefix("http://www.iana.org/assignments/relation/").unwrap_or(&relation);
    Some(match relation {
        "alternate" => Link::Page { url, html },
        "self" => Link::Own(url),
        "hub" => Link::Hub(url),
        "enclosure" => Link::Attachment(RawAttachment {
            url,
            media_type: element.attribute("type").map(str::to_owned),
            size: element.attribute("length").map(str::to_owned),
            duration: None,
            title: element.attribute("title").map(str::to_owned),
        }),
        "replies" if html => Link::Comments(url),
        "license" => Link::License(url),
        "icon" | "shortcut icon" | "apple-touch-icon" => Link::Icon(url),
        _ => Link::Other,
    })
}

/// True for a link that is written as Atom writes them, with `href`.
pub(super) fn has_href(element: Element<'_, '_>) -> bool {
    element.ns() == Ns::Atom || element.attribute("href").is_some()
}
