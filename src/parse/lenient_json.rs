//! JSON that the strict reader refuses: cut off, with trailing commas, raw control characters, half surrogates, comments.

use serde_json::{Map, Number, Value};

use super::notes::Notes;

/// Reads as far as it goes; what was read before the end or the mistake is kept.
pub(super) fn read(text: &str, notes: &mut Notes) -> Value {
    notes.malformed = true;
    let mut reader = Reader { text, at: 0, notes };
    let value = reader.value(0).unwrap_or(Value::Null);
    if reader.peek().is_some() {
        reader.notes.repaired("what follows the JSON document is left out");
    }
    value
}

/// Deeper values are not read.
const DEEPEST: usize = 64;

struct Reader<'a, 'n> {
    text: &'a str,
    at: usize,
    notes: &'n mut Notes,
}

impl Reader<'_, '_> {
    /// The next character that is no white space and no comment.
    fn peek(&mut self) -> Option<char> {
        loop {
            let rest = &self.text[self.at..];
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            let end = if trimmed.starts_with("//") {
                trimmed.find('\n')
            } else if trimmed.starts_with("/*") {
                trimmed.find("*/").map(|at| at + 2)
            } else {
                return trimmed.chars().next();
            };
            self.notes.repaired("a comment in JSON is passed over");
            self.at += end.unwrap_or(trimmed.len());
        }
    }

    fn skip(&mut self, c: char) {
        self.at += c.len_utf8();
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > DEEPEST {
            self.notes.repaired("JSON nested too deeply is left out");
            self.at = self.text.len();
            return None;
        }
        match self.peek() {
            Some('{') => Some(self.object(depth)),
            Some('[') => Some(self.array(depth)),
            Some('"') => self.string().map(Value::String),
            Some(_) => self.word(),
            None => {
                self.notes.repaired("the JSON document is cut off");
                None
            }
        }
    }

    fn object(&mut self, depth: usize) -> Value {
        self.skip('{');
        let mut object = Map::new();
        loop {
            match self.peek() {
                Some('}') => {
                    self.skip('}');
                    break;
                }
                Some(',') => self.skip(','),
                Some('"') => {
                    let Some(key) = self.string() else { break };
                    if self.peek() == Some(':') {
                        self.skip(':');
                    }
                    let Some(value) = self.value(depth + 1) else { break };
                    // What is told again behind a break is told by accident.
                    object.entry(key).or_insert(value);
                }
                Some(']') | None => {
                    self.notes.repaired("the JSON document is cut off");
                    break;
                }
                Some(c) => {
                    self.notes.repaired("strange characters in JSON are passed over");
                    self.skip(c);
                }
            }
        }
        Value::Object(object)
    }

    fn array(&mut self, depth: usize) -> Value {
        self.skip('[');
        let mut array = Vec::new();
        loop {
            match self.peek() {
                Some(']') => {
                    self.skip(']');
                    break;
                }
                Some(',') => self.skip(','),
                Some('}') | None => {
                    self.notes.repaired("the JSON document is cut off");
                    break;
                }
                Some(_) => match self.value(depth + 1) {
                    Some(value) => array.push(value),
                    None => break,
                },
            }
        }
        Value::Array(array)
    }

    /// A string; `None` when the document ends in it.
    fn string(&mut self) -> Option<String> {
        self.skip('"');
        let mut out = String::new();
        let mut high: Option<u32> = None;
        let mut chars = self.text[self.at..].char_indices();
        while let Some((at, c)) = chars.next() {
            let decoded = match c {
                '"' => {
                    self.at += at + 1;
                    return Some(out);
                }
                '\\' => match chars.next()?.1 {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    'b' | 'f' => ' ',
                    'u' => {
                        let digits: String = chars.by_ref().take(4).map(|(_, c)| c).collect();
                        let code = u32::from_str_radix(&digits, 16).unwrap_or(0xFFFD);
                        let joined = match high.take() {
                            Some(high) if (0xDC00..0xE000).contains(&code) => {
                                char::from_u32(0x1_0000 + ((high - 0xD800) << 10) + (code - 0xDC00))
                            }
                            _ => char::from_u32(code),
                        };
                        if (0xD800..0xDC00).contains(&code) {
                            high = Some(code);
                            continue;
                        }
                        let Some(c) = joined else {
                            self.notes.repaired("half a character in JSON is dropped");
                            continue;
                        };
                        c
                    }
                    other => other,
                },
                c => c,
            };
            high = None;
            out.push(decoded);
        }
        self.notes.repaired("the JSON document is cut off");
        self.at = self.text.len();
        None
    }

    /// `true`, `false`, `null`, a number, or something that is none of these.
    fn word(&mut self) -> Option<Value> {
        let rest = &self.text[self.at..];
        let end = rest.find([',', '}', ']', '{', '[', '"', '\n', ' ', '/']).unwrap_or(rest.len());
        let word = rest[..end].trim();
        self.at += end.max(rest.chars().next().map_or(0, char::len_utf8));
        Some(match word {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => word.parse::<Number>().map_or(Value::Null, Value::Number),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(read(text, &mut Notes::default()).to_string(), expected, "{text}");
    }

    #[test]
    fn of_a_key_told_twice_in_broken_json_the_first_counts() {
        let value = read("{\"items\":[1],\"x\":\"\"items\": [],", &mut Notes::default());
        assert_eq!(value["items"], serde_json::json!([1]));
    }

    #[test]
    fn what_was_read_before_the_end_is_kept() {
        check(r#"{"a":[{"b":1},{"b":2},{"b"#, r#"{"a":[{"b":1},{"b":2},{}]}"#);
        check(r#"{"a":"x","b":"y"#, r#"{"a":"x"}"#);
        check("{\"a\":", "{}");
    }

    #[test]
    fn small_mistakes_are_passed_over() {
        check("{\"a\":[1,2,],\"b\":\"x\ny\",}", "{\"a\":[1,2],\"b\":\"x\\ny\"}");
        check(r#"{"a":"\ud83d\ude00\ud83d","b":nonsense}"#, r#"{"a":"😀","b":null}"#);
        check("{/* x */\"a\":true // y\n}", r#"{"a":true}"#);
    }
}
