//! Values that check themselves when they are read: whoever holds one need not ask again.
//!
//! Each is made from the text that stands in the configuration (`TryFrom<String>`) and says what is wrong with it as
//! a [`Flaw`]. No file, clock or environment is looked at here.

mod author;
pub(crate) mod composed;
mod country;
mod cron;
pub mod cut;
pub mod filter;
mod flaw;
pub mod fold;
mod language;
pub mod list;
mod pattern;
mod secret;
mod selector;
mod share;
mod size;
mod span;
pub mod tokens;
pub mod tag;
pub mod web;
mod zone;

pub use author::Author;
pub use country::Country;
pub use cron::Cron;
pub use flaw::Flaw;
pub use language::Language;
pub use pattern::Pattern;
pub use secret::{Secret, SecretPlace};
pub use selector::Selector;
pub use share::Share;
pub use size::Size;
pub use span::Span;
pub use web::WebUrl;
pub use zone::Zone;
