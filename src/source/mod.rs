//! Where entries come from.

pub mod feed;
pub mod moved;
mod settings;

pub use feed::{Before, Outcome};
pub use settings::{Auth, Basic, Defaults, Every, Expect, Flood, Schedule, Source, Written};
