//! The program: everything it can do stands in the library.

fn main() -> std::process::ExitCode {
    harkara::cli::run()
}
