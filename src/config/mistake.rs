//! Mistakes in the configuration, shown under arrows in the text of the user.

use std::fmt;
use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::value::Flaw;

/// One thing that is wrong, or looks wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// How bad it is.
    pub weight: Weight,
    /// What is wrong.
    pub what: String,
    /// The bytes at fault; `None` = the file as a whole.
    pub span: Option<Range<usize>>,
    /// Words at the arrow.
    pub label: Option<String>,
    /// What to do next.
    pub help: Option<String>,
    /// Other places that belong to it, with words.
    pub also: Vec<(Range<usize>, String)>,
}

/// How bad a mistake is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Nothing starts.
    Error,
    /// It is told by `check`, and everything goes on.
    Warning,
}

impl Mistake {
    /// An error at some bytes of the file.
    pub fn error(span: Range<usize>, what: impl Into<String>) -> Self {
        let span = Some(span);
        Self { weight: Weight::Error, what: what.into(), span, label: None, help: None, also: Vec::new() }
    }

    /// An error of the whole file.
    pub fn of_file(what: impl Into<String>) -> Self {
        Self { span: None, ..Self::error(0..0, what) }
    }

    /// A warning at some bytes of the file.
    pub fn warning(span: Range<usize>, what: impl Into<String>) -> Self {
        Self { weight: Weight::Warning, ..Self::error(span, what) }
    }

    /// An error in a value that stands at `span`.
    pub fn of_value(span: Range<usize>, flaw: Flaw) -> Self {
        Self { help: flaw.help, ..Self::error(span, flaw.what) }
    }

    /// The same, with the next step.
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// The same, with words at the arrow.
    pub fn label(self, label: impl Into<String>) -> Self {
        Self { label: Some(label.into()), ..self }
    }

    /// The same, with another place.
    pub fn also(mut self, span: Range<usize>, words: impl Into<String>) -> Self {
        self.also.push((span, words.into()));
        self
    }
}

/// How mistakes are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// Without colour, for files, tests and pipes.
    Plain,
    /// With colour, for a terminal.
    Colour,
}

/// All mistakes of one file, in the order of the file, with what is needed to show them.
#[derive(Clone, PartialEq, Eq)]
pub struct Mistakes {
    path: String,
    /// The text of the file; secrets in it are masked.
    text: String,
    list: Vec<Mistake>,
}

impl Mistakes {
    /// Collects mistakes of a file. `text` must hold no secret any more; spans are bytes of it.
    pub(super) fn new(path: &str, text: String, mut list: Vec<Mistake>) -> Self {
        list.sort_by_key(|mistake| mistake.span.as_ref().map_or(usize::MAX, |span| span.start));
        list.dedup();
        Self { path: path.to_owned(), text, list }
    }

    /// The mistakes, in the order of the file.
    pub fn list(&self) -> &[Mistake] {
        &self.list
    }

    /// True when there is none, not even a warning.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// True when one of them keeps everything from starting.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|mistake| mistake.weight == Weight::Error)
    }

    /// All of them as text, each with its line under an arrow, and how many there are. Ends in a line break.
    pub fn render(&self, paint: Paint) -> String {
        let renderer = match paint {
            Paint::Plain => Renderer::plain(),
            Paint::Colour => Renderer::styled(),
        };
        let mut out = String::new();
        for mistake in &self.list {
            out.push_str(&renderer.render(&[self.group(mistake)]));
            out.push_str("\n\n");
        }
        out.push_str(&self.count());
        out.push('\n');
        out
    }

    fn group<'a>(&'a self, mistake: &'a Mistake) -> Group<'a> {
        let level = match mistake.weight {
            Weight::Error => Level::ERROR,
            Weight::Warning => Level::WARNING,
        };
        let group = level.primary_title(mistake.what.as_str());
        let group = match &mistake.span {
            None => group.element(Origin::path(self.path.as_str())),
            Some(span) => {
                let arrow = AnnotationKind::Primary.span(self.clamp(span)).label(mistake.label.as_deref());
                let others = mistake.also.iter().map(|(span, words)| self.other(span, words));
                let snippet = Snippet::source(self.text.as_str()).path(self.path.as_str());
                group.element(snippet.annotation(arrow).annotations(others))
            }
        };
        match &mistake.help {
            Some(help) => group.element(Level::HELP.message(help.as_str())),
            None => group,
        }
    }

    fn other<'a>(&self, span: &Range<usize>, words: &'a str) -> Annotation<'a> {
        AnnotationKind::Context.span(self.clamp(span)).label(words)
    }

    /// Keeps an arrow inside the text and on whole characters, whatever a span says.
    fn clamp(&self, span: &Range<usize>) -> Range<usize> {
        let start = self.text.floor_char_boundary(span.start);
        let end = self.text.ceil_char_boundary(span.end).max(start);
        start..end
    }

    fn count(&self) -> String {
        let errors = self.list.iter().filter(|mistake| mistake.weight == Weight::Error).count();
        let some = |count: usize, one: &str| match count {
            0 => None,
            1 => Some(format!("1 {one}")),
            _ => Some(format!("{count} {one}s")),
        };
        let parts = [some(errors, "mistake"), some(self.list.len() - errors, "warning")];
        let told = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
        format!("{}: {}", self.path, if told.is_empty() { "no mistake" } else { &told })
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.render(Paint::Plain).trim_end())
    }
}

impl fmt::Debug for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Mistakes {}
