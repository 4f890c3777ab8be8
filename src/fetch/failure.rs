//! What can go wrong between us and a source, named for people.

use std::fmt;
use std::time::Duration;

use bytesize::ByteSize;
use url::Url;

use super::guard::Blocked;

/// A request that brought nothing: where, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct FetchError {
    /// The address that was asked for, and the last one that redirects led to, if another. `None` = the client itself
    /// could not be made.
    place: Option<Box<(Url, Option<Url>)>>,
    /// Why.
    pub failure: Failure,
}

/// Up to where a request had come when the time was over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Name, TCP and TLS.
    Connect,
    /// Connected and asked, no head of an answer yet.
    Answer,
    /// In the middle of the body.
    Body,
}

/// Which limit was too small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// `max_body`: bytes on the wire, or of a file.
    Body,
    /// `max_inflated`: bytes after decompression.
    Inflated,
}

/// Why a request brought nothing.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Failure {
    /// The settings do not make a client.
    Setup(String),
    /// No `http:`, `https:` or (from the configuration only) `file:` address.
    Scheme(String),
    /// A configured header cannot be sent; its value is not told, it may be a secret.
    Header(String),
    /// The address is none that may be asked.
    Blocked(Blocked),
    /// The name leads nowhere.
    Dns {
        /// The name.
        host: String,
        /// What the resolver said.
        reason: String,
    },
    /// Nobody listens there.
    Refused,
    /// No way there, or the connection broke before anything came.
    Unreachable(String),
    /// The time was over.
    TimedOut {
        /// At which step.
        step: Step,
        /// After how long.
        after: Duration,
    },
    /// No trust or no common language in TLS.
    Tls(String),
    /// What came is no HTTP.
    NotHttp(String),
    /// Larger than a limit.
    TooLarge {
        /// Which limit.
        limit: Limit,
        /// How many bytes it allows.
        bytes: u64,
    },
    /// The compression of the body cannot be undone.
    Compression(String),
    /// A part of an answer (226), made in a way that nobody asked for.
    Manipulation(String),
    /// More redirects than allowed, or a circle; the chain begins with the address asked for.
    Redirects {
        /// All addresses in order.
        chain: Vec<Url>,
    },
    /// A redirect without a usable `Location`.
    Location(Option<String>),
    /// A redirect from https to http while secrets were sent.
    Downgrade,
    /// The host has refused several sources: nobody asks it for so long.
    Closed(Duration),
    /// `robots.txt` does not let us fetch it, or could not be read for the moment.
    Robots,
    /// A status that is no answer.
    Status {
        /// The status.
        status: u16,
        /// What `Retry-After` asks.
        retry_after: Option<Duration>,
        /// The bot wall or the like that answered instead of the site.
        wall: Option<&'static str>,
    },
    /// A file is not there.
    NoFile,
    /// A directory where a file should be.
    Directory,
    /// A file that we may not read.
    Denied,
    /// A file that cannot be read for another reason.
    File(String),
}

impl FetchError {
    /// Something is wrong with the settings.
    pub(super) fn setup(text: impl Into<String>) -> Self {
        Self { place: None, failure: Failure::Setup(text.into()) }
    }

    /// `failure` happened while asking `url`; redirects had led to `hop`.
    pub(super) fn at(url: &Url, hop: Option<&Url>, failure: Failure) -> Self {
        let url = shown(url);
        let hop = hop.map(shown).filter(|hop| *hop != url);
        Self { place: Some(Box::new((url, hop))), failure }
    }

    /// The address that was asked for, without credentials.
    pub fn url(&self) -> Option<&Url> {
        self.place.as_ref().map(|place| &place.0)
    }

    /// The status of the answer, when there was one.
    pub fn status(&self) -> Option<u16> {
        match self.failure {
            Failure::Status { status, .. } => Some(status),
            _ => None,
        }
    }

    /// How long the server asks us to stay away.
    pub fn retry_after(&self) -> Option<Duration> {
        match self.failure {
            Failure::Status { retry_after, .. } => retry_after,
            _ => None,
        }
    }

    /// The host that answered, or did not: the last one that redirects led to.
    pub fn host(&self) -> Option<&str> {
        let place = self.place.as_ref()?;
        place.1.as_ref().unwrap_or(&place.0).host_str()
    }

    /// For how long nobody asks the host; `None` when this is another failure.
    pub fn closed(&self) -> Option<Duration> {
        match self.failure {
            Failure::Closed(left) => Some(left),
            _ => None,
        }
    }

    /// True when asking again later may help without anybody doing anything.
    pub fn is_transient(&self) -> bool {
        match &self.failure {
            Failure::Dns { .. }
            | Failure::Refused
            | Failure::Unreachable(_)
            | Failure::TimedOut { .. }
            | Failure::NotHttp(_)
            | Failure::Closed(_)
            | Failure::Compression(_) => true,
            Failure::Status { status, wall, .. } => {
                matches!(status, 304 | 408 | 425 | 429 | 500..=599) && wall.is_none()
            }
            _ => false,
        }
    }

