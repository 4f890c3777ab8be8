//! Rules as they stand in the configuration: a table with one rule, or the name of a set of rules.

use std::fmt;

use schemars::JsonSchema;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::{Drop, Keep, Replace, Rule, Strip, Tag};

/// A member of a list of rules.
#[derive(Debug, Clone, PartialEq, JsonSchema)]
#[schemars(untagged, rename = "RuleOrName")]
pub enum Written {
    /// The name of a set of rules in `[rules]`.
    Named(String),
    /// A rule of its own.
    Inline(Box<Rule>),
}

/// The key that says what a rule does.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Drop,
    Keep,
    Strip,
    Replace,
    Tag,
}

// By hand, since serde's own untagged and one-of-a-table readings lose the place of a mistake or overlook a second key.
impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Written;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a rule like `{ drop = { title = \"…\" } }`, or the name of a set of rules")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Written, E> {
                Ok(Written::Named(name.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Written, A::Error> {
                Ok(Written::Inline(Box::new(read(map)?)))
            }
        }

        deserializer.deserialize_any(Reader)
    }
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Rule;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a rule like `{ drop = { title = \"…\" } }`")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Rule, A::Error> {
                read(map)
            }
        }

        deserializer.deserialize_any(Reader)
    }
}

fn read<'de, A: MapAccess<'de>>(mut map: A) -> Result<Rule, A::Error> {
    let rule = match map.next_key::<Kind>()? {
        None => {
            return Err(A::Error::custom(
                "an empty rule\nhelp: write for instance `{ drop = { title = \"…\" } }`",
            ));
        }
        Some(Kind::Drop) => Rule::Drop(map.next_value::<Drop>()?),
        Some(Kind::Keep) => Rule::Keep(map.next_value::<Keep>()?),
        Some(Kind::Strip) => Rule::Strip(map.next_value::<Strip>()?),
        Some(Kind::Replace) => Rule::Replace(map.next_value::<Replace>()?),
        Some(Kind::Tag) => Rule::Tag(map.next_value::<Tag>()?),
    };
    match map.next_key::<Kind>()? {
        None => Ok(rule),
        Some(_) => Err(A::Error::custom(
            "two rules in one table\nhelp: give each rule a table of its own: `[{ drop = … }, { strip = … }]`",
        )),
    }
}
