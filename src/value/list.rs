//! Reading lists so that a mistake is found at the member that holds it.

use serde::{Deserialize, Deserializer};

/// A member of a list. The TOML reader notes the place of a mistake at keys and at newtypes, but not at bare members.
#[derive(Deserialize)]
struct Member<T>(T);

/// Reads a list, for use in functions of `deserialize_with`.
pub fn read<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    Ok(Vec::<Member<T>>::deserialize(deserializer)?.into_iter().map(|member| member.0).collect())
}
