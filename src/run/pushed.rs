//! Reading what a hub pushed (WebSub): on the same road as what a source answers.

use super::ask::{Asker, End, Heard, Read, failed, read, reader_print};
use crate::fetch::Response;
use crate::model::Stage;
use crate::report::Failure;
use crate::source::Source;
use crate::source::feed::Before;
use crate::store::{SourceState, Success};

/// Reads what a hub pushed, as if the source had answered with it. What the server gave us to ask politely stays as it is,
/// and so does what is known of its address.
pub(super) async fn hear_pushed(
    asker: &Asker,
    source: &Source,
    state: Option<&SourceState>,
    response: Response,
) -> End {
    let heard = Heard {
        url: response.url.clone(),
        permanent: None,
        moved: state.and_then(|state| state.moved.clone()),
    };
    let success = Success {
        url: source.url.to_string(),
        found_url: state.and_then(|state| state.found_url.clone()),
        etag: state.and_then(|state| state.etag.clone()),
        last_modified: state.and_then(|state| state.last_modified.clone()),
        body_hash: state.and_then(|state| state.body_hash.clone()),
        reader: reader_print(source),
        max_age: state.and_then(|state| state.max_age),
        next_due: None,
        schedule: String::new(),
        status: None,
        // A hub may push only what is new.
        is_delta: true,
    };
    match read(asker, source, response, Before::Feed).await {
        Ok(Read::Feed(copy)) => End::Fresh(Box::new((heard, success, *copy))),
        Ok(Read::Announced(_)) => failed(Failure {
            stage: Stage::Parse,
            message: "the hub pushed a page where a feed should be".to_owned(),
            help: None,
        }),
        Err(failure) => failed(failure),
    }
}
