//! Scripts: which one a text is written in, and which languages are written in it.

use whatlang::{Detector, Lang};

/// Letters of Latin script below which nothing is told of the language.
const ENOUGH_LATIN: usize = 60;

/// Letters of another script below which it says nothing.
const ENOUGH: usize = 4;

/// Share of letters (in hundredths) from which a script speaks for the language.
const SHARE: usize = 30;

/// How much is looked at first, in bytes; so many letters of one script there, and this share of all, are clear.
const BEGIN: usize = 1_000;
const CLEAR: usize = 100;
const CLEAR_SHARE: usize = 60;

/// Scripts that tell a language, or a few.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    Latin,
    Cyrillic,
    Greek,
    Hebrew,
    Arabic,
    Devanagari,
    Bengali,
    Gurmukhi,
    Gujarati,
    Oriya,
    Tamil,
    Telugu,
    Kannada,
    Malayalam,
    Sinhala,
    Thai,
    Lao,
    Tibetan,
    Burmese,
    Georgian,
    Armenian,
    Ethiopic,
    Khmer,
    Hangul,
    Kana,
    Han,
}

/// First and last letter of the blocks that matter, in order (Unicode Blocks.txt).
const BLOCKS: [(char, char, Script); 43] = [
    ('A', 'Z', Script::Latin),
    ('a', 'z', Script::Latin),
    ('\u{c0}', '\u{24f}', Script::Latin),
    ('\u{370}', '\u{3ff}', Script::Greek),
    ('\u{400}', '\u{52f}', Script::Cyrillic),
    ('\u{531}', '\u{58f}', Script::Armenian),
    ('\u{5d0}', '\u{5f2}', Script::Hebrew),
    ('\u{620}', '\u{64a}', Script::Arabic),
    ('\u{66e}', '\u{6d3}', Script::Arabic),
    ('\u{6d5}', '\u{6ef}', Script::Arabic),
    ('\u{750}', '\u{77f}', Script::Arabic),
    ('\u{904}', '\u{963}', Script::Devanagari),
    ('\u{971}', '\u{97f}', Script::Devanagari),
    ('\u{980}', '\u{9e3}', Script::Bengali),
    ('\u{9f0}', '\u{9f1}', Script::Bengali),
    ('\u{a01}', '\u{a5e}', Script::Gurmukhi),
    ('\u{a70}', '\u{a75}', Script::Gurmukhi),
    ('\u{a81}', '\u{ae3}', Script::Gujarati),
    ('\u{b01}', '\u{b63}', Script::Oriya),
    ('\u{b82}', '\u{bd7}', Script::Tamil),
    ('\u{c00}', '\u{c63}', Script::Telugu),
    ('\u{c80}', '\u{ce3}', Script::Kannada),
    ('\u{d00}', '\u{d63}', Script::Malayalam),
    ('\u{d80}', '\u{ddf}', Script::Sinhala),
    ('\u{e01}', '\u{e4e}', Script::Thai),
    ('\u{e81}', '\u{ecd}', Script::Lao),
    ('\u{f40}', '\u{fbc}', Script::Tibetan),
    ('\u{1000}', '\u{103f}', Script::Burmese),
    ('\u{10a0}', '\u{10ff}', Script::Georgian),
    ('\u{1100}', '\u{11ff}', Script::Hangul),
    ('\u{1200}', '\u{135a}', Script::Ethiopic),
    ('\u{1780}', '\u{17d3}', Script::Khmer),
    ('\u{1e00}', '\u{1eff}', Script::Latin),
    ('\u{1f00}', '\u{1fff}', Script::Greek),
    ('\u{3041}', '\u{309f}', Script::Kana),
    ('\u{30a1}', '\u{30ff}', Script::Kana),
    ('\u{3130}', '\u{318f}', Script::Hangul),
    ('\u{3400}', '\u{4dbf}', Script::Han),
    ('\u{4e00}', '\u{9fff}', Script::Han),
    ('\u{ac00}', '\u{d7a3}', Script::Hangul),
    ('\u{fb50}', '\u{fdff}', Script::Arabic),
    ('\u{fe70}', '\u{fefc}', Script::Arabic),
    ('\u{20000}', '\u{2fa1f}', Script::Han),
];

