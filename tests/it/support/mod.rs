//! What the trip tests stand on.

pub mod site;
