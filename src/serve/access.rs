//! Who may have a feed: by token or by name and password, compared in constant time.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::HeaderMap;
use hyper::header::{AUTHORIZATION, HeaderValue};
use ring::hmac;

/// Makes prints of secrets: they have one length, and nobody outside can tell them.
static KEY: LazyLock<Option<hmac::Key>> =
    LazyLock::new(|| hmac::Key::generate(hmac::HMAC_SHA256, &ring::rand::SystemRandom::new()).ok());

/// A secret that can be compared and not be shown.
#[derive(Clone)]
pub struct Print(hmac::Tag);

impl std::fmt::Debug for Print {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Print(…)")
    }
}

impl Print {
    /// The print of a secret; `None` where the system gives no randomness (then nothing is let in).
    pub fn of(secret: &str) -> Option<Self> {
        KEY.as_ref().map(|key| Self(hmac::sign(key, secret.as_bytes())))
    }

    /// Whether `told` is the secret. Takes the same time whatever it is, but for its length.
    pub fn fits(&self, told: &str) -> bool {
        KEY.as_ref().is_some_and(|key| hmac::verify(key, told.as_bytes(), self.0.as_ref()).is_ok())
    }
}

/// What lets somebody in; any one of it is enough. Nothing at all lets nobody in.
#[derive(Debug, Clone, Default)]
pub struct Access {
    token: Option<Print>,
    login: Option<Print>,
}

impl Access {
    /// Access by a token, by name and password, or by either.
    pub fn new(token: Option<&str>, login: Option<(&str, &str)>) -> Self {
        let written = login.map(|(name, password)| STANDARD.encode(format!("{name}:{password}")));
        Self { token: token.and_then(Print::of), login: written.as_deref().and_then(Print::of) }
    }

    /// Whether the request brings what is wanted: `Authorization: Bearer …` or `Basic …`, or `?token=…` for readers that can
    /// send no header.
    pub fn allows(&self, headers: &HeaderMap, query: Option<&str>) -> bool {
        let told =
            headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|v| v.split_once(' '));
        let by_header = told.is_some_and(|(scheme, value)| {
            let wanted = if scheme.eq_ignore_ascii_case("basic") {
                &self.login
            } else if scheme.eq_ignore_ascii_case("bearer") {
                &self.token
            } else {
                &None
            };
            wanted.as_ref().is_some_and(|print| print.fits(value.trim()))
        });
        by_header
            || self.token.as_ref().is_some_and(|print| {
                let pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
                pairs.into_iter().any(|(name, value)| name == "token" && print.fits(&value))
            })
    }

    /// Whether the request brings something to be let in by, right or wrong.
    pub fn is_tried(headers: &HeaderMap, query: Option<&str>) -> bool {
        let mut pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        headers.contains_key(AUTHORIZATION) || pairs.any(|(name, _)| name == "token")
    }

    /// What is asked for in a 401 (RFC 7617, RFC 6750).
    pub fn challenge(&self) -> HeaderValue {
        HeaderValue::from_static(match self.login {
            Some(_) => "Basic realm=\"harkara\", charset=\"UTF-8\"",
            None => "Bearer realm=\"harkara\"",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(access: &Access, authorization: Option<&str>, query: Option<&str>, expected: bool) {
        let mut headers = HeaderMap::new();
        if let Some(text) = authorization {
            headers.insert(AUTHORIZATION, text.parse().expect("a header"));
        }
        assert_eq!(access.allows(&headers, query), expected, "{authorization:?} {query:?}");
    }

    #[test]
    fn only_what_was_configured_lets_in() {
        let access = Access::new(Some("t0ken"), Some(("হর", "করা")));
        let login = format!("Basic {}", STANDARD.encode("হর:করা"));
        check(&access, Some("Bearer t0ken"), None, true);
        check(&access, Some("bearer t0ken"), None, true);
        check(&access, Some(&login), None, true);
        check(&access, None, Some("a=b&token=t0ken"), true);
        check(&access, None, Some("token=t0%6Ben"), true);
        check(&access, None, None, false);
        check(&access, Some("Bearer t0ke"), None, false);
        check(&access, Some("Bearer "), None, false);
        check(&access, Some("Basic t0ken"), None, false);
        check(&access, Some("Bearer"), Some("token="), false);
        check(&access, None, Some("token=t0ken%00"), false);
        check(&Access::default(), Some("Bearer "), Some("token="), false);
    }
}
