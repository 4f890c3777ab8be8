//! The attributes of a tag, one by one: quoted, unquoted, without a value.

/// Name and raw value of each attribute in the text between a tag's name and its end.
pub(super) struct Attributes<'a> {
    rest: &'a str,
    /// True when one of them was not written as XML wants it.
    pub odd: bool,
}

impl<'a> Attributes<'a> {
    /// The attributes of this text.
    pub fn new(text: &'a str) -> Self {
        Self { rest: text, odd: false }
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let trimmed = self.rest.trim_ascii_start();
        let text = trimmed.trim_start_matches(['/', '"', '\'', '=']);
        self.odd |= text.len() != trimmed.len();
        let text = text.trim_ascii_start();
        if text.is_empty() {
            self.rest = "";
            return None;
        }
        let end = text.find(|c: char| c == '=' || c.is_ascii_whitespace()).unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        let Some(value) = rest.trim_ascii_start().strip_prefix('=') else {
            self.odd = true;
            self.rest = rest;
            return Some((name, ""));
        };
        let value = value.trim_ascii_start();
        let quote = value.chars().next().filter(|c| *c == '"' || *c == '\'');
        let (value, rest) = match quote {
            Some(quote) => match value[1..].split_once(quote) {
                Some((value, rest)) => {
                    self.odd |= rest.starts_with(|c: char| !c.is_ascii_whitespace());
                    (value, rest)
                }
                None => {
                    self.odd = true;
                    (&value[1..], "")
                }
            },
            None => {
                self.odd = true;
                value.split_at(value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len()))
            }
        };
        self.odd |= value.contains('<');
        self.rest = rest;
        Some((name, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, &str)], odd: bool) {
        let mut attributes = Attributes::new(text);
        let read: Vec<_> = attributes.by_ref().collect();
        assert_eq!((read.as_slice(), attributes.odd), (expected, odd), "{text}");
    }

    #[test]
    fn attributes_of_xml_and_html_are_read() {
        check(" a=\"1\" b = '2\"' ", &[("a", "1"), ("b", "2\"")], false);
        check(" a=1 b checked", &[("a", "1"), ("b", ""), ("checked", "")], true);
        check(" a=\"1\"b=\"2\"", &[("a", "1"), ("b", "2")], true);
        check(" a=\"x", &[("a", "x")], true);
        check("", &[], false);
    }
}
