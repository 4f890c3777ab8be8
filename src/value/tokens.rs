//! The words of a text as search finds them: what a reader would take for the same word becomes the same token.
//!
//! Case, joiners, widths and the digits of all scripts are folded; so are the accents of Latin, Greek and Cyrillic letters and
//! the vowel points of Arabic and Hebrew, which readers leave out. The signs of Indic scripts stay: they are half of each word.
//! Scripts that put no spaces between words, and Hangul, whose words grow at their ends, are cut into pairs of characters.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

use super::fold::{is_invisible, plain};

/// Longer words are cut: nobody looks for the rest.
const LONGEST: usize = 64;

/// A piece of text without a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// A word.
    Word(String),
    /// Characters of a script that is cut into pairs.
    Run(Vec<char>),
}

/// The pieces of a text, in order.
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut out = Pieces::default();
    if text.is_ascii() {
        text.chars().for_each(|c| out.take(c.to_ascii_lowercase()));
    } else {
        // Before composing too: what stands between two signs must not keep them apart.
        let seen = text.chars().filter(|c| !is_invisible(*c) && !is_left_out(*c));
        seen.nfkc().map(plain).flat_map(char::to_lowercase).for_each(|c| bare(c, &mut |c| out.take(c)));
    }
    out.end();
    out.done
}

/// The tokens by which a text is found, in order: words; of a run each pair, and its last character alone.
pub fn tokens(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for piece in pieces(text) {
        match piece {
            Piece::Word(word) => out.push(word),
            Piece::Run(run) => {
                out.extend(run.windows(2).map(|pair| pair.iter().collect()));
                out.extend(run.last().map(char::to_string));
            }
        }
    }
    out
}

#[derive(Default)]
struct Pieces {
    done: Vec<Piece>,
    word: String,
    /// Characters of `word`.
    length: usize,
    run: Vec<char>,
}

impl Pieces {
    fn take(&mut self, c: char) {
        if is_run_on(c) {
            self.end_word();
            self.run.push(c);
        } else if c.is_alphanumeric() || is_combining_mark(c) {
            self.end_run();
            self.length += 1;
            if self.length <= LONGEST {
                self.word.push(c);
            }
        } else {
            self.end();
        }
    }

    fn end_word(&mut self) {
        self.length = 0;
        if !self.word.is_empty() {
            self.done.push(Piece::Word(std::mem::take(&mut self.word)));
        }
    }

    fn end_run(&mut self) {
        if !self.run.is_empty() {
            self.done.push(Piece::Run(std::mem::take(&mut self.run)));
        }
    }

    fn end(&mut self) {
        self.end_word();
        self.end_run();
    }
}

/// Whether the character is of a script whose words cannot be told by gaps (Thai, Lao, Burmese, Khmer, Han, Kana, Hangul).
pub(crate) fn is_run_on(c: char) -> bool {
    match c {
        // Digits and signs of these blocks are none of it.
        '\u{e01}'..='\u{e4e}' | '\u{e81}'..='\u{ecd}' | '\u{edc}'..='\u{edf}' => true,
        '\u{1000}'..='\u{103f}' | '\u{1050}'..='\u{109d}' | '\u{aa60}'..='\u{aa7f}' => true,
        '\u{1780}'..='\u{17d3}' => true,
        '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{3096}' | '\u{3099}'..='\u{309a}' => true,
        '\u{309d}'..='\u{309f}' | '\u{30a1}'..='\u{30fa}' | '\u{30fc}'..='\u{30ff}' => true,
        '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' => true,
        '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3fffd}' => true,
        _ => false,
    }
}

/// Accents that stand alone; points of Hebrew and Arabic, and the stroke that only makes a word longer.
pub(crate) fn is_left_out(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}'
        | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}'..='\u{5c2}' | '\u{5c4}'..='\u{5c5}' | '\u{5c7}'
        | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}'
        | '\u{6df}'..='\u{6e4}' | '\u{6e7}'..='\u{6e8}' | '\u{6ea}'..='\u{6ed}')
}

