//! What stands in a start tag: declarations of namespaces, `xml:base`, `xml:lang`, and the other attributes.

use super::*;

impl<'a, P: Parts> Builder<'a, '_, P> {
    /// Declares namespaces, keeps the other attributes; gives the base and the language in force.
    pub(super) fn attributes(&mut self, text: &'a str) -> (u32, u32) {
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
                    let joined = match outer.or(self.document_base) {
                        Some(outer) => outer.join(value),
                        None => Url::parse(value),
                    };
                    match joined {
                        Ok(url) => {
                            self.tree.bases.push(url);
                            base = self.tree.bases.len() as u32;
                        }
                        Err(_) => self.notes.odd("an `xml:base` that is no address is passed over"),
                    }
                }
                ("xml", "lang") => {
                    self.tree.langs.push(value);
                    lang = self.tree.langs.len() as u32;
                }
                _ => {
                    let known = &self.tree.attributes[first..];
                    if known.len() >= MOST_ATTRIBUTES {
                        self.notes.odd("an element with too many attributes");
                        break;
                    }
                    if known.iter().any(|a| a.name == local && a.prefix == prefix) {
                        self.notes.repaired("an attribute that stands twice in its tag");
                    } else {
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

    pub(super) fn namespace(&mut self, prefix: &str) -> Ns {
        match self.scopes.find(prefix) {
            Some(ns) => ns,
            None if prefix.is_empty() => Ns::Core,
            None => {
                if prefix != "xml" {
                    self.notes.repaired("a prefix that the document does not declare");
                }
                customary_or_core(prefix)
            }
        }
    }

    /// The vocabulary without version; that of the root is the format's own, whatever it says.
    pub(super) fn family(&self, prefix: &str, ns: Ns) -> Ns {
        match self.custom {
            Some((custom, strange, meant)) if custom == prefix && strange == ns && ns != Ns::Rdf => meant,
            _ => ns.family(),
        }
    }
}
