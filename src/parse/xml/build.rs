//! Tokens to parts: who is open, which end tag closes whom, what is in force; the repairs of structure.

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::Arc;

use memchr::memchr_iter;
use url::Url;

use super::attribute::Attributes;
use super::names::{Custom, Names};
use super::namespace::{Ns, Scopes};
use super::reference::{Entities, decode};
use super::token::{Token, Tokens};
use super::tree::{Attribute, Data, Element, Kind, Tree, make_room};
use crate::parse::mojibake::mend;
use crate::parse::notes::Notes;
use crate::parse::vocabulary::Word;

/// Where a part of a feed stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Outside every root.
    Document,
    /// In the root element.
    Root,
    /// In the channel of RSS.
    Channel,
}

/// Who takes the parts as they are read.
pub(crate) trait Parts {
    /// A root or a channel begins; only its name and attributes are there.
    fn begins(&mut self, element: Element<'_, '_>, place: Place, scopes: &Scopes<'_>, notes: &mut Notes);
    /// A child of the root or the channel, whole.
    fn part(&mut self, element: Element<'_, '_>, place: Place, notes: &mut Notes);
}

/// What is open.
pub(super) struct Open<'a> {
    pub(super) name: &'a str,
    /// Its node in the tree; `None` for a container, whose children are the parts.
    pub(super) node: Option<u32>,
    place: Place,
    scopes: usize,
    base: u32,
    lang: u32,
    /// It was looked for its end tag, and it has one.
    pub(super) closed_later: bool,
}

/// Deeper elements are read as part of their ancestor at this depth.
const DEEPEST: usize = 256;
/// A longer base is not taken: every relative address would become as long.
const LONGEST_BASE: usize = 2048;
/// What long bases may add to all the addresses of a document, beside half its length, in bytes.
const ROOM: usize = 64 * 1024;
/// So many attributes of one element are read.
const MOST_ATTRIBUTES: usize = 256;
pub(super) struct Builder<'a, 'w, P> {
    pub(super) text: &'a str,
    pub(super) tokens: Tokens<'a>,
    entities: Entities<'a>,
    scopes: Scopes<'a>,
    pub(super) tree: Tree<'a>,
    pub(super) open: Vec<Open<'a>>,
    pub(super) overflow: usize,
    document_base: Option<&'w Url>,
    rooted: bool,
    names: Names<'a>,
    custom: Custom<'a>,
    /// The root was closed, or never opened.
    outside: bool,
    html: bool,
    items: usize,
    parts: &'w mut P,
    pub(super) notes: &'w mut Notes,
}

/// Reads a document and gives its parts. True when a feed's root was found.
pub(crate) fn walk<P: Parts>(text: &str, base: Option<&Url>, parts: &mut P, notes: &mut Notes) -> bool {
    let builder = Builder {
        text,
        tokens: Tokens::new(text),
        entities: Entities::default(),
        scopes: Scopes::default(),
        tree: Tree {
            room: Cell::new(text.len() / 2 + ROOM),
            // So that the tree stays small beside a large document.
            most: 50_000 + text.len() / 64,
            ..Tree::default()
        },
        open: Vec::new(),
        overflow: 0,
        document_base: base,
        rooted: false,
        names: Names::new(),
        custom: None,
        outside: true,
        html: false,
        items: 0,
        parts,
        notes,
    };
    builder.run()
}

