//! Holds ARCHITECTURE.md to the code: who may know whom, which names stay in which room, how files begin and end.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A room and the rooms whose names it may say. The line is complete.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("value", &["model"]),
    ("site", &["model", "value"]),
    ("parse", &["model", "value"]),
    ("normalize", &["model", "value", "parse"]),
    ("dedup", &["model", "value"]),
    ("rules", &["model", "value"]),
    ("select", &["model", "value", "site", "dedup", "rules", "render"]),
    ("render", &["model", "value"]),
    ("source", &["model", "value", "parse", "dedup", "rules"]),
    ("fetch", &["model", "value"]),
    ("store", &["model", "value", "dedup"]),
    ("publish", &["model", "value", "render"]),
    ("schedule", &["model", "value", "source"]),
    ("serve", &["model", "value", "publish"]),
    (
        "config",
        &[
            "model", "value", "site", "dedup", "rules", "select", "render", "source", "fetch", "store",
            "publish", "schedule", "serve",
        ],
    ),
];

/// Rooms without clock, file, socket, task, log or chance.
const PURE: &[&str] = &[
    "model",
    "value",
    "site",
    "parse",
    "normalize",
    "dedup",
    "rules",
    "select",
    "render",
    "source",
    "schedule",
];

/// What a pure room never says.
const IMPURE: &[&str] = &[
    "async fn",
    ".await",
    "std::fs",
    "std::net",
    "std::thread",
    "tokio::",
    "Utc::now",
    "Local::now",
    "SystemTime",
    "Instant::now",
    "std::env",
    "println!",
    "eprintln!",
    "rand::",
    "std::process",
];

/// Crates that are named in these rooms only.
const KEPT: &[(&str, &[&str])] = &[
    ("rss::", &["render"]),
    ("atom_syndication", &["render"]),
    ("quick_xml", &["parse", "render"]),
    ("reqwest", &["fetch"]),
    ("rustls", &["fetch"]),
    ("rusqlite", &["store"]),
    ("ammonia", &["normalize"]),
    ("roxmltree", &["publish"]),
    ("minijinja", &["render"]),
    ("hyper", &["serve"]),
    ("prometheus_client", &["serve"]),
    ("clap", &["cli", "main.rs"]),
];

/// Only these may wrap markup as clean: the cleaner, and rules that take away from clean markup.
const MAKERS_OF_HTML: &[&str] =
    &["src/model/text.rs", "src/normalize/", "src/rules/strip.rs", "src/rules/replace.rs"];

const LONGEST: usize = 400;

struct Source {
    path: String,
    room: String,
    /// Without the tests at the foot.
    code: String,
    whole: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    walk(&root.join("src"), &mut files);
    files.sort();
    files
        .into_iter()
        .map(|file| {
            let path = file.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            let room = path.trim_start_matches("src/").split('/').next().unwrap().to_owned();
            let room = if room == "main.rs" { room } else { room.trim_end_matches(".rs").to_owned() };
            let whole = fs::read_to_string(&file).unwrap();
            let code = whole.split("#[cfg(test)]\nmod tests").next().unwrap();
            // Files of tests may do what tests do.
            let is_test = path.ends_with("/tests.rs") || path.ends_with("_tests.rs");
            let code = if is_test { "" } else { code };
            let code =
                code.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
            Source { path, room, code, whole }
        })
        .collect()
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

fn report(faults: Vec<String>) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// Rooms named after `crate::` in the code, braces unfolded one level.
fn rooms_named(code: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + 7..];
        let word = |text: &str| {
            text.trim().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>()
        };
        match rest.strip_prefix('{') {
            Some(list) => out.extend(list.split('}').next().unwrap_or("").split(',').map(word)),
            None => out.push(word(rest)),
        }
    }
    out.retain(|name| !name.is_empty());
    out
}

