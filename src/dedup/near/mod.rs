//! Whether two texts are the same article: folded, freed of furniture and dateline, compared by the shingles they share.
//!
//! Sketches find what may be alike among many ([`Probe`]), [`compare`] looks at the texts themselves. Measured on news in
//! Bengali (401 articles, ten kinds of edits, 80,189 pairs that are different): from 0.6 of all shingles on no pair is taken for the
//! same by mistake; openings with their titles tell excerpts from 0.5 on. A headline alone never tells.

mod candidates;
mod figures;
mod furniture;
mod shingle;
mod sketch;
mod unit;

use std::fmt;

use url::Url;

pub use candidates::{Candidate, MOST_CANDIDATES, Probe, Record};
pub use sketch::{BYTES, Sketch};

use super::settings::Settings;
use crate::model::{Html, Item};
use crate::value::fold::fold_case;
use figures::Figures;
use unit::{Unit, units};

/// Words of the opening that, with the title, stand for an excerpt; feeds of WordPress give 55.
const OPENING: usize = 55;
/// The same in the sketch: shorter, so that a short excerpt still meets the opening of a long text.
const SKETCHED: usize = 40;
/// One word is so many characters of a script without gaps.
const CHARACTERS_PER_WORD: usize = 2;
/// Texts with fewer words are not sketched: nothing could be told from them.
const LEAST: usize = 10;

/// What a text is found by: of its whole, and of its title with its opening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sketches {
    /// Of the text; [`Sketch::NONE`] for one that is too short to be more than an excerpt.
    pub text: Sketch,
    /// Of title and opening.
    pub opening: Sketch,
}

impl Sketches {
    /// Nothing to be found by.
    pub const NONE: Self = Self { text: Sketch::NONE, opening: Sketch::NONE };

    /// Of a title and a text that are folded and in lower case already.
    pub(super) fn of(title: &str, text: &str) -> Self {
        let units = Units::of(title, text);
        let is_full = units.words() >= SKETCHED;
        let text = if is_full { Sketch::of(&units.text, units.width) } else { Sketch::NONE };
        let is_any = units.words() + units.title.len() >= LEAST;
        let opening = if is_any { Sketch::of(&units.opening(SKETCHED), units.width) } else { Sketch::NONE };
        Self { text, opening }
    }
}

/// The units of a title and a text, without furniture.
struct Units {
    title: Vec<Unit>,
    text: Vec<Unit>,
    width: usize,
}

impl Units {
    fn of(title: &str, text: &str) -> Self {
        let mut out = Self { title: Vec::new(), text: Vec::with_capacity(text.len() / 6), width: 0 };
        units(title, &mut out.title);
        let mut is_begun = false;
        for line in text.lines() {
            let before = out.text.len();
            let bare = if is_begun { line } else { furniture::without_dateline(line) };
            units(bare, &mut out.text);
            if furniture::is_furniture(line, out.text.get(before..).unwrap_or_default()) {
                out.text.truncate(before);
            } else {
                is_begun = true;
            }
        }
        out.width = shingle::width(if out.text.is_empty() { &out.title } else { &out.text });
        out
    }

    /// How many words the text has, as a reader would count them.
    fn words(&self) -> usize {
        words(&self.text)
    }

    /// The title and the first words of the text.
    fn opening(&self, words: usize) -> Vec<Unit> {
        let mut room = words * CHARACTERS_PER_WORD;
        let weight = |unit: &Unit| if unit.is_run() { 1 } else { CHARACTERS_PER_WORD };
        let text = self.text.iter().take_while(|unit| {
            let fits = room >= weight(unit);
            room = room.saturating_sub(weight(unit));
            fits
        });
        self.title.iter().chain(text).copied().collect()
    }
}

/// How many words so many different shingles are made of, if each begins with a word of its own.
fn words_in(shingles: &[u32], width: usize) -> usize {
    if shingles.is_empty() {
        return width;
    }
    let units = shingles.len() + width - 1;
    if width == shingle::CHARACTERS { units / CHARACTERS_PER_WORD } else { units }
}

