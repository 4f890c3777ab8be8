//! What the integration tests stand on.

pub mod browser;
pub mod by_hand;
pub mod catcher;
pub mod daemon;
pub mod example;
pub mod hostile;
pub mod home;
pub mod shelf;
pub mod site;
pub mod tls;
pub mod twins;
