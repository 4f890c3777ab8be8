//! Letters to hubs and subscribers (WebSub): one question, no redirects, behind the same guard and in the same turns as all
//! others.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use tokio::time::timeout;
use url::Url;

use super::failure::{Failure, FetchError, Step};
use super::hosts::Closed;
use super::trail::Trail;
use super::{Client, Request, explain};

/// So much of a reply is read.
const REPLY: usize = 64 << 10;
/// So long a letter may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is sent: with a body a POST, else a GET.
#[derive(Debug, Clone)]
pub struct Letter {
    /// To whom: `http:` or `https:`.
    pub url: Url,
    /// Further headers.
    pub headers: Vec<(String, String)>,
    /// The body of a POST.
    pub body: Option<Vec<u8>>,
}

impl Letter {
    /// A POST of a form.
    pub fn form(url: Url, pairs: &[(&str, &str)]) -> Self {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let kind = ("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned());
        Self { url, headers: vec![kind], body: Some(body.into_bytes()) }
    }
}

/// What was answered to a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Its status.
    pub status: u16,
    /// The first of its bytes.
    pub body: Vec<u8>,
}

impl Client {
    /// Sends a letter. A redirect is an answer like others.
    ///
    /// # Errors
    /// When nobody answers, or may not be asked: see [`Failure`].
    pub async fn send(&self, letter: Letter) -> Result<Reply, FetchError> {
        let url = letter.url.clone();
        self.send_to(letter).await.map_err(|failure| FetchError::at(&url, None, failure))
    }

    async fn send_to(&self, letter: Letter) -> Result<Reply, Failure> {
        let Letter { url, headers, body } = letter;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Failure::Scheme(url.scheme().to_owned()));
        }
        let trail = Trail::new(&url);
        let out = self.way_out(&Request::new(url.clone()), &trail).await?;
        let mut sent = HeaderMap::new();
        sent.insert(header::USER_AGENT, self.user_agent.clone());
        for (name, value) in headers {
            let bad = || Failure::Header(name.clone());
            let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad())?;
            sent.append(key, HeaderValue::from_str(&value).map_err(|_| bad())?);
        }
        let turn = self.hosts.turn(url.host_str().unwrap_or_default()).await;
        let _turn = turn.map_err(|Closed(left)| Failure::Closed(left))?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let method = if body.is_some() { Method::POST } else { Method::GET };
        let mut question = out.http.request(method, url).headers(sent);
        if let Some(body) = body {
            question = question.body(body);
        }
        let late = || Failure::TimedOut { step: Step::Answer, after: PATIENCE };
        let work = async {
            let mut incoming =
                question.send().await.map_err(|e| explain::sending(&e, self.settings.connect_timeout))?;
            if let (Some(peer), true) = (incoming.remote_addr(), out.is_direct) {
                self.guard.check(&host, peer.ip()).map_err(Failure::Blocked)?;
            }
            let status = incoming.status().as_u16();
            let mut body = Vec::new();
            while let Ok(Some(chunk)) = incoming.chunk().await {
                body.extend_from_slice(&chunk);
                if body.len() >= REPLY {
                    body.truncate(REPLY);
                    break;
                }
            }
            Ok(Reply { status, body })
        };
        timeout(PATIENCE, work).await.map_err(|_| late())?
    }
}
