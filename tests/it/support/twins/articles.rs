//! Articles as they lie in a folder: `LANG/NN.txt`, `LANG/negatives/NAME-a.txt`, and the words of the language in `LANG/words.toml`.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::shipped;

/// A headline and its paragraphs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// Language and file: `bn/07`, `bn/negatives/event-1-a`.
    pub name: String,
    pub title: String,
    pub paragraphs: Vec<String>,
}

/// What other outlets of a language put around an article or into it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// The ten digits that are written beside ASCII ones; none: there are no others.
    #[serde(default)]
    pub digits: String,
    /// Stands between two sentences.
    pub gap: String,
    /// So many characters are an excerpt; none: fifty-five words are.
    #[serde(default)]
    pub excerpt: Option<usize>,
    /// Headlines of nothing in the set.
    pub headlines: Vec<String>,
    /// Place, date and agency, with what parts them from the text.
    pub datelines: Vec<String>,
    /// Whole lines around an article.
    pub boilerplate: Vec<String>,
    /// Lines in front of another headline, with their separator.
    pub more: Vec<String>,
    /// Sentences that fit into most articles.
    pub sentences: Vec<String>,
    /// The same with quotes.
    pub quotes: Vec<String>,
    /// Spellings of words that are used side by side: the first becomes the second, in an outlet that likes it.
    pub spelling: Vec<[String; 2]>,
    /// The same of letters: half of them, as writers who do not care.
    #[serde(default)]
    pub letters: Vec<[String; 2]>,
}

/// The articles of a language.
#[derive(Debug, Clone)]
pub struct Language {
    pub code: String,
    pub words: Words,
    pub articles: Vec<Article>,
    /// Those that are like another and yet different.
    pub negatives: Vec<Article>,
}

/// Reads a folder of languages in order. Words that it lacks are those of the project's set.
pub fn read(folder: &Path) -> Vec<Language> {
    let mut languages = Vec::new();
    for code in names(folder) {
        let place = folder.join(&code);
        let words = [place.join("words.toml"), shipped().join(&code).join("words.toml")];
        let Some(words) = words.iter().find_map(|file| fs::read_to_string(file).ok()) else { continue };
        let words: Words =
            toml::from_str(&words).unwrap_or_else(|error| panic!("words of `{code}`: {error}"));
        let articles = articles(&place, &code);
        let negatives = articles_of_negatives(&place, &code);
        languages.push(Language { code, words, articles, negatives });
    }
    languages
}

fn articles_of_negatives(place: &Path, code: &str) -> Vec<Article> {
    articles(&place.join("negatives"), &format!("{code}/negatives"))
}

fn articles(folder: &Path, prefix: &str) -> Vec<Article> {
    let texts = names(folder).into_iter().filter_map(|name| {
        let name_alone = name.strip_suffix(".txt")?.to_owned();
        Some((format!("{prefix}/{name_alone}"), fs::read_to_string(folder.join(&name)).ok()?))
    });
    texts.map(|(name, text)| article(name, &text)).collect()
}

fn article(name: String, text: &str) -> Article {
    let text = text.replace("\r\n", "\n");
    let mut blocks =
        text.split("\n\n").map(|block| block.trim().replace('\n', " ")).filter(|block| !block.is_empty());
    let title = blocks.next().unwrap_or_default();
    Article { name, title, paragraphs: blocks.collect() }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Shorter pieces belong to the sentence before.
const SHORTEST: usize = 18;
/// Where a language has no sign for the end of a sentence, one is at least so long.
const UNMARKED: usize = 45;

/// The sentences of a paragraph; put together with the gap of the language they are the paragraph.
pub fn sentences(paragraph: &str) -> Vec<String> {
    let is_end = |c: char| matches!(c, '.' | '!' | '?' | '।' | '|' | '。' | '！' | '？' | '؟');
    let is_marked = paragraph.contains(is_end);
    let mut out: Vec<String> = Vec::new();
    let mut sentence = String::new();
    let mut is_over = false;
    for c in paragraph.chars() {
        let wide = matches!(sentence.chars().next_back(), Some('。' | '！' | '？' | '”' | '」'));
        let is_closing = matches!(c, '”' | '’' | '»' | '」' | '"' | ')');
        if is_over && !is_closing && (c == ' ' || wide) {
            out.push(std::mem::take(&mut sentence));
            is_over = false;
            if c == ' ' {
                continue;
            }
        }
        if !is_marked && c == ' ' && sentence.chars().count() >= UNMARKED {
            out.push(std::mem::take(&mut sentence));
            continue;
        }
        is_over = is_end(c) || (is_over && is_closing);
        sentence.push(c);
    }
    if !sentence.is_empty() {
        out.push(sentence);
    }
    joined_to_the_shorter(out)
}

fn joined_to_the_shorter(pieces: Vec<String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for piece in pieces {
        match out.last_mut() {
            Some(before) if piece.chars().count() < SHORTEST || before.chars().count() < SHORTEST => {
                let gap = if before.ends_with(['。', '！', '？', '”', '」']) { "" } else { " " };
                before.push_str(gap);
                before.push_str(&piece);
            }
            _ => out.push(piece),
        }
    }
    out
}
