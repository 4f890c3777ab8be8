//! From what the HTTP client says to what we say: the cause is looked for along the chain of errors.

use std::error::Error;
use std::io;
use std::time::Duration;

use rustls::CertificateError;

use super::failure::{Failure, Step};
use super::names::NameError;

/// The failure behind an error of sending; `connect_timeout` is what is told when connecting took too long.
pub fn sending(error: &reqwest::Error, connect_timeout: Duration) -> Failure {
    let causes = causes(error);
    for cause in &causes {
        if let Some(error) = cause.downcast_ref::<NameError>() {
            return match error.clone() {
                NameError::Blocked(blocked) => Failure::Blocked(blocked),
                NameError::Nowhere { host, reason } => Failure::Dns { host, reason },
            };
        }
        if let Some(error) = cause.downcast_ref::<rustls::Error>() {
            return Failure::Tls(tls(error));
        }
    }
    if error.is_timeout() {
        return Failure::TimedOut { step: Step::Connect, after: connect_timeout };
    }
    let io = causes.iter().find_map(|cause| cause.downcast_ref::<io::Error>());
    if io.is_some_and(|io| io.kind() == io::ErrorKind::ConnectionRefused) {
        return Failure::Refused;
    }
    let text = last(&causes);
    // The parser of hyper keeps its kinds to itself; its words are all there is.
    if text.starts_with("invalid ") || text.contains("too large") || text.contains("corrupt") {
        return Failure::NotHttp(text);
    }
    Failure::Unreachable(text)
}

/// Why a body broke off, for a remark.
pub fn breaking(error: &reqwest::Error) -> String {
    last(&causes(error))
}

/// The error and what caused it, outermost first. An `io::Error` gives out what is wrapped in it, which its `source` skips.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> Vec<&'a (dyn Error + 'static)> {
    let mut all = vec![error];
    let mut next = error.source();
    while let Some(error) = next {
        all.push(error);
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match wrapped {
            Some(wrapped) => Some(wrapped as &(dyn Error + 'static)),
            None => error.source(),
        };
    }
    all
}

/// The innermost cause in its own words, begun in lower case.
fn last(causes: &[&(dyn Error + 'static)]) -> String {
    let text = causes.last().map(ToString::to_string).unwrap_or_default();
    // `(os error 104)` helps nobody who does not know the words before it.
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect()
}

const UNTRUSTED: &str = "its certificate is signed by nobody that this machine trusts (self-signed, or an intermediate one is missing)";

fn tls(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InvalidCertificate(certificate) => match certificate {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "its certificate has expired".to_owned()
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "its certificate is not valid yet (or our clock is wrong)".to_owned()
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "its certificate is for another name".to_owned()
            }
            CertificateError::UnknownIssuer => UNTRUSTED.to_owned(),
            CertificateError::Revoked => "its certificate was revoked".to_owned(),
            // What `openssl req -x509` makes: an authority of its own, signed by itself.
            other if other.to_string().contains("CaUsedAsEndEntity") => UNTRUSTED.to_owned(),
            other => format!("its certificate is bad: {other}"),
        },
        rustls::Error::InvalidMessage(_) => "it does not speak TLS there".to_owned(),
        rustls::Error::PeerIncompatible(_) => "it speaks no TLS that is still safe (1.2 or 1.3)".to_owned(),
        rustls::Error::AlertReceived(alert) => format!("it refused TLS with the alert {alert:?}"),
        other => other.to_string(),
    }
}
