//! Mistakes of the TOML itself: those that follow from another are left out.

use std::ops::Range;

use super::mistake::Mistake;

/// The mistakes that the reader of TOML found, in our words. A list that is not closed swallows the rest of the file, and a
/// table that is there twice has its keys twice: what follows is not told.
pub(super) fn mistakes(text: &str, errors: &[toml::de::Error]) -> Vec<Mistake> {
    let mut out = Vec::new();
    let mut doubled: Option<Range<usize>> = None;
    // The reader looks at the shape first and at values later.
    let mut errors: Vec<&toml::de::Error> = errors.iter().collect();
    errors.sort_by_key(|error| error.span().map_or(usize::MAX, |span| span.start));
    for error in errors {
        let span = error.span().unwrap_or(text.len()..text.len());
        let is_duplicate = error.message() == DUPLICATE;
        if is_duplicate && doubled.as_ref().is_some_and(|table| table.contains(&span.start)) {
            continue;
        }
        if is_duplicate && line(text, span.start).trim_start().starts_with('[') {
            doubled = Some(span.start..next_header(text, span.start));
        }
        out.push(told(text, span, error.message()));
        if swallows(error.message()) {
            break;
        }
    }
    out
}

/// True when `mistake` comes from text that was misread because of one of the mistakes of the TOML.
pub(super) fn explains(text: &str, broken: &[Mistake], mistake: &Mistake) -> bool {
    let Some(span) = &mistake.span else { return true };
    broken.iter().filter_map(|broken| Some((broken, broken.span.as_ref()?))).any(|(broken, place)| {
        let rest_is_lost = broken.help.as_deref() == Some(UNCLOSED) && span.start >= place.start;
        let same_line = line_start(text, span.start) == line_start(text, place.start);
        rest_is_lost || same_line || mistake.what.ends_with("is missing")
    })
}

const DUPLICATE: &str = "duplicate key";
const UNCLOSED: &str = "a comma, or the `]` of a list that was begun before, is missing";

fn swallows(message: &str) -> bool {
    message.contains("between array elements") || message.contains("unclosed array")
}

fn told(text: &str, span: Range<usize>, message: &str) -> Mistake {
    if message == DUPLICATE {
        let name = text.get(span.clone()).unwrap_or_default();
        let mistake = Mistake::error(span.clone(), format!("`{name}` stands here twice"))
            .help("a name can be given once; take one away or rename it");
        return match first_header(text, span.start) {
            Some(first) => mistake.also(first, "first here"),
            None => mistake,
        };
    }
    let mistake = Mistake::error(span, format!("this is no TOML: {message}"));
    match message {
        _ if swallows(message) => mistake.help(UNCLOSED),
        _ if message.contains("unquoted key") => {
            mistake.help("names are made of ASCII letters, digits, `-` and `_`; titles may be anything")
        }
        _ if message.contains("string") => {
            mistake.help("texts stand between quotes: `\"…\"`, or `'…'` where backslashes mean themselves")
        }
        _ => mistake,
    }
}

fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1)
}

fn line(text: &str, at: usize) -> &str {
    text.get(line_start(text, at)..).and_then(|rest| rest.lines().next()).unwrap_or_default()
}

/// Where the next table begins after the line at `at`.
fn next_header(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    rest.find("\n[").map_or(text.len(), |found| at + found + 1)
}

/// The name in an earlier line with the same header.
fn first_header(text: &str, at: usize) -> Option<Range<usize>> {
    let header = line(text, at).trim();
    let mut start = 0;
    for earlier in text.get(..line_start(text, at))?.split_inclusive('\n') {
        if header.starts_with('[') && earlier.trim() == header {
            let shift = at - line_start(text, at);
            let length = earlier.trim_end().len().checked_sub(shift + 1)?;
            return Some(start + shift..start + shift + length);
        }
        start += earlier.len();
    }
    None
}
