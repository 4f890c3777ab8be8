//! The names that HTML has for characters (HTML Standard, 13.5): one table for feeds and for the markup in them.

use std::collections::HashMap;
use std::sync::OnceLock;

/// Every name, one a line: the name, then its code points in hexadecimal.
const NAMES: &str = include_str!("names.txt");

/// The character, or the two, that a name stands for; `name` without `&` and `;`, case matters.
pub fn named(name: &str) -> Option<&'static str> {
    static TABLE: OnceLock<HashMap<&'static str, String>> = OnceLock::new();
    match name {
        "amp" => return Some("&"),
        "lt" => return Some("<"),
        "gt" => return Some(">"),
        "quot" => return Some("\""),
        "apos" => return Some("'"),
        "nbsp" => return Some("\u{a0}"),
        _ => {}
    }
    let table = TABLE.get_or_init(|| {
        let character = |code: &str| char::from_u32(u32::from_str_radix(code, 16).ok()?);
        let lines = NAMES.lines().filter_map(|line| line.split_once(' '));
        lines.map(|(name, codes)| (name, codes.split(',').filter_map(character).collect())).collect()
    });
    table.get(name).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expected: Option<&str>) {
        assert_eq!(named(name), expected, "{name}");
    }

    #[test]
    fn names_of_html_are_known_in_their_case() {
        check("alpha", Some("α"));
        check("Delta", Some("Δ"));
        check("OElig", Some("Œ"));
        check("thetasym", Some("ϑ"));
        check("lang", Some("⟨"));
        check("NotEqualTilde", Some("≂̸"));
        check("apos", Some("'"));
        check("AMP", Some("&"));
        check("ALPHA", None);
        check("", None);
    }
}
