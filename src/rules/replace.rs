//! The rule `replace`: text is exchanged for other text.

use std::borrow::Cow;

use dom_query::{Document, NodeRef};
use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

use crate::model::{Html, Item};
use crate::value::{Flaw, Pattern};

/// Exchanges text in one field.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(try_from = "Written")]
#[schemars(into = "Written")]
pub struct Replace {
    field: Field,
    pattern: Pattern,
    with: String,
}

/// Exchanges what `pattern` finds in `field` by `with`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Replace")]
struct Written {
    /// Where to look.
    field: Field,
    /// What to look for.
    pattern: Pattern,
    /// What to put in its place; `$1` or `${name}` for a group of the pattern, `$$` for a dollar sign, empty to take away.
    with: String,
}

/// A field that can be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Field {
    /// The title.
    Title,
    /// Summary and content, in each run of text between two tags by itself; markup is never touched.
    Text,
    /// The address of the article; what would be no address afterwards is left as it was.
    Url,
    /// The names of authors.
    Author,
    /// The terms and labels of categories; what becomes empty goes.
    Category,
}

impl TryFrom<Written> for Replace {
    type Error = Flaw;

    fn try_from(written: Written) -> Result<Self, Flaw> {
        let Written { field, pattern, with } = written;
        pattern.check_replacement(&with)?;
        Ok(Self { field, pattern, with })
    }
}

impl Replace {
    /// What it looks for, and where.
    pub(super) fn told(&self) -> String {
        let field = match self.field {
            Field::Title => "title",
            Field::Text => "text",
            Field::Url => "url",
            Field::Author => "author",
            Field::Category => "category",
        };
        format!("`{}` in {field}", self.pattern.as_str())
    }

    pub(super) fn apply(&self, item: &mut Item) {
        match self.field {
            Field::Title => self.change(&mut item.title),
            Field::Text => {
                for html in [&mut item.summary, &mut item.content] {
                    if let Some(changed) = html.as_ref().and_then(|html| self.changed(html)) {
                        *html = Some(changed).filter(|html| !html.is_empty());
                    }
                }
            }
            Field::Url => {
                let changed = item.url.as_ref().map(|url| self.pattern.replace(url.as_str(), &self.with));
                let changed = changed.and_then(|url| Url::parse(&url).ok());
                if let Some(url) = changed.filter(|url| matches!(url.scheme(), "http" | "https")) {
                    item.url = Some(url);
                }
            }
            Field::Author => {
                item.authors.iter_mut().for_each(|author| self.change(&mut author.name));
                item.authors
                    .retain(|author| author.name.is_some() || author.email.is_some() || author.url.is_some());
            }
            Field::Category => {
                for category in &mut item.categories {
                    let mut term = Some(std::mem::take(&mut category.term));
                    self.change(&mut term);
                    category.term = term.unwrap_or_default();
                    self.change(&mut category.label);
                }
                item.categories.retain(|category| !category.term.is_empty());
            }
        }
    }

    /// Plain text of one line; what becomes empty goes.
    fn change(&self, text: &mut Option<String>) {
        let Some(Cow::Owned(changed)) = text.as_ref().map(|text| self.pattern.replace(text, &self.with))
        else {
            return;
        };
        let folded = changed.split_whitespace().collect::<Vec<_>>().join(" ");
        *text = Some(folded).filter(|text| !text.is_empty());
    }

    /// `None` when nothing was found: then the bytes stay as they are.
    fn changed(&self, html: &Html) -> Option<Html> {
        let document = Document::fragment(html.as_str());
        let texts: Vec<NodeRef> = document.root().descendants_it().filter(NodeRef::is_text).collect();
        let mut touched = false;
        for node in texts {
            let text = node.text();
            if let Cow::Owned(changed) = self.pattern.replace(&text, &self.with) {
                node.set_text(changed);
                touched = true;
            }
        }
        // Text nodes are escaped when they are written, so clean HTML stays clean.
        touched.then(|| Html::from_cleaner(document.html_root().inner_html().trim().to_owned()))
    }
}
