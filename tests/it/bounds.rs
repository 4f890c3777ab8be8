//! No document takes more than linear time, or more memory than four times its size. Each is read in a process of its own;
//! `benches/bounds.rs` does the same with tens of megabytes.

use std::process::Command;
use std::time::Duration;

use crate::support::hostile::{self, Cost, SHAPES};

/// How large the smaller document is, in bytes.
const SIZE: usize = 400_000;

/// How large one is whose memory is looked at, where reading it takes no longer than a test may.
const LARGE: usize = 8_000_000;
const LONG: Duration = Duration::from_secs(2);

/// Not a test of its own: what the other starts in a new process.
#[test]
#[expect(clippy::print_stdout, reason = "what it costs is read by the test that started it")]
fn child() {
    let Ok(at) = std::env::var("HARKARA_HOSTILE_SHAPE") else { return };
    let pieces = std::env::var("HARKARA_HOSTILE_PIECES").unwrap().parse().unwrap();
    match hostile::cost(at.parse().unwrap(), pieces) {
        Some(cost) => println!("cost {} {} {}", cost.time.as_nanos(), cost.memory, cost.size),
        None => println!("untold"),
    }
}

fn costs(shape: usize) -> Option<[Cost; 2]> {
    let pieces = hostile::pieces(shape, SIZE);
    Some([cost(shape, pieces)?, cost(shape, 2 * pieces)?])
}

/// What is wrong with the memory that a large one takes.
fn large(shape: usize, twice: Cost) -> Option<String> {
    let times = LARGE / twice.size;
    let quick = twice.time * u32::try_from(times).unwrap() < LONG;
    quick.then(|| cost(shape, hostile::pieces(shape, LARGE))).flatten().and_then(hostile::too_large)
}

fn cost(shape: usize, pieces: usize) -> Option<Cost> {
    let told = Command::new(std::env::current_exe().unwrap())
        .args(["bounds::child", "--exact", "--nocapture", "--test-threads=1"])
        .env("HARKARA_HOSTILE_SHAPE", shape.to_string())
        .env("HARKARA_HOSTILE_PIECES", pieces.to_string())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&told.stdout);
    assert!(told.status.success(), "{}: {text} {}", SHAPES[shape].0, String::from_utf8_lossy(&told.stderr));
    // The line of the test itself may stand before ours.
    let words = text
        .lines()
        .find_map(|line| line.split_once("cost "))
        .map(|(_, line)| line.split(' ').map(|word| word.parse::<u64>().unwrap()).collect::<Vec<_>>())?;
    Some(Cost { time: Duration::from_nanos(words[0]), memory: words[1] as usize, size: words[2] as usize })
}

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn hostile_documents_take_linear_time_and_little_memory() {
    let mut broken = Vec::new();
    for (shape, (name, _)) in SHAPES.iter().enumerate() {
        let Some([once, twice]) = costs(shape) else {
            eprintln!("skipped: this system does not tell what a process takes");
            return;
        };
        // What else the machine does may be in the way: what is really wrong is wrong again.
        if hostile::broken(once, twice).is_some()
            && let Some([once, twice]) = costs(shape)
            && let Some(how) = hostile::broken(once, twice)
        {
            broken.push(format!("{name}: {how}"));
        }
        broken.extend(large(shape, twice).map(|how| format!("{name}: {how}")));
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}
