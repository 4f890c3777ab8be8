//! The kinds of edits between two outlets that have one article.

/// What another outlet does to an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Nothing.
    Copy,
    /// Another headline.
    Headline,
    /// Place, date and agency in front.
    Dateline,
    /// Labels, calls and rights between and behind the paragraphs.
    Boilerplate,
    /// Two sentences more.
    Added,
    /// Digits of the script for ASCII ones or the other way, straight quotes for curly ones.
    Digits,
    /// Precomposed and decomposed letters, joiners, no-break spaces, half-width and full-width signs.
    Unicode,
    /// Spellings that are used side by side.
    Spelling,
    /// One sentence of ten is another, and a fifth of the spellings.
    Light,
    /// One sentence of five is left out.
    Dropped,
    /// The title with the first words as a summary.
    Excerpt,
    /// The first half.
    Half,
    /// What was said, in other words: translated back.
    Quotes,
    /// Three sentences of ten are left out, and of the others 15 of 100 replaced.
    Heavy,
}

impl Kind {
    /// In the order of the table.
    pub const ALL: [Self; 14] = [
        Self::Copy,
        Self::Headline,
        Self::Dateline,
        Self::Boilerplate,
        Self::Added,
        Self::Digits,
        Self::Unicode,
        Self::Spelling,
        Self::Light,
        Self::Dropped,
        Self::Excerpt,
        Self::Half,
        Self::Quotes,
        Self::Heavy,
    ];

    /// The kinds of which nearly all have to be found.
    pub fn is_easy(self) -> bool {
        self <= Self::Spelling
    }

    /// As it is written in tables and in ids.
    pub fn name(self) -> &'static str {
        match self {
            Self::Copy => "copy",
            Self::Headline => "headline",
            Self::Dateline => "dateline",
            Self::Boilerplate => "boilerplate",
            Self::Added => "added",
            Self::Digits => "digits",
            Self::Unicode => "unicode",
            Self::Spelling => "spelling",
            Self::Light => "light",
            Self::Dropped => "dropped",
            Self::Excerpt => "excerpt",
            Self::Half => "half",
            Self::Quotes => "quotes",
            Self::Heavy => "heavy",
        }
    }
}
