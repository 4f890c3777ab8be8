//! The text of a configuration without its secrets, for showing lines of it.

use std::ops::Range;

use super::document::{Document, Step};

/// Lines that say one of these may hold a secret.
const SECRET_KEYS: [&str; 5] = ["headers", "proxy", "basic", "bearer", "password"];

/// Puts a star for every byte of a secret, so that all other places stay where they are: values of `headers`, `basic`,
/// `bearer` and `proxy`, and user names and passwords in addresses. What only tells where a secret is kept is left.
pub(super) fn mask(text: &str, document: &Document) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let mut hide = |range: Range<usize>| {
        for byte in bytes.get_mut(range).unwrap_or_default().iter_mut().filter(|byte| **byte != b'\n') {
            *byte = b'*';
        }
    };
    for place in secrets(document) {
        let written = text.get(place.clone()).unwrap_or_default();
        if !tells_a_place(written) {
            hide(place);
        }
    }
    // Where the TOML is broken, what is secret may have been misread; then every line that may hold some is hidden.
    let mut start = 0;
    let mut in_secrets = false;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim_start();
        if trimmed.starts_with('[') {
            in_secrets = trimmed.contains("headers") || trimmed.contains("basic");
        } else if !document.is_whole() && (in_secrets || SECRET_KEYS.iter().any(|key| trimmed.contains(key)))
        {
            for range in quoted(line).filter(|range| !tells_a_place(&line[range.clone()])) {
                hide(start + range.start..start + range.end);
            }
        }
        for range in credentials(line) {
            hide(start + range.start..start + range.end);
        }
        start += line.len();
    }
    // Stars stand for whole characters, or the value was cut at a quote: never in the middle of one.
    String::from_utf8(bytes).unwrap_or_default()
}

/// The places of all values that may be secret.
fn secrets(document: &Document) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    for (source, _) in document.keys(&["source".into()]) {
        let headers: [Step; 3] = ["source".into(), source.as_str().into(), "headers".into()];
        if document.has(&headers) && !document.is_table(&headers) {
            places.push(document.place(&headers));
        }
        for (name, _) in document.keys(&headers) {
            let path: Vec<Step> = headers.into_iter().chain([name.as_str().into()]).collect();
            places.push(document.place(&path));
        }
        let keys: [&[&str]; 5] =
            [&["basic", "user"], &["basic", "password"], &["basic"], &["bearer"], &["proxy"]];
        for keys in keys {
            let steps = ["source", source.as_str()].into_iter().chain(keys.iter().copied());
            let path: Vec<Step> = steps.map(Step::from).collect();
            if document.has(&path) && !document.is_table(&path) {
                places.push(document.place(&path));
            }
        }
    }
    let proxy: [Step; 2] = ["fetch".into(), "proxy".into()];
    if document.has(&proxy) {
        places.push(document.place(&proxy));
    }
    places
}

fn tells_a_place(written: &str) -> bool {
    let inside = written.trim_start_matches(['"', '\'']);
    inside.starts_with("env:") || inside.starts_with("file:")
}

/// What stands after an `=` between quotes, or from a quote to the end of the line.
fn quoted(line: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = line.find('=').unwrap_or(line.len());
    std::iter::from_fn(move || {
        let open = at + line[at..].find(['"', '\''])?;
        let quote = &line[open..=open];
        let rest = &line[open + 1..];
        let length = rest.find(quote).unwrap_or(rest.trim_end_matches('\n').len());
        at = (open + 1 + length + 1).min(line.len());
        Some(open + 1..open + 1 + length)
    })
}

/// `user:password` of `https://user:password@host/`, also where the text ends before the `@`: no port looks like that.
fn credentials(line: &str) -> impl Iterator<Item = Range<usize>> {
    line.match_indices("://").filter_map(|(at, mark)| {
        let start = at + mark.len();
        let authority = line[start..].split(['/', '?', '#', '"', '\'', ' ', '\t', '\r', '\n']).next()?;
        let is_port = |port: &str| port.bytes().all(|b| b.is_ascii_digit());
        let length = authority.rfind('@').or_else(|| {
            let (_, port) = authority.split_once(':').filter(|_| !authority.starts_with('['))?;
            (!is_port(port)).then_some(authority.len())
        })?;
        Some(start..start + length)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, shown: &str) {
        assert_eq!(mask(text, &Document::read(text).0), shown);
    }

    #[test]
    fn values_of_headers_are_hidden() {
        check("source.a.headers.Cookie = 'abc'", "source.a.headers.Cookie = *****");
        check(
            "[source.a.headers]\nA = \"abc\" # b\nB = 'env:X'",
            "[source.a.headers]\nA = ***** # b\nB = 'env:X'",
        );
        check("[source.a]\nheaders = {\n A = 'গোপন' }", "[source.a]\nheaders = {\n A = ************** }");
    }

    #[test]
    fn names_passwords_and_tokens_are_hidden() {
        check("[source.a]\nbearer = 'abc'\nproxy = 'env:P'", "[source.a]\nbearer = *****\nproxy = 'env:P'");
        check(
            "[source.a]\nbasic = { user = 'me', password = \"pw\" }",
            "[source.a]\nbasic = { user = ****, password = **** }",
        );
        check("[source.a.basic]\npassword = 'pw", "[source.a.basic]\npassword = ***");
        check("[source.a]\nbasic = 'me:pw'", "[source.a]\nbasic = *******");
    }

    #[test]
    fn they_are_hidden_where_the_toml_is_broken() {
        check("[source.a.headers]\nA = \"abc\nB = 'x'", "[source.a.headers]\nA = ****\nB = ***");
        check("[source.a.headers\nA = \"abc\"\nB = 'x", "[source.a.headers\nA = \"***\"\nB = '*");
        check("headers = { A = 'abc' B = 'x'", "headers = { A = '***' B = '*'");
    }

    #[test]
    fn passwords_in_addresses_are_hidden() {
        check("url = 'https://me:pw@host/a@b'", "url = 'https://*****@host/a@b'");
        check("[fetch]\nproxy = 'http://me:pw@host'", "[fetch]\nproxy = *******************");
        check("url = 'https://me:pw", "url = 'https://*****");
        check("url = 'https://host:80/ http://[::1]/'", "url = 'https://host:80/ http://[::1]/'");
        check("a = 'mailto:me@host'", "a = 'mailto:me@host'");
    }
}
