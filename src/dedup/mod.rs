//! Which items are known: items of one reading and what the store knows of their aliases in, decisions out.
//!
//! Pure and blind to the order of the items. Identity inside a source hangs on a ledger of aliases (`key`); a title
//! alone is never identity. Nothing a source does to its GUIDs, links, titles or dates makes an old entry new as
//! long as one alias still tells it.

mod again;
mod claim;
mod date;
mod decide;
pub mod flood;
mod id;
pub mod key;
pub mod near;
mod settings;
mod sift;
pub mod tie;
mod told;
mod tracking;

pub use again::{recognise, recognise_at, under_known_addresses};
pub use decide::{Decision, Known, KnownAlias, KnownEntry, Links, MOST_MARKS, Row, Settled, decide};
pub use id::candidates as id_candidates;
pub use key::{Alias, AliasKind, Keyed, keyed, keyed_for};
pub use settings::{Content, LONGEST_WINDOW, Mode, Scope, Settings};
pub use sift::{Sifted, sift};
pub use tie::{Tie, TieKind};
pub use told::{Mark, marks};
pub use tracking::without_parameters;
