//! The JSON Schema of the configuration, made from the types that read it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::rules::Rule;
use crate::{dedup, fetch, publish, select, serve, site, source, store};

/// The configuration of harkara.
// Only the schema is made from it; the tables are read one by one.
#[derive(JsonSchema)]
#[schemars(rename = "harkara", deny_unknown_fields)]
#[expect(dead_code, reason = "only its shape is used")]
struct File {
    /// What holds for everything that is published.
    #[schemars(default)]
    site: site::Site,
    /// Where harkara remembers what it has seen.
    #[schemars(default)]
    store: store::Settings,
    /// Where the published tree goes.
    #[schemars(default)]
    publish: publish::Settings,
    /// How we behave towards other people's servers.
    #[schemars(default)]
    fetch: fetch::Settings,
    /// The daemon and its HTTP endpoint.
    #[schemars(default)]
    serve: serve::Settings,
    /// How the same article is recognised wherever it appears.
    #[schemars(default)]
    dedup: dedup::Settings,
    /// What sources inherit when they do not say it themselves.
    #[schemars(default)]
    defaults: source::Defaults,
    /// Sets of rules by name, for the `rules` of sources, feeds and `[defaults]`.
    #[schemars(default)]
    rules: BTreeMap<String, Vec<Rule>>,
    /// Where entries come from, by name; names are ASCII slugs and stay for ever, all state hangs on them.
    source: BTreeMap<String, source::Written>,
    /// What is published, by name: `[feed.city]` becomes `city.rss`, `city.atom` and `city.json`.
    feed: BTreeMap<String, select::Written>,
}

/// The JSON Schema (draft 07, which editors of TOML understand).
pub fn schema() -> Value {
    let generator = SchemaSettings::draft07().for_deserialize().into_generator();
    let mut schema = generator.into_root_schema_for::<File>().to_value();
    tidy(&mut schema);
    schema
}

/// TOML has no null, line breaks of our comments mean nothing, and widths of integers are nobody's business.
fn tidy(value: &mut Value) {
    let Value::Object(object) = value else {
        if let Value::Array(members) = value {
            members.iter_mut().for_each(tidy);
        }
        return;
    };
    if object.get("default").is_some_and(Value::is_null) {
        object.remove("default");
    }
    if object.get("format").and_then(Value::as_str).is_some_and(|format| format.contains("int")) {
        object.remove("format");
    }
    if let Some(Value::String(text)) = object.get_mut("description") {
        *text = text.replace('\n', " ");
    }
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|name| name != "null");
        if let [one] = types.as_slice() {
            let one = one.clone();
            object.insert("type".to_owned(), one);
        }
    }
    if let Some(Value::Array(mut choices)) = object.remove("anyOf") {
        choices.retain(|choice| choice.get("type").is_none_or(|name| name != "null"));
        let key = if choices.len() == 1 { "allOf" } else { "anyOf" };
        object.insert(key.to_owned(), Value::Array(choices));
    }
    object.values_mut().for_each(tidy);
}
