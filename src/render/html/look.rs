//! The templates of the pages: built in, each of them replaceable by one of the owner's.

use std::fmt;
use std::sync::OnceLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;

/// A template or style sheet of the owner's, in place of the built-in one of the same name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// The name of the file: `feed.html`, `harkara.css`.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// What is built in: names and texts. Templates may be extended under the name `built-in/NAME`.
pub const BUILT_IN: [(&str, &str); 8] = [
    ("base.html", include_str!("templates/base.html")),
    ("parts.html", include_str!("templates/parts.html")),
    ("index.html", include_str!("templates/index.html")),
    ("feed.html", include_str!("templates/feed.html")),
    ("story.html", include_str!("templates/story.html")),
    ("status.html", include_str!("templates/status.html")),
    ("harkara.css", include_str!("templates/harkara.css")),
    ("feed.css", include_str!("templates/feed.css")),
];

/// A template that cannot be used: where and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Broken {
    /// The template's name.
    pub template: String,
    /// The line in it, from 1; `None`: the template as a whole.
    pub line: Option<usize>,
    /// What is wrong, lower case.
    pub what: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "the template `{}`, line {line}: {}", self.template, self.what),
            None => write!(f, "the template `{}`: {}", self.template, self.what),
        }
    }
}

/// The templates, ready.
#[derive(Debug)]
pub struct Look {
    environment: Environment<'static>,
    sheets: [String; 2],
    /// Short hash of the style sheet: a page asks for the sheet that it was made for.
    version: String,
    /// Whether the page of a feed shows entries whole.
    whole: bool,
}

impl Look {
    /// The built-in templates.
    pub fn built_in() -> &'static Self {
        static LOOK: OnceLock<Look> = OnceLock::new();
        LOOK.get_or_init(Look::default)
    }

    /// The built-in templates with those of the owner in their place.
    ///
    /// # Errors
    /// The first of `own` that is no template, with the line; or whose name stands for nothing.
    pub fn new(own: &[Template]) -> Result<Self, Broken> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.set_formatter(|out, state, value| match state.auto_escape() {
            AutoEscape::Html if !value.is_safe() => escape(out, value),
            _ => minijinja::escape_formatter(out, state, value),
        });
        let mut syntax = SyntaxConfig::builder();
        syntax.trim_blocks(true).lstrip_blocks(true);
        environment.set_syntax(syntax.build().map_err(broken)?);
        for (name, text) in BUILT_IN.into_iter().filter(|(name, _)| name.ends_with(".html")) {
            for name in [name.to_owned(), format!("built-in/{name}")] {
                environment.add_template_owned(name, text).map_err(broken)?;
            }
        }
        for Template { name, text } in own {
            if name.ends_with(".html") {
                environment.add_template_owned(name.clone(), text.clone()).map_err(broken)?;
            }
        }
        Ok(Self::of(environment, own))
    }

    fn of(environment: Environment<'static>, own: &[Template]) -> Self {
        let text = |name: &str| {
            let own =
                own.iter().find(|template| template.name == name).map(|template| template.text.as_str());
            let built_in = || BUILT_IN.iter().find(|(built_in, _)| *built_in == name).map(|(_, text)| *text);
            own.or_else(built_in).unwrap_or_default().to_owned()
        };
        let sheets = [text("harkara.css"), text("feed.css")];
        let hash = blake3::hash(sheets[0].as_bytes());
        Self {
            environment,
            version: hash.to_hex().chars().take(8).collect(),
            sheets,
            whole: own.iter().any(|own| {
                matches!(own.name.as_str(), "feed.html" | "parts.html") && own.text.contains(".content")
            }),
        }
    }

    /// The style sheet of the pages, and that of feeds opened in a browser.
    pub(super) fn sheets(&self) -> [&str; 2] {
        [&self.sheets[0], &self.sheets[1]]
    }

    /// What stands behind the style sheet's name so that a new one is asked for.
    pub(super) fn version(&self) -> &str {
        &self.version
    }

    /// Whether the template of a feed asks for the whole text of entries.
    pub(super) fn shows_whole_entries(&self) -> bool {
        self.whole
    }

    pub(super) fn render(&self, name: &str, context: impl Serialize) -> Result<Vec<u8>, Broken> {
        let template = self.environment.get_template(name).map_err(broken)?;
        let page = template.render(Value::from(Serde(&context))).map_err(broken)?;
        Ok(page.into_bytes())
    }
}

impl Default for Look {
    /// The built-in templates.
    fn default() -> Self {
        // They compile: a test renders them all. Without any, every page would say so.
        Self::new(&[]).unwrap_or_else(|_| Self::of(Environment::new(), &[]))
    }
}

/// The five characters that mean something in HTML; minijinja's own also writes each `/` as six letters.
fn escape(out: &mut minijinja::Output<'_>, value: &Value) -> Result<(), minijinja::Error> {
    let Some(text) = value.as_str() else {
        return match value.is_none() || value.is_undefined() {
            true => Ok(()),
            false => escape_text(out, &value.to_string()),
        };
    };
    escape_text(out, text)
}

fn escape_text(out: &mut minijinja::Output<'_>, text: &str) -> Result<(), minijinja::Error> {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
        let (head, tail) = rest.split_at(at);
        let entity = match tail.as_bytes().first() {
            Some(b'&') => "&amp;",
            Some(b'<') => "&lt;",
            Some(b'>') => "&gt;",
            Some(b'"') => "&quot;",
            _ => "&#39;",
        };
        out.write_str(head)?;
        out.write_str(entity)?;
        rest = tail.get(1..).unwrap_or_default();
    }
    out.write_str(rest)?;
    Ok(())
}

/// The innermost cause is the one that the owner can mend.
fn broken(error: minijinja::Error) -> Broken {
    let mut cause = &error;
    while let Some(inner) = std::error::Error::source(cause).and_then(|inner| inner.downcast_ref()) {
        cause = inner;
    }
    let what = match cause.detail() {
        Some(detail) => format!("{}: {detail}", cause.kind()),
        None => cause.kind().to_string(),
    };
    let named = cause.name().or(error.name()).unwrap_or("?");
    Broken { template: named.to_owned(), line: cause.line().or(error.line()), what }
}
