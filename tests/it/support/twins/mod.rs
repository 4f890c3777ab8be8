//! The labelled set of `fixtures/twins`: articles, edited as other outlets would, told over the real road, and scored.
//!
//! `cargo run --release --example twins` shows the scores, `tests/it/twins.rs` holds them.

// The command and the tests each use a part of it.
#![allow(dead_code)]

pub mod articles;
pub mod chance;
pub mod edits;
pub mod kinds;
pub mod letters;
pub mod road;
pub mod score;
pub mod table;

use std::path::PathBuf;

/// Where the set of the project lies.
pub fn shipped() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/twins")
}