fn words(units: &[Unit]) -> usize {
    let runs = units.iter().filter(|unit| unit.is_run()).count();
    units.len() - runs + runs / CHARACTERS_PER_WORD
}

/// A text made ready to be compared.
#[derive(Debug, Clone)]
pub struct Text {
    title: Vec<u32>,
    opening: Vec<Unit>,
    title_units: usize,
    shingles: Vec<u32>,
    figures: Figures,
    title_figures: Figures,
    /// Addresses of sound and film, in order.
    recordings: Vec<Url>,
    width: usize,
    words: usize,
}

impl Text {
    /// Of what an item says.
    pub fn of(title: Option<&str>, summary: Option<&Html>, content: Option<&Html>) -> Self {
        let title = title.map(fold_case).unwrap_or_default();
        let text = content.or(summary).map(Html::text).unwrap_or_default();
        let units = Units::of(&title, &fold_case(&text));
        let shingles = shingle::set(&units.text, units.width);
        let mut words_of_title: Vec<u32> = units.title.iter().map(|unit| unit.0).collect();
        words_of_title.sort_unstable();
        words_of_title.dedup();
        Self {
            title: words_of_title,
            opening: units.opening(OPENING),
            title_units: units.title.len(),
            figures: Figures::of(&units.text),
            title_figures: Figures::of(&units.title),
            recordings: Vec::new(),
            width: units.width,
            // What is said again and again counts once.
            words: units.words().min(words_in(&shingles, units.width)),
            shingles,
        }
    }

    /// Of an item.
    pub fn of_item(item: &Item) -> Self {
        let is_recording = |kind: &str| kind.starts_with("audio/") || kind.starts_with("video/");
        let recordings =
            item.attachments.iter().filter(|file| file.media_type.as_deref().is_some_and(is_recording));
        let mut recordings: Vec<Url> = recordings.map(|file| file.url.clone()).collect();
        recordings.sort_unstable();
        Self { recordings, ..Self::of(item.title.as_deref(), item.summary.as_ref(), item.content.as_ref()) }
    }

    /// How many words its text has, without furniture and repetitions; of a script without gaps two characters count as one.
    pub fn words(&self) -> usize {
        self.words
    }

    /// The first `units` of the text behind the title, as shingles.
    fn opening(&self, units: usize) -> Vec<u32> {
        let end = (self.title_units + units).min(self.opening.len());
        shingle::set(&self.opening[..end], self.width)
    }
}

/// Whether two entries have one source: an outlet says similar things each day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outlet {
    /// Two sources.
    Two,
    /// One.
    One,
}

/// How alike two texts are, each from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Likeness {
    /// Shingles that both texts have, of those that either has.
    pub text: f32,
    /// The same for titles with openings, as long as the shorter of them is.
    pub opening: f32,
    /// Words that both titles have, of those that either has.
    pub title: f32,
    /// Figures that stand in the same words in both, and are the same.
    pub same_figures: usize,
    /// And are others.
    pub other_figures: usize,
    /// What follows.
    pub verdict: Verdict,
}

/// Whether two texts are one article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Two full texts, and the same.
    SameText,
    /// One is an excerpt, or cut, and the opening is the same.
    SameOpening,
    /// The same sentences with other figures: a bulletin of another day.
    OtherFigures,
    /// One outlet, under headlines that have little in common.
    OtherHeadline,
    /// One outlet, of another recording.
    OtherRecording,
    /// Too little text to tell.
    TooShort,
    /// Too little in common.
    Different,
}

impl Verdict {
    /// True when they are one article.
    pub fn is_same(self) -> bool {
        matches!(self, Self::SameText | Self::SameOpening)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SameText => "the same text",
            Self::SameOpening => "the same opening, and one of them is an excerpt or cut",
            Self::OtherFigures => "the same sentences with other figures",
            Self::OtherRecording => "one source says it of two recordings",
            Self::OtherHeadline => "one source says it under two headlines that have little in common",
            Self::TooShort => "too short to tell",
            Self::Different => "too little in common",
        })
    }
}

