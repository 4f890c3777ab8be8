//! Pages for people: a feed, the front page, a story, the state of the sources; HTML without script, the same input gives
//! the same bytes.
//!
//! What goes in: what is published (`Feed`, `Entry`), what holds for all pages ([`Site`]) and the templates ([`Look`]).
//! Everything is escaped where it is written; only what the cleaner made, fitted in by `body`, is markup. No page holds a
//! clock: dates are those of entries, written in the zone and language of the site. Where a page lies and what its
//! templates may say: `config/TEMPLATES.md`.

mod body;
mod direction;
mod front;
mod look;
mod pages;
mod site;
mod status;
mod trial;
mod view;
mod words;

pub use front::{Card, front};
pub use look::{BUILT_IN, Broken, Look, Template};
pub use pages::{STYLE, feed, part, story, story_path, style};
pub use site::{Outlet, Site};
pub use status::{Health, SourceHealth, status};
pub use trial::trial;

/// How deep a page lies in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// Beside the feeds.
    Top,
    /// One folder down.
    Below,
}

impl Depth {
    /// What leads from the page to the top of the tree.
    fn root(self) -> &'static str {
        match self {
            Self::Top => "",
            Self::Below => "../",
        }
    }
}
