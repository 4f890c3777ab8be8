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
    assert_eq!(kept, text, "{} is not fresh: BLESS=1 cargo test --test it config", path.display());
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
