//! A trial of the owner's templates: every page once with entries that have everything and entries that have nothing.

use chrono_tz::Tz;
use url::Url;

use super::{Broken, Card, Health, Look, Outlet, Site, SourceHealth, Template, feed, front, status, story};
use crate::model::{
    Attachment, Category, Entry, EntryId, Feed, FeedId, History, Html, Item, Person, Provenance, SourceId,
    Timestamp,
};
use crate::render::{Document, Format};

/// Makes each page once with these templates.
///
/// # Errors
/// The first that is no template, says a name that there is not, or loses entries.
pub fn trial(own: &[Template]) -> Result<(), Broken> {
    let look = Look::new(own)?;
    let (Some(full), Some(bare)) = (full(), bare()) else { return Ok(()) };
    let made = Feed {
        id: full.1.clone(),
        uri: "urn:harkara:trial".to_owned(),
        title: "Trial".to_owned(),
        subtitle: Some("A line".to_owned()),
        base_url: Url::parse("https://trial.example/").ok(),
        home_url: None,
        hub_urls: Vec::new(),
        language: Some("en".to_owned()),
        updated: Timestamp::UNIX_EPOCH,
        authors: full.0.item.authors.clone(),
        rights: Some("Rights".to_owned()),
        icon_url: Url::parse("https://trial.example/icon.png").ok(),
        ttl_minutes: None,
        style: None,
        history: History::default(),
        view: None,
        entries: vec![full.0.clone(), bare.clone()],
    };
    let outlet = Outlet {
        id: made.id.clone(),
        title: made.title.clone(),
        subtitle: made.subtitle.clone(),
        language: made.language.clone(),
        formats: Format::ALL.to_vec(),
        hidden: false,
    };
    let told = Site {
        search: true,
        documents: vec!["sources.opml".to_owned(), "status.html".to_owned()],
        outlets: vec![
            outlet,
            Outlet {
                language: None,
                subtitle: None,
                formats: vec![Format::Atom],
                ..Site::of(&made).outlets.remove(0)
            },
        ],
        ..Site::of(&made)
    };
    let nothing = Feed {
        subtitle: None,
        base_url: None,
        language: None,
        authors: Vec::new(),
        rights: None,
        icon_url: None,
        entries: Vec::new(),
        ..made.clone()
    };
    let untold = Site { zone: Tz::UTC, outlets: Vec::new(), ..Site::of(&nothing) };
    for (site, made) in [(&told, &made), (&untold, &nothing)] {
        whole(&look, feed(&look, site, made)?, "feed.html")?;
        let cards = made.entries.iter().map(|entry| Card::new(entry, site)).collect();
        whole(&look, front(&look, site, cards)?, "index.html")?;
        status(&look, site, &sources(&full.0.source), &[Some(Timestamp::UNIX_EPOCH), None])?;
        for entry in [&full.0, &bare] {
            whole(&look, story(&look, site, entry, &made.id)?, "story.html")?;
        }
    }
    Ok(())
}

/// The gate before the tree counts entries by the class `h-entry` (microformats.org/wiki/h-entry).
fn whole(_: &Look, page: Document, template: &str) -> Result<(), Broken> {
    let text = String::from_utf8_lossy(&page.bytes);
    if text.matches("h-entry").count() >= page.entries {
        return Ok(());
    }
    Err(Broken {
        template: template.to_owned(),
        line: None,
        what: "each entry must stand in an element with the class `h-entry`, by which entries are counted"
            .to_owned(),
    })
}

