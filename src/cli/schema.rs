//! `harkara schema`: the JSON Schema of the configuration, for editors.

use std::process::ExitCode;

pub(super) fn run() -> ExitCode {
    super::print_json(&crate::config::schema())
}
