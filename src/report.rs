//! What a run did: per source, per document, as text for people and as JSON for programs; and the exit code.

use std::fmt::Write as _;

use serde::Serialize;

use crate::fetch::status_in_words;
use crate::model::{Remark, SourceId, Stage, Timestamp};

/// The exit codes of harkara, the same for every verb.
pub mod exit {
    /// All well.
    pub const WELL: u8 = 0;
    /// Some source or document failed; everything else was done.
    pub const SOME_FAILED: u8 = 1;
    /// A mistake in the configuration or the call; nothing was started.
    pub const MISTAKE: u8 = 2;
    /// A promise of our own is broken: disk full, state locked or damaged, output not writable. Old outputs are whole.
    pub const FAULT: u8 = 3;
    /// Stopped by SIGINT (128 + 2, as shells say it). What was read is stored, documents are whole.
    pub const INTERRUPTED: u8 = 130;
    /// Stopped by SIGTERM (128 + 15). The same.
    pub const TERMINATED: u8 = 143;
}

/// A failure of one source: noted, the walk goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// Where on the road.
    pub stage: Stage,
    /// What happened, with the address.
    pub message: String,
    /// The next step for the owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// What became of one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Visit {
    /// The source has nothing new (304, the same bytes).
    Unchanged,
    /// It was read.
    Read {
        /// Items in the document.
        items: usize,
        /// Never seen before.
        new: usize,
        /// Those of them that tell a story which another source has told.
        twins: usize,
        /// Edited.
        changed: usize,
        /// Only a link, category or picture differs.
        retouched: usize,
    },
    /// It failed.
    Failed(Failure),
    /// It was not asked: its host has refused several sources and is left alone.
    Waiting {
        /// The host.
        host: String,
        /// Until then.
        until: Timestamp,
    },
}

/// One source in a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceLine {
    /// Which.
    pub source: SourceId,
    /// The address that answered, or was asked.
    pub url: String,
    /// What became of it.
    pub visit: Visit,
    /// The status of its answer, where there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// When it is asked again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_due: Option<Timestamp>,
    /// True for a failure of a source that worked within the last days: most of them pass without anybody doing
    /// anything.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub may_pass: bool,
    /// What it brought that is held back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<HeldBack>,
    /// What was odd.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Remark>,
}

/// Entries that are kept and not published until somebody says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeldBack {
    /// How many.
    pub count: usize,
    /// Why, in words.
    pub why: String,
}

impl From<(usize, String)> for HeldBack {
    fn from((count, why): (usize, String)) -> Self {
        Self { count, why }
    }
}

impl SourceLine {
    /// A source of which nothing has become yet.
    pub fn new(source: SourceId, url: String) -> Self {
        let (status, next_due, may_pass, held, remarks) = (None, None, false, None, Vec::new());
        Self { source, url, visit: Visit::Unchanged, status, next_due, may_pass, held, remarks }
    }
}

/// Which failures are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Telling {
    /// All of them.
    All,
    /// Those that last: what may pass is in the status for whoever looks, and worth no mail.
    Lasting,
}

/// What became of one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Placed {
    /// Its bytes changed.
    Written,
    /// Not a byte changed.
    Same,
    /// The gate kept the old one: the reason.
    Refused(String),
}

/// One document in a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DocumentLine {
    /// Below the published folder.
    pub path: String,
    /// Entries in it.
    pub entries: usize,
    /// Size in bytes, uncompressed.
    pub bytes: usize,
    /// What became of it.
    pub placed: Placed,
}

/// What a wish to stop cut off. The next run asks all of these.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Cut {
    /// Sources whose turn had not come.
    pub not_asked: usize,
    /// Visits under way that did not end in time.
    pub dropped: usize,
}

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Sources that were due, in the order of the configuration.
    pub sources: Vec<SourceLine>,
    /// How many were not due.
    pub not_due: usize,
    /// Entries that were held until now and came with this round.
    #[serde(skip_serializing_if = "is_none")]
    pub released: usize,
    /// Documents, in the order of the configuration.
    pub documents: Vec<DocumentLine>,
    /// Things the owner should know that belong to no source or document.
    pub notes: Vec<String>,
    /// Set when somebody wished to stop before the end: then not every document was put in place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut: Option<Cut>,
}

impl Report {
    /// See [`exit`].
    pub fn exit_code(&self) -> u8 {
        let failed = self.sources.iter().any(|line| matches!(line.visit, Visit::Failed(_)));
        let refused = self.documents.iter().any(|line| matches!(line.placed, Placed::Refused(_)));
        if failed || refused { exit::SOME_FAILED } else { exit::WELL }
    }

