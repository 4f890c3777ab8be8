//! Scores how harkara recognises the same article in several sources: `cargo run --release --example twins [FOLDER]`.
//!
//! Takes the articles of FOLDER (`LANG/NN.txt`, `LANG/negatives/NAME-a.txt`; by default `fixtures/twins`), edits each as other outlets would,
//! runs harkara over them and prints precision and recall by language and kind. Ends with 1 where the promise is not kept.

#![allow(clippy::print_stdout, reason = "it is what the command is for")]

#[path = "../tests/it/support/twins/mod.rs"]
mod twins;

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let folder = std::env::args_os().nth(1).map_or_else(twins::shipped, PathBuf::from);
    let languages = twins::articles::read(&folder);
    if languages.iter().all(|language| language.articles.is_empty()) {
        println!("`{}` holds no articles: put them there as LANG/NN.txt", folder.display());
        return ExitCode::from(2);
    }
    for language in &languages {
        println!(
            "{}: {} articles, {} negatives",
            language.code,
            language.articles.len(),
            language.negatives.len()
        );
    }
    let score = twins::score::score(&languages);
    println!("{}", twins::table::table(&score));
    if score.keeps_the_promise() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
