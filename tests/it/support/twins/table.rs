//! Scores as people read them.

use std::fmt::Write as _;

use super::kinds::Kind;
use super::score::{Count, Miss, Score};

/// The table by language and kind, what was lost, what was taken for the same by mistake, and the totals.
pub fn table(score: &Score) -> String {
    let mut languages: Vec<&str> = score.counts.keys().map(|(language, _)| language.as_str()).collect();
    languages.dedup();
    let mut out = format!("{:<12}", "recall");
    for language in &languages {
        let _ = write!(out, "{language:>14}");
    }
    let _ = writeln!(out, "{:>16}", "all");
    for kind in Kind::ALL {
        let _ = write!(out, "{:<12}", kind.name());
        for language in &languages {
            let count = score.counts.get(&((*language).to_owned(), kind)).copied().unwrap_or_default();
            let _ = write!(out, "{:>14}", cell(count));
        }
        let _ = writeln!(out, "{:>16}", cell(score.total(|it| it == kind)));
    }
    for (title, misses) in [("not found", score.lost.iter().collect()), ("taken for the same", wrong(score))]
    {
        let _ = writeln!(out, "\n{title}: {}", misses.len());
        for miss in misses {
            let _ = writeln!(out, "  {}", line(miss));
        }
    }
    let _ = writeln!(
        out,
        "\nprecision {:.4} ({} wrong); recall of the easy kinds {}, of all but heavy {}, of all {}",
        score.precision(),
        score.wrong.len(),
        cell(score.total(Kind::is_easy)),
        cell(score.total(|kind| kind != Kind::Heavy)),
        cell(score.total(|_| true)),
    );
    out
}

fn wrong(score: &Score) -> Vec<&Miss> {
    score.wrong.values().collect()
}

fn cell(count: Count) -> String {
    match count.pairs {
        0 => "-".to_owned(),
        pairs => format!("{:.3} {}/{pairs}", count.recall(), count.found),
    }
}

fn line(miss: &Miss) -> String {
    let alike = &miss.alike;
    format!(
        "{} | {}: text {:.2}, opening {:.2}, title {:.2}, figures {} same {} other: {}",
        miss.one,
        miss.other,
        alike.text,
        alike.opening,
        alike.title,
        alike.same_figures,
        alike.other_figures,
        alike.verdict
    )
}
