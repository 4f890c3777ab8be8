//! The API of the owner: how the sources are, ask one now, pause it, read the configuration again.

use std::sync::Arc;

use hyper::body::Incoming;
use hyper::header;
use hyper::{Method, Request, Response, StatusCode};
use tokio::sync::{mpsc, oneshot};

use super::answer::{insert, not_allowed, text};
use super::body::Body;
use crate::model::SourceId;

/// What the owner may want of the daemon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// Ask this source now.
    Refresh(SourceId),
    /// Do not ask it until it is resumed.
    Pause(SourceId),
    /// Ask it again when it is due.
    Resume(SourceId),
    /// Read the configuration again.
    Reload,
}

/// What came of an order: done, or why not, in words.
pub type Done = Result<String, String>;

/// Tells how things are, given why the last configuration was refused, if it was.
pub type Teller = dyn Fn(Option<&str>) -> Done + Send + Sync;

/// Where orders go, and where the daemon tells how things are.
#[derive(Clone)]
pub struct Desk {
    /// Orders with the place for their answer.
    pub orders: mpsc::Sender<(Order, oneshot::Sender<Done>)>,
    /// How the sources are, as JSON. Blocks.
    pub status: Arc<Teller>,
}

/// Answers a request for `path`, which begins with `/api/`, of somebody who may.
pub async fn answer(
    request: Request<Incoming>,
    path: &str,
    desk: &Desk,
    mistake: Option<&str>,
) -> Response<Body> {
    let steps: Vec<&str> = path.trim_start_matches("/api/").split('/').collect();
    let order = match steps.as_slice() {
        ["status"] => {
            return match *request.method() {
                Method::GET | Method::HEAD => status(desk, mistake.map(str::to_owned)).await,
                _ => not_allowed("GET, HEAD"),
            };
        }
        ["reload"] => Order::Reload,
        ["sources", id, verb @ ("refresh" | "pause" | "resume")] => {
            let Ok(id) = SourceId::try_from((*id).to_owned()) else {
                return text(StatusCode::NOT_FOUND, "there is no such source");
            };
            match *verb {
                "refresh" => Order::Refresh(id),
                "pause" => Order::Pause(id),
                _ => Order::Resume(id),
            }
        }
        _ => return text(StatusCode::NOT_FOUND, "there is nothing here"),
    };
    if request.method() != Method::POST {
        return not_allowed("POST");
    }
    let (tell, told) = oneshot::channel();
    let gone = || text(StatusCode::SERVICE_UNAVAILABLE, "the daemon is ending");
    if desk.orders.send((order, tell)).await.is_err() {
        return gone();
    }
    match told.await {
        Ok(Ok(done)) => text(StatusCode::OK, &done),
        Ok(Err(refused)) => text(StatusCode::CONFLICT, &refused),
        Err(_) => gone(),
    }
}

async fn status(desk: &Desk, mistake: Option<String>) -> Response<Body> {
    let status = Arc::clone(&desk.status);
    let told = tokio::task::spawn_blocking(move || status(mistake.as_deref())).await;
    match told {
        Ok(Ok(json)) => {
            let mut response = text(StatusCode::OK, "");
            insert(&mut response, header::CONTENT_TYPE, "application/json");
            *response.body_mut() = json.into();
            response
        }
        Ok(Err(cause)) => text(StatusCode::SERVICE_UNAVAILABLE, &cause),
        Err(_) => text(StatusCode::INTERNAL_SERVER_ERROR, "the state could not be read"),
    }
}
