//! What a document says of itself becomes a channel.

use ::url::Url;

use super::item::{categories, told_language, web};
use super::notes::Notes;
use super::{Settings, instant, person, text, url};
use crate::model::{Channel, Raw, RawUrl, Reading};

/// How many items' titles help to tell the language.
const TITLES: usize = 20;

/// Normalizes the channel of a reading.
pub fn channel(reading: &Reading, settings: &Settings, notes: &mut Notes) -> Channel {
    let draft = &reading.channel;
    let base = reading.base.as_ref();
    let title = draft.title.as_ref().and_then(text::line);
    let subtitle = draft.subtitle.as_ref().and_then(text::line);
    let language = settings.language.clone().or_else(|| {
        let mut sample =
            format!("{} {}", title.as_deref().unwrap_or_default(), subtitle.as_deref().unwrap_or_default());
        for title in reading.drafts.iter().take(TITLES).filter_map(|draft| draft.title.as_ref()) {
            sample.push(' ');
            sample.push_str(match title {
                Raw::Text(text) => text,
                Raw::Html(raw) => &raw.html,
            });
        }
        told_language(&[draft.language.as_deref()], &sample, notes)
    });
    let page = |raw: &Option<RawUrl>| raw.as_ref().and_then(|raw| web(raw, base));
    Channel {
        title,
        subtitle,
        home_url: page(&draft.home_url),
        self_url: page(&draft.self_url),
        hub_urls: hubs(&draft.hub_urls, base),
        language,
        icon_url: page(&draft.icon_url),
        logo_url: page(&draft.logo_url),
        image_url: page(&draft.image_url),
        updated: instant(draft.updated.as_deref(), settings, notes),
        published: instant(draft.published.as_deref(), settings, notes),
        authors: person::people(&draft.authors, base),
        contributors: person::people(&draft.contributors, base),
        categories: categories(&draft.categories),
        rights: draft.rights.as_ref().and_then(text::line),
        generator: draft.generator.as_deref().and_then(text::name),
        ttl_minutes: draft.ttl_minutes,
        update_base: instant(draft.update_base.as_deref(), settings, notes),
        skip_hours: draft.skip_hours.clone(),
        skip_days: draft.skip_days.clone(),
    }
}

fn hubs(raw: &[RawUrl], base: Option<&Url>) -> Vec<Url> {
    let mut hubs: Vec<Url> = Vec::new();
    for hub in raw.iter().filter_map(|raw| url::link(raw, base)).filter(url::is_web) {
        if !hubs.contains(&hub) {
            hubs.push(hub);
        }
    }
    hubs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ChannelDraft, Draft};

    fn check(told: Option<&str>, configured: Option<&str>, expected: Option<&str>) {
        let reading = Reading {
            channel: ChannelDraft { language: told.map(str::to_owned), ..ChannelDraft::default() },
            drafts: vec![Draft {
                title: Some(Raw::Text("তিন ঘণ্টা পর ফিরল টিকিট".to_owned())),
                ..Draft::default()
            }],
            ..Reading::default()
        };
        let settings = Settings { language: configured.map(str::to_owned), ..Settings::default() };
        let channel = channel(&reading, &settings, &mut Notes::default());
        assert_eq!(channel.language.as_deref(), expected);
    }

    #[test]
    fn the_language_is_configured_else_told_else_seen() {
        check(Some("en-US"), Some("as"), Some("as"));
        check(Some("bn-BD"), None, Some("bn-BD"));
        check(Some("en-US"), None, Some("bn"));
        check(None, None, Some("bn"));
    }
}
