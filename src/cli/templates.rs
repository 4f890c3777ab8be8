//! `harkara templates`: the built-in templates of the pages, written into a folder where they can be changed.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use super::{print, say};
use crate::render::html::BUILT_IN;
use crate::report::exit;

/// What `templates` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder; made where it is missing, and no file in it is replaced
    #[arg(value_name = "DIR")]
    dir: PathBuf,
}

pub(super) fn run(args: &Args) -> ExitCode {
    if let Err(error) = std::fs::create_dir_all(&args.dir) {
        return failed(&args.dir.display().to_string(), &error);
    }
    let mut told = String::new();
    for (name, text) in BUILT_IN {
        let path = args.dir.join(name);
        let shown = path.display();
        let written = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)
            .and_then(|mut file| file.write_all(text.as_bytes()));
        match written {
            Ok(()) => told.push_str(&format!("{shown}: written\n")),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                told.push_str(&format!("{shown}: stays as it is\n"));
            }
            Err(error) => return failed(&shown.to_string(), &error),
        }
    }
    told.push_str(&format!(
        "keep what you change, delete the rest, and write `templates = \"{}\"` into `[site]`\n",
        args.dir.display()
    ));
    print(&told)
}

fn failed(path: &str, error: &std::io::Error) -> ExitCode {
    say(&format!("error: `{path}` cannot be written: {error}"));
    ExitCode::from(exit::FAULT)
}
