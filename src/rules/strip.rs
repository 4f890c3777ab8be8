//! The rule `strip`: elements of summary and content are taken out with all that is in them.

use dom_query::Document;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::{Html, Item};
use crate::value::Selector;

/// A CSS selector; what it selects is taken out of summary and content.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Strip(pub Selector);

impl Strip {
    pub(super) fn apply(&self, item: &mut Item) {
        for html in [&mut item.summary, &mut item.content] {
            if let Some(stripped) = html.as_ref().and_then(|html| self.stripped(html)) {
                *html = Some(stripped).filter(|html| !html.is_empty());
            }
        }
    }

    /// `None` when nothing is selected: then the bytes stay as they are.
    fn stripped(&self, html: &Html) -> Option<Html> {
        let document = Document::fragment(html.as_str());
        let found = document.select_matcher(self.0.matcher());
        if found.is_empty() {
            return None;
        }
        // The parser wraps a fragment: `*` or `:has(.ad)` selects the wrapper too, which must stay.
        for node in found.nodes().iter().filter(|node| node.node_name().as_deref() != Some("html")) {
            node.remove_from_parent();
        }
        // What is left of clean HTML is clean.
        Some(Html::from_cleaner(document.html_root().inner_html().trim().to_owned()))
    }
}
