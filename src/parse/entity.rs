//! The named characters of HTML: feeds use them everywhere, whether their document declares them or not.

use std::collections::HashMap;
use std::sync::OnceLock;

/// Every name of the HTML Standard (13.5), one a line: the name, then its code points in hexadecimal.
const NAMES: &str = include_str!("entities.txt");

/// What a name of the HTML Standard stands for; `name` without `&` and `;`.
pub fn named(name: &str) -> Option<&'static str> {
    static TABLE: OnceLock<HashMap<&'static str, String>> = OnceLock::new();
    match name {
        "amp" => return Some("&"),
        "lt" => return Some("<"),
        "gt" => return Some(">"),
        "quot" => return Some("\""),
        "nbsp" => return Some("\u{a0}"),
        _ => {}
    }
    let table = TABLE.get_or_init(|| {
        let characters = |codes: &str| {
            codes.split(',').filter_map(|code| char::from_u32(u32::from_str_radix(code, 16).ok()?)).collect()
        };
        NAMES
            .lines()
            .filter_map(|line| line.split_once(' '))
            .map(|(name, codes)| (name, characters(codes)))
            .collect()
    });
    table.get(name).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_known_and_right() {
        assert_eq!(NAMES.lines().count(), 2125);
        for (name, text) in
            [("alpha", "α"), ("Delta", "Δ"), ("hellip", "…"), ("NotEqualTilde", "≂̸"), ("lang", "⟨")]
        {
            assert_eq!(named(name), Some(text), "{name}");
        }
        assert!(NAMES.lines().filter_map(|line| line.split_once(' ')).all(|(name, _)| named(name).is_some()));
        assert_eq!(named("nothing"), None);
    }
}
