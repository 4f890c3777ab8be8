//! The messages of serde and toml in our words: what is wrong and what to do next, never the text of a value.

use crate::value::Flaw;

/// Reads a message: a [`Flaw`] that a value made comes through whole, a message of serde is put in our words.
pub(super) fn plain(message: &str) -> Flaw {
    if let Some(rest) = message.strip_prefix("unknown field ") {
        let (name, known) = names(rest);
        return Flaw::new(format!("unknown key `{name}`")).help(suggest(&name, &known, "the keys here are"));
    }
    if let Some(rest) = message.strip_prefix("unknown variant ") {
        let (name, known) = names(rest);
        return Flaw::new(format!("`{name}` is not known here")).help(suggest(&name, &known, "known are"));
    }
    if let Some(name) = message.strip_prefix("missing field ") {
        let name = name.trim_matches('`');
        return Flaw::new(format!("the key `{name}` is missing")).help(format!("add `{name} = …`"));
    }
    for prefix in ["invalid type: ", "invalid value: "] {
        let Some((found, expected)) =
            message.strip_prefix(prefix).and_then(|rest| rest.rsplit_once(", expected "))
        else {
            continue;
        };
        let (wanted, help) = expected_in_words(expected);
        let flaw = Flaw::new(format!("{wanted} is wanted, not {}", found_in_words(found)));
        return Flaw { help: help.map(str::to_owned), ..flaw };
    }
    Flaw::read(message)
}

/// A step for a name that is not known: the nearest known one, else all of them.
pub(super) fn suggest(name: &str, known: &[String], introduction: &str) -> String {
    match nearest(name, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "nothing is known here; take it out".to_owned(),
        None => {
            let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
            format!("{introduction} {}", known.join(", "))
        }
    }
}

/// The known name that someone may have meant.
pub(super) fn nearest<'k>(name: &str, known: &'k [String]) -> Option<&'k String> {
    let likeness =
        |known: &&String| strsim::jaro_winkler(&known.to_lowercase(), &name.to_lowercase().replace('-', "_"));
    let near = known.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    (likeness(&near) > 0.8).then_some(near)
}

/// The name in question and the known ones, from "`x`, expected one of `a`, `b`".
fn names(text: &str) -> (String, Vec<String>) {
    let mut quoted = text.split('`').skip(1).step_by(2).map(str::to_owned);
    let name = quoted.next().unwrap_or_default();
    (name, quoted.collect())
}

/// What is wanted, and how that is written.
fn expected_in_words(expected: &str) -> (&str, Option<&'static str>) {
    match expected {
        "a string" => ("a text", Some("write it between quotes: `\"…\"`")),
        "path string" => ("a path", Some("write it between quotes: `\"…\"`")),
        "a map" => ("a table", Some("write `{ name = … }`")),
        "a sequence" => ("a list", Some("write it between brackets: `[…]`")),
        "a boolean" => ("`true` or `false`", Some("write one of them without quotes")),
        "usize" | "u64" | "u32" | "u16" | "u8" => {
            ("a whole number from 0 on", Some("write it without quotes and without a sign"))
        }
        "i64" | "i32" => ("a whole number", Some("write it without quotes and without a fraction")),
        other if other.starts_with("struct ") => ("a table", Some("write `{ name = … }`")),
        other => (other, None),
    }
}

/// Numbers are repeated; texts are not, for they may be secret.
fn found_in_words(found: &str) -> String {
    let value = found.split('`').nth(1);
    match (found.split([' ', '`']).next(), value) {
        (Some("string"), _) => "a text".to_owned(),
        (Some("integer" | "floating" | "boolean"), Some(value)) => format!("`{value}`"),
        (Some("map"), _) => "a table".to_owned(),
        (Some("sequence"), _) => "a list".to_owned(),
        _ => "what stands here".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(message: &str, what: &str, help: Option<&str>) {
        let flaw = plain(message);
        assert_eq!((flaw.what.as_str(), flaw.help.as_deref()), (what, help));
    }

    #[test]
    fn messages_of_serde_are_put_in_our_words() {
        check(
            "unknown field `titel`, expected one of `title`, `text`",
            "unknown key `titel`",
            Some("did you mean `title`?"),
        );
        check("unknown field `x`, expected `path`", "unknown key `x`", Some("the keys here are `path`"));
        check("missing field `url`", "the key `url` is missing", Some("add `url = …`"));
        check(
            "invalid type: integer `5`, expected a string",
            "a text is wanted, not `5`",
            Some("write it between quotes: `\"…\"`"),
        );
        check(
            "unknown variant `pdf`, expected one of `rss`, `atom`",
            "`pdf` is not known here",
            Some("known are `rss`, `atom`"),
        );
    }

    #[test]
    fn a_text_is_never_repeated() {
        let flaw = plain("invalid type: string \"hunter2, expected x\", expected a map");
        assert_eq!(flaw.what, "a table is wanted, not a text");
    }
}
