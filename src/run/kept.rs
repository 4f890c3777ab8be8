//! The last answer of each source as it came: kept when it was read, and found again for another reading.

use super::ask::Asker;
use crate::fetch::{self, Links, Response, Wire};
use crate::model::{Remark, SourceId, Stage};
use crate::source::Source;
use crate::store::{Answers, Head, KeptAnswer, SourceState};

/// The last answer, if it is kept and is the one that was read.
pub(super) fn kept(asker: &Asker, source: &Source, state: &SourceState) -> Option<Response> {
    let KeptAnswer { head, wire } = asker.answers.as_ref()?.kept(&source.id)?;
    let hash = state.body_hash.as_deref()?;
    let links = Box::new(Links { hubs: head.hubs, topic: head.topic });
    let wire = Wire { bytes: wire, encodings: head.encodings };
    let again = fetch::again(head.url, head.content_type, &wire, hash)?;
    Some(Response { links, ..again })
}

/// Keeps an answer that was read; gives what the owner should know.
pub(super) fn keep(answers: &Answers, id: &SourceId, response: &Response, wire: Wire) -> Option<Remark> {
    let head = Head {
        url: response.url.clone(),
        content_type: response.content_type.clone(),
        encodings: wire.encodings,
        hubs: response.links.hubs.clone(),
        topic: response.links.topic.clone(),
    };
    let kept = answers.keep(id, &KeptAnswer { head, wire: wire.bytes });
    let told = |error| {
        let text = format!(
            "the answer was read and could not be kept ({error}): another reading will ask for it anew"
        );
        Remark::of(Stage::Store, text)
    };
    kept.err().map(told)
}