fn block(c: char) -> Option<&'static (char, char, Script)> {
    let at = BLOCKS.partition_point(|(_, last, _)| *last < c);
    BLOCKS.get(at).filter(|(first, _, _)| *first <= c)
}

fn script(c: char) -> Option<Script> {
    block(c).map(|(_, _, script)| *script)
}

/// How many letters of each script a text holds. Most letters are of the block of the one before: they are counted
/// together.
fn letters(text: &str) -> [usize; 26] {
    let mut counts = [0usize; 26];
    let (mut latin, mut alike) = (0, 0);
    let mut known = &BLOCKS[0];
    let mut width = u32::from(known.1) - u32::from(known.0);
    for c in text.chars() {
        if c.is_ascii() {
            latin += usize::from(c.is_ascii_alphabetic());
        } else if u32::from(c).wrapping_sub(u32::from(known.0)) <= width {
            alike += 1;
        } else if let Some(found) = block(c) {
            counts[known.2 as usize] += alike;
            alike = 1;
            known = found;
            width = u32::from(known.1) - u32::from(known.0);
        }
    }
    counts[known.2 as usize] += alike;
    counts[Script::Latin as usize] += latin;
    counts
}

/// The script that speaks for the text: the most frequent one that is not Latin and has its share, else Latin.
pub fn script_of(text: &str) -> Option<Script> {
    // Where the beginning is clearly of one script the rest is not counted.
    if let Some(begin) = text.get(..text.floor_char_boundary(BEGIN))
        && let Some((script, count, all)) = foreign(&letters(begin))
        && count >= CLEAR
        && count * 100 > all * CLEAR_SHARE
    {
        return Some(script);
    }
    let counts = letters(text);
    if let Some((script, count, all)) = foreign(&counts)
        && count >= ENOUGH
        && count * 100 > all * SHARE
    {
        return Some(script);
    }
    (counts[Script::Latin as usize] >= ENOUGH_LATIN).then_some(Script::Latin)
}

/// The most frequent script that is not Latin, how often it is there, and how many letters there are.
fn foreign(counts: &[usize; 26]) -> Option<(Script, usize, usize)> {
    let all: usize = counts.iter().sum();
    let count = |script: Script| counts[script as usize];
    let candidates = BLOCKS.iter().map(|(_, _, script)| *script).filter(|it| *it != Script::Latin);
    let most = candidates.max_by_key(|it| (count(*it), *it as usize))?;
    // Japanese mixes Han and Kana: any Kana tells it from Chinese.
    let japanese = most == Script::Han && count(Script::Kana) * 20 > count(Script::Han);
    Some((if japanese { Script::Kana } else { most }, count(most), all))
}

impl Script {
    /// True when a language of this tag can be written in this script.
    pub fn fits(self, tag: &str) -> bool {
        let primary = tag.split('-').next().unwrap_or_default();
        // A tag that names its script knows what it says.
        if self == Script::Latin || tag.split('-').skip(1).any(|part| part.len() == 4) {
            return true;
        }
        let languages: &[&str] = match self {
            Script::Latin => return true,
            Script::Cyrillic => {
                return !is_latin(primary) && !Script::others(self).any(|it| it.names().contains(&primary));
            }
            _ => self.names(),
        };
        languages.contains(&primary)
    }

    fn others(but: Script) -> impl Iterator<Item = Script> {
        BLOCKS.iter().map(|(_, _, script)| *script).filter(move |it| *it != but)
    }

