//! Trip tests: the real thing against scripted surroundings.

mod fetch;
mod support;
