//! An item or entry of any XML format to a draft.

use super::link::{Link, has_href, link};
use super::media::Media;
use super::notes::Notes;
use super::people::{MOST_PEOPLE, People, of_podcast, person};
use super::pick::Pick;
use super::shared::{
    MOST_ATTACHMENTS, MOST_PAGES, categories, film_page, image_address, keep, keywords, rights,
};
use super::text::{address, address_in, body, construct, title};
use super::vocabulary::Field;
use super::xml::{Child, Element, Ns};
use crate::model::{Draft, Raw, RawAttachment, RawOrigin, RawPerson, RawUrl};

/// What is gathered of one item.
#[derive(Default)]
struct Item {
    id: Pick<String>,
    original: Option<RawUrl>,
    pages: Vec<RawUrl>,
    other_pages: Vec<RawUrl>,
    permalink: Option<RawUrl>,
    film: Option<RawUrl>,
    title: Pick<Raw>,
    summary: Pick<Raw>,
    content: Pick<Raw>,
    content_language: Option<String>,
    language: Pick<String>,
    published: Pick<String>,
    updated: Pick<String>,
    authors: People,
    owner: Option<RawPerson>,
    enclosures: Vec<RawAttachment>,
    original_enclosure: Option<RawUrl>,
    other_enclosure: Option<RawAttachment>,
    duration: Option<String>,
    image: Pick<RawUrl>,
    comments: Pick<RawUrl>,
    rights: Pick<Raw>,
    media: Media,
    draft: Draft,
}

/// Reads one item.
pub(super) fn item(element: Element<'_, '_>, notes: &mut Notes) -> Draft {
    let mut item = Item::default();
    let about = element.attributes().iter().find(|a| a.prefix == "rdf" && a.name == "about");
    if let Some(about) = about {
        item.id.offer(2, Some(about.value.trim().to_owned()).filter(|id| !id.is_empty()));
    }
    // Channel Definition Format keeps these in attributes.
    let attribute = |name| element.attribute(name);
    item.pages.extend(attribute("href").and_then(|href| address(href, element)));
    item.published.offer(8, attribute("lastmod").map(str::to_owned));
    for child in element.children() {
        if let Child::Element(child) = child {
            item.field(child, notes);
        }
    }
    item.finish(element)
}

impl Item {
    fn field(&mut self, element: Element<'_, '_>, notes: &mut Notes) {
        let Some((field, rank)) = element.field() else { return };
        let atom = element.ns() == Ns::Atom;
        let text = |element| if atom { construct(element) } else { body(element) };
        match field {
            Field::Title if self.title.wants(rank) => {
                self.title.offer(rank, if atom { construct(element) } else { title(element, notes) });
            }
            Field::Summary if self.summary.wants(rank) => {
                self.summary.offer(rank, text(element));
                self.content_language = self.content_language.take().or(element.lang().map(str::to_owned));
            }
            Field::Subtitle if element.ns() == Ns::Itunes => self.summary.offer(9, text(element)),
            Field::Content => self.content(element, rank),
            Field::Link => self.link(element),
            Field::OriginalLink => self.original = self.original.take().or_else(|| address_in(element)),
            Field::OriginalEnclosure => {
                self.original_enclosure = self.original_enclosure.take().or_else(|| address_in(element));
            }
            Field::Film => self.film = self.film.take().or_else(|| film_page(element)),
            Field::Guid => {
                self.id.offer(0, element.words());
                let permalink =
                    element.attribute("isPermaLink").is_none_or(|told| !told.eq_ignore_ascii_case("false"));
                let url = address_in(element).filter(|url| permalink && is_absolute(&url.value));
                self.permalink = self.permalink.take().or(url);
            }
            Field::Id => self.id.offer(rank + 1, element.words()),
            Field::Published => self.published.offer(rank, element.words()),
            Field::Updated => self.updated.offer(rank, element.words()),
            Field::Author => self.authors.offer(rank, person(element)),
            Field::Owner => self.owner = self.owner.take().or_else(|| person(element)),
            Field::Person => match of_podcast(element) {
                Some((person, true)) => self.authors.offer(rank, Some(person)),
                Some((person, false)) => keep(&mut self.draft.contributors, MOST_PEOPLE, Some(person)),
                None => {}
            },
            Field::Contributor => keep(&mut self.draft.contributors, MOST_PEOPLE, person(element)),
            Field::Category if element.ns() != Ns::Media => categories(element, &mut self.draft.categories),
            Field::Keywords if element.ns() != Ns::Media => keywords(element, &mut self.draft.categories),
            Field::Enclosure => self.enclosure(element),
            Field::OtherEnclosure => {
                self.other_enclosure = self.other_enclosure.take().or_else(|| other_enclosure(element));
            }
            Field::Duration => self.duration = self.duration.take().or_else(|| element.words()),
            Field::Media => self.media.take(element),
            Field::Category | Field::Keywords => self.media.take(element),
            Field::Image => self.image.offer(rank + 1, image_address(element)),
            Field::Comments => {
                let uri = element.attribute("uri").and_then(|uri| address(uri, element));
                self.comments.offer(rank, uri.or_else(|| address_in(element)));
            }
            Field::Source => self.source(element, notes),
            Field::Rights => self.rights.offer(rank, rights(element)),
            Field::Language => self.language.offer(rank, element.words()),
            Field::InReplyTo => {
                let told = element.attribute("ref").or(element.attribute("href")).map(str::to_owned);
                self.draft.in_reply_to = self.draft.in_reply_to.take().or(told).or_else(|| element.words());
            }
            _ => {}
        }
    }

