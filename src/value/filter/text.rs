//! What of an item is searched: the same for the index and for the last look at an entry.

use crate::model::Item;
use crate::value::tokens::tokens;

/// So much of a long text is searched, in bytes.
const MOST: usize = 64 << 10;

/// The tokens of title, texts, authors and categories. Between two of these nothing follows on anything.
pub fn searched(item: &Item) -> Vec<String> {
    let text = |html: &crate::model::Html| html.opening(MOST);
    let authors = item.authors.iter().chain(&item.contributors).filter_map(|person| person.name.clone());
    let categories = item
        .categories
        .iter()
        .map(|category| category.label.clone().unwrap_or_else(|| category.term.clone()));
    let parts = item.title.clone().into_iter();
    let parts = parts.chain(item.summary.as_ref().map(text)).chain(item.content.as_ref().map(text));
    let mut out = Vec::new();
    for part in parts.chain(authors).chain(categories) {
        if !out.is_empty() {
            out.push(GAP.to_owned());
        }
        out.extend(tokens(&part));
    }
    out
}

/// A token that is in no text, so that no phrase goes over it.
const GAP: &str = "\u{2014}";
