//! `harkara parse`: one document in, what was read of it out, normalized, as JSON.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Serialize;
use url::Url;

use crate::model::{Channel, Format, Item};
use crate::normalize::{self, Normalized};
use crate::parse;

/// Nothing was read: the file cannot be opened, or what is in it is no feed.
const NO_FEED: u8 = 2;

/// What `harkara parse` is asked.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The address that the document came from; relative links resolve against it
    #[arg(long, value_name = "URL")]
    base_url: Option<Url>,
    /// The media type that it came with, such as `text/xml; charset=utf-8`
    #[arg(long, value_name = "CT")]
    content_type: Option<String>,
    /// The document; `-` reads standard input
    #[arg(value_name = "FILE|-")]
    file: PathBuf,
}

/// The JSON document, in the order of issue and README: format, what was odd, the channel, the entries.
#[derive(Serialize)]
struct Document<'a> {
    format: Format,
    malformed: bool,
    remarks: Vec<String>,
    #[serde(flatten)]
    channel: &'a Channel,
    entries: &'a [Item],
}

/// Reads the document and prints it. Exit 0; 2 when the file cannot be read or holds no feed.
pub fn run(args: &Args) -> ExitCode {
    let bytes = match read(&args.file) {
        Ok(bytes) => bytes,
        Err(error) => {
            complain(&format!("cannot read `{}`: {}", args.file.display(), reason(&error)));
            return ExitCode::from(NO_FEED);
        }
    };
    let reading = parse::read(bytes, args.content_type.as_deref(), args.base_url.as_ref());
    let normalized = normalize::reading(reading, &normalize::Settings::default());
    if let Err(error) = print(&normalized) {
        // Whoever reads our output may stop when he has enough.
        if error.kind() != io::ErrorKind::BrokenPipe {
            complain(&format!("cannot write to standard output: {}", reason(&error)));
            return ExitCode::from(NO_FEED);
        }
    }
    if normalized.format == Format::Unknown {
        let told: Vec<String> = normalized.remarks.iter().map(ToString::to_string).collect();
        complain(if told.is_empty() { "it is no feed".to_owned() } else { told.join("\n  ") }.as_str());
        return ExitCode::from(NO_FEED);
    }
    ExitCode::SUCCESS
}

pub(super) fn read(file: &Path) -> io::Result<Vec<u8>> {
    if file == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    std::fs::read(file)
}

fn print(normalized: &Normalized) -> io::Result<()> {
    let document = Document {
        format: normalized.format,
        malformed: normalized.malformed,
        remarks: normalized.remarks.iter().map(ToString::to_string).collect(),
        channel: &normalized.channel,
        entries: &normalized.items,
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    serde_json::to_writer_pretty(&mut out, &document).map_err(io::Error::from)?;
    out.write_all(b"\n")?;
    out.flush()
}

fn complain(message: &str) {
    // Where nobody listens nothing can be said.
    let _ = writeln!(io::stderr(), "harkara: {message}");
}

/// What went wrong, without the number that the system has for it.
pub(super) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory => "it is a directory".to_owned(),
        _ => error.to_string(),
    }
}
