//! People as sources write them: elements of Atom, 'mail (name)', `name <mail>`, or just a name.

use super::notes::Notes;
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
        let text = match title(element, &mut Notes::default())? {
            Raw::Text(text) => text,
            Raw::Html(_) if element.has_elements() => element.text().into_owned(),
            Raw::Html(html) => without_tags(&html.html),
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

/// Somebody of a podcast, and whether it is theirs: a host is its author, guests and makers contribute.
pub(super) fn of_podcast(element: Element<'_, '_>) -> Option<(RawPerson, bool)> {
    let url = element.attribute("href").and_then(|href| address(href, element));
    let host = element.attribute("role").is_none_or(|role| role.trim().eq_ignore_ascii_case("host"));
    Some((RawPerson { name: Some(element.words()?), email: None, url }, host))
}

/// People, of the best rank that named any.
#[derive(Debug, Default)]
pub(super) struct People {
    rank: u8,
    list: Vec<RawPerson>,
}

impl People {
    /// Takes a person beside those of the same rank; a better rank replaces them, a worse one is not heard.
    pub fn offer(&mut self, rank: u8, person: Option<RawPerson>) {
        let Some(person) = person else { return };
        if self.list.is_empty() || rank < self.rank {
            self.list.clear();
            self.rank = rank;
        }
        if rank == self.rank {
            self.add(person);
        }
    }

    /// The people, each once.
    pub fn take(self) -> Vec<RawPerson> {
        self.list
    }

    fn add(&mut self, person: RawPerson) {
        let same = |a: &Option<String>, b: &Option<String>| match (a, b) {
            (Some(a), Some(b)) => a.to_lowercase() == b.to_lowercase(),
            _ => false,
        };
        let fits = |known: &RawPerson| {
            let mails = known.email.is_none() || person.email.is_none() || same(&known.email, &person.email);
            same(&known.name, &person.name) && mails
                || same(&known.email, &person.email) && person.name.is_none()
        };
        if let Some(known) = self.list.iter_mut().find(|known| fits(known)) {
            known.name = known.name.take().or(person.name);
            known.email = known.email.take().or(person.email);
            known.url = known.url.take().or(person.url);
        } else if self.list.len() < MOST_PEOPLE {
            self.list.push(person);
        }
    }
}

/// More people of one item are not kept.
pub(super) const MOST_PEOPLE: usize = 200;

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
        // A name may hold brackets of its own.
        let nested = rest.split_once(close).is_some_and(|(inside, _)| inside.contains(open));
        let split = if nested { rest.rsplit_once(close) } else { rest.split_once(close) };
        let Some((inside, after)) = split else { continue };
        let bare = |part: &str| bare_mail(part).to_owned();
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
    let bare = bare_mail(&text);
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

/// The address without `mailto:` and without what a link asks the mail program to fill in.
fn bare_mail(text: &str) -> &str {
    let text = text.trim();
    let text = text.strip_prefix("mailto:").unwrap_or(text);
    match text.split_once('?') {
        Some((mail, _)) if is_mail(mail) => mail,
        _ => text,
    }
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
    fn the_same_person_is_told_once_and_completed() {
        let mut people = People::default();
        people.offer(2, Some(from_text("Nobody")));
        people.offer(0, Some(from_text("ed@example.com (Ed)")));
        people.offer(0, Some(from_text("Ed")));
        people.offer(0, Some(from_text("Another")));
        people.offer(1, Some(from_text("Late")));
        let names: Vec<_> = people.take().into_iter().map(|p| (p.name, p.email)).collect();
        let told = |text: &str| Some(text.to_owned());
        assert_eq!(names, [(told("Ed"), told("ed@example.com")), (told("Another"), None)]);
    }

    #[test]
    fn names_and_mail_addresses_are_told_apart() {
        check("editor@example.com (Ed Itor)", "Ed Itor", "editor@example.com");
        check("Ed Itor <editor@example.com>", "Ed Itor", "editor@example.com");
        check("Ed Itor (editor@example.com)", "Ed Itor", "editor@example.com");
        check("mailto:editor@example.com", "", "editor@example.com");
        check("editor@example.com", "", "editor@example.com");
        check("editor@example.com Ed Itor", "Ed Itor", "editor@example.com");
        check("ed@example.com (Ed (Team))", "Ed (Team)", "ed@example.com");
        check("ed@example.com?subject=x (Ed)", "Ed", "ed@example.com");
        check("mailto:ed@example.com?subject=x", "", "ed@example.com");
        check("Ed (the) Itor", "Ed (the) Itor", "");
        check("আনন্দ, বিপ্লব", "আনন্দ, বিপ্লব", "");
    }
}
