//! `harkara why`: the whole way of an entry, from the answer that brought it to the feeds that show it.

use std::fmt::Write as _;
use std::process::ExitCode;

use super::{Common, fault, print, print_json, say};
use crate::config::Config;
use crate::model::{FeedId, SourceId, Timestamp};
use crate::report::exit;
use crate::run::{self, Alike, Answer, DocumentOf, Fault, InFeed, Known, Member, Nearest, Story, Why};
use crate::store;

/// What `why` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A public id, an address, a row, or the page of a story
    ///
    /// Addresses are compared as links are: `http` or `https`, `www.`, tracking parameters and the like do not matter.
    #[arg(value_name = "ENTRY|URL", allow_hyphen_values = true)]
    entry: String,
    /// Tell of this feed only
    #[arg(value_name = "FEED")]
    feed: Option<String>,
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(common: &Common, args: &Args) -> ExitCode {
    let config = match common.load() {
        Ok(config) => config,
        Err(code) => return code,
    };
    let feed = match args.feed.as_deref().map(|name| named(&config, name)).transpose() {
        Ok(feed) => feed,
        Err(code) => return code,
    };
    let answer = store::reader(&config.store.path).map_err(Fault::Store).and_then(|desk| {
        desk.map(|desk| run::why(&desk, &config, &args.entry, feed.as_ref(), common.now())).transpose()
    });
    match answer {
        Err(broken) => fault(&broken),
        Ok(None) => {
            say(&format!("nothing was read yet into `{}`; `harkara run` does", config.store.path.display()));
            ExitCode::from(exit::MISTAKE)
        }
        Ok(Some(answer)) => {
            let code = if args.json { print_json(&answer) } else { ExitCode::from(exit::WELL) };
            match answer {
                Answer::Unknown { looked_for, nearest } => {
                    unknown(&looked_for, &nearest);
                    ExitCode::from(exit::MISTAKE)
                }
                Answer::Entry(_) if args.json => code,
                Answer::Entry(why) => print(&text(&why)),
            }
        }
    }
}

/// The configured feed of that name.
fn named(config: &Config, name: &str) -> Result<FeedId, ExitCode> {
    if let Some(feed) = config.feeds.iter().find(|feed| feed.id.as_str() == name) {
        return Ok(feed.id.clone());
    }
    say(&format!("error: there is no feed `{name}`"));
    let known: Vec<&str> = config.feeds.iter().map(|feed| feed.id.as_str()).collect();
    say(&format!("  help: the feeds are {}", known.join(", ")));
    Err(ExitCode::from(exit::MISTAKE))
}

fn unknown(looked_for: &str, nearest: &[Nearest]) {
    say(&format!("error: no entry has {looked_for}"));
    if nearest.is_empty() {
        say("  help: give the id or the address of an entry, as feeds tell it, or words of a title");
        return;
    }
    say("  help: did you mean one of these? `harkara why ROW` tells of it");
    for one in nearest {
        say(&format!("    {}", line_of(one)));
        if let Some(url) = &one.url {
            say(&format!("      {url}"));
        }
    }
}

fn line_of(one: &Nearest) -> String {
    line(one.row, one.source.as_ref(), one.published, one.title.as_deref())
}

fn line(row: i64, source: Option<&SourceId>, published: Timestamp, title: Option<&str>) -> String {
    let source = source.map_or("?", SourceId::as_str);
    format!("{row}  {source}  {}  {}", published.format("%Y-%m-%d"), title.unwrap_or("(no title)"))
}

fn time(at: Timestamp) -> impl std::fmt::Display {
    at.format("%Y-%m-%d %H:%M UTC")
}

/// Writes a line behind a word, which stands once.
fn put(out: &mut String, word: &str, said: &str) {
    let _ = writeln!(out, "{word:<10}{said}");
}

fn text(why: &Why) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}", why.title.as_deref().unwrap_or("(no title)"));
    if let Some(url) = &why.url {
        let _ = writeln!(out, "{url}");
    }
    out.push('\n');
    put(&mut out, "entry", &format!("{}, row {}", why.id, why.row));
    if let Some(own) = &why.own_id {
        put(&mut out, "", &format!("it goes by the id of its story; its own is {own}"));
    }
    for one in &why.also {
        put(&mut out, "", &format!("this leads to another one too: {}", line_of(one)));
    }
    if let Some(held) = &why.held {
        put(&mut out, "held", &format!("{} since {}: {}", held.state, time(held.since), held.why));
        match held.state {
            "held" => {
                put(
                    &mut out,
                    "",
                    &format!("`harkara held release {}` publishes it, `held drop` never", why.id),
                );
            }
            "dropped" => put(&mut out, "", &format!("`harkara held release {}` publishes it", why.id)),
            _ => put(&mut out, "", "it comes with the next run"),
        }
    }
    origin(&mut out, why);
    for (place, known) in why.known.iter().enumerate() {
        put(&mut out, if place == 0 { "known by" } else { "" }, &mark(known));
    }
    story(&mut out, why.row, &why.story);
    for feed in &why.feeds {
        out.push('\n');
        of_feed(&mut out, feed);
    }
    out
}

