//! Where entries come from.

mod settings;

pub use settings::{Defaults, Every, Expect, Schedule, Source, Written};
