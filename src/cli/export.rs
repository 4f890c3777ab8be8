//! `harkara export`: the configured sources as OPML, with the titles and addresses that were read so far.

use std::process::ExitCode;

use super::{Common, fault, print};
use crate::render;
use crate::run::{Fault, outlines, unvisited};
use crate::store;

pub(super) fn run(common: &Common) -> ExitCode {
    let config = match common.load() {
        Ok(config) => config,
        Err(code) => return code,
    };
    let known = store::reader(&config.store.path).and_then(|desk| match desk {
        Some(desk) => outlines(&desk, &config),
        None => Ok(config.sources.iter().filter_map(unvisited).collect()),
    });
    match known {
        Err(error) => fault(&Fault::Store(error)),
        Ok(known) => {
            let document = render::opml::sources(&config.site.title, &known);
            print(&String::from_utf8_lossy(&document.bytes))
        }
    }
}
