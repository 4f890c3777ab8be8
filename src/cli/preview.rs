//! `harkara preview`: what a source would give if it were read now.

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use url::Url;

use super::{Common, block_on, fault, print, print_json, say};
use crate::config::Config;
use crate::report::exit;
use crate::run::{Preview, preview};
use crate::source::Source;

/// What `preview` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A source of the configuration, an address, or a file
    #[arg(value_name = "SOURCE|URL|FILE")]
    what: String,
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(common: &Common, args: &Args) -> ExitCode {
    let (config, source) = match choose(common, &args.what) {
        Ok(found) => found,
        Err(code) => return code,
    };
    match block_on(preview(&config, &source)) {
        Err(code) => code,
        Ok(Err(broken)) => fault(&broken),
        Ok(Ok(Err(failure))) => {
            say(&format!("error: {}: {}", failure.stage, failure.message));
            if let Some(help) = failure.help {
                say(&format!("  help: {help}"));
            }
            ExitCode::from(exit::SOME_FAILED)
        }
        Ok(Ok(Ok(shown))) if args.json => print_json(&shown),
        Ok(Ok(Ok(shown))) => {
            for remark in &shown.remarks {
                say(&format!("{}: {remark}", remark.stage));
            }
            print(&text(&shown))
        }
    }
}

/// The source that is meant. An address needs no configuration; where there is one, its `[fetch]` holds.
fn choose(common: &Common, what: &str) -> Result<(Config, Source), ExitCode> {
    let configured = common.config.is_some() || common.path().exists();
    let address = Url::parse(what).ok().filter(|url| matches!(url.scheme(), "http" | "https" | "file"));
    let config = if configured { common.load()? } else { Config::bare() };
    if let Some(source) = config.sources.iter().find(|source| source.id.as_str() == what) {
        let source = source.clone();
        return Ok((config, source));
    }
    let file = || Path::new(what).canonicalize().ok().and_then(|path| Url::from_file_path(path).ok());
    let Some(url) = address.or_else(file) else {
        say(&format!("error: `{what}` is no source of the configuration, no address and no file"));
        let known: Vec<&str> = config.sources.iter().map(|source| source.id.as_str()).collect();
        if known.is_empty() {
            say("  help: give an address like `https://news.example/feed/`");
        } else {
            say(&format!("  help: the sources are {}", known.join(", ")));
        }
        return Err(ExitCode::from(exit::MISTAKE));
    };
    match Source::at(url) {
        Some(source) => Ok((config, source)),
        None => Err(ExitCode::from(exit::MISTAKE)),
    }
}

fn text(shown: &Preview) -> String {
    let mut out = String::new();
    let title = shown.channel.title.as_deref().unwrap_or("(no title)");
    let _ = writeln!(out, "{title}\n{}", shown.url);
    if let Some(language) = &shown.channel.language {
        let _ = writeln!(out, "language {language}");
    }
    for item in &shown.items {
        let date =
            item.item.published.or(item.item.updated).map(|at| at.format("%Y-%m-%d %H:%M").to_string());
        let title = item.item.title.as_deref().unwrap_or("(no title)");
        let _ = writeln!(out, "\n{}  {title}", date.as_deref().unwrap_or("undated         "));
        if let Some(url) = &item.item.url {
            let _ = writeln!(out, "  {url}");
        }
        if !item.tags.is_empty() {
            let _ = writeln!(out, "  tags: {}", item.tags.join(", "));
        }
        let words = |html: &crate::model::Html| html.text().split_whitespace().count();
        if let Some(content) = &item.item.content {
            let _ = writeln!(out, "  full text, {} words", words(content));
        } else if let Some(summary) = &item.item.summary {
            let _ = writeln!(out, "  summary, {} words", words(summary));
        }
        if let Some(reason) = &item.dropped {
            let _ = writeln!(out, "  not published: {reason}");
        }
    }
    let _ = writeln!(out, "\n{} items", shown.items.len());
    out
}