    /// What went wrong or waits for a word of the owner, a paragraph each; empty when all is well.
    pub fn troubles(&self, telling: Telling) -> String {
        let mut out = String::new();
        for line in &self.sources {
            if let Some(HeldBack { count, why }) = &line.held {
                let id = &line.source;
                let _ = writeln!(out, "{id}: {} held back: {why}", counted_entries(*count));
                let _ = writeln!(
                    out,
                    "  help: `harkara held` shows them, `harkara held release {id}` publishes them, `harkara held drop {id}` never does"
                );
            }
            if telling == Telling::Lasting && line.may_pass {
                continue;
            }
            if let Visit::Failed(failure) = &line.visit {
                let _ = writeln!(out, "{}: {}: {}", line.source, failure.stage, failure.message);
                if let Some(help) = &failure.help {
                    let _ = writeln!(out, "  help: {help}");
                }
            }
        }
        for line in &self.documents {
            if let Placed::Refused(reason) = &line.placed {
                let _ = writeln!(out, "{}: publish: {reason}", line.path);
            }
        }
        for note in &self.notes {
            let _ = writeln!(out, "note: {note}");
        }
        out
    }

    /// A line for each source and document.
    pub fn lines(&self) -> String {
        let mut out = String::new();
        for line in &self.sources {
            let told = match &line.visit {
                Visit::Unchanged => "unchanged".to_owned(),
                Visit::Read { items, new, twins, changed, retouched } => {
                    let elsewhere = match twins {
                        0 => String::new(),
                        count => format!(" ({count} told elsewhere)"),
                    };
                    let mut told = format!("{items} items, {new} new{elsewhere}, {changed} changed");
                    if *retouched > 0 {
                        let _ = write!(told, ", {retouched} retouched");
                    }
                    if let Some(HeldBack { count, .. }) = &line.held {
                        let _ = write!(told, ", {count} held back");
                    }
                    told
                }
                Visit::Waiting { host, until } => {
                    format!(
                        "not asked: {host} wants to be left alone until {}",
                        until.format("%Y-%m-%d %H:%M UTC")
                    )
                }
                Visit::Failed(_) => continue,
            };
            let said =
                line.status.map(|status| format!(" ({})", status_in_words(status))).unwrap_or_default();
            let next = line.next_due.map(|at| format!(", next {}", at.format("%Y-%m-%d %H:%M UTC")));
            let _ = writeln!(out, "{}: {told}{said}{}", line.source, next.unwrap_or_default());
            for remark in &line.remarks {
                let _ = writeln!(out, "  {}: {remark}", remark.stage);
            }
        }
        for line in &self.documents {
            let told = match &line.placed {
                Placed::Written => "written",
                Placed::Same => "unchanged",
                Placed::Refused(_) => continue,
            };
            let _ = writeln!(out, "{}: {told}, {} entries, {} bytes", line.path, line.entries, line.bytes);
        }
        out
    }

    /// One line about everything.
    pub fn summary(&self) -> String {
        let (mut new, mut changed, mut unchanged, mut failed, mut waiting) = (0, 0, 0, 0, 0);
        for line in &self.sources {
            match &line.visit {
                Visit::Unchanged => unchanged += 1,
                Visit::Read { new: n, changed: c, .. } => {
                    new += n;
                    changed += c;
                }
                Visit::Failed(_) => failed += 1,
                Visit::Waiting { .. } => waiting += 1,
            }
        }
        let mut out = format!("{}: ", counted(self.sources.len(), "source"));
        let _ = write!(out, "{new} new and {changed} changed entries");
        let held: usize = self.sources.iter().filter_map(|line| Some(line.held.as_ref()?.count)).sum();
        if held > 0 {
            let _ = write!(out, ", {held} held back");
        }
        if unchanged > 0 {
            let _ = write!(out, ", {unchanged} unchanged");
        }
        if failed > 0 {
            let _ = write!(out, ", {failed} failed");
        }
        if waiting > 0 {
            let _ = write!(out, ", {waiting} waiting for their host");
        }
        if self.not_due > 0 {
            let _ = write!(out, ", {} not due", self.not_due);
        }
        if let Some(Cut { not_asked, dropped }) = self.cut {
            let _ = write!(
                out,
                "; stopped before the end: {not_asked} not asked, {dropped} not waited for; the next run goes on from here"
            );
            return out;
        }
        let written = self.documents.iter().filter(|line| line.placed == Placed::Written).count();
        let _ = match (written, self.documents.len()) {
            (0, all) => write!(out, "; {}, not a byte changed", counted(all, "document")),
            (some, all) => write!(out, "; {some} of {} written", counted(all, "document")),
        };
        out
    }
}

fn counted_entries(n: usize) -> String {
    if n == 1 { "1 entry is".to_owned() } else { format!("{n} entries are") }
}

fn is_none(count: &usize) -> bool {
    *count == 0
}

/// A number with its noun.
pub(crate) fn counted(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}
