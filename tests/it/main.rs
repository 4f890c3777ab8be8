//! The integration tests: one binary, so one link.

mod config;
mod fetch;
mod identity;
mod kill;
mod laws_render;
mod readers;
mod support;
mod trouble;
