//! People: names as plain text, mail addresses told from names, home pages absolute.

use ::url::Url;

use super::{text, url};
use crate::model::{Person, RawPerson};

/// Reads people; empty ones are left out, equal ones are named once.
pub fn people(raw: &[RawPerson], base: Option<&Url>) -> Vec<Person> {
    let mut all: Vec<Person> = Vec::new();
    for person in raw.iter().filter_map(|raw| person(raw, base)) {
        if !all.contains(&person) {
            all.push(person);
        }
    }
    all
}

fn person(raw: &RawPerson, base: Option<&Url>) -> Option<Person> {
    let name = raw.name.as_deref().and_then(text::name);
    let mut email = raw.email.as_deref().and_then(mail);
    let mut page = raw.url.as_ref().and_then(|raw| url::link(raw, base));
    if let Some(url) = page.take_if(|url| url.scheme() == "mailto") {
        email = email.or_else(|| mail(url.path()));
    }
    let name = match name {
        Some(name) if email.is_none() => {
            let (rest, found) = split(&name);
            email = found;
            rest
        }
        // A name that only repeats the address is no name, unless a feed tells nothing else.
        name => name,
    };
    (name.is_some() || email.is_some() || page.is_some()).then_some(Person { name, email, url: page })
}

/// Tells the forms `mail (name)`, `name (mail)`, `name <mail>` and a bare `mail` apart.
fn split(text: &str) -> (Option<String>, Option<String>) {
    for (open, close) in [('(', ')'), ('<', '>')] {
        let Some((before, tail)) = text.split_once(open) else { continue };
        let Some((inside, after)) = tail.rsplit_once(close) else { continue };
        if !after.trim().is_empty() {
            continue;
        }
        if let Some(address) = mail(before) {
            return (text::plain_line(inside), Some(address));
        }
        if let Some(address) = mail(inside) {
            return (text::plain_line(before.trim().trim_matches('"')), Some(address));
        }
    }
    match mail(text) {
        Some(address) => (None, Some(address)),
        None => (Some(text.to_owned()), None),
    }
}

/// A mail address, `mailto:` taken off; `None` where it is none.
fn mail(text: &str) -> Option<String> {
    let text = text.trim();
    let text = match text.get(..7) {
        Some(head) if head.eq_ignore_ascii_case("mailto:") => &text[7..],
        _ => text,
    };
    let (user, host) = text.rsplit_once('@')?;
    let good = !user.is_empty()
        && !host.is_empty()
        && !text.contains(|c: char| {
            c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '(' | ')' | ',' | ';')
        });
    good.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RawUrl;

    fn check(name: &str, expected: (Option<&str>, Option<&str>)) {
        let raw = RawPerson { name: Some(name.to_owned()), ..RawPerson::default() };
        let person = person(&raw, None).unwrap_or_default();
        assert_eq!((person.name.as_deref(), person.email.as_deref()), expected, "{name}");
    }

    #[test]
    fn names_and_addresses_are_told_apart() {
        check("me@example.com (মমতা)", (Some("মমতা"), Some("me@example.com")));
        check("মমতা (me@example.com)", (Some("মমতা"), Some("me@example.com")));
        check("\"A B\" <me@example.com>", (Some("A B"), Some("me@example.com")));
        check("mailto:me@example.com", (None, Some("me@example.com")));
        check("A &amp; B", (Some("A & B"), None));
        check("A (The Paper)", (Some("A (The Paper)"), None));
        check("A, B", (Some("A, B"), None));
    }

    #[test]
    fn a_mail_link_is_an_address_and_equal_people_are_one() {
        let raw = RawPerson {
            url: Some(RawUrl { value: "mailto:a@b.example".to_owned(), base: None }),
            ..RawPerson::default()
        };
        let all = people(&[raw.clone(), raw, RawPerson::default()], None);
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].email.as_deref(), Some("a@b.example"));
    }
}