/// Two texts of one outlet must be alike by this more: it has its phrases.
const ONE_OUTLET: f32 = 0.1;
/// And so much of the words of their headlines must be the same.
const ONE_HEADLINE: f32 = 0.3;
/// Where openings agree, two full texts may be less alike by this: a copy with some sentences replaced.
const WITH_OPENING: f32 = 0.1;
/// A shorter text that is cut has so much of itself in the longer one,
const CUT: f32 = 0.8;
/// and is shorter than this share of it.
const CUT_LENGTH: f32 = 0.75;
/// Excerpts with fewer words must be alike by more.
const SHORT_EXCERPT: usize = 30;
/// By this.
const SHORT_EXCERPT_MORE: f32 = 0.2;

/// So many other figures in the same places, and half as many as are the same, make two bulletins; one is a correction.
const OTHER_FIGURES: usize = 2;

/// A text that is alike by so much was not edited.
const UNCHANGED: f32 = 0.95;

/// Compares two texts. Does not hang on their order.
pub fn compare(a: &Text, b: &Text, outlet: Outlet, settings: &Settings) -> Likeness {
    let (same_figures, other_figures) = a.figures.compared(&b.figures);
    let text = shingle::jaccard(&a.shingles, &b.shingles);
    let units = (a.opening.len() - a.title_units).min(b.opening.len() - b.title_units);
    let is_comparable = a.width == b.width && units > 0;
    let opening = if is_comparable { shingle::jaccard(&a.opening(units), &b.opening(units)) } else { 0.0 };
    let title = shingle::jaccard(&a.title, &b.title);
    let mut likeness =
        Likeness { text, opening, title, same_figures, other_figures, verdict: Verdict::Different };
    likeness.verdict = verdict(a, b, outlet, settings, &likeness);
    likeness
}

fn verdict(a: &Text, b: &Text, outlet: Outlet, settings: &Settings, alike: &Likeness) -> Verdict {
    let (shorter, longer) = (a.words.min(b.words), a.words.max(b.words));
    let least = |text: &Text| words_with_title(text) < settings.least_words;
    if a.width != b.width {
        return Verdict::Different;
    }
    if least(a) || least(b) {
        return Verdict::TooShort;
    }
    let more = if outlet == Outlet::One { ONE_OUTLET } else { 0.0 };
    let needed = settings.similarity.get() + more;
    let same = if shorter >= settings.full_words {
        let is_rewritten = alike.opening >= settings.similarity.get() && alike.text >= needed - WITH_OPENING;
        let is_cut = outlet == Outlet::Two
            && alike.opening >= settings.excerpt_similarity.get()
            && (shorter as f32) < CUT_LENGTH * longer as f32
            && shingle::containment(&a.shingles, &b.shingles) >= CUT;
        match (alike.text >= needed || is_rewritten, is_cut) {
            (true, _) => Some(Verdict::SameText),
            (false, true) => Some(Verdict::SameOpening),
            (false, false) => None,
        }
    } else {
        let short = if shorter < SHORT_EXCERPT { SHORT_EXCERPT_MORE } else { 0.0 };
        // What an outlet says in few words each day is for its addresses to tell apart.
        let is_same = outlet == Outlet::Two && alike.opening >= settings.excerpt_similarity.get() + short;
        is_same.then_some(Verdict::SameOpening)
    };
    let Some(same) = same else { return Verdict::Different };
    let (agree, differ) = (alike.same_figures, alike.other_figures);
    let is_bulletin = match outlet {
        Outlet::Two => differ >= OTHER_FIGURES && differ * 2 >= agree,
        // What it says each day may have one figure only, or none but in its headline (`Episode 12`); an update changes its text.
        Outlet::One => {
            let of_titles = a.title_figures.compared(&b.title_figures);
            (differ >= 1 && differ >= agree) || (of_titles.1 > 0 && alike.text >= UNCHANGED)
        }
    };
    if is_bulletin {
        return Verdict::OtherFigures;
    }
    let has_titles = !a.title.is_empty() && !b.title.is_empty();
    if outlet == Outlet::One && has_titles && alike.title < ONE_HEADLINE {
        return Verdict::OtherHeadline;
    }
    let are_recordings = !a.recordings.is_empty() && !b.recordings.is_empty();
    if outlet == Outlet::One && are_recordings && a.recordings != b.recordings {
        return Verdict::OtherRecording;
    }
    same
}

