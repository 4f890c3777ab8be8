//! The binary and what it publishes, looked at from outside. One test binary for all of it, so that there is one link.

mod readers;
mod support;
