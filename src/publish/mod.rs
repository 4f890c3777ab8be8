//! Documents to a tree of files: checked before they replace anything, whole at every moment, touched only when they changed.

mod compress;
mod dir;
mod error;
pub mod gate;
mod settings;

pub use compress::Compression;
pub use dir::{Demand, Put, Tree, look};
pub use error::PublishError;
pub use gate::Refusal;
pub use settings::Settings;
