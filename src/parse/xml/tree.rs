//! A light tree of one part of a feed (an item, a title …): nodes in one vector, text borrowed where it can be.

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::Arc;

use url::Url;

use super::namespace::Ns;
use crate::parse::vocabulary::{Field, Word};

/// An attribute.
#[derive(Debug)]
pub(crate) struct Attribute<'a> {
    pub prefix: &'a str,
    pub name: &'a str,
    pub value: Cow<'a, str>,
}

/// Of which element a node is, its links, and what was in force where it stood.
#[derive(Debug)]
pub(super) struct Node<'a> {
    pub kind: Kind<'a>,
    /// The next sibling; 0 = none.
    pub next: u32,
}

#[derive(Debug)]
pub(super) enum Kind<'a> {
    Element(Data<'a>),
    Text(Cow<'a, str>),
}

#[derive(Debug)]
pub(super) struct Data<'a> {
    pub word: Word,
    pub name: Cow<'a, str>,
    /// Its attributes in the vector of the tree.
    pub attributes: (u32, u32),
    /// First and last child; 0 = none.
    pub first: u32,
    pub last: u32,
    /// The `xml:base` and `xml:lang` in force: places in the lists of the tree, counted from 1.
    pub base: u32,
    pub lang: u32,
}

/// One part of a document.
#[derive(Debug, Default)]
pub(crate) struct Tree<'a> {
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) attributes: Vec<Attribute<'a>>,
    pub(super) bases: Vec<Arc<Url>>,
    pub(super) langs: Vec<Cow<'a, str>>,
    /// How many bytes long bases may still add to what is resolved against them: one that is in force at a thousand places
    /// is an attack.
    pub(super) room: Cell<usize>,
    /// How many nodes, and how many attributes, there may be at most.
    pub(super) most: usize,
}

/// An element of a tree.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Element<'t, 'a> {
    tree: &'t Tree<'a>,
    data: &'t Data<'a>,
}

/// A child: an element or a text.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Child<'t, 'a> {
    Element(Element<'t, 'a>),
    Text(&'t Cow<'a, str>),
}

impl<'a> Tree<'a> {
    /// The element at a place.
    pub(super) fn element(&self, at: u32) -> Option<Element<'_, 'a>> {
        match &self.nodes.get(at as usize)?.kind {
            Kind::Element(data) => Some(Element { tree: self, data }),
            Kind::Text(_) => None,
        }
    }

    /// Takes so many bytes of the room for bases; false when there is none left.
    pub(super) fn take_room(&self, bytes: usize) -> bool {
        let left = self.room.get().checked_sub(bytes);
        self.room.set(left.unwrap_or(0));
        left.is_some()
    }

    /// Appends a node to the element at `parent`, and gives its place.
    pub(super) fn push(&mut self, parent: Option<u32>, kind: Kind<'a>) -> u32 {
        let at = self.nodes.len() as u32;
        make_room(&mut self.nodes, self.most);
        self.nodes.push(Node { kind, next: 0 });
        let Some(parent) = parent else { return at };
        let Kind::Element(data) = &mut self.nodes[parent as usize].kind else { return at };
        let before = std::mem::replace(&mut data.last, at);
        if before == 0 {
            data.first = at;
        } else {
            self.nodes[before as usize].next = at;
        }
        at
    }
}

/// A long list asks for all the room it may ever need at once: growing by steps, it would be in memory twice at each. What it
/// does not fill is never in memory.
pub(super) fn make_room<T>(list: &mut Vec<T>, most: usize) {
    const LONG: usize = 8_192;
    if list.len() >= LONG && list.len() == list.capacity() {
        list.reserve_exact(most.saturating_sub(list.len()) + LONG);
    }
}

impl<'t, 'a> Element<'t, 'a> {
    /// The vocabulary.
    pub fn ns(self) -> Ns {
        self.data.word.ns
    }

    /// What it says in an item or a channel, and its rank.
    pub fn field(self) -> Option<(Field, u8)> {
        self.data.word.field
    }

    /// Its name, understood.
    pub(super) fn word(self) -> Word {
        self.data.word
    }

