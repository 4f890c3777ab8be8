//! `harkara import`: an OPML list as `[source.ID]` tables, to be put into the configuration.

use std::path::PathBuf;
use std::process::ExitCode;

use super::{print, say};
use crate::report::exit;
use crate::{config, parse};

/// What `import` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The OPML file; `-` is standard input
    file: PathBuf,
}

pub(super) fn run(args: &Args) -> ExitCode {
    let bytes = match super::parse::read(&args.file) {
        Ok(bytes) => bytes,
        Err(error) => {
            say(&format!("error: cannot read `{}`: {}", args.file.display(), super::parse::reason(&error)));
            return ExitCode::from(exit::MISTAKE);
        }
    };
    let list = parse::opml::read(&String::from_utf8_lossy(&bytes));
    for remark in &list.remarks {
        say(&format!("{}: {remark}", args.file.display()));
    }
    if list.outlines.is_empty() {
        say(&format!(
            "error: `{}` lists no feeds\n  help: an OPML list has `<outline xmlUrl=\"…\">`; most readers export one",
            args.file.display()
        ));
        return ExitCode::from(exit::MISTAKE);
    }
    print(&config::import::toml(&list.outlines))
}
