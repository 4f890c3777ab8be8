//! How an entry or the table of a feed differs.

use crate::model::Entry;
use crate::select::Settings;

/// How the same entry looks otherwise to readers.
pub(super) fn looks(was: &Entry, is: &Entry) -> Vec<String> {
    let mut out = Vec::new();
    let (a, b) = (&was.item, &is.item);
    if was.source != is.source {
        out.push(format!("`{}` speaks for its story instead of `{}`", is.source, was.source));
    } else if was.provenance != is.provenance {
        out.push("its source is called otherwise".to_owned());
    }
    if a.title != b.title {
        let quoted = |title: &Option<String>| title.as_ref().map_or("none".to_owned(), |t| format!("`{t}`"));
        out.push(format!("title {}, before {}", quoted(&b.title), quoted(&a.title)));
    }
    if a.url != b.url {
        out.push("another address".to_owned());
    }
    match (a.content.is_some(), b.content.is_some()) {
        (true, false) => out.push("a summary in place of the text".to_owned()),
        (false, true) => out.push("the text in place of a summary".to_owned()),
        _ if (&a.summary, &a.content) != (&b.summary, &b.content) => out.push("text".to_owned()),
        _ => {}
    }
    if was.tags != is.tags {
        let missing = |from: &[String], of: &[String], sign: &str| -> Vec<String> {
            from.iter().filter(|tag| !of.contains(tag)).map(|tag| format!("{sign}{tag}")).collect()
        };
        let mut tags = missing(&is.tags, &was.tags, "+");
        tags.extend(missing(&was.tags, &is.tags, "-"));
        out.push(format!(
            "tags {}",
            if tags.is_empty() { "in another order".to_owned() } else { tags.join(" ") }
        ));
    }
    if a.authors != b.authors {
        out.push("authors".to_owned());
    }
    if a.categories != b.categories {
        out.push("categories".to_owned());
    }
    if was.related != is.related {
        out.push("other related links".to_owned());
    }
    out
}

/// The keys of a feed's table that differ, in the order of the reference.
pub(super) fn keys(a: &Settings, b: &Settings) -> Vec<&'static str> {
    let all = [
        ("title", a.title != b.title),
        ("subtitle", a.subtitle != b.subtitle),
        ("language", a.language != b.language),
        ("sources", a.sources != b.sources),
        ("tags", a.tags != b.tags),
        ("not_tags", a.not_tags != b.not_tags),
        ("rules", a.rules != b.rules),
        ("formats", a.formats != b.formats),
        ("order", a.order != b.order),
        ("keep", a.keep != b.keep),
        ("per_source", a.per_source != b.per_source),
        ("max_bytes", a.max_bytes != b.max_bytes),
        ("content", a.content != b.content),
        ("summary_length", a.summary_length != b.summary_length),
        ("author", a.author != b.author),
        ("rights", a.rights != b.rights),
        ("icon_url", a.icon_url != b.icon_url),
        ("ttl_minutes", a.ttl_minutes != b.ttl_minutes),
        ("hubs", a.hubs != b.hubs),
        ("archive", a.archive != b.archive),
        ("allow_empty", a.allow_empty != b.allow_empty),
        ("dedup", a.dedup != b.dedup),
    ];
    all.into_iter().filter(|(_, differs)| *differs).map(|(key, _)| key).collect()
}
