//! The one place where the configuration is read from disk, with the secrets and templates that it names.

use std::path::Path;

use super::document::{Document, Step};
use super::mistake::{Mistake, Mistakes};
use super::{Config, mask, parse, secrets, templates};

/// Reads the configuration at `path` and fills in its secrets from the environment and from files, and its
/// templates. A file that cannot be
/// read is a mistake like any other.
pub fn load(path: &Path) -> Result<Config, Mistakes> {
    let shown = path.display().to_string();
    let of_file = |what: String, help: &str| {
        Mistakes::new(&shown, String::new(), vec![Mistake::of_file(what).help(help)])
    };
    let bytes = std::fs::read(path).map_err(|error| {
        of_file(
            format!("the configuration cannot be read: {}", plain(&error)),
            "give another file with `--config FILE`, or write this one",
        )
    })?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes().iter().take(at).filter(|b| **b == b'\n').count();
        of_file(
            format!("the configuration is not UTF-8: line {line} holds a byte that cannot be read"),
            "save it as UTF-8",
        )
    })?;
    let absolute = std::path::absolute(path).map_err(|error| {
        of_file(format!("the working directory cannot be told: {}", plain(&error)), "give a whole path")
    })?;
    let dir = absolute.parent().unwrap_or(Path::new("/"));
    let mut config = parse(&text, &shown, dir)?;
    let env = |name: &str| match std::env::var(name) {
        Ok(value) => Ok(value),
        Err(std::env::VarError::NotPresent) => Err("it is not set".to_owned()),
        Err(std::env::VarError::NotUnicode(_)) => Err("it is not UTF-8".to_owned()),
    };
    let file = |path: &Path| match std::fs::read_to_string(dir.join(path)) {
        Ok(text) => Ok(text.trim_end_matches(['\n', '\r']).to_owned()),
        Err(error) => Err(plain(&error)),
    };
    let mut missing = secrets::fill(&mut config, env, file);
    if let Some(folder) = &config.site.templates {
        match templates::read(folder) {
            Ok(read) => config.templates = read,
            Err(flaw) => {
                let place = vec!["site".to_owned(), "templates".to_owned()];
                missing.push((place, Mistake::of_value(0..0, flaw)));
            }
        }
    }
    if missing.is_empty() {
        return Ok(config);
    }
    let (document, _) = Document::read(&text);
    let placed = missing.into_iter().map(|(path, mistake)| {
        let steps: Vec<Step> = path.iter().map(|key| key.as_str().into()).collect();
        Mistake { span: Some(document.place(&steps)), ..mistake }
    });
    let warnings = config.warnings.list().iter().cloned();
    Err(Mistakes::new(&shown, mask::mask(&text, &document), placed.chain(warnings).collect()))
}

/// The reason without the number that the system adds.
pub(super) fn plain(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        std::io::ErrorKind::IsADirectory => "it is a directory".to_owned(),
        _ => error.to_string(),
    }
}
