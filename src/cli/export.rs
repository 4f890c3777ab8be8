//! `harkara export`: the configured sources as OPML, with the titles and addresses that were read so far.

use std::collections::HashMap;
use std::process::ExitCode;

use super::{Common, fault, print};
use crate::render;
use crate::run::{Fault, outlines, states};
use crate::store;

pub(super) fn run(common: &Common) -> ExitCode {
    let config = match common.load() {
        Ok(config) => config,
        Err(code) => return code,
    };
    let known = store::reader(&config.store.path).and_then(|desk| match desk {
        Some(desk) => states(&desk, &config),
        None => Ok(HashMap::new()),
    });
    match known {
        Err(error) => fault(&Fault::Store(error)),
        Ok(known) => {
            let document = render::opml::sources(&config.site.title, &outlines(&config, &known));
            print(&String::from_utf8_lossy(&document.bytes))
        }
    }
}
