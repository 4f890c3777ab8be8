//! The way of what a hub pushed (WebSub): the same road as that of what a source answers, but nobody was asked, so when the
//! source is polled, what that poll brings and whether the last one failed stays as it is.

use super::Road;
use super::ask::{Asker, Copy, Read, read};
use super::held;
use super::visit::{Hand, Later, write};
use crate::dedup;
use crate::fetch::Response;
use crate::model::Stage;
use crate::report::{Failure, HeldBack, SourceLine, Visit};
use crate::source::Source;
use crate::source::feed::Before;
use crate::store::{Answered, Desk, Part, SourceState, Success, Taken};

/// Reads what was pushed for a source and takes it in. What cannot be read is told and changes nothing.
pub(super) async fn visit(
    road: &Road,
    source: &Source,
    state: Option<SourceState>,
    response: Response,
    hand: Hand,
) -> Later {
    let mut line = SourceLine::new(source.id.clone(), response.url.to_string());
    line.next_due = state.as_ref().and_then(|state| state.next_due);
    // It was pushed for another address than is configured now.
    let copy = match state.is_some_and(|state| state.first_read.is_some()) {
        true => hear(&road.asker, source, response).await,
        false => Err(failure("the hub pushed before the source was read at its address")),
    };
    let copy = match copy {
        Ok(copy) => *copy,
        Err(failure) => {
            line.visit = Visit::Failed(failure);
            line.may_pass = true;
            return Box::pin(std::future::ready(Ok(line)));
        }
    };
    line.remarks = copy.remarks;
    let items = copy.sifted.count;
    let success = Success { url: source.url.to_string(), part: Part::Pushed, ..Success::default() };
    let answer = Answered { success, trouble: None, channel: copy.channel };
    let (id, now, guard) = (source.id.clone(), road.now, held::guard(source));
    let list_date = answer.channel.updated.or(answer.channel.published);
    let decide = move |sifted, known: &dedup::Known| dedup::decide(sifted, known, list_date, now);
    let job = move |desk: &Desk| desk.take_in(&id, &answer, copy.sifted, now, guard, decide);
    let taken = write(road, hand, job);
    Box::pin(async move {
        let Taken { new, changed, retouched, same: _, held, remarks } = taken.await?;
        line.held = held.map(HeldBack::from);
        line.remarks.extend(remarks);
        line.visit = Visit::Read { items, new, twins: 0, changed, retouched };
        Ok(line)
    })
}

async fn hear(asker: &Asker, source: &Source, response: Response) -> Result<Box<Copy>, Failure> {
    match read(asker, source, response, Before::Feed).await? {
        Read::Feed(copy) => Ok(copy),
        Read::Announced(_) => Err(failure("the hub pushed a page where a feed should be")),
    }
}

fn failure(message: &str) -> Failure {
    let help = Some("nothing is lost: the source is polled besides".to_owned());
    Failure { stage: Stage::Parse, message: message.to_owned(), help }
}
