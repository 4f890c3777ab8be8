//! What becomes of an article in another outlet: one edit of each kind, the same each time.

use super::articles::{Article, Words, sentences};
use super::chance::Chance;
use super::kinds::Kind;
use super::letters;

/// An article as an outlet tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub title: String,
    pub paragraphs: Vec<String>,
    /// Whether there is a summary only.
    pub form: Form,
}

/// How much of an article a feed carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Full,
    Summary,
}

/// The article itself.
pub fn original(article: &Article) -> Told {
    Told { title: article.title.clone(), paragraphs: article.paragraphs.clone(), form: Form::Full }
}

/// The article with an edit. `None`: there is nothing in it that this kind could change.
pub fn edit(article: &Article, kind: Kind, words: &Words) -> Option<Told> {
    let mut chance = Chance::of(&format!("{} {}", article.name, kind.name()));
    let mut told = original(article);
    match kind {
        Kind::Copy => {}
        Kind::Headline => told.title = chance.pick(&words.headlines).to_owned(),
        Kind::Dateline => {
            let dateline = chance.pick(&words.datelines).to_owned();
            if let Some(first) = told.paragraphs.first_mut() {
                first.insert_str(0, &dateline);
            }
        }
        Kind::Boilerplate => boilerplate(&mut told.paragraphs, words, &mut chance),
        Kind::Added => added(&mut told.paragraphs, words, &mut chance),
        Kind::Digits => change(&mut told, |text| letters::digits(text, &words.digits)),
        Kind::Unicode => change(&mut told, |text| letters::unicode(text, &mut chance)),
        Kind::Spelling => change(&mut told, |text| letters::spelling(text, words, 1, &mut chance)),
        Kind::Light => {
            replaced(&mut told.paragraphs, 10, words, &mut chance);
            change(&mut told, |text| letters::spelling(text, words, 5, &mut chance));
        }
        Kind::Dropped => dropped(&mut told.paragraphs, 20, words, &mut chance),
        Kind::Excerpt => {
            told.paragraphs = vec![excerpt(&article.paragraphs, words)];
            told.form = Form::Summary;
        }
        Kind::Half => half(&mut told.paragraphs, words),
        Kind::Quotes => quoted_otherwise(&mut told.paragraphs, words, &mut chance)?,
        Kind::Heavy => {
            dropped(&mut told.paragraphs, 30, words, &mut chance);
            replaced(&mut told.paragraphs, 15, words, &mut chance);
        }
    }
    Some(told)
}

fn change(told: &mut Told, mut change: impl FnMut(&str) -> String) {
    for text in std::iter::once(&mut told.title).chain(&mut told.paragraphs) {
        *text = change(text);
    }
}

/// Each line of the language once, between and behind the paragraphs, and a line that leads to another article.
fn boilerplate(paragraphs: &mut Vec<String>, words: &Words, chance: &mut Chance) {
    for line in &words.boilerplate {
        // Nothing stands before the first paragraph; half of it stands at the end.
        let at = if chance.once_in(2) { paragraphs.len() } else { 1 + chance.below(paragraphs.len()) };
        paragraphs.insert(at, line.clone());
    }
    let more = format!("{}{}", chance.pick(&words.more), chance.pick(&words.headlines));
    let at = 1 + chance.below(paragraphs.len());
    paragraphs.insert(at, more);
}

/// Two sentences: one within, one behind.
fn added(paragraphs: &mut Vec<String>, words: &Words, chance: &mut Chance) {
    let of = chance.places(2, words.sentences.len());
    let at = chance.below(paragraphs.len());
    if let (Some(first), Some(paragraph)) = (of.first(), paragraphs.get_mut(at)) {
        paragraph.push_str(&words.gap);
        paragraph.push_str(&words.sentences[*first]);
    }
    paragraphs.extend(of.get(1).map(|of| words.sentences[*of].clone()));
}

/// The sentences of all paragraphs, each with the place of its paragraph.
fn taken_apart(paragraphs: &[String]) -> Vec<(usize, String)> {
    let sentences_of = |(at, paragraph): (usize, &String)| {
        sentences(paragraph).into_iter().map(|sentence| (at, sentence)).collect::<Vec<_>>()
    };
    paragraphs.iter().enumerate().flat_map(sentences_of).collect()
}

fn put_together(sentences: &[(usize, String)], words: &Words) -> Vec<String> {
    let paragraphs = sentences.chunk_by(|a, b| a.0 == b.0);
    paragraphs
        .map(|some| {
            let texts: Vec<&str> = some.iter().map(|(_, text)| text.as_str()).collect();
            texts.join(&words.gap)
        })
        .collect()
}

fn share(percent: usize, of: usize) -> usize {
    ((of * percent + 50) / 100).max(1)
}

fn replaced(paragraphs: &mut Vec<String>, percent: usize, words: &Words, chance: &mut Chance) {
    let mut all = taken_apart(paragraphs);
    let places = chance.places(share(percent, all.len()), all.len());
    let others = chance.places(places.len(), words.sentences.len());
    for (place, other) in places.into_iter().zip(others) {
        all[place].1.clone_from(&words.sentences[other]);
    }
    *paragraphs = put_together(&all, words);
}

fn dropped(paragraphs: &mut Vec<String>, percent: usize, words: &Words, chance: &mut Chance) {
    let mut all = taken_apart(paragraphs);
    for place in chance.places(share(percent, all.len()), all.len()).into_iter().rev() {
        all.remove(place);
    }
    *paragraphs = put_together(&all, words);
}

/// Sentences from the beginning, until they have half of all letters.
fn half(paragraphs: &mut Vec<String>, words: &Words) {
    let mut all = taken_apart(paragraphs);
    let length: usize = all.iter().map(|(_, sentence)| sentence.chars().count()).sum();
    let mut so_far = 0;
    all.retain(|(_, sentence)| {
        let fits = so_far < length / 2;
        so_far += sentence.chars().count();
        fits
    });
    *paragraphs = put_together(&all, words);
}

/// As WordPress cuts: fifty-five words, or so many characters where words have no gaps.
fn excerpt(paragraphs: &[String], words: &Words) -> String {
    let text = paragraphs.join(if words.gap.is_empty() { "" } else { " " });
    match words.excerpt {
        Some(length) => text.chars().take(length).collect::<String>() + "…",
        None => text.split_whitespace().take(55).collect::<Vec<_>>().join(" ") + " […]",
    }
}

/// Sentences with quotes become others with quotes.
fn quoted_otherwise(paragraphs: &mut Vec<String>, words: &Words, chance: &mut Chance) -> Option<()> {
    let mut all = taken_apart(paragraphs);
    let is_quote = |text: &str| text.contains(['“', '”', '«', '»', '「', '」', '"', '‘']);
    let places: Vec<usize> = (0..all.len()).filter(|at| is_quote(&all[*at].1)).collect();
    let others = chance.places(places.len(), words.quotes.len());
    for (place, other) in places.iter().zip(others) {
        all[*place].1.clone_from(&words.quotes[other]);
    }
    *paragraphs = put_together(&all, words);
    (!places.is_empty()).then_some(())
}
