//! The API of the owner: how the sources are, ask one now, pause it, read the configuration again.

use std::sync::Arc;

use hyper::body::Incoming;
use hyper::header;
use hyper::{Method, Request, Response, StatusCode};
use tokio::sync::{mpsc, oneshot};

use url::form_urlencoded;

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
    /// Publish held entries, as if they had come now: all of a source, or those with these ids.
    Release(Names),
    /// Never publish them.
    Drop(Names),
}

/// Which held entries are meant; at least one name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// All that are held of these sources.
    pub sources: Vec<SourceId>,
    /// The entries with these ids.
    pub ids: Vec<String>,
}

impl Names {
    /// From a query: `source=…` and `id=…`, each as often as is wanted.
    fn read(query: Option<&str>) -> Option<Self> {
        let mut names = Self::default();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match &*name {
                "source" => names.sources.push(SourceId::try_from(value.into_owned()).ok()?),
                "id" => names.ids.push(value.into_owned()),
                _ => return None,
            }
        }
        Some(names).filter(|names| !names.sources.is_empty() || !names.ids.is_empty())
    }
}

/// What came of an order: done, or why not, in words.
pub type Done = Result<String, String>;

/// Tells how things are, given why the last configuration was refused, if it was.
pub type Teller = dyn Fn(Option<&str>) -> Done + Send + Sync;

/// Tells what is held back.
pub type Lister = dyn Fn() -> Done + Send + Sync;

/// Where orders go, and where the daemon tells how things are.
#[derive(Clone)]
pub struct Desk {
    /// Orders with the place for their answer.
    pub orders: mpsc::Sender<(Order, oneshot::Sender<Done>)>,
    /// How the sources are, as JSON. Blocks.
    pub status: Arc<Teller>,
    /// What is held back, as JSON. Blocks.
    pub held: Arc<Lister>,
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
                Method::GET | Method::HEAD => {
                    let (status, mistake) = (Arc::clone(&desk.status), mistake.map(str::to_owned));
                    json(move || status(mistake.as_deref())).await
                }
                _ => not_allowed("GET, HEAD"),
            };
        }
        ["held"] => {
            return match *request.method() {
                Method::GET | Method::HEAD => {
                    let held = Arc::clone(&desk.held);
                    json(move || held()).await
                }
                _ => not_allowed("GET, HEAD"),
            };
        }
        ["held", verb @ ("release" | "drop")] => {
            let Some(names) = Names::read(request.uri().query()) else {
                let help = "say which are meant: `?source=ID`, or `?id=ID` with the id of an entry, each as often as you want";
                return text(StatusCode::BAD_REQUEST, help);
            };
            if *verb == "release" { Order::Release(names) } else { Order::Drop(names) }
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

async fn json(tell: impl FnOnce() -> Done + Send + 'static) -> Response<Body> {
    let told = tokio::task::spawn_blocking(tell).await;
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
