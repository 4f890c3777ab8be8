//! The published tree over HTTP: the same documents at the same paths, from memory; and the rooms behind it.
//!
//! ```text
//! listen ─ door (seats, time limits) ─ house ─┬ tree → page → answer (RFC 9110, RFC 3229)
//!                                             └ health, metrics, api, websub
//! ```
//!
//! Nothing is asked, read or decided here: documents come from the published folder, orders go to the daemon. A request for a
//! document is one look into a map; its headers and forms were made when the document changed. Views of feeds are made when they are
//! asked for, by the daemon, and kept.

mod access;
mod answer;
mod api;
mod body;
mod client;
mod coding;
mod conditional;
mod door;
mod house;
mod listen;
mod media;
mod metrics;
mod network;
mod page;
mod pieces;
mod range;
mod rate;
mod seats;
mod settings;
mod shelf;
mod signature;
mod tree;
mod versions;
mod views;
mod websub;
mod wire;

pub use access::Access;
pub use api::{Desk, Done, Lister, Names, Order, Teller};
pub use door::{Manners, serve};
pub use house::{House, Rules};
pub use listen::{Listen, ListenError, Listener, open};
pub use metrics::{Kind, Metrics};
pub use network::Network;
pub use rate::Rate;
pub use seats::Seats;
pub use settings::{Access as AccessSettings, Log, LogLevel, Settings, Views as ViewSettings};
pub use signature::{NAME as SIGNATURE, chance, sign};
pub use tree::{Facts, Tree};
pub use views::{Made, ViewRules, Views, Wanted, Workshop, views};
pub use websub::{Await, Awaited, AwaitedNow, Letter, Mail};
