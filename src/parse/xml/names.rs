//! What the name of a tag means where it stands: found out once, for the same few names come again and again.

use std::borrow::Cow;

use super::namespace::{Ns, Scopes, customary_or_core};
use crate::parse::vocabulary::Word;

/// A name of a tag, understood.
#[derive(Debug, Clone)]
pub(super) struct Meant<'a> {
    pub prefix: &'a str,
    /// Without prefix, in lower case.
    pub name: Cow<'a, str>,
    /// What its prefix was declared to be; `None` = nobody declared it.
    pub declared: Option<Ns>,
    /// What its prefix is, declared or by custom; with the version.
    pub ns: Ns,
    /// What it means in a tree: without the version, that of the root being the format's own.
    pub word: Word,
}

/// The prefix and vocabulary of the root, and what they mean: `<rss>` in a strange namespace is still RSS.
pub(super) type Custom<'a> = Option<(&'a str, Ns, Ns)>;

const SLOTS: usize = 64;

/// The names met so far; one that falls on the place of another takes it.
#[derive(Debug)]
pub(super) struct Names<'a> {
    slots: Vec<Option<(&'a str, u32, Meant<'a>)>>,
}

impl<'a> Names<'a> {
    pub fn new() -> Self {
        Self { slots: vec![None; SLOTS] }
    }

    /// Forgets everything: what the root means has changed.
    pub fn clear(&mut self) {
        self.slots.fill(None);
    }

    /// What the name means under these declarations.
    pub fn meant(&mut self, raw: &'a str, scopes: &Scopes<'a>, custom: Custom<'a>) -> Meant<'a> {
        let bytes = raw.as_bytes();
        let ends =
            bytes.first().zip(bytes.last()).map_or(0, |(a, b)| usize::from(*a) * 7 + usize::from(*b) * 3);
        let slot = &mut self.slots[(ends + raw.len()) % SLOTS];
        match slot {
            Some((known, state, meant)) if *state == scopes.state() && *known == raw => meant.clone(),
            _ => {
                let meant = understand(raw, scopes, custom);
                *slot = Some((raw, scopes.state(), meant.clone()));
                meant
            }
        }
    }
}

fn understand<'a>(raw: &'a str, scopes: &Scopes<'a>, custom: Custom<'a>) -> Meant<'a> {
    let (prefix, local) = raw.split_once(':').unwrap_or(("", raw));
    let declared = scopes.find(prefix);
    // A prefix that everybody uses for one thing means that, whatever address somebody made up for it.
    let ns = match declared {
        Some(Ns::Other) if !prefix.is_empty() => customary_or_core(prefix),
        Some(ns) => ns,
        None => customary_or_core(prefix),
    };
    let name = lower_case(local);
    let family = match custom {
        Some((root, strange, meant)) if strange == ns && ns != Ns::Rdf && root == prefix => meant,
        _ => ns.family(),
    };
    let word = Word::of(family, &name);
    Meant { prefix, name, declared, ns, word }
}

/// The name in lower case; borrowed for those that feeds use most.
fn lower_case(name: &str) -> Cow<'_, str> {
    if !name.bytes().any(|b| b.is_ascii_uppercase()) {
        return Cow::Borrowed(name);
    }
    match name {
        "pubDate" => Cow::Borrowed("pubdate"),
        "lastBuildDate" => Cow::Borrowed("lastbuilddate"),
        "origLink" => Cow::Borrowed("origlink"),
        "commentRss" => Cow::Borrowed("commentrss"),
        _ => Cow::Owned(name.to_ascii_lowercase()),
    }
}
