//! The log: lines on standard error, for people, for programs, or for the journal of systemd.

use std::fmt;
use std::io::IsTerminal;

use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer};
use tracing_subscriber::fmt::time::ChronoUtc;
use tracing_subscriber::fmt::{self as lines, FmtContext};
use tracing_subscriber::registry::LookupSpan;

use crate::serve::{Log, LogLevel, Settings};

/// From now on what is told goes to standard error as `settings` say. Only the first call of a process does something.
pub fn begin(settings: &Settings) {
    let most = match settings.log_level {
        LogLevel::Error => Level::ERROR,
        LogLevel::Warn => Level::WARN,
        LogLevel::Info => Level::INFO,
        LogLevel::Debug => Level::DEBUG,
    };
    let log = match settings.log {
        Log::Auto if std::env::var_os("JOURNAL_STREAM").is_some() => Log::Journal,
        Log::Auto => Log::Text,
        other => other,
    };
    let common = lines::Subscriber::builder().with_max_level(most).with_writer(std::io::stderr);
    let set = match log {
        Log::Json => common.json().flatten_event(true).with_timer(ChronoUtc::rfc_3339()).try_init(),
        Log::Journal => common.event_format(Journal).try_init(),
        Log::Text | Log::Auto => {
            let colour = std::io::stderr().is_terminal();
            common.with_ansi(colour).with_target(false).with_timer(ChronoUtc::rfc_3339()).try_init()
        }
    };
    // Another subscriber is there already: then it is the one that is meant.
    let _ = set;
}

/// `<4>message key=value`: the number is the priority of syslog; the journal knows the time.
struct Journal;

impl<S, N> FormatEvent<S, N> for Journal
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut out: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let priority = match *event.metadata().level() {
            Level::ERROR => 3,
            Level::WARN => 4,
            Level::INFO => 6,
            _ => 7,
        };
        write!(out, "<{priority}>")?;
        context.field_format().format_fields(out.by_ref(), event)?;
        writeln!(out)
    }
}