    fn content(&mut self, element: Element<'_, '_>, rank: u8) {
        if element.ns() != Ns::Atom {
            self.content.offer(rank, body(element));
            return;
        }
        if let Some(src) = element.attribute("src").and_then(|src| address(src, element)) {
            let media_type = element.attribute("type").map(str::to_owned);
            let page = media_type.as_deref().is_none_or(|kind| kind.contains("html"));
            if page {
                keep(&mut self.other_pages, MOST_PAGES, Some(src));
            } else {
                self.attach(RawAttachment { url: src, media_type, ..RawAttachment::default() });
            }
            return;
        }
        let kind = element.attribute("type").unwrap_or_default();
        // Of several contents the first that is text is believed.
        let rank = if kind.contains('/') && !kind.contains("html") && !kind.starts_with("text") {
            rank + 2
        } else {
            rank
        };
        if self.content.wants(rank) {
            self.content_language = element.lang().map(str::to_owned).or(self.content_language.take());
            self.content.offer(rank, construct(element));
        }
    }

    fn link(&mut self, element: Element<'_, '_>) {
        if !has_href(element) {
            let url = element.own_words().and_then(|text| address(&text, element));
            let pages = if element.ns() == Ns::Prism { &mut self.other_pages } else { &mut self.pages };
            keep(pages, MOST_PAGES, url);
            return;
        }
        let rss = element.ns() != Ns::Atom;
        match link(element) {
            Some(Link::Page { url, html: true }) if rss || element.attribute("href").is_some() => {
                keep(&mut self.pages, MOST_PAGES, Some(url));
            }
            Some(Link::Page { url, .. }) => keep(&mut self.other_pages, MOST_PAGES, Some(url)),
            Some(Link::Attachment(attachment)) => self.attach(attachment),
            Some(Link::Comments(url)) => self.comments.offer(1, Some(url)),
            Some(Link::License(url)) => self.rights.offer(4, Some(Raw::Text(url.value))),
            _ => {}
        }
    }

    fn attach(&mut self, attachment: RawAttachment) {
        keep(&mut self.enclosures, MOST_ATTACHMENTS, Some(attachment));
    }

    fn enclosure(&mut self, element: Element<'_, '_>) {
        let told = |name| element.attribute(name).map(str::to_owned);
        let text = element.text();
        let url = element.attribute("url").or(element.attribute("resource")).or(element.attribute("href"));
        if let Some(url) = address(url.unwrap_or(&text), element) {
            self.attach(RawAttachment {
                url,
                media_type: told("type"),
                size: told("length"),
                duration: told("duration"),
                title: told("title"),
            });
        }
    }

