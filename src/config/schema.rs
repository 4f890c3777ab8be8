//! The JSON Schema of the configuration, made from the types that read it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::rules::Rule;
use crate::{fetch, publish, select, site, source, store};

/// The whole file. Only the schema is made from it; the tables are read one by one.
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
    generator.into_root_schema_for::<File>().to_value()
}
