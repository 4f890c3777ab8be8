//! One binary for all tests that look at harkara from outside.

mod config;
