//! The configuration as the owner lives with it: one TOML file in, the settings of every room out, or all mistakes of the
//! file at once, each with its line under an arrow.
//!
//! ```text
//! text ─document→ tables ─serde, one by one→ as written ─check and resolve→ Config, or all Mistakes
//! ```
//!
//! Each room owns its `Settings`; here they are put together, and what refers to what is checked.

mod address;
mod check;
mod document;
pub mod import;
mod load;
mod mask;
mod mistake;
mod reference;
mod resolve;
mod schema;
mod secrets;
mod syntax;
mod templates;
mod words;

use std::path::Path;

pub use load::load;
pub use mistake::{Mistake, Mistakes, Paint, Weight};
pub use reference::reference;
pub use schema::schema;

use crate::render::html;
use crate::{dedup, fetch, publish, select, serve, site, source, store};
use document::Document;

/// Everything that the owner said, settled: defaults are in, names resolved, paths absolute or relative to the working
/// directory as the path of the file was.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// `[site]`
    pub site: site::Site,
    /// `[store]`
    pub store: store::Settings,
    /// `[publish]`
    pub publish: publish::Settings,
    /// `[fetch]`
    pub fetch: fetch::Settings,
    /// `[serve]`
    pub serve: serve::Settings,
    /// `[dedup]`
    pub dedup: dedup::Settings,
    /// `[source.*]`, in the order of the file; those that are not enabled too.
    pub sources: Vec<source::Source>,
    /// `[feed.*]`, in the order of the file.
    pub feeds: Vec<select::Settings>,
    /// The templates of the folder that `[site]` names; read by [`load`].
    pub templates: Vec<html::Template>,
    /// What looks wrong but keeps nothing from starting.
    pub warnings: Mistakes,
}

impl Config {
    /// What holds where there is no configuration: no sources, no feeds, every setting at its default.
    pub fn bare() -> Self {
        Self {
            site: site::Site::default(),
            store: store::Settings::default(),
            publish: publish::Settings::default(),
            fetch: fetch::Settings::default(),
            serve: serve::Settings::default(),
            dedup: dedup::Settings::default(),
            sources: Vec::new(),
            feeds: Vec::new(),
            templates: Vec::new(),
            warnings: Mistakes::new("", String::new(), Vec::new()),
        }
    }
}

/// Reads a configuration. `shown` is what messages call the file; `dir`, which must be absolute, is where paths in it
/// begin. Nothing is looked up: secrets and templates that stand elsewhere are still to be filled in ([`load`] does it).
pub fn parse(text: &str, shown: &str, dir: &Path) -> Result<Config, Mistakes> {
    let (document, broken) = Document::read(text);
    let (read, mut mistakes) = resolve::read(&document);
    let settled = if broken.is_empty() {
        check::check(&document, &read, &mut mistakes);
        let settled = resolve::settle(&document, &read, dir, &mut mistakes);
        if mistakes.is_empty() {
            // Hints are for a file that is right.
            check::hints(&document, &read, &mut mistakes);
        }
        settled
    } else {
        // With half a file every reference would seem to be wrong; and what is misread is no mistake of its own.
        mistakes.retain(|mistake| !syntax::explains(text, &broken, mistake));
        mistakes.extend(broken);
        None
    };
    let mistakes = Mistakes::new(shown, mask::mask(text, &document), mistakes);
    match settled {
        Some(config) if !mistakes.has_errors() => Ok(Config { warnings: mistakes, ..config }),
        _ => Err(mistakes),
    }
}
