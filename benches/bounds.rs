//! Hostile documents of many megabytes, in release: time linear, memory at most four times the document.
//!
//! ```text
//! cargo run --release --manifest-path benches/Cargo.toml --bin bounds [-- MB [NAME]]
//! ```
//!
//! Prints a line for each shape, and fails when a bound is broken. `MB`: how large the larger document is (50).

#[path = "../tests/it/support/hostile.rs"]
mod hostile;

use std::process::Command;

use hostile::{Cost, SHAPES};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [how, shape, pieces] = &arguments[..]
        && how == "--child"
    {
        let cost = hostile::cost(shape.parse().unwrap(), pieces.parse().unwrap());
        let cost = cost.expect("a system that tells what a process takes");
        println!("{} {} {}", cost.time.as_nanos(), cost.memory, cost.size);
        return;
    }
    let megabytes: usize = arguments.first().and_then(|it| it.parse().ok()).unwrap_or(50);
    let mut broken = 0;
    println!("{:<40} {:>9} {:>9} {:>9} {:>7} {:>7}", "shape", "MB", "seconds", "MB/s", "of half", "memory");
    for (shape, (name, _)) in SHAPES.iter().enumerate() {
        if arguments.get(1).is_some_and(|only| !name.contains(only.as_str())) {
            continue;
        }
        let pieces = hostile::pieces(shape, megabytes * 1_000_000);
        let (once, twice) = (cost(shape, pieces / 2), cost(shape, pieces));
        let seconds = |cost: &Cost| cost.time.as_secs_f64();
        let fault = hostile::broken(once, twice);
        println!(
            "{name:<40} {:>9.1} {:>9.3} {:>9.1} {:>7.2} {:>6.2}x {}",
            twice.size as f64 / 1e6,
            seconds(&twice),
            twice.size as f64 / 1e6 / seconds(&twice),
            seconds(&twice) / seconds(&once),
            twice.memory as f64 / twice.size as f64,
            fault.clone().unwrap_or_default()
        );
        broken += usize::from(fault.is_some());
    }
    if broken > 0 {
        println!("{broken} bounds broken");
        std::process::exit(1);
    }
}

fn cost(shape: usize, pieces: usize) -> Cost {
    let told = Command::new(std::env::current_exe().unwrap())
        .args(["--child", &shape.to_string(), &pieces.to_string()])
        .output()
        .unwrap();
    assert!(told.status.success(), "{}: {}", SHAPES[shape].0, String::from_utf8_lossy(&told.stderr));
    let text = String::from_utf8_lossy(&told.stdout);
    let words: Vec<u64> = text.split_whitespace().map(|word| word.parse().unwrap()).collect();
    Cost { time: std::time::Duration::from_nanos(words[0]), memory: words[1] as usize, size: words[2] as usize }
}
