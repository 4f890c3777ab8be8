//! The integration tests: one binary, so one link.

mod archive;
mod bengali;
mod browser;
mod choice;
mod config;
mod days;
mod disk;
mod fetch;
mod golden;
mod hostile;
mod identity;
mod kill;
mod laws_read;
mod laws_render;
mod laws_round;
mod outage;
mod pages;
mod readers;
mod render;
mod sample;
mod serve;
mod signal;
mod support;
mod trip;
mod trouble;
mod validator;
