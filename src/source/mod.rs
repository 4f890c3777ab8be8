//! Where entries come from.

pub mod feed;
pub mod moved;
mod settings;

pub use feed::{Before, Outcome};
pub use settings::{Auth, Basic, Defaults, Every, Flood, Expect, Schedule, Source, Written};
