//! A disk that is full or may not be written: a real small one, mounted in a name space of the test's own.

use std::process::Command;

use crate::support::home::{Answer, Home, answer};

const CONFIG: &str = "[source.a]\nurl = \"a.xml\"\n[feed.all]\ntitle = \"all\"\nkeep = { entries = 5000 }\n";

fn feed(items: usize) -> String {
    let items: String = (0..items)
        .map(|n| {
            let text = blake3::hash(&n.to_le_bytes()).to_hex();
            format!("<item><title>খবর {n}</title><link>https://a.example/{n}</link><pubDate>Sun, 01 Nov 2026 10:00:00 +0000</pubDate><description>{text}</description></item>")
        })
        .collect();
    format!(
        "<rss version=\"2.0\"><channel><title>a</title><link>https://a.example/</link><description>d</description>{items}</channel></rss>"
    )
}

/// Runs harkara where `folder` is a disk mounted with `options`, holding what was there; `None` where the system does
/// not allow that. What it holds afterwards is laid back.
#[expect(clippy::print_stderr, reason = "a skipped test has to say so")]
fn run_on(home: &Home, folder: &str, options: &str, now: &str) -> Option<Answer> {
    std::fs::create_dir_all(home.at(folder)).unwrap();
    let script = format!(
        "set -e; cp -a {folder} keep; mount -t tmpfs -o size=600k small {folder}; cp -a keep/. {folder}/; \
         mount -o remount,{options} {folder}; set +e; \"$0\" run --all --now {now}; code=$?; \
         rm -rf keep; cp -a {folder} keep; umount {folder}; rm -rf {folder}; mv keep {folder}; exit $code"
    );
    let probe =
        Command::new("unshare").args(["-rm", "sh", "-c", "mount -t tmpfs -o size=64k probe /mnt"]).output();
    if !probe.is_ok_and(|probe| probe.status.success()) {
        eprintln!("skipped: no name space to mount a small disk in");
        return None;
    }
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", &script, env!("CARGO_BIN_EXE_harkara")]).current_dir(home.path());
    command.env_remove("TERM");
    Some(answer(command.output().unwrap()))
}

#[test]
fn a_full_disk_is_named_and_the_published_files_stay_whole() {
    let home = Home::new(CONFIG);
    home.write("a.xml", feed(10));
    home.run_at("2026-11-23T01:00:00Z", 0);
    let before = home.tree();
    home.write("a.xml", feed(2000));
    let Some(answer) = run_on(&home, "public", "size=600k", "2026-11-23T02:00:00Z") else { return };
    assert_eq!(answer.code, 3, "{answer:?}");
    assert!(
        answer.stderr.contains("public/") && answer.stderr.contains("No space left"),
        "{}",
        answer.stderr
    );
    assert!(answer.stderr.contains("help: free some space"), "{}", answer.stderr);
    for (name, bytes) in home.tree().iter().filter(|(name, _)| name.ends_with(".json")) {
        assert!(
            before.get(name) == Some(bytes) || serde_json::from_slice::<serde_json::Value>(bytes).is_ok(),
            "{name}"
        );
    }
    // Nothing was lost: with room again everything is published.
    home.run_at("2026-11-23T03:00:00Z", 0);
    assert_eq!(home.entries("all").len(), 2000);
    let left: Vec<String> = home.tree().into_keys().filter(|name| name.starts_with('.')).collect();
    assert!(left.is_empty(), "half files were left: {left:?}");
}

#[test]
fn a_full_disk_under_the_state_loses_nothing() {
    let home = Home::new(CONFIG);
    home.write("a.xml", feed(10));
    home.run_at("2026-11-23T01:00:00Z", 0);
    let before = home.tree();
    home.write("a.xml", feed(2000));
    let Some(answer) = run_on(&home, "state", "size=600k", "2026-11-23T02:00:00Z") else { return };
    assert_eq!(answer.code, 3, "{answer:?}");
    assert!(
        answer.stderr.contains("no space left for") && answer.stderr.contains("help: "),
        "{}",
        answer.stderr
    );
    assert_eq!(home.tree(), before);
    home.run_at("2026-11-23T03:00:00Z", 0);
    assert_eq!(home.entries("all").len(), 2000);
}

#[test]
fn a_read_only_disk_is_named() {
    let home = Home::new(CONFIG);
    home.write("a.xml", feed(10));
    home.run_at("2026-11-23T01:00:00Z", 0);
    let before = home.tree();
    home.write("a.xml", feed(20));
    for folder in ["public", "state"] {
        let Some(answer) = run_on(&home, folder, "ro", "2026-11-23T02:00:00Z") else { return };
        assert_eq!(answer.code, 3, "{answer:?}");
        assert!(answer.stderr.contains(folder) && answer.stderr.contains("help: "), "{}", answer.stderr);
        assert_eq!(home.tree(), before);
    }
    home.run_at("2026-11-23T03:00:00Z", 0);
    assert_eq!(home.entries("all").len(), 20);
}
