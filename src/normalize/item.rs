//! A draft becomes an item.

use ::url::Url;
use memchr::memchr;

use super::notes::Notes;
use super::{Settings, attachment, html, instant, language, person, shown, text, url};
use crate::model::{
    Category, ChannelDraft, Draft, Html, Item, Origin, Raw, RawCategory, RawHtml, RawOrigin, RawUrl,
};

/// How much of a body is looked at to tell its language, in characters that are shown.
const SAMPLE: usize = 1_000;

/// Normalizes one draft; `base` is that of the reading.
pub fn item(
    draft: Draft,
    channel: &ChannelDraft,
    base: Option<&Url>,
    settings: &Settings,
    notes: &mut Notes,
) -> Item {
    let title = draft.title.as_ref().and_then(text::line);
    let summary = draft.summary.and_then(|raw| markup(raw, base));
    let content = draft.content.and_then(|raw| markup(raw, base));
    let mut pages = pages(&draft.urls, base, notes).into_iter();
    let attachments = attachment::attachments(&draft.attachments, base);
    let picture =
        |it: &&crate::model::Attachment| it.media_type.as_deref().is_some_and(|it| it.starts_with("image/"));
    let image_url = draft.image_url.as_ref().and_then(|raw| web(raw, base));
    let told = [draft.language.as_deref(), channel.language.as_deref()];
    let language = match &settings.language {
        Some(configured) => Some(configured.clone()),
        None => told_language(&told, &sample(title.as_deref(), [&content, &summary]), notes),
    };
    Item {
        id: draft.id.as_deref().and_then(id),
        url: pages.next(),
        alternate_urls: pages.collect(),
        language,
        published: instant(draft.published.as_deref(), settings, notes),
        updated: instant(draft.updated.as_deref(), settings, notes),
        authors: person::people(&draft.authors, base),
        contributors: person::people(&draft.contributors, base),
        categories: categories(&draft.categories),
        image_url: image_url.or_else(|| attachments.iter().find(picture).map(|it| it.url.clone())),
        attachments,
        comments_url: draft.comments_url.as_ref().and_then(|raw| web(raw, base)),
        origin: draft.origin.as_ref().and_then(|raw| origin(raw, base)),
        rights: draft.rights.as_ref().and_then(text::line),
        in_reply_to: draft.in_reply_to.as_deref().and_then(id),
        title,
        summary,
        content,
    }
}

/// The language, with a note when the source's tag is refuted by what it writes.
pub fn told_language(told: &[Option<&str>], sample: &str, notes: &mut Notes) -> Option<String> {
    let found = language::of(told, sample);
    if let (Some(tag), Some(corrected)) = (&found.tag, &found.corrected) {
        notes.note("the language told is not that of the text", &format!("`{tag}` taken for `{corrected}`"));
    }
    found.tag
}

/// Summary or body as clean HTML; `None` when nothing is left.
fn markup(raw: Raw, base: Option<&Url>) -> Option<Html> {
    let clean = match raw {
        Raw::Html(raw) => html::clean(raw, base),
        Raw::Text(plain) => {
            let html = text::to_markup(&plain);
            drop(plain);
            html::clean(RawHtml { html, base: None }, base)
        }
    };
    (!clean.is_empty()).then_some(clean)
}

/// Categories as plain text, empty and repeated ones left out.
pub fn categories(raw: &[RawCategory]) -> Vec<Category> {
    let mut all: Vec<Category> = Vec::new();
    for raw in raw {
        let label = raw.label.as_deref().and_then(text::name);
        let Some(term) = text::name(&raw.term).or_else(|| label.clone()) else { continue };
        let scheme = raw.scheme.as_deref().and_then(id);
        let category = Category { label: label.filter(|label| *label != term), term, scheme };
        if !all.contains(&category) {
            all.push(category);
        }
    }
    all
}

/// An id as the source wrote it: never resolved, never composed.
fn id(text: &str) -> Option<String> {
    let id = text::legal(text.trim()).into_owned();
    (!id.is_empty()).then_some(id)
}

/// The pages of the article, each once, in order.
fn pages(raw: &[RawUrl], base: Option<&Url>, notes: &mut Notes) -> Vec<Url> {
    let mut pages: Vec<Url> = Vec::new();
    for raw in raw.iter().filter(|raw| !raw.value.trim().is_empty()) {
        match url::link(raw, base) {
            Some(page) if !pages.contains(&page) => pages.push(page),
            Some(_) => {}
            None => notes.note("a link leads nowhere and was left out", &format!("`{}`", shown(&raw.value))),
        }
    }
    pages
}

/// An address on the web.
pub fn web(raw: &RawUrl, base: Option<&Url>) -> Option<Url> {
    url::link(raw, base).filter(url::is_web)
}

fn origin(raw: &RawOrigin, base: Option<&Url>) -> Option<Origin> {
    let origin = Origin {
        title: raw.title.as_ref().and_then(text::line),
        url: raw.url.as_ref().and_then(|raw| web(raw, base)),
        feed_url: raw.feed_url.as_ref().and_then(|raw| web(raw, base)),
    };
    (origin != Origin::default()).then_some(origin)
}

/// The beginning of what people read, tags left out.
fn sample(title: Option<&str>, bodies: [&Option<Html>; 2]) -> String {
    let mut sample = String::from(title.unwrap_or_default());
    let Some(body) = bodies.into_iter().flatten().next() else { return sample };
    let (mut rest, mut left) = (body.as_str(), SAMPLE);
    while left > 0 && !rest.is_empty() {
        let tag = memchr(b'<', rest.as_bytes()).unwrap_or(rest.len());
        let mut beyond = rest[..tag].chars();
        let shown = match beyond.nth(left - 1) {
            Some(_) => &rest[..tag - beyond.as_str().len()],
            None => &rest[..tag],
        };
        sample.push_str(shown);
        left -= shown.chars().count();
        rest = memchr(b'>', &rest.as_bytes()[tag..]).map_or("", |end| &rest[tag + end + 1..]);
    }
    sample
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(draft: &Draft, show: impl Fn(&Item) -> String, expected: &str) {
        let base = Url::parse("https://n.example/").ok();
        let item = item(
            draft.clone(),
            &ChannelDraft::default(),
            base.as_ref(),
            &Settings::default(),
            &mut Notes::default(),
        );
        assert_eq!(show(&item), expected);
    }

    fn urls(values: &[&str]) -> Vec<RawUrl> {
        values.iter().map(|value| RawUrl { value: (*value).to_owned(), base: None }).collect()
    }

    #[test]
    fn the_first_link_that_leads_somewhere_is_the_page() {
        let draft =
            Draft { urls: urls(&["", "javascript:x", "a", "https://n.example/a", "b"]), ..Draft::default() };
        check(
            &draft,
            |item| format!("{:?} {}", item.url.as_ref().map(Url::path), item.alternate_urls.len()),
            "Some(\"/a\") 1",
        );
    }

    #[test]
    fn ids_are_never_touched() {
        let draft = Draft { id: Some(" HTTP://X/\u{9df} ".to_owned()), ..Draft::default() };
        check(&draft, |item| item.id.clone().unwrap_or_default(), "HTTP://X/\u{9df}");
    }

    #[test]
    fn plain_text_becomes_markup() {
        let draft = Draft { summary: Some(Raw::Text("a < b".to_owned())), ..Draft::default() };
        check(
            &draft,
            |item| item.summary.as_ref().map(|it| it.as_str().to_owned()).unwrap_or_default(),
            "a &lt; b",
        );
    }
}
