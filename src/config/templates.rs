//! The owner's templates: read from their folder and tried once, so that what is wrong with them is told before anything starts.

use std::path::Path;

use super::load::plain;
use crate::render::html::{BUILT_IN, Template, trial};
use crate::value::Flaw;

/// More than this no template has.
const MOST: u64 = 1 << 20;

/// Reads the templates (`*.html`) and style sheets in `folder`; other files are none of ours.
pub(super) fn read(folder: &Path) -> Result<Vec<Template>, Flaw> {
    let shown = folder.display();
    let fail = |what: String| Err(Flaw::new(what));
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            let mistake = Flaw::new(format!("the folder cannot be read: {}", plain(&error)));
            return Err(mistake.help(format!("`harkara templates {shown}` makes it, with what is built in")));
        }
    };
    let mut templates = Vec::new();
    for entry in entries {
        let path = match entry {
            Ok(entry) => entry.path(),
            Err(error) => return fail(format!("the folder cannot be read: {}", plain(&error))),
        };
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if name.starts_with('.')
            || !(name.ends_with(".html") || BUILT_IN.iter().any(|(known, _)| *known == name))
        {
            continue;
        }
        let text = match std::fs::metadata(&path) {
            Ok(file) if file.len() > MOST => {
                return fail(format!("`{}` is larger than 1 MiB", path.display()));
            }
            Ok(_) => std::fs::read_to_string(&path),
            Err(error) => Err(error),
        };
        match text {
            Ok(text) => templates.push(Template { name: name.to_owned(), text }),
            Err(error) => return fail(format!("`{}` cannot be read: {}", path.display(), plain(&error))),
        }
    }
    templates.sort_by(|a, b| a.name.cmp(&b.name));
    match trial(&templates) {
        Ok(()) => Ok(templates),
        Err(broken) => {
            let path = folder.join(&broken.template);
            let place = match broken.line {
                Some(line) => format!("{}:{line}", path.display()),
                None => path.display().to_string(),
            };
            Err(Flaw::new(format!("{place}: {}", broken.what))
                .help("mend it, or take the file away: the built-in one is used then"))
        }
    }
}