    /// The name without prefix, in lower case.
    pub fn name(self) -> &'t str {
        &self.data.name
    }

    /// Elements and texts in it, in order.
    pub fn children(self) -> impl Iterator<Item = Child<'t, 'a>> {
        let tree = self.tree;
        let mut at = self.data.first;
        std::iter::from_fn(move || {
            let node = (at != 0).then(|| tree.nodes.get(at as usize)).flatten()?;
            at = node.next;
            Some(match &node.kind {
                Kind::Element(data) => Child::Element(Element { tree, data }),
                Kind::Text(text) => Child::Text(text),
            })
        })
    }

    /// The elements in it, in order.
    pub fn elements(self) -> impl Iterator<Item = Element<'t, 'a>> {
        self.children().filter_map(|child| match child {
            Child::Element(element) => Some(element),
            Child::Text(_) => None,
        })
    }

    /// The first element of that name in it, of any vocabulary.
    pub fn find(self, name: &str) -> Option<Element<'t, 'a>> {
        self.elements().find(|element| element.name() == name)
    }

    /// The attributes.
    pub fn attributes(self) -> &'t [Attribute<'a>] {
        let (from, to) = self.data.attributes;
        self.tree.attributes.get(from as usize..to as usize).unwrap_or_default()
    }

    /// The value of an attribute without prefix, or with any where there is none without; trimmed, never empty.
    pub fn attribute(self, name: &str) -> Option<&'t str> {
        let named = || self.attributes().iter().filter(|a| a.name.eq_ignore_ascii_case(name));
        let found = named().find(|a| a.prefix.is_empty()).or_else(|| named().next())?;
        Some(found.value.trim()).filter(|value| !value.is_empty())
    }

    /// True when it holds an element.
    pub fn has_elements(self) -> bool {
        self.elements().next().is_some()
    }

    /// Its only child, but for white space, when that is an element.
    pub fn only_element(self) -> Option<Self> {
        let mut only = None;
        for child in self.children() {
            match child {
                Child::Text(text) if text.trim().is_empty() => {}
                Child::Element(element) if only.is_none() => only = Some(element),
                _ => return None,
            }
        }
        only
    }

    /// The text in it and in all its elements, as it stands.
    pub fn text(self) -> Cow<'t, str> {
        let mut children = self.children();
        match (children.next(), children.next()) {
            (None, _) => Cow::Borrowed(""),
            (Some(Child::Text(text)), None) => Cow::Borrowed(text),
            _ => {
                let mut out = String::new();
                self.push_text(&mut out);
                Cow::Owned(out)
            }
        }
    }

    fn push_text(self, out: &mut String) {
        for child in self.children() {
            match child {
                Child::Text(text) => out.push_str(text),
                Child::Element(element) => element.push_text(out),
            }
        }
    }

    /// The text, trimmed; `None` when there is none.
    pub fn words(self) -> Option<String> {
        let text = self.text();
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// The text that stands in it directly, trimmed; `None` when there is none.
    pub fn own_words(self) -> Option<String> {
        let texts = self.children().filter_map(|child| match child {
            Child::Text(text) => Some(text.as_ref()),
            Child::Element(_) => None,
        });
        let text: String = texts.collect();
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// The `xml:base` in force, absolute.
    pub fn base(self) -> Option<&'t Arc<Url>> {
        self.data.base.checked_sub(1).and_then(|at| self.tree.bases.get(at as usize))
    }

    /// The base in force for an address or a text: `Some(None)` where none is needed, `None` = it would add too much.
    pub fn base_for(self, value: &str) -> Option<Option<Arc<Url>>> {
        let Some(base) = self.base().filter(|_| !is_absolute(value)) else { return Some(None) };
        self.tree.take_room(base.as_str().len().saturating_sub(USUAL_BASE)).then(|| Some(Arc::clone(base)))
    }

    /// The `xml:lang` in force; never empty.
    pub fn lang(self) -> Option<&'t str> {
        let lang = self.data.lang.checked_sub(1).and_then(|at| self.tree.langs.get(at as usize))?;
        Some(lang.trim()).filter(|lang| !lang.is_empty())
    }

    /// Everything in it as HTML: text escaped, every element closed, void ones as HTML writes them.
    pub fn inner_html(self) -> String {
        let mut out = String::new();
        self.push_inner(&mut out);
        out
    }

    fn push_inner(self, out: &mut String) {
        for child in self.children() {
            match child {
                Child::Text(text) => push_escaped(out, text),
                Child::Element(element) => element.push_outer(out),
            }
        }
    }

    fn push_outer(self, out: &mut String) {
        let name = self.name();
        out.push('<');
        out.push_str(name);
        for attribute in self.attributes() {
            let Attribute { prefix, name, value } = attribute;
            out.push(' ');
            if !prefix.is_empty() {
                out.push_str(prefix);
                out.push(':');
            }
            out.push_str(name);
            out.push_str("=\"");
            push_escaped(out, value);
            out.push('"');
        }
        out.push('>');
        self.push_inner(out);
        if !is_void(name) {
            out.push_str("</");
            out.push_str(name);
            out.push('>');
        }
    }
}

/// A base adds nothing that counts up to this length, in bytes.
const USUAL_BASE: usize = 128;

/// True for an address that no base changes.
fn is_absolute(value: &str) -> bool {
    let scheme = value.split_once("://").map_or("", |(scheme, _)| scheme);
    scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
}

fn push_escaped(out: &mut String, text: &str) {
    let mut done = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escaped = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => continue,
        };
        out.push_str(&text[done..at]);
        out.push_str(escaped);
        done = at + 1;
    }
    out.push_str(&text[done..]);
}

/// Elements of HTML that have no end tag.
fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}
