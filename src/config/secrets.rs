//! Secrets are filled in from where the configuration says that they are kept.

use std::path::Path;

use super::{Config, Mistake};
use crate::source::Auth;
use crate::value::{Secret, SecretPlace};

/// Fills in every secret of `config`. `env` and `file` look one up, or say why they cannot.
pub(super) fn fill(
    config: &mut Config,
    env: impl Fn(&str) -> Result<String, String>,
    file: impl Fn(&Path) -> Result<String, String>,
) -> Vec<(Vec<String>, Mistake)> {
    let mut missing = Vec::new();
    let mut fill_one = |path: Vec<String>, secret: &mut Secret| {
        let (found, place) = match secret.place() {
            SecretPlace::Here => return,
            SecretPlace::Env(name) => (env(name), format!("the variable `{name}`")),
            SecretPlace::File(path) => (file(path), format!("the file `{}`", path.display())),
        };
        match found {
            Ok(value) if value.contains(|c: char| c.is_control() && c != '\t') => {
                let mistake = Mistake::error(0..0, format!("{place} holds more than one line"));
                missing.push((path, mistake.help("a secret is one line")));
            }
            Ok(value) => *secret = secret.clone().filled(value),
            Err(reason) => {
                let mistake = Mistake::error(0..0, format!("{place} cannot be read: {reason}"));
                let help = match path.first().map(String::as_str) {
                    Some("source") => "set it, or set `enabled = false` for the source",
                    _ => "set it, or take the key out",
                };
                missing.push((path, mistake.help(help)));
            }
        }
    };
    for source in config.sources.iter_mut().filter(|source| source.enabled) {
        for (name, secret) in &mut source.headers {
            let path = ["source", source.id.as_str(), "headers", name.as_str()];
            fill_one(path.map(str::to_owned).to_vec(), secret);
        }
        let path = |key: &str| vec!["source".to_owned(), source.id.to_string(), key.to_owned()];
        match &mut source.auth {
            Some(Auth::Bearer(token)) => fill_one(path("bearer"), token),
            Some(Auth::Basic(basic)) => {
                for (key, secret) in [("user", &mut basic.user), ("password", &mut basic.password)] {
                    fill_one([path("basic"), vec![key.to_owned()]].concat(), secret);
                }
            }
            None => {}
        }
        if let Some(proxy) = &mut source.proxy {
            fill_one(path("proxy"), proxy);
        }
    }
    if let Some(proxy) = &mut config.fetch.proxy {
        fill_one(vec!["fetch".to_owned(), "proxy".to_owned()], proxy);
    }
    if let Some(token) = &mut config.serve.admin_token {
        fill_one(vec!["serve".to_owned(), "admin_token".to_owned()], token);
    }
    for (feed, access) in &mut config.serve.access {
        for (key, secret) in [("token", &mut access.token), ("password", &mut access.password)] {
            if let Some(secret) = secret {
                fill_one(["serve", "access", feed, key].map(str::to_owned).to_vec(), secret);
            }
        }
    }
    missing
}
