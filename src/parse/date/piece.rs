//! A folded date in pieces: numbers, words and signs.

/// A piece of a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A number.
    Number {
        /// What it counts.
        value: u32,
        /// How many digits it was written with.
        digits: usize,
    },
    /// Letters, folded; dots inside are gone (`a.m.` is `am`).
    Word(String),
    /// Anything else but white space.
    Sign(char),
}

/// A piece and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// What it is.
    pub kind: Kind,
    /// True when no white space stands before it.
    pub glued: bool,
}

/// Takes a folded date apart. Numbers too large for a date saturate.
pub fn pieces(folded: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = folded;
    let mut glued = false;
    while let Some(c) = rest.chars().next() {
        let length = if c.is_ascii_digit() {
            let length = rest.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(rest.len());
            let value = rest[..length].parse().unwrap_or(u32::MAX);
            pieces.push(Piece { kind: Kind::Number { value, digits: length }, glued });
            length
        } else if is_letter(c) {
            let length = word_length(rest);
            let word = rest[..length].chars().filter(|c| *c != '.').collect();
            pieces.push(Piece { kind: Kind::Word(word), glued });
            length
        } else {
            if !c.is_whitespace() {
                pieces.push(Piece { kind: Kind::Sign(c), glued });
            }
            c.len_utf8()
        };
        glued = !c.is_whitespace();
        rest = &rest[length..];
    }
    pieces
}

/// Letters and marks; a single dot between two of them is part of the word.
fn word_length(text: &str) -> usize {
    let mut end = 0;
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        if is_letter(c) {
            end = at + c.len_utf8();
        } else if !(c == '.' && next.is_some_and(is_letter)) {
            break;
        }
    }
    end
}

/// Letters, and the marks that letters of most scripts are written with: whatever is no digit, space or punctuation.
fn is_letter(c: char) -> bool {
    match c {
        '_' => true,
        c if c.is_ascii() => c.is_ascii_alphabetic(),
        '\u{964}' | '\u{965}' | '\u{b7}' | '\u{ab}' | '\u{bb}' | '\u{60c}' | '\u{61b}' | '\u{61f}'
        | '\u{6d4}' => false,
        '\u{2000}'..='\u{206f}'
        | '\u{3000}'..='\u{3004}'
        | '\u{3008}'..='\u{303f}'
        | '\u{ff00}'..='\u{ff0f}' => false,
        '\u{30fb}'
        | '\u{2190}'..='\u{2bff}'
        | '\u{ff1a}'..='\u{ff20}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{1f000}'.. => false,
        c => !c.is_whitespace() && !c.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let shown: Vec<String> = pieces(text)
            .iter()
            .map(|piece| match &piece.kind {
                Kind::Number { value, digits } => format!("{value}/{digits}"),
                Kind::Word(word) => word.clone(),
                Kind::Sign(c) => c.to_string(),
            })
            .collect();
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn numbers_words_and_signs_are_told_apart() {
        check("2020년 10월", &["2020/4", "년", "10/2", "월"]);
        check("10:57 a.m.", &["10/2", ":", "57/2", "am", "."]);
        check("america/new_york", &["america", "/", "new_york"]);
        check("2.15টা।", &["2/1", ".", "15/2", "টা", "।"]);
        check("16.nov.2020", &["16/2", ".", "nov", ".", "2020/4"]);
        check("99999999999999", &["4294967295/14"]);
    }
}