fn full() -> Option<(Entry, FeedId)> {
    let url = |path: &str| Url::parse("https://trial.example/").ok()?.join(path).ok();
    let person = Person { name: Some("A person".to_owned()), email: None, url: url("person") };
    let file = |kind: &str| {
        Some(Attachment {
            url: url("file")?,
            media_type: Some(kind.to_owned()),
            size_bytes: Some(1),
            duration_seconds: Some(1.0),
            title: Some("A file".to_owned()),
        })
    };
    let item = Item {
        url: url("page"),
        title: Some("A title".to_owned()),
        summary: Some(Html::from_text("A summary")),
        content: Some(Html::from_text("A text")),
        language: Some("en".to_owned()),
        authors: vec![person],
        categories: vec![Category { term: "term".to_owned(), scheme: None, label: None }],
        attachments: ["audio/mpeg", "video/mp4", "application/pdf"].into_iter().filter_map(file).collect(),
        image_url: url("picture"),
        comments_url: url("comments"),
        rights: Some("Rights".to_owned()),
        ..Item::default()
    };
    let provenance = Provenance { title: "A source".to_owned(), home_url: url(""), ..Provenance::default() };
    let entry = Entry {
        updated: Timestamp::from_timestamp(1, 0)?,
        revision: 1,
        tags: vec!["tag".to_owned()],
        item,
        provenance,
        related: vec![("Another".to_owned(), url("other")?)],
        ..bare()?
    };
    Some((entry, "trial".parse().ok()?))
}

fn bare() -> Option<Entry> {
    let source: SourceId = "trial".parse().ok()?;
    Some(Entry {
        id: EntryId::kept("urn:harkara:trial:1".to_owned()),
        source,
        published: Timestamp::UNIX_EPOCH,
        updated: Timestamp::UNIX_EPOCH,
        first_seen: Timestamp::UNIX_EPOCH,
        revision: 0,
        tags: Vec::new(),
        item: Item::default(),
        provenance: Provenance { title: "A source".to_owned(), ..Provenance::default() },
        related: Vec::new(),
    })
}

fn sources(id: &SourceId) -> Vec<SourceHealth> {
    let at = Some(Timestamp::UNIX_EPOCH);
    let new = SourceHealth {
        id: id.clone(),
        title: "A source".to_owned(),
        home_url: None,
        feed_url: None,
        health: Health::Waiting,
        last_success: None,
        last_try: None,
        next_due: None,
        failing_since: None,
        failures: 0,
        message: None,
        newest: None,
        entries: 0,
        held: 0,
    };
    let failing = SourceHealth {
        home_url: Url::parse("https://trial.example/").ok(),
        feed_url: Url::parse("https://trial.example/feed").ok(),
        health: Health::Failing,
        last_success: at,
        last_try: at,
        next_due: at,
        failing_since: at,
        failures: 1,
        message: Some("it failed".to_owned()),
        newest: at,
        held: 1,
        ..new.clone()
    };
    vec![new, failing]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, text: &str, expected: Result<(), &str>) {
        let own = [Template { name: name.to_owned(), text: text.to_owned() }];
        let tried = trial(&own).map_err(|broken| broken.to_string());
        assert_eq!(tried.as_ref().map_err(String::as_str).copied(), expected, "{text}");
    }

    #[test]
    fn the_built_in_templates_are_whole() {
        assert_eq!(trial(&[]), Ok(()));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        check(
            "feed.html",
            "\n{% if %}",
            Err("the template `feed.html`, line 2: syntax error: unexpected end of block"),
        );
        check(
            "feed.html",
            "\n\n{{ feed.titel }}",
            Err("the template `feed.html`, line 3: undefined value: `feed.titel` is undefined"),
        );
        check(
            "story.html",
            "<p>{{ entry.title }}</p>",
            Err(
                "the template `story.html`: each entry must stand in an element with the class `h-entry`, by which \
                 entries are counted",
            ),
        );
        check(
            "base.html",
            "{% include 'none.html' %}",
            Err(
                "the template `base.html`, line 1: template not found: tried to include non-existing template 'none.html'",
            ),
        );
        check("feed.html", "{% extends 'built-in/feed.html' %}{% block foot %}ok{% endblock %}", Ok(()));
        check("mine.html", "{{ anything }}", Ok(()));
    }
}
