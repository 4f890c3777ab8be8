//! The reference page of the configuration, made from its schema.

/// The page, as Markdown.
pub fn reference() -> String {
    String::new()
}
