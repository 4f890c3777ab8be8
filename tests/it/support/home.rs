//! A folder of one's own with a configuration, and the real binary run in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A configuration, its state and its published tree, gone when dropped.
pub struct Home {
    dir: tempfile::TempDir,
}

/// What the binary answered.
#[derive(Debug)]
pub struct Answer {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Home {
    /// A home with this `harkara.toml`.
    pub fn new(config: &str) -> Self {
        let home = Self { dir: tempfile::tempdir().unwrap() };
        home.write("harkara.toml", config);
        home
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn at(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.at(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.at(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// The binary with these arguments, here; nothing of the tester's environment reaches it.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_harkara"));
        command.args(args).current_dir(self.path()).env_clear().env("NO_PROXY", "*").stdin(Stdio::null());
        command
    }

    pub fn harkara(&self, args: &[&str]) -> Answer {
        answer(self.command(args).output().unwrap())
    }

    /// One run at that time of all sources, which must end as told.
    pub fn run_at(&self, now: &str, code: i32) -> Answer {
        let answer = self.harkara(&["run", "--all", "--verbose", "--now", now]);
        assert_eq!(answer.code, code, "{}", answer.stderr);
        answer
    }

    /// Every file of the published tree.
    pub fn tree(&self) -> BTreeMap<String, Vec<u8>> {
        fs::read_dir(self.at("public"))
            .unwrap()
            .map(|entry| {
                let path = entry.unwrap().path();
                (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(path).unwrap())
            })
            .collect()
    }

    /// (id, title) of the entries of a published JSON Feed.
    pub fn entries(&self, feed: &str) -> Vec<(String, String)> {
        let json: serde_json::Value =
            serde_json::from_str(&self.read(&format!("public/{feed}.json"))).unwrap();
        let text = |item: &serde_json::Value, key: &str| item[key].as_str().unwrap_or_default().to_owned();
        json["items"].as_array().unwrap().iter().map(|item| (text(item, "id"), text(item, "title"))).collect()
    }
}

pub fn answer(output: Output) -> Answer {
    Answer {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}
