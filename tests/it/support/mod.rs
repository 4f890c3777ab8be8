//! What the integration tests stand on.

pub mod example;
pub mod home;
pub mod site;
pub mod tls;
