//! What was read, remembered between runs.

mod settings;

pub use settings::Settings;
