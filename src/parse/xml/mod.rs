//! A forgiving XML reader: a document to the parts of a feed, one light tree for each child of the feed or the channel.
//!
//! Nothing is fetched, no entity is expanded into markup, the depth is limited, and every input takes linear time.

mod attribute;
mod build;
mod names;
mod namespace;
mod reference;
mod repair;
mod scan;
mod token;
mod tree;

pub(crate) use attribute_list::attributes_of;
pub(crate) use build::{Parts, Place, walk};
pub(crate) use namespace::{Ns, Scopes};
pub(crate) use reference::{allowed, decode_again, windows_1252};
pub(crate) use token::{Token, Tokens};
pub(crate) use tree::{Child, Element};

mod attribute_list {
    //! Attributes of a tag outside a feed (a web page), decoded.

    use std::borrow::Cow;

    use super::{attribute::Attributes, reference::decode_again};

    /// Names and decoded values.
    pub(crate) fn attributes_of(text: &str) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        Attributes::new(text).map(|(name, value)| (name, decode_again(value)))
    }
}