impl<'a, P: Parts> Builder<'a, '_, P> {
    fn run(mut self) -> bool {
        loop {
            let open = self.open.last().map_or("", |open| open.name);
            let start = self.tokens.at();
            let Some(token) = self.tokens.next(open, self.notes) else { break };
            match token {
                Token::Text(text) => self.character_data(text),
                Token::Cdata(text) => self.text_node(Cow::Borrowed(text)),
                Token::Start { name, attributes, empty } => self.start(name, attributes, empty),
                Token::End(name) => self.end(name),
                Token::Declaration if start != 0 => {
                    self.notes.repaired("an XML declaration that is not at the beginning");
                }
                Token::Doctype(doctype) => self.entities = Entities::read(doctype, self.text.len()),
                Token::Declaration | Token::Skipped => {}
            }
        }
        if !self.open.is_empty() {
            self.notes.repaired("the document ends before its elements do");
            while !self.open.is_empty() {
                self.close();
            }
        }
        if self.tree.room.get() == 0 {
            self.notes
                .odd("relative addresses beyond those that a document of this size may have are left out");
        }
        if !self.rooted {
            self.notes.malformed = true;
        }
        self.rooted
    }

    fn character_data(&mut self, raw: &'a str) {
        let inside = self.open.last().is_some_and(|open| open.node.is_some());
        if inside {
            let text = decode(raw, &mut self.entities, self.notes);
            self.text_node(text);
        } else if self.outside && !raw.trim_ascii().trim_start_matches('\u{feff}').is_empty() {
            self.notes.repaired(if self.rooted {
                "what follows the feed is left out"
            } else {
                "what stands before the feed is left out"
            });
        } else if !self.outside && !raw.trim_ascii().is_empty() {
            decode(raw, &mut self.entities, self.notes);
        }
    }

    fn text_node(&mut self, text: Cow<'a, str>) {
        if let Some(parent) = self.open.last().and_then(|open| open.node)
            && !text.is_empty()
            && !self.is_full()
        {
            let mended = mend(&text);
            if mended.is_some() {
                self.notes.odd("text that was encoded twice is mended");
            }
            let text = mended.map_or(text, Cow::Owned);
            self.tree.push(Some(parent), Kind::Text(text));
        }
    }

    fn start(&mut self, raw_name: &'a str, attributes: &'a str, empty: bool) {
        if self.open.len() >= DEEPEST || self.is_full() {
            self.notes.odd("elements nested too deeply, or too many in one item, are flattened");
            self.overflow += usize::from(!empty);
            return;
        }
        let mut meant = self.names.meant(raw_name, &self.scopes, self.custom);
        let declares = declares(attributes);
        if self.open.last().is_some_and(|open| open.node.is_some()) && !declares {
            self.make_room(meant.word, &meant.name);
        }
        let scopes = self.scopes.mark();
        let first = self.tree.attributes.len() as u32;
        let (base, lang) = self.attributes(attributes);
        if declares {
            meant = self.names.meant(raw_name, &self.scopes, self.custom);
        }
        if meant.declared.is_none() && !matches!(meant.prefix, "" | "xml") {
            self.notes.repaired("a prefix that the document does not declare");
        }
        let mut open = Open {
            name: raw_name,
            node: None,
            place: Place::Document,
            scopes,
            base,
            lang,
            closed_later: false,
        };
        let container = self.container(&meant.name, meant.ns, attributes);
        if self.custom.is_none() && self.rooted {
            let atom = matches!(meant.name.as_ref(), "feed" | "entry");
            self.custom = Some((meant.prefix, meant.ns, if atom { Ns::Atom } else { Ns::Core }));
            self.names.clear();
            meant = self.names.meant(raw_name, &self.scopes, self.custom);
        }
        let Some(container) = container else {
            // Not yet a feed: something that stands before it.
            self.forget(first, scopes);
            return;
        };
        let attributes = (first, self.tree.attributes.len() as u32);
        let word = if container.is_some() { Word { ns: meant.ns, ..meant.word } } else { meant.word };
        let data = Data { word, name: meant.name, attributes, first: 0, last: 0, base, lang };
        if let Some(place) = container {
            let node = self.tree.push(None, Kind::Element(data));
            if let Some(element) = self.tree.element(node) {
                self.parts.begins(element, place, &self.scopes, self.notes);
            }
            self.tree.nodes.clear();
            self.tree.attributes.clear();
            open.place = place;
        } else {
            let parent = self.open.last().and_then(|open| open.node);
            if parent.is_none() && (data.name == "item" || data.name == "entry") {
                self.notes.item = Some(self.items);
                self.items += 1;
            }
            let node = if parent.is_none() {
                // Node 0 stands for `none` in the links: the part begins at 1.
                self.tree.push(None, Kind::Text(Cow::Borrowed("")));
                self.tree.push(None, Kind::Element(data))
            } else {
                self.tree.push(parent, Kind::Element(data))
            };
            open.node = Some(node);
            open.place = self.place();
        }
        self.open.push(open);
        if empty {
            self.close();
        }
    }

    /// What the element is: `None` = nothing of a feed, `Some(None)` = a part or in a part, else a container.
    fn container(&mut self, name: &str, ns: Ns, attributes: &str) -> Option<Option<Place>> {
        if self.open.last().is_some_and(|open| open.node.is_some()) {
            return Some(None);
        }
        if !self.open.is_empty() {
            let inner = self.place() == Place::Root || name == "items";
            return Some((inner && (name == "channel" || name == "items")).then_some(Place::Channel));
        }
        self.html |= matches!(name, "html" | "head" | "body");
        let convincing = !self.html || attributes.contains("xmlns") || attributes.contains("version");
        match name {
            "rss" | "rdf" | "feed" | "channel" if convincing && ns != Ns::Xhtml => {
                if self.rooted {
                    self.notes.repaired("a second feed in the same document is read as part of the first");
                }
                self.rooted = true;
                self.outside = false;
                Some(Some(if name == "channel" { Place::Channel } else { Place::Root }))
            }
            "entry" | "item" if convincing && ns != Ns::Xhtml && (self.rooted || name == "entry") => {
                if self.rooted {
                    self.notes.repaired("an item behind the end of the feed is read");
                }
                self.rooted = true;
                Some(None)
            }
            _ => {
                self.notes.repaired(if self.rooted {
                    "what follows the feed is left out"
                } else {
                    "what stands before the feed is left out"
                });
                None
            }
        }
    }

    fn is_full(&self) -> bool {
        self.tree.nodes.len() >= self.tree.most
    }

    fn place(&self) -> Place {
        self.open.last().map_or(Place::Document, |open| open.place)
    }

    /// Declares namespaces, keeps the other attributes; gives the base and the language in force.
    fn attributes(&mut self, text: &'a str) -> (u32, u32) {
        let (mut base, mut lang) = self.open.last().map_or((0, 0), |open| (open.base, open.lang));
        if text.is_empty() {
            return (base, lang);
        }
        let first = self.tree.attributes.len();
        let mut list = Attributes::new(text);
        for (name, raw) in list.by_ref() {
            let value = decode(raw, &mut self.entities, self.notes);
            let (prefix, local) = name.split_once(':').unwrap_or(("", name));
            match (prefix, local) {
                ("xmlns", prefix) => self.scopes.declare(prefix, &value),
                ("", "xmlns") => self.scopes.declare("", &value),
                ("xml", "base") => {
                    let outer = base.checked_sub(1).and_then(|at| self.tree.bases.get(at as usize));
                    let value = value.trim();
                    let joined = match outer.map(Arc::as_ref).or(self.document_base) {
                        Some(outer) => outer.join(value),
                        None => Url::parse(value),
                    };
                    match joined
                        .ok()
                        .filter(|url| !url.cannot_be_a_base() && url.as_str().len() <= LONGEST_BASE)
                    {
                        Some(url) if self.tree.take_room(url.as_str().len()) => {
                            self.tree.bases.push(Arc::new(url));
                            base = self.tree.bases.len() as u32;
                        }
                        _ => self.notes.odd("an `xml:base` that is no address, or too long, is passed over"),
                    }
                }
                ("xml", "lang") => {
                    self.tree.langs.push(value);
                    lang = self.tree.langs.len() as u32;
                }
                _ => {
                    let known = &self.tree.attributes[first..];
                    if known.len() >= MOST_ATTRIBUTES || first + known.len() >= self.tree.most {
                        self.notes.odd("an element with too many attributes");
                        break;
                    }
                    if known.iter().any(|a| a.name == local && a.prefix == prefix) {
                        self.notes.repaired("an attribute that stands twice in its tag");
                    } else {
                        make_room(&mut self.tree.attributes, self.tree.most);
                        self.tree.attributes.push(Attribute { prefix, name: local, value });
                    }
                }
            }
        }
        if list.odd {
            self.notes.repaired("an attribute is not written as XML wants it");
        }
        for at in first..self.tree.attributes.len() {
            let prefix = self.tree.attributes[at].prefix;
            if !prefix.is_empty() && prefix != "xml" && self.scopes.find(prefix).is_none() {
                self.notes.repaired("a prefix that the document does not declare");
            }
        }
        (base, lang)
    }

    fn forget(&mut self, first: u32, scopes: usize) {
        self.tree.attributes.truncate(first as usize);
        self.scopes.leave(scopes);
    }

    /// Closes the innermost element, and hands it over when it is a part.
    pub(super) fn close(&mut self) {
        let Some(open) = self.open.pop() else { return };
        self.scopes.leave(open.scopes);
        let outer = self.open.last();
        let Some(node) = open.node else {
            self.outside = outer.is_none();
            return;
        };
        if outer.is_some_and(|outer| outer.node.is_some()) {
            return;
        }
        if let Some(element) = self.tree.element(node) {
            self.parts.part(element, open.place, self.notes);
        }
        self.notes.item = None;
        let (base, lang) = self.open.last().map_or((0, 0), |open| (open.base, open.lang));
        self.tree.nodes.clear();
        self.tree.attributes.clear();
        self.tree.bases.truncate(base as usize);
        self.tree.langs.truncate(lang as usize);
    }
}

/// True when a tag declares a namespace.
fn declares(attributes: &str) -> bool {
    memchr_iter(b'x', attributes.as_bytes()).any(|at| attributes.as_bytes()[at..].starts_with(b"xmlns"))
}