    /// The languages that are written in the script, most common first (CLDR, likelySubtags and languageData).
    fn names(self) -> &'static [&'static str] {
        match self {
            Script::Latin | Script::Cyrillic => &[],
            Script::Greek => &["el", "grc"],
            Script::Hebrew => &["he", "yi", "iw", "lad", "jrb"],
            Script::Arabic => &[
                "ar", "fa", "ur", "ps", "sd", "ug", "ckb", "ku", "ks", "pa", "az", "dv", "ms", "ha", "uz",
                "tk", "bal", "arz", "ary", "apc", "ajp", "acm", "glk", "mzn", "lrc", "pnb", "skr", "prs",
                "pes", "so", "kk", "ky", "tr",
            ],
            Script::Devanagari => &[
                "hi", "mr", "ne", "sa", "kok", "mai", "bho", "doi", "brx", "sd", "ks", "new", "awa", "mag",
                "hne", "gom", "sat", "raj", "bgc", "pi", "bra", "xnr", "gbm",
            ],
            Script::Bengali => {
                &["bn", "as", "bpy", "mni", "syl", "ctg", "rkt", "sat", "trp", "kha", "lus", "ccp"]
            }
            Script::Gurmukhi => &["pa", "sd"],
            Script::Gujarati => &["gu", "kfr", "ae", "vav", "gbl"],
            Script::Oriya => &["or", "ory", "sat", "unr"],
            Script::Tamil => &["ta", "bfq", "saz"],
            Script::Telugu => &["te", "gon", "lmn", "wbq"],
            Script::Kannada => &["kn", "tcy", "bfq", "kok"],
            Script::Malayalam => &["ml"],
            Script::Sinhala => &["si", "pi", "sa"],
            Script::Thai => &["th", "kdt", "lcp", "lwl", "sou", "tts", "mfa"],
            Script::Lao => &["lo", "kjg", "tts"],
            Script::Tibetan => &["bo", "dz", "lad", "taj", "tdg", "tsj"],
            Script::Burmese => &["my", "shn", "mnw", "kht", "rki", "ksw", "blk"],
            Script::Georgian => &["ka", "xmf", "lzz", "sva"],
            Script::Armenian => &["hy", "hyw"],
            Script::Ethiopic => &["am", "ti", "tig", "gez", "wal", "byn", "om"],
            Script::Khmer => &["km"],
            Script::Hangul => &["ko"],
            Script::Kana => &["ja", "ain", "ryu"],
            Script::Han => {
                &["zh", "ja", "ko", "yue", "wuu", "hak", "nan", "gan", "hsn", "lzh", "za", "vi", "cmn"]
            }
        }
    }

    /// The language that the script tells, with the text's help where it tells several.
    pub fn language(self, text: &str) -> Option<&'static str> {
        Some(match self {
            Script::Bengali => match text.contains(['ৰ', 'ৱ']) {
                true => "as",
                false => "bn",
            },
            Script::Arabic => arabic(text),
            Script::Latin | Script::Cyrillic | Script::Devanagari => {
                let fit: &[Lang] = match self {
                    Script::Latin => &LATIN,
                    Script::Cyrillic => &[Lang::Rus, Lang::Ukr, Lang::Bel, Lang::Bul, Lang::Mkd, Lang::Srp],
                    _ => &[Lang::Hin, Lang::Mar, Lang::Nep],
                };
                let letters = text.chars().filter(|c| script(*c) == Some(self)).count();
                let found = (letters >= ENOUGH_LATIN)
                    .then(|| Detector::with_allowlist(fit.to_vec()).detect(text))
                    .flatten()
                    .filter(|info| self != Script::Latin || info.is_reliable());
                match (found, self) {
                    (Some(info), _) => two_letters(info.lang())?,
                    (None, Script::Devanagari) => "hi",
                    (None, _) => return None,
                }
            }
            // Han alone: Chinese, and Tibetan script of Dzongkha is rare.
            _ => self.names().first()?,
        })
    }
}

