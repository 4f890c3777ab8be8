//! The binary: the command line to the library, its exit code to the system.

use std::process::ExitCode;

fn main() -> ExitCode {
    harkara::cli::main()
}
