//! People as sources write them: elements of Atom, 'mail (name)', `name <mail>`, or just a name.

use super::text::{address, title};
use super::xml::Element;
use crate::model::{Raw, RawPerson};

/// The person in an element; `None` when nothing is told of them.
pub(super) fn person(element: Element<'_, '_>) -> Option<RawPerson> {
    let told = |names: &[&str]| {
        element.elements().find(|inner| names.contains(&inner.name()) && inner.words().is_some())
    };
    let name = told(&["name", "title"]).and_then(|inner| inner.words());
    let email = told(&["email", "mail"]).and_then(|inner| inner.words());
    let url = told(&["uri", "url", "homepage", "link"]).and_then(|inner| address(&inner.text(), inner));
    if name.is_none() && email.is_none() && url.is_none() {
        let text = match title(element)? {
            Raw::Text(text) => text,
            Raw::Html(html) => {
                let plain = element.own_words().filter(|own| !own.contains('<'));
                plain.unwrap_or_else(|| without_tags(&html.html))
            }
        };
        let person = from_text(&text);
        return (person != RawPerson::default()).then_some(person);
    }
    let mut person = RawPerson { name, email, url };
    if let (Some(name), None) = (&person.name, &person.email) {
        let split = from_text(name);
        if split.email.is_some() {
            person.name = split.name;
            person.email = split.email;
        }
    }
    Some(person)
}

/// Takes the tags out of a name that was written with markup.
fn without_tags(markup: &str) -> String {
    let mut out = String::new();
    let mut rest = markup;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = rest[at..].split_once('>').map_or("", |(_, rest)| rest);
    }
    out.push_str(rest);
    super::xml::decode_again(&out).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Splits a string into name and mail address where it clearly holds both.
pub(super) fn from_text(text: &str) -> RawPerson {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let nobody = RawPerson::default();
    if text.is_empty() {
        return nobody;
    }
    let clean = |part: &str| {
        let part = part.trim().trim_matches(['"', ',', ';']).trim();
        (!part.is_empty()).then(|| part.to_owned())
    };
    let pairs = [('(', ')'), ('<', '>'), ('[', ']')];
    for (open, close) in pairs {
        let Some((before, rest)) = text.split_once(open) else { continue };
        let Some((inside, after)) = rest.split_once(close) else { continue };
        let bare = |part: &str| part.trim().trim_start_matches("mailto:").to_owned();
        let (before_is, inside_is) = (is_mail(&bare(before)), is_mail(&bare(inside)));
        if before_is && !inside_is {
            return RawPerson { name: clean(inside), email: Some(bare(before)), url: None };
        }
        if inside_is {
            return RawPerson {
                name: clean(&format!("{before} {after}")),
                email: Some(bare(inside)),
                url: None,
            };
        }
    }
    let bare = text.trim_start_matches("mailto:");
    if is_mail(bare) {
        return RawPerson { email: Some(bare.to_owned()), ..nobody };
    }
    // 'mail name' and 'name mail' without brackets.
    let mails: Vec<&str> = text.split(' ').filter(|word| is_mail(word)).collect();
    if let [mail] = mails[..] {
        let name = text.split(' ').filter(|word| *word != mail).collect::<Vec<_>>().join(" ");
        return RawPerson { name: clean(&name), email: Some(mail.to_owned()), url: None };
    }
    RawPerson { name: Some(text), ..nobody }
}

fn is_mail(text: &str) -> bool {
    let Some((user, host)) = text.split_once('@') else { return false };
    let strange =
        |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '<' | '>' | '[' | ']' | ',' | '"' | '@' | ':');
    !user.is_empty() && !host.is_empty() && !user.contains(strange) && !host.contains(strange)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, name: &str, email: &str) {
        let person = from_text(text);
        let told = (person.name.unwrap_or_default(), person.email.unwrap_or_default());
        assert_eq!(told, (name.to_owned(), email.to_owned()), "{text}");
    }

    #[test]
    fn names_and_mail_addresses_are_told_apart() {
        check("editor@example.com (Ed Itor)", "Ed Itor", "editor@example.com");
        check("Ed Itor <editor@example.com>", "Ed Itor", "editor@example.com");
        check("Ed Itor (editor@example.com)", "Ed Itor", "editor@example.com");
        check("mailto:editor@example.com", "", "editor@example.com");
        check("editor@example.com", "", "editor@example.com");
        check("editor@example.com Ed Itor", "Ed Itor", "editor@example.com");
        check("Ed (the) Itor", "Ed (the) Itor", "");
        check("আনন্দ, বিপ্লব", "আনন্দ, বিপ্লব", "");
    }
}
