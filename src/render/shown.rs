//! What every format shows alike: a title where there is none, who wrote it, where it came from, its categories.

use unicode_segmentation::UnicodeSegmentation;

use super::fence;
use crate::model::{Category, Html, Item, Origin, Person, Provenance, Timestamp};

/// How long a title made from the text may be, in grapheme clusters.
const TITLE: usize = 80;

/// The title of an item: its own; else the first words of its summary or content; else the title of its first
/// attachment; else the name of its source. Never empty as long as the source has a name.
pub(super) fn title(item: &Item, provenance: &Provenance) -> String {
    let first_line = |html: &Html| fence::some_line(html.text().lines().next());
    let first_words = |html: &Html| first_line(html).map(|line| excerpt(&line, TITLE));
    fence::some_line(item.title.as_deref())
        .or_else(|| item.summary.as_ref().and_then(first_words))
        .or_else(|| item.content.as_ref().and_then(first_words))
        .or_else(|| item.attachments.iter().find_map(|a| fence::some_line(a.title.as_deref())))
        .unwrap_or_else(|| name(&provenance.title, &provenance.id))
}

/// A name that is never empty: the title, else what it is the title of.
pub(super) fn name(title: &str, id: &str) -> String {
    fence::some_line(Some(title)).unwrap_or_else(|| fence::uri(id))
}

/// The first `limit` grapheme clusters of a text, as one line; cut at a white space in the last third where there is
/// one, with an ellipsis where anything was cut.
pub(super) fn excerpt(text: &str, limit: usize) -> String {
    let text = fence::line(text);
    let Some((end, _)) = text.grapheme_indices(true).nth(limit) else { return text };
    let head = &text[..end];
    let whole_words = match head.rfind(' ') {
        Some(at) if head[..at].graphemes(true).count() * 3 >= limit * 2 => &head[..at],
        _ => head,
    };
    format!("{}…", whole_words.trim_end())
}

/// A person as it may be written: always with a name.
pub(super) struct Byline {
    pub(super) name: String,
    pub(super) email: Option<String>,
    pub(super) url: Option<String>,
}

/// People who can be named: by name, else mail address, else the host of their page.
pub(super) fn people(people: &[Person]) -> Vec<Byline> {
    let byline = |person: &Person| {
        let Person { name, email, url } = person;
        let name = fence::some_line(name.as_deref())
            .or_else(|| fence::some_line(email.as_deref()))
            .or_else(|| url.as_ref().and_then(|url| url.host_str()).map(str::to_owned))?;
        Some(Byline { name, email: fence::mail(email.as_deref()), url: url.as_ref().map(fence::url) })
    };
    people.iter().filter_map(byline).collect()
}

/// Who wrote an entry: its authors, else the name of where it came from.
///
/// Without this an Atom reader (RFC 4287 section 4.2.1) and a JSON Feed reader take the publisher of the whole feed
/// for the author.
pub(super) fn authors(authors: &[Person], from: &Attribution) -> Vec<Byline> {
    let named = people(authors);
    if named.is_empty() {
        return vec![Byline { name: from.title.clone(), email: None, url: from.home_url.clone() }];
    }
    named
}

/// Where an entry came from, as it may be written.
pub(super) struct Attribution {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) home_url: Option<String>,
    pub(super) feed_url: Option<String>,
    pub(super) updated: Option<Timestamp>,
    pub(super) rights: Option<String>,
    /// The feed that gave us the entry, where that is not where it came from.
    pub(super) via: Option<(String, String)>,
}

