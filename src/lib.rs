//! harkara: reads feeds as they come, makes them clean and whole, recognises the same article wherever it
//! appears, and publishes RSS 2.0, Atom 1.0 and JSON Feed.
//!
//! The modules stand in the order of the road that an article takes:
//!
//! ```text
//! source ─ask→ fetch ─bytes→ parse ─drafts→ normalize ─items→ dedup ─decisions→ store
//!     ‖ select (with rules) → render ─document→ publish, serve
//! ```
//!
//! `run` is the only module that knows every station; `daemon` makes it go round. Who may know whom is held by `tests/architecture.rs`.

pub mod model;
pub mod value;
pub mod site;
pub mod source;
pub mod schedule;
pub mod fetch;
pub mod parse;
pub mod normalize;
pub mod dedup;
pub mod rules;
pub mod store;
pub mod select;
pub mod render;
pub mod publish;
pub mod serve;
pub mod config;
pub mod report;
pub mod run;
pub mod daemon;
pub mod cli;
