//! What is sent with a question: headers of ours, headers of the source, and secrets where they belong.

use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use url::Url;

use super::cookies::Jar;
use super::failure::{Failure, FetchError};
use super::inflate;
use super::trail::{Secrets, Trail};
use super::{Accept, Request, Settings};

const A_IM: HeaderName = HeaderName::from_static("a-im");

/// What is sent to the address that `trail` has come to, and whether secrets are in it. They are left out where the trail
/// has left the origin of the request.
pub fn question(
    request: &Request,
    trail: &Trail,
    jar: &Jar,
    user_agent: &HeaderValue,
) -> Result<(Url, HeaderMap, Secrets), Failure> {
    let mut url = trail.here().clone();
    let mut headers = HeaderMap::new();
    let mut secrets = Secrets::None;
    let value = |name: &str, bytes: &[u8]| {
        HeaderValue::from_bytes(bytes).map_err(|_| Failure::Header(name.to_owned()))
    };
    headers.insert(header::ACCEPT, HeaderValue::from_static(accept(request.accept)));
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(inflate::ACCEPTED));
    let agent = request.user_agent.as_ref().map(|text| value("user_agent", text.as_bytes())).transpose()?;
    headers.insert(header::USER_AGENT, agent.unwrap_or_else(|| user_agent.clone()));
    if let Some(etag) = &request.etag {
        headers.insert(header::IF_NONE_MATCH, value("if-none-match", etag)?);
        if request.accept == Accept::Feed {
            // RFC 3229: entries that came since then are enough.
            headers.insert(A_IM, HeaderValue::from_static("feed"));
        }
    }
    if let Some(date) = &request.last_modified {
        headers.insert(header::IF_MODIFIED_SINCE, value("if-modified-since", date)?);
    }
    for (name, text) in &request.headers {
        let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| Failure::Header(name.clone()))?;
        if is_ours(&header) {
            return Err(Failure::Header(name.clone()));
        }
        let mut value = value(name, text.as_bytes())?;
        if !is_harmless(&header) {
            if !trail.is_home() {
                continue;
            }
            value.set_sensitive(true);
            secrets = Secrets::Sent;
        }
        headers.insert(header, value);
    }
    let configured = headers.get(header::COOKIE).and_then(|cookie| cookie.to_str().ok());
    if let Some(cookies) = jar.header(trail.here(), configured) {
        let mut value = value("cookie", cookies.as_bytes())?;
        value.set_sensitive(true);
        headers.insert(header::COOKIE, value);
    }
    let has_credentials = !request.url.username().is_empty() || request.url.password().is_some();
    if has_credentials && trail.is_home() {
        // Both fail only where there is no host.
        let _ = url.set_username(request.url.username());
        let _ = url.set_password(request.url.password());
        secrets = Secrets::Sent;
    }
    Ok((url, headers, secrets))
}

fn accept(accept: Accept) -> &'static str {
    match accept {
        Accept::Feed => {
            "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, \
             application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.8, text/html;q=0.5, */*;q=0.1"
        }
        Accept::Text => "text/plain, */*;q=0.1",
        Accept::Page => "text/html, application/xhtml+xml;q=0.9, */*;q=0.1",
    }
}

/// Headers that say how the message is sent: nobody but the client can know.
fn is_ours(name: &HeaderName) -> bool {
    [
        header::HOST,
        header::CONNECTION,
        header::CONTENT_LENGTH,
        header::TRANSFER_ENCODING,
        header::TE,
        header::UPGRADE,
        header::ACCEPT_ENCODING,
    ]
    .contains(name)
}

/// Headers that hold no secret; they go to every address of the trail.
fn is_harmless(name: &HeaderName) -> bool {
    [
        header::ACCEPT,
        header::ACCEPT_LANGUAGE,
        header::CACHE_CONTROL,
        header::PRAGMA,
        header::REFERER,
        header::USER_AGENT,
    ]
    .contains(name)
}

/// `harkara/VERSION (+CONTACT)`, or what the settings put in its place.
pub fn user_agent(settings: &Settings, version: &str) -> Result<HeaderValue, FetchError> {
    let (key, text) = match (&settings.user_agent, &settings.contact) {
        (Some(text), _) => ("user_agent", text.clone()),
        (None, Some(contact)) => ("contact", format!("harkara/{version} (+{contact})")),
        (None, None) => ("user_agent", format!("harkara/{version}")),
    };
    HeaderValue::from_bytes(text.as_bytes())
        .map_err(|_| FetchError::setup(format!("`{key}` holds a character that no header may hold")))
}
