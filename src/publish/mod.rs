//! The published tree of files.

mod settings;

pub use settings::{Compression, Settings};
