//! Media RSS: contents, thumbnails, titles and texts, in groups or nested or bare.

use super::people::MOST_PEOPLE;
use super::pick::Pick;
use super::shared::{add, keep, keywords};
use super::text::{address, construct, plain};
use super::xml::{Element, Ns};
use crate::model::{Raw, RawAttachment, RawCategory, RawPerson, RawUrl};

/// What the media elements of an item say.
#[derive(Debug, Default)]
pub(super) struct Media {
    pub attachments: Vec<RawAttachment>,
    pub image: Pick<RawUrl>,
    pub title: Pick<Raw>,
    pub description: Pick<Raw>,
    pub rights: Pick<Raw>,
    pub categories: Vec<RawCategory>,
    pub credits: Vec<RawPerson>,
    /// The page of a player.
    pub player: Option<RawUrl>,
}

/// More contents of one item are not looked at.
const MOST: usize = 1_000;

/// So deep are groups and contents nested at most.
const DEEPEST: u8 = 8;

impl Media {
    /// Takes a media element of an item or a channel.
    pub fn take(&mut self, element: Element<'_, '_>) {
        self.take_at(element, 0);
    }

    fn take_at(&mut self, element: Element<'_, '_>, depth: u8) {
        if element.ns() != Ns::Media || depth > DEEPEST {
            return;
        }
        match element.name() {
            "group" => self.inner(element, depth),
            "content" => {
                self.content(element);
                self.inner(element, depth);
            }
            "thumbnail" => {
                let text = element.text();
                let url = element.attribute("url").unwrap_or(&text);
                self.image.offer(depth, address(url, element));
            }
            "title" => self.title.offer(depth, construct(element)),
            "description" => self.description.offer(depth, construct(element)),
            // What is said in it: better than nothing.
            "text" => self.description.offer(DEEPEST + 1, construct(element)),
            "player" => {
                let page = element.attribute("url").and_then(|url| address(url, element));
                self.player = self.player.take().or(page);
            }
            "copyright" => self.rights.offer(depth, plain(element.text().into_owned())),
            // Words of the licence, or its address where there are none.
            "license" => {
                let address = || element.attribute("href").map(|href| Raw::Text(href.to_owned()));
                self.rights.offer(DEEPEST + 1, plain(element.text().into_owned()).or_else(address));
            }
            "keywords" => keywords(element, &mut self.categories),
            "category" => {
                if let Some(term) = element.words() {
                    let told = |name| element.attribute(name).map(str::to_owned);
                    let category = RawCategory { term, scheme: told("scheme"), label: told("label") };
                    add(&mut self.categories, category);
                }
            }
            "credit" if element.attribute("role").is_none_or(|role| role.eq_ignore_ascii_case("author")) => {
                let credit =
                    element.words().map(|name| RawPerson { name: Some(name), ..RawPerson::default() });
                keep(&mut self.credits, MOST_PEOPLE, credit);
            }
            "peerlink" => {
                if let Some(url) = element.attribute("href").and_then(|href| address(href, element)) {
                    let media_type = element.attribute("type").map(str::to_owned);
                    self.attach(RawAttachment { url, media_type, ..RawAttachment::default() });
                }
            }
            _ => {}
        }
    }

    fn inner(&mut self, element: Element<'_, '_>, depth: u8) {
        for inner in element.elements() {
            self.take_at(inner, depth + 1);
        }
    }

    fn content(&mut self, element: Element<'_, '_>) {
        let Some(url) = element.attribute("url").and_then(|url| address(url, element)) else { return };
        let told = |name| element.attribute(name).map(str::to_owned);
        let title = element.elements().find(|inner| inner.ns() == Ns::Media && inner.name() == "title");
        let attachment = RawAttachment {
            url,
            media_type: told("type"),
            size: told("fileSize"),
            duration: told("duration"),
            title: title.and_then(Element::words),
        };
        let medium = element.attribute("medium").unwrap_or_default();
        let picture =
            medium == "image" || attachment.media_type.as_deref().is_some_and(|t| t.starts_with("image/"));
        if picture {
            self.image.offer(100, Some(attachment.url.clone()));
        }
        self.attach(attachment);
    }

    fn attach(&mut self, attachment: RawAttachment) {
        keep(&mut self.attachments, MOST, Some(attachment));
    }
}