fn origin(out: &mut String, why: &Why) {
    let read = &why.read;
    let name = read.source.as_ref().map_or("?", SourceId::as_str);
    let address = read.address.as_ref().map(|address| format!(", {address}")).unwrap_or_default();
    let gone = if read.is_configured { "" } else { ", which is not configured any more" };
    put(out, "source", &format!("{name}{address}{gone}"));
    let mut told = Vec::new();
    told.extend(read.last_success.map(|at| format!("last read {}", time(at))));
    told.extend(read.items.map(|items| format!("{items} items")));
    told.extend(read.said.as_ref().map(|said| format!("answered {said}")));
    told.extend(read.reader.as_ref().and_then(|reader| {
        let version = reader.split(' ').next()?;
        Some(format!("read by harkara {version}"))
    }));
    put(out, "", &told.join(", "));
    if let Some(message) = &read.message {
        put(out, "", &format!("it fails now: {message}"));
    }
    put(out, "gave", &if read.has.is_empty() { "no text".to_owned() } else { read.has.join(", ") });
    let changes = match read.revision {
        0 => "not changed since".to_owned(),
        1 => "its text changed once".to_owned(),
        count => format!("its text changed {count} times"),
    };
    put(out, "came", &format!("{}, {changes}", time(read.first_seen)));
    for (word, dated) in [("published", &why.published), ("updated", &why.updated)] {
        put(out, word, &format!("{}: {}", time(dated.at), dated.because));
        if let Some(says) = dated.source_says.filter(|says| says.timestamp() != dated.at.timestamp()) {
            put(out, "", &format!("the source says {}", time(says)));
        }
    }
}

fn mark(known: &Known) -> String {
    let Known { kind, value, tells, other } = known;
    let tells = match (*tells, other) {
        ("shared", _) => "; several items of the source have it, so it tells nothing".to_owned(),
        ("other", Some(row)) => format!("; it tells entry {row}"),
        ("none", _) => "; not in the ledger".to_owned(),
        _ => String::new(),
    };
    format!("{kind} {value}{tells}")
}

fn story(out: &mut String, own: i64, story: &Story) {
    if let [_] = story.members.as_slice() {
        put(out, "story", "it stands alone");
    } else {
        put(out, "story", &format!("{} entries", story.members.len()));
        for (place, member) in story.members.iter().enumerate() {
            put(out, "", &of_member(member, place == 0, member.row == own));
        }
        for tie in &story.ties {
            let now = tie.now.map(|now| format!(" (now: text {:.2}, opening {:.2})", now.text, now.opening));
            put(out, "tied", &format!("{} and {}: {}{}", tie.a, tie.b, tie.because, now.unwrap_or_default()));
        }
    }
    if let Some(note) = &story.note {
        put(out, "apart", note);
    }
    for Alike { row, source, published, title, likeness, because } in &story.apart {
        put(out, "apart", &line(*row, source.as_ref(), *published, title.as_deref()));
        let (text, opening, headline) = (likeness.text, likeness.opening, likeness.title);
        put(out, "", &format!("text {text:.2}, opening {opening:.2}, headline {headline:.2}: {because}"));
    }
}

fn of_member(member: &Member, is_first: bool, is_own: bool) -> String {
    let mut out = line(member.row, member.source.as_ref(), member.published, member.title.as_deref());
    let _ = write!(out, "; came {}", time(member.first_seen));
    match member.priority {
        Some(0) => {}
        Some(priority) => {
            let _ = write!(out, ", priority {priority}");
        }
        None => out.push_str(", its source is not configured any more"),
    }
    for (is_so, said) in [
        (is_first, ": leads"),
        (member.is_told_apart, ", goes by its own id, under which it was told before"),
        (is_own, " (this one)"),
    ] {
        if is_so {
            out.push_str(said);
        }
    }
    out
}

fn of_feed(out: &mut String, feed: &InFeed) {
    let InFeed { feed: name, fate, id: _, belongs, rules, documents } = feed;
    let outcome = if fate.is_taken() { "taken" } else { "not taken" };
    let _ = writeln!(out, "feed {name}: {outcome}, {}", fate.because);
    if let Some(belongs) = belongs.as_ref().filter(|belongs| !fate.because.contains(belongs.as_str())) {
        put(out, "", belongs);
    }
    for rule in rules {
        put(out, "", rule);
    }
    let paths = |holds: bool, published: &[Option<bool>]| -> Vec<&str> {
        let is_one = |one: &&DocumentOf| one.holds == holds && published.contains(&one.is_published);
        documents.iter().filter(is_one).map(|one| one.path.as_str()).collect()
    };
    for (paths, before, behind) in [
        (paths(true, &[Some(true), None]), "in ", ""),
        (paths(true, &[Some(false)]), "from the next run on in ", ""),
        (paths(false, &[Some(true)]), "in ", " until the next run"),
    ] {
        if !paths.is_empty() {
            put(out, "", &format!("{before}{}{behind}", paths.join(", ")));
        }
    }
}
