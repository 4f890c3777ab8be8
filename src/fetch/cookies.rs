//! Cookies of one question: what a site sets while it redirects goes back to it, and to nobody else.
//!
//! Sites with a consent page or a counter in front set a cookie, redirect to where one came from, and would do so for
//! ever. Nothing is kept beyond the question, and nothing goes to another origin, `Domain` or not: that is stricter than
//! RFC 6265 and enough for feeds.

use reqwest::header::{HeaderMap, SET_COOKIE};
use url::{Origin, Url};

/// So many cookies are kept at the most.
const MOST: usize = 50;
/// A longer one is no cookie for us (RFC 6265, 6.1).
const LONGEST: usize = 4096;

/// The cookies that were set so far.
#[derive(Debug, Default)]
pub struct Jar {
    cookies: Vec<Cookie>,
    changes: usize,
}

#[derive(Debug)]
struct Cookie {
    origin: Origin,
    path: String,
    name: String,
    value: String,
}

impl Jar {
    /// How often something was set or taken away: with another number the same address may answer otherwise.
    pub fn changes(&self) -> usize {
        self.changes
    }

    /// Keeps what an answer of `url` sets.
    pub fn take(&mut self, url: &Url, headers: &HeaderMap) {
        for line in headers.get_all(SET_COOKIE) {
            let line = String::from_utf8_lossy(line.as_bytes());
            if line.len() <= LONGEST {
                self.set(url, &line);
            }
        }
    }

    /// One `Set-Cookie` line (RFC 6265, 5.2).
    fn set(&mut self, url: &Url, line: &str) {
        let mut parts = line.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { return };
        let (name, value) = (name.trim(), value.trim());
        let plain = |text: &str| text.bytes().all(|b| (0x21..0x7f).contains(&b) && b != b';' && b != b',');
        if name.is_empty() || !plain(name) || !value.bytes().all(|b| (0x20..0x7f).contains(&b)) {
            return;
        }
        let (mut path, mut over) = (default_path(url), false);
        for (key, told) in parts.map(|part| part.split_once('=').unwrap_or((part, ""))) {
            match key.trim().to_ascii_lowercase().as_str() {
                "path" if told.trim().starts_with('/') => path = told.trim().to_owned(),
                "max-age" => over = told.trim().starts_with('-') || told.trim() == "0",
                // How a cookie is taken away without `Max-Age`; other dates outlive the question.
                "expires" => over |= told.contains("1970"),
                _ => {}
            }
        }
        let origin = url.origin();
        let same = |cookie: &Cookie| cookie.origin == origin && cookie.path == path && cookie.name == name;
        if !over && self.cookies.iter().any(|cookie| same(cookie) && cookie.value == value) {
            return;
        }
        let before = self.cookies.len();
        self.cookies.retain(|cookie| !same(cookie));
        if over {
            self.changes += usize::from(self.cookies.len() < before);
        } else if self.cookies.len() < MOST {
            self.cookies.push(Cookie { origin, path, name: name.to_owned(), value: value.to_owned() });
            self.changes += 1;
        }
    }

    /// What goes into `Cookie` for `url`; `configured` is what the source sends anyway, and gives way where a name is the
    /// same.
    pub fn header(&self, url: &Url, configured: Option<&str>) -> Option<String> {
        let origin = url.origin();
        let ours: Vec<&Cookie> = self
            .cookies
            .iter()
            .filter(|cookie| cookie.origin == origin && below(url.path(), &cookie.path))
            .collect();
        let kept = configured.unwrap_or_default().split(';').map(str::trim).filter(|pair| {
            let name = pair.split_once('=').map_or(*pair, |(name, _)| name);
            !pair.is_empty() && !ours.iter().any(|cookie| cookie.name == name)
        });
        let mut pairs: Vec<String> = kept.map(str::to_owned).collect();
        pairs.extend(ours.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)));
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

/// RFC 6265, 5.1.4.
fn default_path(url: &Url) -> String {
    match url.path().rfind('/') {
        None | Some(0) => "/".to_owned(),
        Some(end) => url.path().get(..end).unwrap_or("/").to_owned(),
    }
}

fn below(path: &str, of: &str) -> bool {
    path.strip_prefix(of).is_some_and(|rest| rest.is_empty() || of.ends_with('/') || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `lines` are set by `https://a.example/news/feed`; told is what `url` gets with `configured`.
    fn check(lines: &[&str], url: &str, configured: Option<&str>, expected: Option<&str>) {
        let mut jar = Jar::default();
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(SET_COOKIE, line.parse().unwrap());
        }
        jar.take(&Url::parse("https://a.example/news/feed").unwrap(), &headers);
        let told = jar.header(&Url::parse(url).unwrap(), configured);
        assert_eq!(told.as_deref(), expected, "{lines:?} {url}");
    }

    #[test]
    fn a_cookie_goes_back_to_its_origin_and_path_only() {
        let set = ["a=1", "b=2; Path=/; Secure; HttpOnly", "c=3; Path=/other"];
        check(&set, "https://a.example/news/feed?x", None, Some("a=1; b=2"));
        check(&set, "https://a.example/newsroom", None, Some("b=2"));
        check(&set, "http://a.example/news/feed", None, None);
        check(&set, "https://a.example:8443/news/feed", None, None);
        check(&["a=1; Domain=a.example"], "https://www.a.example/news/", None, None);
    }

    #[test]
    fn the_last_word_counts_and_what_is_configured_stays() {
        let here = "https://a.example/news/feed";
        check(&["a=1", "a=2"], here, Some("token=x; a=0"), Some("token=x; a=2"));
        check(&["a=1", "a=; Max-Age=0"], here, Some("token=x"), Some("token=x"));
        check(&["a=1", "a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], here, None, None);
        check(&[], here, Some("token=x"), Some("token=x"));
    }

    #[test]
    fn rubbish_sets_nothing() {
        for line in ["", "a", "=1", "a\u{e9}=1", "a b=1"] {
            check(&[line], "https://a.example/news/feed", None, None);
        }
        let many: Vec<String> = (0..99).map(|n| format!("n{n}=1")).collect();
        let mut jar = Jar::default();
        let url = Url::parse("https://a.example/").unwrap();
        many.iter().for_each(|line| jar.set(&url, line));
        assert_eq!((jar.cookies.len(), jar.changes()), (MOST, MOST));
        jar.set(&url, "n1=1");
        assert_eq!(jar.changes(), MOST, "the same again is no change");
    }
}