/// Letters that Persian, Urdu, Pashto and Kurdish have and Arabic has not.
fn arabic(text: &str) -> &'static str {
    let count = |letters: &[char]| text.chars().filter(|c| letters.contains(c)).count();
    let urdu = count(&['ٹ', 'ڈ', 'ڑ', 'ے', 'ں', 'ھ', 'ۂ']);
    let pashto = count(&['ټ', 'ډ', 'ړ', 'ږ', 'ښ', 'ګ', 'ڼ', 'ې', 'ۍ']);
    let kurdish = count(&['ێ', 'ۆ', 'ڕ', 'ڵ', 'ڤ']);
    let persian = count(&['پ', 'چ', 'ژ', 'گ', 'ک', 'ی']);
    match urdu.max(pashto).max(kurdish) {
        0 if persian > 0 => "fa",
        0 => "ar",
        most if most == urdu => "ur",
        most if most == pashto => "ps",
        _ => "ckb",
    }
}

/// True for languages written in Latin letters that sources claim over other scripts.
fn is_latin(primary: &str) -> bool {
    const NAMES: [&str; 33] = [
        "af", "ca", "cs", "cy", "da", "de", "en", "es", "et", "eu", "fi", "fil", "fr", "ga", "gl", "hu",
        "id", "is", "it", "lt", "lv", "mt", "nb", "nl", "nn", "no", "pl", "pt", "sk", "sl", "sv", "sw", "vi",
    ];
    NAMES.contains(&primary)
}

const LATIN: [Lang; 24] = [
    Lang::Eng,
    Lang::Spa,
    Lang::Por,
    Lang::Fra,
    Lang::Deu,
    Lang::Ita,
    Lang::Nld,
    Lang::Pol,
    Lang::Ces,
    Lang::Slk,
    Lang::Swe,
    Lang::Dan,
    Lang::Nob,
    Lang::Fin,
    Lang::Hun,
    Lang::Ron,
    Lang::Tur,
    Lang::Vie,
    Lang::Ind,
    Lang::Cat,
    Lang::Hrv,
    Lang::Slv,
    Lang::Est,
    Lang::Lit,
];

fn two_letters(lang: Lang) -> Option<&'static str> {
    Some(match lang {
        Lang::Eng => "en",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Fra => "fr",
        Lang::Deu => "de",
        Lang::Ita => "it",
        Lang::Nld => "nl",
        Lang::Pol => "pl",
        Lang::Ces => "cs",
        Lang::Slk => "sk",
        Lang::Swe => "sv",
        Lang::Dan => "da",
        Lang::Nob => "nb",
        Lang::Fin => "fi",
        Lang::Hun => "hu",
        Lang::Ron => "ro",
        Lang::Tur => "tr",
        Lang::Vie => "vi",
        Lang::Ind => "id",
        Lang::Cat => "ca",
        Lang::Hrv => "hr",
        Lang::Slv => "sl",
        Lang::Est => "et",
        Lang::Lit => "lt",
        Lang::Rus => "ru",
        Lang::Ukr => "uk",
        Lang::Bel => "be",
        Lang::Bul => "bg",
        Lang::Mkd => "mk",
        Lang::Srp => "sr",
        Lang::Hin => "hi",
        Lang::Mar => "mr",
        Lang::Nep => "ne",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_in_order() {
        assert!(BLOCKS.is_sorted_by_key(|(first, _, _)| *first));
    }

    proptest::proptest! {
        #[test]
        fn letters_are_counted_one_by_one(text in "[a-zA-Z .ক-ৱа-яঀ-\u{d7ff}\u{20000}-\u{2fa1f}]{0,60}") {
            let mut counts = [0usize; 26];
            text.chars().filter_map(script).for_each(|script| counts[script as usize] += 1);
            proptest::prop_assert_eq!(letters(&text), counts);
        }
    }
}