/// Where an entry came from: what it says itself (`origin`) when that has an address, else the source that gave it.
///
/// RFC 4287 section 4.2.11: who copies an entry adds a `source` if none is present yet. The source that gave it to us
/// is then told as `via`.
pub(super) fn attribution(provenance: &Provenance, origin: Option<&Origin>) -> Attribution {
    let Provenance { id, title, home_url, feed_url, updated, rights } = provenance;
    let given = Attribution {
        id: fence::uri(id),
        title: name(title, id),
        home_url: home_url.as_ref().map(fence::url),
        feed_url: feed_url.as_ref().map(fence::url),
        updated: *updated,
        rights: fence::some_line(rights.as_deref()),
        via: None,
    };
    let Some(Origin { title, url, feed_url }) = origin else { return given };
    let Some(address) = feed_url.as_ref().or(url.as_ref()) else { return given };
    // The source that names itself on each of its items.
    if feed_url.is_some() && *feed_url == provenance.feed_url {
        return given;
    }
    let host = address.host_str().unwrap_or(address.as_str());
    Attribution {
        id: fence::url(address),
        title: name(title.as_deref().unwrap_or_default(), host),
        home_url: url.as_ref().map(fence::url),
        feed_url: feed_url.as_ref().map(fence::url),
        updated: None,
        rights: None,
        via: given.feed_url.or(given.home_url).map(|url| (given.title, url)),
    }
}

/// A category as it may be written.
pub(super) struct Term {
    pub(super) term: String,
    pub(super) scheme: Option<String>,
    pub(super) label: Option<String>,
}

impl Term {
    /// What people read.
    pub(super) fn shown(self) -> String {
        self.label.unwrap_or(self.term)
    }
}

/// The categories that the source gave, then the tags of the owner; no term twice.
pub(super) fn categories(categories: &[Category], tags: &[String]) -> Vec<Term> {
    let mut terms: Vec<Term> = Vec::with_capacity(categories.len() + tags.len());
    let told = categories.iter().map(|Category { term, scheme, label }| Term {
        term: fence::line(term),
        scheme: fence::some_line(scheme.as_deref()),
        label: fence::some_line(label.as_deref()),
    });
    let tags = tags.iter().map(|tag| Term { term: fence::line(tag), scheme: None, label: None });
    for term in told.chain(tags) {
        let known = |t: &Term| t.term == term.term && (term.scheme.is_none() || t.scheme == term.scheme);
        if fence::some_line(Some(&term.term)).is_some() && !terms.iter().any(known) {
            terms.push(term);
        }
    }
    terms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excerpts_are_cut_between_clusters_and_words() {
        for (text, limit, cut) in [
            ("ছোট", 9, "ছোট"),
            ("এক দুই তিন চার", 10, "এক দুই তিন…"),
            ("ক্ষক্ষক্ষ", 2, "ক্ষক্ষ…"),
            ("👩\u{200d}👩\u{200d}👧👩\u{200d}👩\u{200d}👧", 1, "👩\u{200d}👩\u{200d}👧…"),
            ("a\u{b}\n b", 9, "a b"),
        ] {
            assert_eq!(excerpt(text, limit), cut);
        }
    }

    #[test]
    fn a_title_is_found_wherever_there_is_text() {
        let provenance =
            Provenance { title: "খবর".to_owned(), id: "urn:x".to_owned(), ..Provenance::default() };
        let html = |markup: &str| Some(Html::from_cleaner(markup.to_owned()));
        let mut item = Item::default();
        assert_eq!(title(&item, &provenance), "খবর");
        item.content = html("<img src=\"x\"><p>দুই</p><p>তিন</p>");
        assert_eq!(title(&item, &provenance), "দুই");
        item.summary = html("<p>এক</p>");
        assert_eq!(title(&item, &provenance), "এক");
        item.title = Some(" \u{b} ".to_owned());
        assert_eq!(title(&item, &provenance), "এক");
    }

    #[test]
    fn what_an_entry_says_of_its_origin_wins_when_it_has_an_address() {
        let url = |text: &str| url::Url::parse(text).ok();
        let provenance = Provenance {
            id: "https://given.example/rss".to_owned(),
            title: "Given".to_owned(),
            feed_url: url("https://given.example/rss"),
            ..Provenance::default()
        };
        let only_title = Origin { title: Some("Else".to_owned()), ..Origin::default() };
        assert_eq!(attribution(&provenance, Some(&only_title)).title, "Given");
        let with_page = Origin { url: url("https://else.example/"), ..only_title };
        let told = attribution(&provenance, Some(&with_page));
        assert_eq!((told.title.as_str(), told.id.as_str()), ("Else", "https://else.example/"));
        assert_eq!(told.via, Some(("Given".to_owned(), "https://given.example/rss".to_owned())));
    }
}
