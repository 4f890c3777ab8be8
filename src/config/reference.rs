//! The reference page of the configuration, made from its schema: what the doc comments of the types say.

use std::fmt::Write;

use serde_json::{Map, Value};

use super::schema::schema;

const HEAD: &str = "# The configuration, key by key

One file of TOML, `harkara.toml`. It is made of tables; what is not written has the default that stands here. Mistakes are
shown all at once, each under an arrow, by `harkara check`.

Names of sources, feeds and sets of rules are made of lower-case ASCII letters, digits, `-` and `_`; titles and tags are
anything. Paths are relative to the file. Editors complete and check keys with [schema.json](schema.json): write
`#:schema ./schema.json` into the first line.

This page is made from the types that read the file; `BLESS=1 cargo test --test it config` writes it anew.
";

/// The tables in the order in which one thinks of them, with the line that begins each.
const TABLES: [(&str, &str); 10] = [
    ("site", "[site]"),
    ("source", "[source.NAME]"),
    ("defaults", "[defaults]"),
    ("feed", "[feed.NAME]"),
    ("rules", "[rules]"),
    ("fetch", "[fetch]"),
    ("publish", "[publish]"),
    ("store", "[store]"),
    ("serve", "[serve]"),
    ("dedup", "[dedup]"),
];

/// The page, as Markdown.
pub fn reference() -> String {
    let schema = schema();
    let page = Page { definitions: object(&schema["definitions"]) };
    let mut out = HEAD.to_owned();
    for (name, line) in TABLES {
        let table = &schema["properties"][name];
        let _ = write!(out, "\n## `{line}`\n\n{}\n", sentence(table));
        let of_each = &table["additionalProperties"];
        match page.resolved(if of_each.is_object() { of_each } else { table }) {
            rules if rules["type"] == "array" => page.rules(&mut out),
            table => page.keys(&mut out, table),
        }
    }
    page.parts(&mut out);
    page.values(&mut out);
    out
}

struct Page<'s> {
    definitions: &'s Map<String, Value>,
}

static EMPTY: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);

fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().unwrap_or(&EMPTY)
}

fn sentence(value: &Value) -> &str {
    value["description"].as_str().unwrap_or_default()
}

/// The name of the definition that a schema refers to.
fn reference_of(value: &Value) -> Option<&str> {
    let target = value["$ref"].as_str().or_else(|| value["allOf"][0]["$ref"].as_str())?;
    target.rsplit('/').next()
}

impl<'s> Page<'s> {
    fn definition(&self, name: &str) -> Option<&'s Value> {
        self.definitions.get(name)
    }

    /// Follows references to what they stand for.
    fn resolved<'v>(&'v self, value: &'v Value) -> &'v Value {
        match reference_of(value).and_then(|name| self.definition(name)) {
            Some(definition) => self.resolved(definition),
            None => value,
        }
    }

    /// A table of keys.
    fn keys(&self, out: &mut String, table: &Value) {
        out.push_str("\n| key | value | default | meaning |\n| --- | --- | --- | --- |\n");
        for (key, value) in object(&table["properties"]) {
            let required =
                table["required"].as_array().is_some_and(|keys| keys.iter().any(|name| name == key));
            let default = match value.get("default") {
                _ if required => "must be given".to_owned(),
                Some(default) => default_in_words(default),
                None => String::new(),
            };
            let meaning = sentence(value).replace('|', "\\|");
            let _ = writeln!(out, "| `{key}` | {} | {default} | {meaning} |", self.kind(value));
        }
    }

    /// What may stand after the `=`.
    fn kind(&self, value: &Value) -> String {
        if let Some(name) = reference_of(value) {
            let definition = self.resolved(value);
            if definition["properties"].is_object() || definition["type"] == "string" {
                let shown = shown_name(name);
                return format!("[{shown}](#{})", shown.replace(' ', "-"));
            }
            if let Some(words) = definition["oneOf"].as_array() {
                let words = words
                    .iter()
                    .filter_map(|word| word["const"].as_str())
                    .map(|word| format!("`\"{word}\"`"));
                return words.collect::<Vec<_>>().join(", ");
            }
            return format!("[{}](#rules)", shown_name(name));
        }
        match value["type"].as_str() {
            Some("string") => "text".to_owned(),
            Some("boolean") => "`true` or `false`".to_owned(),
            Some("integer") => match value["minimum"].as_u64() {
                Some(1) => "number from 1".to_owned(),
                _ => "number".to_owned(),
            },
            Some("array") => format!("list of {}", self.kind(&value["items"])),
            Some("object") => format!("table: name = {}", self.kind(&value["additionalProperties"])),
            _ => "any".to_owned(),
        }
    }

    /// The rules, one after the other.
    fn rules(&self, out: &mut String) {
        out.push_str(
            "\nA rule is a table with one key. Where rules are listed, the name of a set stands for all its rules:\n\n\
             ```toml\n[rules]\nno-ads = [{ drop = { title = \"^বিজ্ঞাপন\" } }, { strip = \".ad\" }]\n\n[source.khobor]\n\
             url = \"https://khobor.example/rss\"\nrules = [\"no-ads\", { tag = { add = \"sport\", when = { url = \"/sport/\" } } }]\n```\n\n\
             They are applied in order; the first that drops an entry ends the walk.\n",
        );
        for rule in self.definition("Rule").and_then(|rule| rule["oneOf"].as_array()).into_iter().flatten() {
            for (name, value) in object(&rule["properties"]) {
                let _ = write!(out, "\n### `{name}`\n\n{}\n", sentence(rule));
                match self.resolved(value) {
                    table if table["properties"].is_object() && matches!(name.as_str(), "drop" | "keep") => {
                        out.push_str("\nIts value is made of [conditions](#when).\n");
                    }
                    table if table["properties"].is_object() => self.keys(out, table),
                    value => {
                        let _ = write!(out, "\nIts value is a [selector](#selector): {}\n", sentence(value));
                    }
                }
            }
        }
    }

    /// Tables that stand inside of others.
    fn parts(&self, out: &mut String) {
        out.push_str("\n## Tables inside of tables\n");
        for name in ["Access", "Author", "Expect", "FeedKeep", "When"] {
            let Some(definition) = self.definition(name) else { continue };
            let _ = write!(out, "\n### {}\n\n{}\n", shown_name(name), sentence(definition));
            self.keys(out, definition);
        }
    }

    /// Values that are texts of a kind.
    fn values(&self, out: &mut String) {
        out.push_str("\n## Values\n\nAll of these are texts, between quotes.\n");
        for (name, definition) in
            self.definitions.iter().filter(|(_, definition)| definition["type"] == "string")
        {
            let _ = write!(out, "\n### {}\n\n{}\n", shown_name(name), sentence(definition));
        }
    }
}

/// The name of a type as words.
fn shown_name(name: &str) -> String {
    match name {
        "WebUrl" => "address".to_owned(),
        "FeedKeep" => "keep of a feed".to_owned(),
        "RuleOrName" => "rules or names of sets".to_owned(),
        "Span" => "length of time".to_owned(),
        other => other.to_lowercase(),
    }
}

fn default_in_words(default: &Value) -> String {
    match default {
        Value::Array(members) if members.is_empty() => String::new(),
        Value::Object(members) => {
            let members: Vec<String> =
                members.iter().map(|(key, value)| format!("{key} = {value}")).collect();
            if members.is_empty() { String::new() } else { format!("`{{ {} }}`", members.join(", ")) }
        }
        other => format!("`{other}`"),
    }
}