/// A lower-case character without what readers leave out when they look for it.
pub(crate) fn bare(c: char, out: &mut impl FnMut(char)) {
    match c {
        '\0'..='\x7f' => out(c),
        _ if is_left_out(c) => {}
        // The letters that Arabic, Persian and Urdu write in several ways.
        '\u{622}' | '\u{623}' | '\u{625}' | '\u{671}' => out('\u{627}'),
        '\u{649}' | '\u{6cc}' => out('\u{64a}'),
        '\u{629}' | '\u{6c1}' | '\u{6d5}' => out('\u{647}'),
        '\u{6a9}' => out('\u{643}'),
        'ß' => "ss".chars().for_each(out),
        'æ' => "ae".chars().for_each(out),
        'œ' => "oe".chars().for_each(out),
        'þ' => "th".chars().for_each(out),
        'ø' => out('o'),
        'đ' | 'ð' => out('d'),
        'ħ' => out('h'),
        'ı' => out('i'),
        'ł' => out('l'),
        'ŧ' => out('t'),
        'ς' => out('σ'),
        'à'..='\u{24f}' | '\u{370}'..='\u{52f}' | '\u{1e00}'..='\u{1fff}' => {
            decompose_canonical(c, |part| if part == c { out(part) } else { bare(part, out) })
        }
        _ => out(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        assert_eq!(tokens(text), expected, "{text}");
    }

    #[test]
    fn words_of_every_script_are_whole_and_folded() {
        check("The Mayor's 3rd e-mail", &["the", "mayor", "s", "3rd", "e", "mail"]);
        check(
            "Ångström CAFÉ cafe\u{301} Łódź Straße STRASSE",
            &["angstrom", "cafe", "cafe", "lodz", "strasse", "strasse"],
        );
        check("Ǽ Ǿ", &["ae", "o"]);
        check("İstanbul ısırgan Hà Nội", &["istanbul", "isirgan", "ha", "noi"]);
        check("ΟΔΟΣ οδός", &["οδοσ", "οδοσ"]);
        check("Ёлка ёлка", &["елка", "елка"]);
        // Vowel signs, virama and nukta are in the word; joiners are not.
        check("কলকাতায় সম\u{9df}সূচি ২০২৬।", &["কলকাতায\u{9bc}", "সম\u{9af}\u{9bc}সূচি", "2026"]);
        check("উই\u{200c}কেট র\u{200d}্যাব", &["উইকেট", "র্যাব"]);
        check("क्षत्रिय, हिन्दी", &["क्षत्रिय", "हिन्दी"]);
        check("தமிழ் செய்தி", &["தமிழ்", "செய்தி"]);
        check("مُحَمَّد محمد الأخبار الاخبار کتاب كتاب", &["محمد", "محمد", "الاخبار", "الاخبار", "كتاب", "كتاب"]);
        check("שָׁלוֹם שלום", &["שלום", "שלום"]);
        check("ＮＨＫ １２", &["nhk", "12"]);
        check("བོད་ཡིག", &["བོད", "ཡིག"]);
    }

    #[test]
    fn scripts_without_gaps_are_cut_into_pairs() {
        check("東京都", &["東京", "京都", "都"]);
        check("水", &["水"]);
        check("iPhone手机, ok", &["iphone", "手机", "机", "ok"]);
        check("ｶﾞｽ", &["ガス", "ス"]);
        check("서울에서", &["서울", "울에", "에서", "서"]);
        check("ข่าว", &["ข่", "่า", "าว", "ว"]);
        check("", &[]);
        check("… — !", &[]);
    }

    #[test]
    fn words_have_an_end() {
        assert_eq!(tokens(&"ক".repeat(5000)), ["ক".repeat(LONGEST)]);
    }

    proptest::proptest! {
        /// What is found once is found again: tokens are their own tokens, but for the pairs of runs.
        #[test]
        fn tokens_hold_nothing_that_separates(text in "\\PC{0,20}|[a-zÄéß\u{301}\u{9c7}\u{9be}\u{9bc}ŁΣ\u{64b}أ ]{0,12}") {
            for piece in pieces(&text) {
                if let Piece::Word(word) = piece {
                    proptest::prop_assert!(!word.is_empty() && !word.contains(['"', ' ', '\0']));
                    proptest::prop_assert_eq!(tokens(&word), [word]);
                }
            }
        }
    }
}
