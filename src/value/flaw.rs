//! What is wrong with a value, told so that it survives as text and can still be pointed at.

use std::fmt;
use std::ops::Range;

/// Why a text cannot be the value it should be.
///
/// serde hands errors on as text only; so the text of a flaw (`Display`) keeps its parts on lines of their own and
/// [`Flaw::read`] finds them again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// What is wrong: lower case, no full stop, the user's words in backticks.
    pub what: String,
    /// What to do next.
    pub help: Option<String>,
    /// Which bytes of the value are at fault; `None` = all of it.
    pub at: Option<Range<usize>>,
}

impl Flaw {
    /// A flaw of the whole value.
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), help: None, at: None }
    }

    /// The same, with the next step.
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// The same, at some bytes of the value.
    pub fn at(self, at: Range<usize>) -> Self {
        Self { at: Some(at), ..self }
    }

    /// Finds the parts again in a text that `Display` wrote; any other text is all `what`.
    pub fn read(text: &str) -> Self {
        let mut flaw = Self::new("");
        for line in text.lines() {
            if let Some(help) = line.strip_prefix(HELP) {
                flaw.help = Some(help.to_owned());
            } else if let Some(at) = line.strip_prefix(AT).and_then(read_range) {
                flaw.at = Some(at);
            } else {
                if !flaw.what.is_empty() {
                    flaw.what.push(' ');
                }
                flaw.what.push_str(line.trim());
            }
        }
        flaw
    }
}

const HELP: &str = "help: ";
const AT: &str = "at bytes: ";

fn read_range(text: &str) -> Option<Range<usize>> {
    let (start, end) = text.split_once("..")?;
    Some(start.parse().ok()?..end.parse().ok()?)
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        if let Some(help) = &self.help {
            write!(f, "\n{HELP}{help}")?;
        }
        if let Some(at) = &self.at {
            write!(f, "\n{AT}{}..{}", at.start, at.end)?;
        }
        Ok(())
    }
}

impl std::error::Error for Flaw {}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(flaw: Flaw) {
        assert_eq!(Flaw::read(&flaw.to_string()), flaw);
    }

    #[test]
    fn a_flaw_survives_as_text() {
        check(Flaw::new("`x` is no zone"));
        check(Flaw::new("`x` is no zone").help("did you mean `y`?"));
        check(Flaw::new("bad pattern").help("close it").at(3..7));
    }

    #[test]
    fn any_other_text_is_what_went_wrong() {
        assert_eq!(Flaw::read("one\n  two").what, "one two");
    }
}
