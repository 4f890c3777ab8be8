//! What the outside tests share: the example published once, and other people's programs.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::{env, fs};

/// The project's folder.
pub fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The published tree of the example configuration: `harkara run` on a copy of it that writes elsewhere, once per test run.
pub fn published() -> &'static Path {
    static TREE: OnceLock<PathBuf> = OnceLock::new();
    TREE.get_or_init(|| {
        let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readers");
        if home.exists() {
            fs::remove_dir_all(&home).expect("the last run's folder can be cleared");
        }
        fs::create_dir_all(home.join("config")).expect("a folder can be made");
        let example =
            fs::read_to_string(project().join("config/harkara.toml")).expect("the example can be read");
        let fixtures = project().join("fixtures");
        let copy = example.replace("\"../fixtures/", &format!("\"{}/", fixtures.display()));
        assert_ne!(copy, example, "the example reads from ../fixtures");
        fs::write(home.join("config/harkara.toml"), copy).expect("the copy can be written");
        let ran = Command::new(env!("CARGO_BIN_EXE_harkara"))
            .args(["run", "--config"])
            .arg(home.join("config/harkara.toml"))
            .output()
            .expect("harkara starts");
        assert!(ran.status.success(), "`harkara run` on the example: {}", words(&ran));
        let tree = home.join("public");
        assert!(tree.join("all.atom").exists(), "`harkara run` published no all.atom: {}", words(&ran));
        tree
    })
}

/// The documents of the tree with one of these extensions, sorted.
pub fn documents(extensions: &[&str]) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(published())
        .expect("the tree can be listed")
        .map(|entry| entry.expect("the tree can be listed").path())
        .filter(|path| path.extension().is_some_and(|e| extensions.iter().any(|x| e == *x)))
        .collect();
    found.sort();
    assert!(!found.is_empty(), "the tree has documents of {extensions:?}");
    found
}

/// A program, or `None` after saying that its tests are skipped. `HARKARA_READERS` names those that must be there.
pub fn program(name: &str) -> Option<Command> {
    let there = Command::new("sh").args(["-c", "command -v \"$0\" >/dev/null", name]).status();
    if there.is_ok_and(|status| status.success()) { Some(Command::new(name)) } else { skipped(name) }
}

/// A Python that has the module, or `None` after saying so. The project's own `.venv` is asked first.
pub fn python_with(module: &str) -> Option<Command> {
    let own = project().join(".venv/bin/python3");
    for candidate in [own.as_path(), Path::new("python3"), Path::new("/usr/bin/python3")] {
        let tried = Command::new(candidate).args(["-c", &format!("import {module}")]).output();
        if tried.is_ok_and(|ran| ran.status.success()) {
            return Some(Command::new(candidate));
        }
    }
    skipped(module)
}

#[expect(clippy::print_stderr, reason = "a skipped test has to say so")]
pub fn skipped(name: &str) -> Option<Command> {
    let wanted = env::var("HARKARA_READERS").unwrap_or_default();
    assert!(
        !wanted.split_whitespace().any(|w| w == name),
        "{name} is not installed, and HARKARA_READERS wants it"
    );
    eprintln!("skipped: {name} is not installed");
    None
}

/// Runs it and gives its stdout; a failure ends the test with what the program said.
pub fn say(command: &mut Command) -> String {
    let ran = command.output().expect("the program starts");
    assert!(ran.status.success(), "{command:?}: {}", words(&ran));
    String::from_utf8(ran.stdout).expect("it speaks UTF-8")
}

/// What a program said, for the message of a failed test.
pub fn words(ran: &Output) -> String {
    let (out, err) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    format!("{}\n{out}{err}", ran.status)
}