fn words_with_title(text: &Text) -> usize {
    text.words + words(text.opening.get(..text.title_units).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sentences that share no word.
    fn sentence(at: usize) -> String {
        let words: Vec<String> = (0..9).map(|n| letters(700 + at * 9 + n)).collect();
        words.join(" ") + "."
    }

    fn letters(mut number: usize) -> String {
        let mut out = String::new();
        loop {
            out.push(char::from(b'a' + (number % 26) as u8));
            number /= 26;
            if number == 0 {
                return out;
            }
        }
    }

    fn text(sentences: impl IntoIterator<Item = usize>) -> Html {
        let paragraphs: Vec<String> =
            sentences.into_iter().map(|at| format!("<p>{}</p>", sentence(at))).collect();
        Html::from_cleaner(paragraphs.concat())
    }

    fn verdict_of(a: &Html, b: &Html, outlet: Outlet) -> Verdict {
        let of = |html: &Html| Text::of(Some("bridge closed"), None, Some(html));
        let (a, b) = (of(a), of(b));
        let there = compare(&a, &b, outlet, &Settings::default());
        assert_eq!(there, compare(&b, &a, outlet, &Settings::default()), "either order");
        there.verdict
    }

    #[test]
    fn a_copy_with_small_edits_is_the_same() {
        let two = |a, b| verdict_of(&a, &b, Outlet::Two);
        assert_eq!(two(text(0..12), text(0..12)), Verdict::SameText);
        assert_eq!(two(text(0..12), text(0..10)), Verdict::SameText, "two sentences less");
        assert_eq!(two(text(0..12), text((0..12).chain(40..43))), Verdict::SameText, "three more");
        assert_eq!(two(text(0..20), text(0..8)), Verdict::SameOpening, "cut");
        assert_eq!(two(text(0..12), text(0..4)), Verdict::SameOpening, "an excerpt");
        assert_eq!(two(text(0..12), text(20..32)), Verdict::Different);
        assert_eq!(
            two(text(0..12), text((30..38).chain(5..12))),
            Verdict::Different,
            "another article with the same end"
        );
    }

    #[test]
    fn one_outlet_has_to_be_more_alike() {
        let more = || text((0..12).chain(40..44));
        assert_eq!(verdict_of(&text(0..12), &more(), Outlet::Two), Verdict::SameText);
        assert_eq!(
            verdict_of(&text(0..12), &text(0..4), Outlet::One),
            Verdict::Different,
            "an excerpt of one outlet"
        );
        let of = |title| Text::of(Some(title), None, Some(&text(0..12)));
        let likeness = compare(&of("first episode"), &of("how to swim"), Outlet::One, &Settings::default());
        assert_eq!(likeness.verdict, Verdict::OtherHeadline);
    }

    #[test]
    fn a_bulletin_with_other_figures_is_another() {
        let bulletin = |max: u32, min: u32, rain: u32| {
            let head = format!(
                "<p>The mercury rose to {max} degrees by noon and fell to {min} at dawn while {rain} millimetres came down.</p>"
            );
            Html::from_cleaner(head + text(0..10).as_str())
        };
        assert_eq!(
            verdict_of(&bulletin(31, 22, 4), &bulletin(33, 24, 12), Outlet::Two),
            Verdict::OtherFigures
        );
        assert_eq!(
            verdict_of(&bulletin(31, 22, 4), &bulletin(31, 22, 5), Outlet::Two),
            Verdict::SameText,
            "a correction"
        );
    }

    #[test]
    fn a_list_of_prices_with_other_figures_is_another() {
        let list = |prices: [u32; 3]| {
            let line =
                |(price, carats)| format!("<p>Gold of {carats} carats costs {price} crowns a gram.</p>");
            let lines: String = prices.into_iter().zip([22, 21, 18]).map(line).collect();
            Html::from_cleaner(lines + text(0..10).as_str())
        };
        let monday = list([1575, 1503, 1289]);
        assert_eq!(verdict_of(&monday, &list([1508, 1440, 1234]), Outlet::Two), Verdict::OtherFigures);
        assert_eq!(verdict_of(&monday, &list([1575, 1503, 1298]), Outlet::Two), Verdict::SameText, "mended");
    }

    /// Episodes and bulletins of one outlet: the same words each day.
    #[test]
    fn what_an_outlet_says_each_day_is_another_each_day() {
        let verdict = |a: (&str, &str), b: (&str, &str), sound: Option<(&str, &str)>| {
            let item = |(title, first): (&str, &str), sound: Option<&str>| Item {
                title: Some(title.to_owned()),
                content: Some(Html::from_cleaner(format!("<p>{first}</p>{}", text(0..12).as_str()))),
                attachments: sound
                    .map(|address| crate::model::Attachment {
                        url: Url::parse(address).unwrap(),
                        media_type: Some("audio/mpeg".to_owned()),
                        size_bytes: None,
                        duration_seconds: None,
                        title: None,
                    })
                    .into_iter()
                    .collect(),
                ..Item::default()
            };
            let (a, b) = (item(a, sound.map(|sound| sound.0)), item(b, sound.map(|sound| sound.1)));
            compare(&Text::of_item(&a), &Text::of_item(&b), Outlet::One, &Settings::default()).verdict
        };
        let gold = |price| ("Gold today", format!("a gram of gold was sold for {price} in the market"));
        let (one, other) = (gold(7120), gold(7145));
        let pair = ((one.0, one.1.as_str()), (other.0, other.1.as_str()));
        assert_eq!(verdict(pair.0, pair.1, None), Verdict::OtherFigures);
        assert_eq!(verdict(("Episode 12", ""), ("Episode 13", ""), None), Verdict::OtherFigures);
        assert_eq!(verdict(("The day", ""), ("The day", ""), None), Verdict::SameText);
        let two = Some(("https://a.example/1.mp3", "https://a.example/2.mp3"));
        assert_eq!(verdict(("The day", ""), ("The day", ""), two), Verdict::OtherRecording);
        let update = (
            "Bridge closed, 7 hurt",
            "three more sentences came with the update of the afternoon to this text",
        );
        assert_eq!(verdict(("Bridge closed, 5 hurt", ""), update, None), Verdict::SameText);
    }

    #[test]
    fn sketches_of_alike_texts_meet_and_others_do_not() {
        let of = |html: &Html| Sketches::of("bridge closed", &fold_case(&html.text()));
        let record =
            |row, html: &Html| Record { row, source: 1, published: 0, link: None, sketches: of(html) };
        let known = [
            record(1, &text(0..12)),
            record(2, &text((0..9).chain(50..53))),
            record(3, &text(0..4)),
            record(4, &text(60..75)),
        ];
        let new = [record(9, &text(0..12))];
        let mut probe = Probe::new(&new, 10);
        known.iter().for_each(|known| probe.look_at(known));
        let mut found: Vec<i64> = probe.finish().flatten().map(|candidate| candidate.other).collect();
        found.sort_unstable();
        assert_eq!(found, [1, 2, 3]);
        let mut bytes = Vec::new();
        known.iter().for_each(|record| record.write(&mut bytes));
        assert_eq!(Record::read(&bytes).collect::<Vec<_>>(), known);
    }

    #[test]
    fn what_is_far_apart_in_time_does_not_meet() {
        let sketches = Sketches::of("bridge closed", &fold_case(&text(0..12).text()));
        let at = |row, published| Record { row, source: 1, published, link: None, sketches };
        let new = [at(9, 1000)];
        let mut probe = Probe::new(&new, 100);
        [at(1, 899), at(2, 900), at(3, 1100), at(4, 1101)].iter().for_each(|known| probe.look_at(known));
        assert_eq!(probe.finish().flatten().map(|candidate| candidate.other).collect::<Vec<_>>(), [2, 3]);
    }
}
