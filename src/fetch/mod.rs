//! The edge that touches other people's servers.

mod guard;
mod settings;

pub use guard::{Allowed, AllowedError};
pub use settings::Settings;
