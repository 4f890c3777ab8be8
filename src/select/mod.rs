//! Which entries make a feed.

mod settings;

pub use settings::{Content, Keep, Order, Settings, Written};
