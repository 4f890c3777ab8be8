//! Structure that does not fit: which end tag closes whom, and which start tag cannot stand where it stands.

use memchr::memmem;

use super::build::{Builder, Parts};
use crate::parse::vocabulary::{Word, holds, is_html};

/// How far an end tag is looked for when structure is in doubt, in bytes.
const HORIZON: usize = 4 * 1024;

impl<'a, P: Parts> Builder<'a, '_, P> {
    /// Closes what cannot hold the element that begins: an item in which another begins, a leaf in which a field does.
    pub(super) fn make_room(&mut self, word: Word, name: &str) {
        loop {
            let Some(open) = self.open.last() else { return };
            let parent = open.node.and_then(|node| self.tree.element(node));
            let Some(parent) = parent else { return };
            if open.closed_later || holds(parent.word(), parent.name(), word) {
                return;
            }
            let stays = match name {
                "item" | "entry" => {
                    let kind = parent.attribute("type").unwrap_or_default();
                    parent.name() == "content" && kind.contains("xml") && !kind.contains("xhtml")
                }
                _ => self.is_closed_later(),
            };
            if stays {
                if let Some(open) = self.open.last_mut() {
                    open.closed_later = true;
                }
                return;
            }
            self.notes.repaired("an element that is not closed ends where the next begins");
            self.close();
        }
    }

    /// True when the innermost element has its end tag before the end of the part that it is in.
    fn is_closed_later(&self) -> bool {
        let Some(open) = self.open.last() else { return false };
        let rest = &self.text.as_bytes()[self.tokens.at()..];
        let rest = &rest[..rest.len().min(HORIZON)];
        let Some(own) = memmem::find(rest, format!("</{}", open.name).as_bytes()) else { return false };
        let part = self.open.iter().rev().take_while(|open| open.node.is_some()).last();
        let again = memmem::find(&rest[..own], format!("<{}", open.name).as_bytes()).is_some();
        let ended = part
            .is_some_and(|part| memmem::find(&rest[..own], format!("</{}", part.name).as_bytes()).is_some());
        !again && !ended
    }

    pub(super) fn end(&mut self, name: &'a str) {
        if self.overflow > 0 {
            self.overflow -= 1;
            return;
        }
        if self.open.last().is_some_and(|open| open.name == name) {
            self.close();
            return;
        }
        let exact = self.open.iter().rposition(|open| open.name == name);
        let found = exact.or_else(|| self.open.iter().rposition(|open| open.name.eq_ignore_ascii_case(name)));
        match found {
            Some(at) => {
                self.notes.repaired("an end tag does not fit the element that is open");
                while self.open.len() > at {
                    self.close();
                }
            }
            None => {
                self.notes.repaired("an end tag without a start tag");
                let parts = self.open.iter().rev().take_while(|open| open.node.is_some()).count();
                let local = name.rsplit(':').next().unwrap_or(name);
                let items = matches!(local, "item" | "entry" | "channel" | "rss" | "feed" | "RDF");
                let in_field = parts >= 2 || parts == 1 && !self.in_item();
                if in_field && !items && !is_html(&local.to_ascii_lowercase()) && self.is_leaf() {
                    self.close();
                }
            }
        }
    }

    /// True when the open part is itself an item.
    fn in_item(&self) -> bool {
        let part = self.open.iter().rev().take_while(|open| open.node.is_some()).last();
        part.is_some_and(|part| matches!(part.name.rsplit(':').next(), Some("item" | "entry")))
    }

    /// True when the innermost open element holds no element.
    fn is_leaf(&self) -> bool {
        let node = self.open.last().and_then(|open| open.node);
        node.and_then(|node| self.tree.element(node)).is_some_and(|element| !element.has_elements())
    }
}