    /// True when nobody was asked because our own settings do not let us: only the owner can change it.
    pub fn is_ours(&self) -> bool {
        matches!(
            self.failure,
            Failure::Setup(_)
                | Failure::Scheme(_)
                | Failure::Header(_)
                | Failure::Blocked(_)
                | Failure::Downgrade
        )
    }

    /// The next step for the owner, where we know one.
    pub fn help(&self) -> Option<String> {
        let text = match &self.failure {
            Failure::Blocked(blocked) => match blocked.address {
                Some(address) => format!(
                    "if it is meant, allow it: `[fetch] allow = [\"{address}\"]`; the network or the name of the host will do as well"
                ),
                None => format!("if it is meant, allow it: `[fetch] allow = [\"{}\"]`", blocked.host),
            },
            Failure::Dns { .. } => "see whether the name is spelled right and this machine has a network".to_owned(),
            Failure::TimedOut { step: Step::Connect, .. } => {
                "if the server is only slow, raise `connect_timeout` in `[fetch]`".to_owned()
            }
            Failure::TimedOut { .. } => "if the server is only slow, raise `timeout` in `[fetch]`".to_owned(),
            Failure::TooLarge { limit: Limit::Body, .. } => {
                "if the source is meant to be so large, raise `max_body` in `[fetch]`".to_owned()
            }
            Failure::TooLarge { limit: Limit::Inflated, .. } => {
                "if the source is meant to be so large, raise `max_inflated` in `[fetch]`".to_owned()
            }
            Failure::Redirects { .. } => "open the address in a browser and put where it ends into `url`".to_owned(),
            Failure::Downgrade => "put the new address into `url` if the secrets may be sent there in the clear".to_owned(),
            Failure::Scheme(_) => "sources are asked over `http:` and `https:` or read from files".to_owned(),
            Failure::Status { wall: Some(_), .. } => {
                "ask the site to let feed readers pass, or for another address of the feed; asking more often does not help"
                    .to_owned()
            }
            Failure::Status { status: 401 | 407, .. } => {
                "give credentials: `basic = { user = \"…\", password = \"env:NAME\" }`, `bearer = \"env:NAME\"` or a header `Authorization`".to_owned()
            }
            Failure::Status { status: 403 | 406, .. } => {
                "many sites refuse clients they do not know: set `contact` in `[fetch]`, and ask the site".to_owned()
            }
            Failure::Status { status: 404, .. } => "see whether the feed has moved, and change `url`".to_owned(),
            Failure::Status { status: 429, .. } => "ask less often: raise `every` of the source".to_owned(),
            Failure::NoFile => "paths are relative to the configuration file".to_owned(),
            Failure::Directory => "name a file in it".to_owned(),
            Failure::Denied => "let the user that runs harkara read it".to_owned(),
            _ => return None,
        };
        Some(text)
    }
}

/// `url` as it may be shown: credentials and fragment gone.
pub(super) fn shown(url: &Url) -> Url {
    let mut url = url.clone();
    // Both fail only where there is no host, and then there are no credentials.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_fragment(None);
    url
}

impl std::error::Error for FetchError {}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{}", place.0)?;
            // A chain of redirects tells the way itself.
            if let (Some(hop), false) = (&place.1, matches!(self.failure, Failure::Redirects { .. })) {
                write!(f, " (redirected to {hop})")?;
            }
            f.write_str(" ")?;
        }
        self.failure.fmt(f)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Setup(text) => f.write_str(text),
            Failure::Scheme(scheme) => write!(f, "cannot be asked: `{scheme}:` is no scheme of ours"),
            Failure::Header(name) => write!(f, "cannot be asked: the header `{name}` cannot be sent"),
            Failure::Blocked(Blocked { address: Some(address), class, .. }) => {
                write!(f, "leads to {address}, {class}, which may not be asked")
            }
            Failure::Blocked(Blocked { host, class, .. }) => {
                write!(f, "leads to `{host}`, {class}, which may not be asked")
            }
            Failure::Dns { host, reason } => write!(f, "has no address: `{host}`: {reason}"),
            Failure::Refused => f.write_str("refused the connection"),
            Failure::Unreachable(text) => write!(f, "could not be reached: {text}"),
            Failure::TimedOut { step, after } => {
                let what = match step {
                    Step::Connect => "did not connect within",
                    Step::Answer => "did not answer within",
                    Step::Body => "had not sent all of its body after",
                };
                write!(f, "{what} {}", humantime::format_duration(*after))
            }
            Failure::Tls(text) => write!(f, "cannot be trusted: {text}"),
            Failure::NotHttp(text) => write!(f, "answered something that is no HTTP: {text}"),
            Failure::TooLarge { limit, bytes } => {
                let what = match limit {
                    Limit::Body => "is larger than",
                    Limit::Inflated => "is, decompressed, larger than",
                };
                write!(f, "{what} {}", ByteSize::b(*bytes).display().iec())
            }
            Failure::Compression(text) => write!(f, "sent a body that cannot be decompressed: {text}"),
            Failure::Manipulation(name) => {
                write!(f, "sent a part only, made by `{name}`, which nobody asked for")
            }
            Failure::Redirects { chain } => {
                let circle = chain.iter().filter(|url| Some(*url) == chain.last()).count() > 1;
                let times = chain.len().saturating_sub(1);
                match circle {
                    true => f.write_str("redirects in a circle:")?,
                    false => write!(f, "redirects more than {} times:", times.saturating_sub(1))?,
                }
                for (at, url) in chain.iter().enumerate().skip(1) {
                    write!(f, "{} {url}", if at == 1 { "" } else { " →" })?;
                }
                Ok(())
            }
            Failure::Location(None) => f.write_str("redirects without saying where to"),
            Failure::Location(Some(text)) => write!(f, "redirects to `{text}`, which is no address"),
            Failure::Downgrade => {
                f.write_str("redirects from https to http, where the secrets of the source must not go")
            }
            Failure::Robots => f.write_str("may not be fetched by us, as `robots.txt` of its site says"),
            Failure::Closed(left) => {
                let left = Duration::from_secs(left.as_secs());
                write!(f, "wants to be left alone for {}", humantime::format_duration(left))
            }
            Failure::Status { status, retry_after, wall } => {
                write!(f, "answered {status}")?;
                if let Some(reason) = reason(*status) {
                    write!(f, " {reason}")?;
                }
                if let Some(wall) = wall {
                    write!(f, ": {wall} keeps us out")?;
                }
                if let Some(wait) = retry_after {
                    write!(f, ", and asks to come again after {}", humantime::format_duration(*wait))?;
                }
                Ok(())
            }
            Failure::NoFile => f.write_str("is not there"),
            Failure::Directory => f.write_str("is a directory"),
            Failure::Denied => f.write_str("may not be read by us"),
            Failure::File(text) => write!(f, "cannot be read: {text}"),
        }
    }
}

