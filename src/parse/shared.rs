//! Fields that items and channels say in the same way: categories, keywords, pictures, rights.

use super::notes::Notes;
use super::text::{address, construct, title};
use super::xml::{Element, Ns};
use crate::model::{Raw, RawCategory, RawUrl};

/// More categories than this say nothing.
pub(super) const MOST_CATEGORIES: usize = 300;
/// More attachments of one item are not kept.
pub(super) const MOST_ATTACHMENTS: usize = 200;
/// More pages of one item are not kept.
pub(super) const MOST_PAGES: usize = 32;

/// Takes a value while there are not too many: what is looked through for each must have an end.
pub(super) fn keep<T>(list: &mut Vec<T>, most: usize, value: Option<T>) {
    if list.len() < most {
        list.extend(value);
    }
}

/// Takes a category once.
pub(super) fn add(list: &mut Vec<RawCategory>, category: RawCategory) {
    if list.len() < MOST_CATEGORIES && !list.contains(&category) {
        list.push(category);
    }
}

/// The categories of an element: `term`, `text`, or its text; those of iTunes are nested.
pub(super) fn categories(element: Element<'_, '_>, list: &mut Vec<RawCategory>) {
    let told = |name| element.attribute(name).map(str::to_owned);
    let label = told("label");
    let scheme = told("scheme").or_else(|| told("domain"));
    let nested = element.ns() == Ns::Itunes || element.ns() == Ns::GooglePlay;
    let words = || if nested { element.own_words() } else { element.words() };
    let term = told("term").or_else(|| told("text")).or_else(words).or_else(|| label.clone());
    if let Some(term) = term {
        add(list, RawCategory { term, scheme, label });
    }
    if nested {
        for inner in element.elements().filter(|inner| inner.name() == "category") {
            categories(inner, list);
        }
    }
}

/// The categories of a comma-separated list.
pub(super) fn keywords(element: Element<'_, '_>, list: &mut Vec<RawCategory>) {
    for term in element.text().split(',').map(str::trim).filter(|term| !term.is_empty()) {
        add(list, RawCategory { term: term.to_owned(), scheme: None, label: None });
    }
}

/// The address of a picture, however it is told: `href`, `url`, an element `url`, or text.
pub(super) fn image_address(element: Element<'_, '_>) -> Option<RawUrl> {
    if element.name() == "link" && element.attribute("rel") != Some("image") {
        return None;
    }
    let told = element.attribute("href").or(element.attribute("url"));
    let inner = || element.find("url").or_else(|| element.find("link")).and_then(Element::words);
    let own = || element.own_words();
    let set = || element.attribute("srcset").and_then(first_of_set);
    let resource = || element.attribute("resource").map(str::to_owned);
    let value = told.map(str::to_owned).or_else(inner).or_else(set).or_else(own).or_else(resource)?;
    address(&value, element)
}

/// The first address of a `srcset`.
fn first_of_set(set: &str) -> Option<String> {
    set.split_whitespace().next().map(|first| first.trim_end_matches(',').to_owned())
}

/// The page of the film with the id in the element.
pub(super) fn film_page(element: Element<'_, '_>) -> Option<RawUrl> {
    let id = element.words()?;
    let plain = id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    plain.then(|| RawUrl { value: format!("https://www.youtube.com/watch?v={id}"), base: None })
}

/// Rights as text, or the address of a licence.
pub(super) fn rights(element: Element<'_, '_>) -> Option<Raw> {
    let text =
        if element.ns() == Ns::Atom { construct(element) } else { title(element, &mut Notes::default()) };
    text.or_else(|| element.attribute("resource").map(|resource| Raw::Text(resource.to_owned())))
}
