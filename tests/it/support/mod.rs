//! What the trip tests stand on.

pub mod home;
pub mod site;
