//! A value that may be secret: it never shows itself.

use std::fmt;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use super::Flaw;

/// A text that is never printed. `env:NAME` takes it from the environment, `file:PATH` from a file (relative to the
/// configuration; the last line break is cut); any other text is the value itself.
#[derive(Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(into = "String")]
pub struct Secret {
    place: SecretPlace,
    value: Option<String>,
}

/// Where a secret is kept.
#[derive(Clone, PartialEq, Eq)]
pub enum SecretPlace {
    /// In the configuration itself.
    Here,
    /// In the environment, under this name.
    Env(String),
    /// In this file.
    File(PathBuf),
}

impl Secret {
    /// Where it is kept.
    pub fn place(&self) -> &SecretPlace {
        &self.place
    }

    /// The secret itself; `None` until whoever may look into the environment and at files has filled it in.
    pub fn reveal(&self) -> Option<&str> {
        self.value.as_deref()
    }

    /// The same secret, found.
    pub fn filled(self, value: String) -> Self {
        Self { value: Some(value), ..self }
    }
}

impl TryFrom<String> for Secret {
    type Error = Flaw;

    fn try_from(written: String) -> Result<Self, Flaw> {
        if let Some(name) = written.strip_prefix("env:") {
            if name.is_empty() || name.contains(['=', '\0']) {
                return Err(Flaw::new("`env:` wants the name of a variable").help("write `env:KHOBOR_TOKEN`"));
            }
            return Ok(Self { place: SecretPlace::Env(name.to_owned()), value: None });
        }
        if let Some(path) = written.strip_prefix("file:") {
            if path.is_empty() {
                return Err(Flaw::new("`file:` wants the path of a file").help("write `file:khobor.token`"));
            }
            return Ok(Self { place: SecretPlace::File(path.into()), value: None });
        }
        Ok(Self { place: SecretPlace::Here, value: Some(written) })
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            SecretPlace::Here => f.write_str("Secret(…)"),
            SecretPlace::Env(name) => write!(f, "Secret(env:{name})"),
            SecretPlace::File(path) => write!(f, "Secret(file:{})", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(written: &str, debug: &str, revealed: Option<&str>) {
        let secret = Secret::try_from(written.to_owned()).unwrap();
        assert_eq!(format!("{secret:?}"), debug);
        assert_eq!(secret.reveal(), revealed);
    }

    #[test]
    fn a_secret_does_not_show_itself() {
        check("Bearer abc", "Secret(…)", Some("Bearer abc"));
        check("env:TOKEN", "Secret(env:TOKEN)", None);
        check("file:a/b", "Secret(file:a/b)", None);
    }

    #[test]
    fn a_filled_secret_does_not_show_itself() {
        let secret = Secret::try_from("env:TOKEN".to_owned()).unwrap().filled("hunter2".into());
        assert_eq!(secret.reveal(), Some("hunter2"));
        assert!(!format!("{secret:?}").contains("hunter2"));
    }

    #[test]
    fn nameless_places_are_refused() {
        for bad in ["env:", "file:", "env:A=B"] {
            assert!(Secret::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