    fn source(&mut self, element: Element<'_, '_>, notes: &mut Notes) {
        if self.draft.origin.is_some() {
            return;
        }
        let mut origin = RawOrigin::default();
        if element.has_elements() {
            for inner in element.elements() {
                match (inner.name(), link(inner)) {
                    ("title", _) => origin.title = construct(inner),
                    ("link", Some(Link::Page { url, .. })) if origin.url.is_none() => origin.url = Some(url),
                    ("link", Some(Link::Own(url))) if origin.feed_url.is_none() => {
                        origin.feed_url = Some(url)
                    }
                    ("author", _) => self.authors.offer(5, person(inner)),
                    _ => {}
                }
            }
        } else {
            origin.title = title(element, notes);
            origin.feed_url =
                element.attribute("url").or(element.attribute("href")).and_then(|url| address(url, element));
        }
        if origin != RawOrigin::default() {
            self.draft.origin = Some(origin);
        }
    }

    fn finish(mut self, element: Element<'_, '_>) -> Draft {
        let mut draft = self.draft;
        draft.urls.extend(self.original);
        draft.urls.append(&mut self.pages);
        draft.urls.append(&mut self.other_pages);
        draft.urls.extend(self.permalink);
        if draft.urls.is_empty() {
            draft.urls.extend(self.film.or(self.media.player.take()));
        }
        let mut seen: Vec<RawUrl> = Vec::new();
        draft.urls.retain(|url| {
            let new = seen.len() < MOST_PAGES && !seen.contains(url);
            if new {
                seen.push(url.clone());
            }
            new
        });
        self.title.offer(10, self.media.title.take());
        self.summary.offer(10, self.media.description.take());
        self.rights.offer(10, self.media.rights.take());
        draft.id = self.id.take();
        draft.title = self.title.take();
        draft.summary = self.summary.take();
        draft.content = self.content.take();
        let told = self.language.take().or(self.content_language).or(element.lang().map(str::to_owned));
        draft.language = told;
        draft.published = self.published.take();
        draft.updated = self.updated.take();
        let mut authors = self.authors;
        for credit in self.media.credits {
            authors.offer(10, Some(credit));
        }
        authors.offer(11, self.owner);
        draft.authors = authors.take();
        draft.categories.append(&mut self.media.categories);
        self.image.offer(0, self.media.image.take());
        draft.image_url = self.image.take();
        draft.comments_url = self.comments.take();
        draft.rights = self.rights.take();
        if self.enclosures.is_empty() && self.media.attachments.is_empty() {
            self.enclosures.extend(self.other_enclosure);
        }
        if let (Some(original), [first, ..]) = (self.original_enclosure, &mut self.enclosures[..]) {
            first.url = original;
        }
        if let (Some(duration), Some(first)) = (self.duration, self.enclosures.first_mut()) {
            first.duration = first.duration.take().or(Some(duration));
        }
        for attachment in self.enclosures.into_iter().chain(self.media.attachments) {
            let known = draft.attachments.iter().position(|known| known.url == attachment.url);
            match known {
                Some(at) => complete(&mut draft.attachments[at], attachment),
                None if draft.attachments.len() < MOST_ATTACHMENTS => draft.attachments.push(attachment),
                None => {}
            }
        }
        // Most items have one of each, and a vector makes room for four.
        draft.urls.shrink_to_fit();
        draft.attachments.shrink_to_fit();
        draft.authors.shrink_to_fit();
        draft.categories.shrink_to_fit();
        draft
    }
}

/// `podcast:alternateEnclosure`, whose addresses stand in `podcast:source` inside.
fn other_enclosure(element: Element<'_, '_>) -> Option<RawAttachment> {
    let source = element.find("source")?;
    let told = |name| element.attribute(name).map(str::to_owned);
    Some(RawAttachment {
        url: address(source.attribute("uri")?, source)?,
        media_type: source.attribute("contentType").map(str::to_owned).or(told("type")),
        size: told("length"),
        duration: None,
        title: told("title"),
    })
}

/// Takes what the second telling of the same attachment adds to the first.
fn complete(known: &mut RawAttachment, other: RawAttachment) {
    known.media_type = known.media_type.take().or(other.media_type);
    known.size = known.size.take().or(other.size);
    known.duration = known.duration.take().or(other.duration);
    known.title = known.title.take().or(other.title);
}

/// True for what looks like an absolute address of the web.
fn is_absolute(value: &str) -> bool {
    let scheme = value.split("://").next().unwrap_or_default();
    scheme.len() < value.len()
        && (scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https"))
}
