//! Where constructs of XML begin and end: searches over bytes that allocate nothing.

use memchr::memmem;

/// Where the end tag of `open` stands in the text.
pub(super) fn own_end(text: &str, open: &str) -> Option<usize> {
    if open.is_empty() {
        return None;
    }
    let finder = memmem::Finder::new(open.as_bytes());
    let ends = finder.find_iter(text.as_bytes());
    ends.filter(|at| text[..*at].ends_with("</")).map(|at| at - 2).next()
}

/// True when the `<` at `at` can begin markup.
pub(super) fn begins_markup(bytes: &[u8], at: usize) -> bool {
    match bytes.get(at + 1) {
        Some(b'/') => bytes.get(at + 2).is_some_and(|b| begins_name(*b)),
        Some(b'!') => bytes.get(at + 2).is_some_and(|b| *b == b'-' || *b == b'[' || b.is_ascii_alphabetic()),
        Some(b'?') => true,
        Some(b) => begins_name(*b),
        None => false,
    }
}

fn begins_name(b: u8) -> bool {
    b.is_ascii_alphabetic() || b == b'_' || b == b':' || b >= 0x80
}

/// Where the name ends that begins at `from`.
pub(super) fn name_end(bytes: &[u8], from: usize) -> usize {
    let ends = |b: &u8| matches!(b, b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>' | b'<' | b'=' | b'"' | b'\'');
    bytes[from..].iter().position(ends).map_or(bytes.len(), |length| from + length)
}

/// Where the `>` of a document type declaration stands: behind its internal subset, quotes skipped.
pub(super) fn doctype_end(bytes: &[u8]) -> Option<usize> {
    let mut quote = None;
    let mut inside = false;
    for (i, &b) in bytes.iter().enumerate() {
        match (quote, b) {
            (Some(q), _) if q == b => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(b),
            (None, b'[') => inside = true,
            (None, b']') => inside = false,
            (None, b'>') if !inside => return Some(i),
            _ => {}
        }
    }
    None
}