#[test]
fn rooms_know_only_whom_they_may() {
    let table: BTreeMap<&str, &[&str]> = MAY_KNOW.iter().copied().collect();
    let mut faults = Vec::new();
    for source in sources() {
        let Some(allowed) = table.get(source.room.as_str()) else { continue };
        for named in rooms_named(&source.code) {
            if named != source.room
                && table.contains_key(named.as_str())
                && !allowed.contains(&named.as_str())
            {
                faults.push(format!("{}: `{}` may not know `{named}`", source.path, source.room));
            }
            if ["run", "report", "daemon", "cli"].contains(&named.as_str()) {
                faults.push(format!("{}: no room looks up to `{named}`", source.path));
            }
        }
    }
    report(faults);
}

#[test]
fn every_room_is_in_the_table() {
    let known: Vec<&str> = MAY_KNOW
        .iter()
        .map(|(room, _)| *room)
        .chain(["lib", "main.rs", "run", "report", "daemon", "cli"])
        .collect();
    let strangers = sources().into_iter().filter(|s| !known.contains(&s.room.as_str()));
    report(strangers.map(|s| format!("{}: `{}` is in no line of the table", s.path, s.room)).collect());
}

#[test]
fn pure_rooms_are_pure() {
    let mut faults = Vec::new();
    for source in sources().iter().filter(|s| PURE.contains(&s.room.as_str())) {
        for word in IMPURE.iter().filter(|word| source.code.contains(**word)) {
            faults.push(format!("{}: `{word}` in a pure room", source.path));
        }
    }
    report(faults);
}

#[test]
fn foreign_crates_stay_in_their_rooms() {
    let mut faults = Vec::new();
    for source in sources() {
        for (name, rooms) in KEPT {
            let said = source.code.match_indices(name).any(|(at, _)| {
                let before = source.code[..at].chars().next_back();
                !before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_' || c == ':')
            });
            if said && !rooms.contains(&source.room.as_str()) {
                faults.push(format!("{}: `{name}` belongs to {rooms:?}", source.path));
            }
        }
    }
    report(faults);
}

#[test]
fn only_the_cleaner_makes_html() {
    let makers = |path: &str| MAKERS_OF_HTML.iter().any(|maker| path.starts_with(maker));
    let others = sources().into_iter().filter(|s| !makers(&s.path) && s.code.contains("Html::from_cleaner"));
    report(others.map(|s| format!("{}: makes Html", s.path)).collect());
}

#[test]
fn sql_is_spoken_in_the_store_only() {
    let words = ["SELECT ", "INSERT INTO", "UPDATE source", "DELETE FROM"];
    let others =
        sources().into_iter().filter(|s| s.room != "store" && words.iter().any(|w| s.code.contains(w)));
    report(others.map(|s| format!("{}: speaks SQL", s.path)).collect());
}

#[test]
fn renderers_name_every_field() {
    let mut faults = Vec::new();
    for source in sources().iter().filter(|s| s.room == "render") {
        for name in ["Entry {", "Item {", "Feed {", "Provenance {"] {
            for (at, _) in source.code.match_indices(name) {
                // Taken apart (`let Entry { … } = …`), not put together.
                let taken_apart = source.code[..at].trim_end().ends_with("let");
                let end = source.code[at..].find('}').map_or(source.code.len(), |end| at + end);
                if taken_apart && source.code[at..end].contains("..") {
                    faults.push(format!(
                        "{}: `{}` is taken apart with `..`",
                        source.path,
                        name.trim_end_matches(" {")
                    ));
                }
            }
        }
    }
    report(faults);
}

#[test]
fn files_say_what_they_are_for_and_stay_moderate() {
    let mut faults = Vec::new();
    for source in sources() {
        if !source.whole.starts_with("//! ") {
            faults.push(format!("{}: does not begin with a `//!` sentence", source.path));
        }
        let lines = source.whole.split("#[cfg(test)]\nmod tests").next().unwrap_or("").lines().count();
        if lines > LONGEST {
            faults.push(format!("{}: {lines} lines, the wall stands at {LONGEST}", source.path));
        }
    }
    report(faults);
}
