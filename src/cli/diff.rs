//! `harkara diff`: what another configuration would change in each feed, before anything is published.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::{Common, fault, load, print, print_json, say};
use crate::config::Config;
use crate::report::exit;
use crate::run::{self, Before, Change, Diff, Fault, FeedDiff, Line};
use crate::store::{self, Desk};

/// What `diff` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The new configuration; the one in force is that of --config
    ///
    /// Without NEW, --config is the new one, and the one in force is HARKARA_CONFIG, else `./harkara.toml`, else
    /// `./config/harkara.toml`. Where both are one file, or there is none in force, the new one is compared with what stands in
    /// the published tree.
    #[arg(value_name = "NEW")]
    new: Option<PathBuf>,
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
    /// Print every entry, and not only the first ten of each kind in a feed
    #[arg(long)]
    all: bool,
    /// Exit with 1 where something differs
    #[arg(long)]
    exit_code: bool,
}

/// So many entries of a kind are printed for each feed.
const SHOWN: usize = 10;

pub(super) fn run(common: &Common, args: &Args) -> ExitCode {
    let (new_path, old_path) = match &args.new {
        Some(new) => (new.clone(), Some(common.path())),
        None => {
            let env = std::env::var_os("HARKARA_CONFIG").map(PathBuf::from);
            let in_force = Common { config: env, now: common.now }.path();
            (common.path(), Some(in_force).filter(|path| path.exists()))
        }
    };
    let new = match load(&new_path) {
        Ok(config) => config,
        Err(code) => return code,
    };
    let old_path = old_path.filter(|old| !is_same(old, &new_path));
    let old = match old_path.as_deref().map(load).transpose() {
        Ok(old) => old,
        Err(code) => return code,
    };
    let store = &old.as_ref().unwrap_or(&new).store.path;
    let desk = match store::reader(store) {
        Ok(Some(desk)) => desk,
        Ok(None) => {
            say(&format!("nothing was read yet into `{}`, so no feed has entries", store.display()));
            return if args.json { print_json(&Diff::default()) } else { ExitCode::from(exit::WELL) };
        }
        Err(error) => return fault(&Fault::Store(error)),
    };
    match compare(&desk, old.as_ref(), &new, common) {
        Err(broken) => fault(&broken),
        Ok(diff) => {
            let against = match &old_path {
                Some(path) => format!("`{}`", path.display()),
                None => format!("what is published in `{}`", new.publish.dir.display()),
            };
            say(&format!("`{}` compared with {against}; nothing is written", new_path.display()));
            let code = if args.json { print_json(&diff) } else { print(&text(&diff, args.all)) };
            let differs = args.exit_code && !diff.is_empty();
            if code == ExitCode::from(exit::WELL) && differs {
                ExitCode::from(exit::SOME_FAILED)
            } else {
                code
            }
        }
    }
}

fn compare(desk: &Desk, old: Option<&Config>, new: &Config, common: &Common) -> Result<Diff, Fault> {
    let before = old.map_or(Before::Published, Before::Config);
    run::diff(desk, before, new, common.now())
}

fn is_same(a: &Path, b: &Path) -> bool {
    match (a.canonicalize(), b.canonicalize()) {
        (Ok(a), Ok(b)) => a == b,
        _ => a == b,
    }
}

fn sign(change: Change) -> char {
    match change {
        Change::New => '+',
        Change::Gone => '-',
        Change::Changed => '~',
    }
}

fn text(diff: &Diff, all: bool) -> String {
    if diff.is_empty() {
        return "no feed would change\n".to_owned();
    }
    let mut out = String::new();
    for note in &diff.notes {
        let _ = writeln!(out, "{note}");
    }
    for source in &diff.sources {
        let _ = writeln!(out, "{} source {}: {}", sign(source.change), source.source, source.said);
    }
    for feed in &diff.feeds {
        of_feed(&mut out, feed, if all { usize::MAX } else { SHOWN });
    }
    out
}

fn of_feed(out: &mut String, feed: &FeedDiff, most: usize) {
    let count = match feed.change {
        Change::New => counted_entries(feed.after),
        Change::Gone => format!("{}; its documents are left where they are", counted_entries(feed.before)),
        Change::Changed if feed.before == feed.after => counted_entries(feed.after),
        Change::Changed => format!("{}, before {}", counted_entries(feed.after), feed.before),
    };
    if !out.is_empty() {
        out.push('\n');
    }
    let _ = writeln!(out, "{} feed {}: {count}", sign(feed.change), feed.feed);
    if !feed.keys.is_empty() {
        let _ = writeln!(out, "  {}", feed.keys.join(", "));
    }
    for path in &feed.documents_added {
        let _ = writeln!(out, "  + {path}");
    }
    for path in &feed.documents_removed {
        let _ = writeln!(out, "  - {path}");
    }
    if let Some(note) = &feed.note {
        let _ = writeln!(out, "  {note}");
    }
    for (sign, lines, told) in
        [('+', &feed.added, "before: "), ('-', &feed.removed, ""), ('~', &feed.changed, "")]
    {
        for line in lines.iter().take(most) {
            of_entry(out, sign, line, told);
        }
        if lines.len() > most {
            let _ = writeln!(out, "  {sign} and {} more", lines.len() - most);
        }
    }
    if feed.reordered {
        let _ = writeln!(out, "  those that stay are in another order");
    }
}

fn of_entry(out: &mut String, sign: char, line: &Line, told: &str) {
    let date = line.published.map(|at| at.format("%Y-%m-%d %H:%M  ").to_string()).unwrap_or_default();
    let source = line.source.as_ref().map(|source| format!("{source}  ")).unwrap_or_default();
    let title = line.title.as_deref().unwrap_or("(no title)");
    let _ = writeln!(out, "  {sign} {date}{source}{title}");
    let _ = writeln!(out, "      {}", line.id);
    if let Some(because) = &line.because {
        let _ = writeln!(out, "      {told}{because}");
    }
}

fn counted_entries(count: usize) -> String {
    match count {
        1 => "1 entry".to_owned(),
        _ => format!("{count} entries"),
    }
}
