//! All integration tests in one binary, so that they are linked once.

mod golden;
mod laws_render;
mod render;
mod sample;
mod validator;
