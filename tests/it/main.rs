//! The integration tests: one binary, so one link.

mod config;
mod fetch;
mod identity;
mod kill;
mod support;
mod trouble;
