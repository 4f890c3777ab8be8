//! The configuration as the owner sees it: exact messages for mistakes, and pages that are fresh.

use std::path::{Path, PathBuf};

use harkara::config::{self, Paint};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Compares with a file; with `BLESS=1` the file is written instead.
fn check_file(path: &Path, text: &str) {
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, text).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    let lines = kept.lines().map(Some).chain(std::iter::repeat(None)).zip(text.lines());
    if let Some((kept, made)) = lines.into_iter().find(|(kept, made)| *kept != Some(*made)) {
        panic!("{} is not fresh: BLESS=1 cargo test --test it config\nkept: {kept:?}\nmade: {made:?}", path.display());
    }
    assert_eq!(kept.len(), text.len(), "{} is not fresh: BLESS=1 cargo test --test it config", path.display());
}

#[test]
fn every_mistake_has_its_exact_message() {
    let dir = root().join("fixtures/config/bad");
    let mut count = 0;
    for file in std::fs::read_dir(&dir).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let shown = match config::parse(&text, "harkara.toml", Path::new("/srv/harkara")) {
            Ok(config) => config.warnings.render(Paint::Plain),
            Err(mistakes) => mistakes.render(Paint::Plain),
        };
        check_file(&path.with_extension("stderr"), &shown);
        count += 1;
    }
    assert!(count >= 20, "the fixtures are there");
}

#[test]
fn the_schema_is_fresh() {
    let schema = serde_json::to_string_pretty(&config::schema()).unwrap();
    check_file(&root().join("config/schema.json"), &format!("{schema}\n"));
}

#[test]
fn the_reference_is_fresh() {
    check_file(&root().join("config/README.md"), &config::reference());
}

fn write(dir: &Path, name: &str, text: &str) -> PathBuf {
    let path = dir.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn secrets_come_from_files_and_are_not_shown() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "token", "Bearer hunter2\n");
    let path = write(
        dir.path(),
        "harkara.toml",
        "[source.a]\nurl = 'feeds/a.xml'\nheaders = { Authorization = 'file:token' }\n[feed.all]\n",
    );
    let loaded = config::load(&path).unwrap();
    let source = &loaded.sources[0];
    assert_eq!(source.headers["Authorization"].reveal(), Some("Bearer hunter2"));
    assert_eq!(source.url.to_file_path(), Ok(dir.path().join("feeds/a.xml")));
    assert_eq!(loaded.publish.dir, dir.path().join("public"));
    assert!(!format!("{loaded:?}").contains("hunter2"));
}

#[test]
fn a_secret_that_is_not_there_is_a_mistake_with_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let path = write(
        dir.path(),
        "harkara.toml",
        "[source.a]\nurl = 'a.xml'\nheaders = { A = 'file:none', B = 'env:HARKARA_TEST_NOT_SET', C = 'hunter2' }\n\
         [source.b]\nurl = 'b.xml'\nenabled = false\nheaders = { A = 'file:none' }\n[feed.all]\n",
    );
    let shown = config::load(&path).unwrap_err().to_string();
    assert!(shown.contains("harkara.toml:3:17"), "{shown}");
    assert!(shown.contains("the file `none` cannot be read: there is no such file"), "{shown}");
    assert!(shown.contains("the variable `HARKARA_TEST_NOT_SET` cannot be read: it is not set"), "{shown}");
    assert!(shown.contains(": 2 mistakes") && !shown.contains("hunter2"), "{shown}");
}

#[test]
fn a_file_that_cannot_be_read_is_a_mistake() {
    let dir = tempfile::tempdir().unwrap();
    let missing = config::load(&dir.path().join("none.toml")).unwrap_err().to_string();
    assert!(missing.contains("the configuration cannot be read: there is no such file"), "{missing}");
    let path = dir.path().join("latin1.toml");
    std::fs::write(&path, b"[site]\ntitle = 'caf\xe9'\n").unwrap();
    let latin1 = config::load(&path).unwrap_err().to_string();
    assert!(latin1.contains("is not UTF-8: line 2"), "{latin1}");
}

#[test]
fn colour_is_asked_for() {
    let mistakes = config::parse("x = 1", "harkara.toml", Path::new("/")).unwrap_err();
    assert!(mistakes.render(Paint::Colour).contains('\u{1b}'));
    assert!(!mistakes.render(Paint::Plain).contains('\u{1b}'));
}

#[test]
fn what_sources_do_not_say_comes_from_the_defaults() {
    let text = r#"
[defaults]
every = "30m"
timezone = "Asia/Dhaka"
tags = ["bn"]
rules = ["no-ads"]

[rules]
no-ads = [{ strip = ".ad" }]

[source.z]
url = "https://z.example/"
cron = "@daily"
tags = ["news", "bn"]
rules = [{ strip = ".x" }, "no-ads"]

[source.a]
url = "https://a.example/"
timezone = "UTC"

[feed.all]
[feed.news]
tags = ["news"]
"#;
    let config = config::parse(text, "harkara.toml", Path::new("/srv")).unwrap();
    let [z, a] = config.sources.as_slice() else { panic!("two sources, in the order of the file") };
    assert_eq!((z.id.as_str(), a.id.as_str()), ("z", "a"));
    assert_eq!(z.tags, ["bn", "news"]);
    assert!(matches!(z.schedule, harkara::source::Schedule::Cron(_)));
    assert_eq!(a.schedule, harkara::source::Schedule::Every(std::time::Duration::from_secs(1800)));
    assert_eq!((z.rules.len(), a.rules.len()), (3, 1));
    assert_eq!((z.timezone.unwrap().tz().name(), a.timezone.unwrap().tz().name()), ("Asia/Dhaka", "UTC"));
    assert_eq!(config.feeds[0].title, "all");
    assert_eq!(config.store.path, Path::new("/srv/state/harkara.db"));
}

#[test]
fn no_text_makes_the_reader_fall() {
    // Every beginning of every fixture: broken at each possible place.
    for file in std::fs::read_dir(root().join("fixtures/config/bad")).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let text = std::fs::read_to_string(&path).unwrap();
            for (at, _) in text.char_indices() {
                if let Err(mistakes) = config::parse(&text[..at], "harkara.toml", Path::new("/srv")) {
                    let shown = mistakes.to_string();
                    assert!(!shown.contains("hunter2"), "{shown}");
                }
            }
        }
    }
}