/// A status with its words, as in `404 not found`.
pub fn status_in_words(status: u16) -> String {
    match reqwest::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()) {
        Some(words) => format!("{status} {}", words.to_lowercase()),
        None => status.to_string(),
    }
}

/// The words of a status, lower case; `None` for one that nobody registered.
fn reason(status: u16) -> Option<String> {
    if status == 304 {
        return Some("not modified, though nothing was known".to_owned());
    }
    let status = reqwest::StatusCode::from_u16(status).ok()?;
    status.canonical_reason().map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(failure: Failure, message: &str, help: Option<&str>) {
        let url = Url::parse("https://u:secret@news.example/feed#x").unwrap();
        let error = FetchError::at(&url, None, failure);
        assert_eq!(error.to_string(), format!("https://news.example/feed {message}"));
        assert_eq!(error.help().as_deref(), help);
    }

    fn status(status: u16) -> Failure {
        Failure::Status { status, retry_after: None, wall: None }
    }

    #[test]
    fn failures_are_told_in_words() {
        check(
            status(404),
            "answered 404 not found",
            Some("see whether the feed has moved, and change `url`"),
        );
        check(status(799), "answered 799", None);
        check(
            Failure::Status { status: 429, retry_after: Some(Duration::from_secs(3600)), wall: None },
            "answered 429 too many requests, and asks to come again after 1h",
            Some("ask less often: raise `every` of the source"),
        );
        check(
            Failure::TooLarge { limit: Limit::Body, bytes: 5 << 20 },
            "is larger than 5.0 MiB",
            Some("if the source is meant to be so large, raise `max_body` in `[fetch]`"),
        );
        check(
            Failure::TimedOut { step: Step::Body, after: Duration::from_secs(20) },
            "had not sent all of its body after 20s",
            Some("if the server is only slow, raise `timeout` in `[fetch]`"),
        );
        check(Failure::Refused, "refused the connection", None);
    }

    #[test]
    fn a_chain_of_redirects_is_told_whole() {
        let url = |path: &str| Url::parse("https://news.example/").unwrap().join(path).unwrap();
        let circle = vec![url("feed"), url("b"), url("c"), url("b")];
        let told =
            "redirects in a circle: https://news.example/b → https://news.example/c → https://news.example/b";
        let help = Some("open the address in a browser and put where it ends into `url`");
        check(Failure::Redirects { chain: circle }, told, help);
        let long = vec![url("feed"), url("b"), url("c")];
        let told = "redirects more than 1 times: https://news.example/b → https://news.example/c";
        check(Failure::Redirects { chain: long }, told, help);
    }

    #[test]
    fn an_error_after_a_redirect_names_both_addresses() {
        let url = Url::parse("https://news.example/feed").unwrap();
        let hop = Url::parse("http://10.0.0.3/").unwrap();
        let blocked = Blocked {
            host: "10.0.0.3".into(),
            address: Some([10, 0, 0, 3].into()),
            class: "a private network",
        };
        let error = FetchError::at(&url, Some(&hop), Failure::Blocked(blocked));
        assert_eq!(
            error.to_string(),
            "https://news.example/feed (redirected to http://10.0.0.3/) leads to 10.0.0.3, a private network, which may not be asked"
        );
        assert!(!error.is_transient());
    }
}
