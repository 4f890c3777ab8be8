//! What a feed says of itself, in any XML format.

use super::link::{Link, has_href, link};
use super::media::Media;
use super::notes::Notes;
use super::people::{MOST_PEOPLE, People, of_podcast, person};
use super::pick::Pick;
use super::shared::{categories, image_address, keep, keywords, rights};
use super::text::{address, address_in, body, construct, title};
use super::vocabulary::Field;
use super::xml::{Element, Ns};
use crate::model::{ChannelDraft, Raw, RawUrl};

/// What is gathered of the channel while its children come by.
#[derive(Default)]
pub(super) struct Gathered {
    title: Pick<Raw>,
    subtitle: Pick<Raw>,
    home: Pick<RawUrl>,
    own: Pick<RawUrl>,
    language: Pick<String>,
    root_language: Option<String>,
    icon: Pick<RawUrl>,
    logo: Pick<RawUrl>,
    image: Pick<RawUrl>,
    updated: Pick<String>,
    published: Pick<String>,
    authors: People,
    rights: Pick<Raw>,
    generator: Pick<String>,
    ttl: Option<u32>,
    period: Option<u32>,
    frequency: Option<u32>,
    media: Media,
    draft: ChannelDraft,
}

impl Gathered {
    /// Takes the attributes of the root or the channel itself.
    pub fn begin(&mut self, element: Element<'_, '_>) {
        if let Some(lang) = element.lang() {
            self.root_language = Some(lang.to_owned());
        }
        // Channel Definition Format keeps these in attributes.
        self.home.offer(5, element.attribute("href").and_then(|href| address(href, element)));
        self.own.offer(5, element.attribute("self").and_then(|href| address(href, element)));
        self.updated.offer(8, element.attribute("lastmod").map(str::to_owned));
    }

    /// Takes a child of the root or the channel that is no item.
    pub fn take(&mut self, element: Element<'_, '_>, notes: &mut Notes) {
        let Some((field, rank)) = element.field() else { return };
        let atom = element.ns() == Ns::Atom;
        match field {
            Field::Title => {
                self.title.offer(rank, if atom { construct(element) } else { title(element, notes) })
            }
            Field::Summary | Field::Subtitle => {
                self.subtitle.offer(rank, if atom { construct(element) } else { body(element) });
            }
            Field::Link => self.link(element),
            Field::Updated => self.updated.offer(rank, element.words()),
            Field::Published => self.published.offer(rank, element.words()),
            Field::Author => self.authors.offer(rank, person(element)),
            Field::Person => match of_podcast(element) {
                Some((person, true)) => self.authors.offer(rank, Some(person)),
                Some((person, false)) => keep(&mut self.draft.contributors, MOST_PEOPLE, Some(person)),
                None => {}
            },
            Field::Owner => self.authors.offer(9, person(element)),
            Field::Contributor => keep(&mut self.draft.contributors, MOST_PEOPLE, person(element)),
            Field::Category if element.ns() == Ns::Media => self.media.take(element),
            Field::Category => categories(element, &mut self.draft.categories),
            Field::Keywords => keywords(element, &mut self.draft.categories),
            Field::Media => self.media.take(element),
            Field::Image => self.image.offer(rank, image_address(element)),
            Field::Icon => self.icon.offer(rank, image_address(element)),
            Field::Logo if atom => self.logo.offer(rank, image_address(element)),
            Field::Rights => self.rights.offer(rank, rights(element)),
            Field::Language => self.language.offer(rank, element.words()),
            Field::Generator => {
                let told = element.words().or_else(|| element.attribute("resource").map(str::to_owned));
                self.generator.offer(rank, told.or_else(|| element.attribute("name").map(str::to_owned)));
            }
            Field::Ttl => self.ttl = self.ttl.or_else(|| number(element)),
            Field::UpdatePeriod => self.period = self.period.or_else(|| period(element)),
            Field::UpdateBase => {
                self.draft.update_base = self.draft.update_base.take().or_else(|| element.words());
            }
            Field::UpdateFrequency => self.frequency = self.frequency.or_else(|| number(element)),
            Field::SkipHours => {
                let hours = element.elements().filter_map(number).filter(|hour| *hour <= 24);
                for hour in hours.map(|hour| (hour % 24) as u8) {
                    if !self.draft.skip_hours.contains(&hour) {
                        self.draft.skip_hours.push(hour);
                    }
                }
            }
            Field::SkipDays => {
                for day in element.elements().filter_map(Element::words).take(7) {
                    if !self.draft.skip_days.contains(&day) {
                        self.draft.skip_days.push(day);
                    }
                }
            }
            _ => {}
        }
    }

    fn link(&mut self, element: Element<'_, '_>) {
        if !has_href(element) {
            self.home.offer(0, address_in(element));
            return;
        }
        match link(element) {
            Some(Link::Page { url, html }) => self.home.offer(if html { 1 } else { 2 }, Some(url)),
            Some(Link::Own(url)) => self.own.offer(0, Some(url)),
            Some(Link::Hub(url)) if !self.draft.hub_urls.contains(&url) && self.draft.hub_urls.len() < 32 => {
                self.draft.hub_urls.push(url);
            }
            Some(Link::License(url)) => self.rights.offer(4, Some(Raw::Text(url.value))),
            Some(Link::Icon(url)) => self.icon.offer(3, Some(url)),
            _ => {}
        }
    }

    /// The home page as told, so that items may be resolved against it.
    pub fn finish(mut self) -> ChannelDraft {
        let mut draft = self.draft;
        draft.title = self.title.take();
        self.subtitle.offer(10, self.media.description.take());
        draft.subtitle = self.subtitle.take();
        draft.home_url = self.home.take();
        draft.self_url = self.own.take();
        draft.language = self.language.take().or(self.root_language);
        draft.icon_url = self.icon.take();
        draft.logo_url = self.logo.take();
        self.image.offer(3, self.media.image.take());
        draft.image_url = self.image.take();
        draft.updated = self.updated.take();
        draft.published = self.published.take();
        draft.authors = self.authors.take();
        self.rights.offer(10, self.media.rights.take());
        draft.rights = self.rights.take();
        draft.generator = self.generator.take();
        let from_period = self.period.map(|minutes| (minutes / self.frequency.unwrap_or(1).max(1)).max(1));
        draft.ttl_minutes = self.ttl.or(from_period);
        draft.categories.append(&mut self.media.categories);
        draft
    }
}

fn number(element: Element<'_, '_>) -> Option<u32> {
    element.words()?.parse().ok()
}

/// Minutes of `sy:updatePeriod`.
fn period(element: Element<'_, '_>) -> Option<u32> {
    const HOUR: u32 = 60;
    Some(match element.words()?.to_ascii_lowercase().as_str() {
        "hourly" => HOUR,
        "daily" => 24 * HOUR,
        "weekly" => 7 * 24 * HOUR,
        "monthly" => 30 * 24 * HOUR,
        "yearly" => 365 * 24 * HOUR,
        _ => return None,
    })
}
