//! The way through redirects: what was asked, where it leads, and how much of it is meant to last.

use url::Url;

use super::failure::{Failure, shown};

/// The addresses of one request so far.
#[derive(Debug)]
pub struct Trail {
    /// All of them in order, credentials and fragments gone; never empty.
    chain: Vec<Url>,
    /// How often cookies had changed before each of them was asked.
    cookies: Vec<usize>,
    /// How many of the hops, from the first on, were permanent.
    lasting: usize,
}

/// True for the statuses whose `Location` is followed.
pub fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

impl Trail {
    /// Begins at `url`.
    pub fn new(url: &Url) -> Self {
        Self { chain: vec![shown(url)], cookies: vec![0], lasting: 0 }
    }

    /// The address to ask now.
    pub fn here(&self) -> &Url {
        // Never empty; an index would say the same with a panic in it.
        self.chain.last().unwrap_or(&self.chain[0])
    }

    /// True while we are where we began: where secrets may be sent.
    pub fn is_home(&self) -> bool {
        self.here().origin() == self.chain[0].origin()
    }

    /// The address that the permanent hops lead to, up to the first one that is not; `None` = there was none.
    pub fn permanent(&self) -> Option<&Url> {
        (self.lasting > 0).then(|| &self.chain[self.lasting])
    }

    /// True when the way has left https for http.
    pub fn fell_from_https(&self) -> bool {
        self.chain.windows(2).any(|hop| falls(&hop[0], &hop[1]))
    }

    /// Goes on to `location`, as answered with `status`. At most `limit` hops; `secrets`: whether any were sent from here;
    /// `cookies`: how often they have changed so far. The same address with the same cookies is a circle.
    pub fn follow(
        &mut self,
        status: u16,
        location: Option<&[u8]>,
        limit: usize,
        secrets: Secrets,
        cookies: usize,
    ) -> Result<(), Failure> {
        let location = location.map(readable);
        let next =
            location.as_deref().filter(|text| !text.is_empty()).and_then(|text| self.here().join(text).ok());
        let Some(next) = next.map(|next| shown(&next)) else { return Err(Failure::Location(location)) };
        if !matches!(next.scheme(), "http" | "https") {
            return Err(Failure::Scheme(next.scheme().to_owned()));
        }
        if falls(self.here(), &next) && secrets == Secrets::Sent {
            return Err(Failure::Downgrade);
        }
        let mut before = self.chain.iter().zip(&self.cookies);
        let circle = before.any(|(url, then)| *url == next && *then == cookies);
        if matches!(status, 301 | 308) && self.lasting + 1 == self.chain.len() {
            self.lasting += 1;
        }
        self.chain.push(next);
        self.cookies.push(cookies);
        if circle || self.chain.len() > limit + 1 {
            return Err(Failure::Redirects { chain: self.chain.clone() });
        }
        Ok(())
    }
}

/// Whether a request carried something that only its origin may know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrets {
    /// Nothing of the kind.
    None,
    /// Credentials or configured headers.
    Sent,
}

fn falls(from: &Url, to: &Url) -> bool {
    from.scheme() == "https" && to.scheme() == "http"
}

/// `Location` as text: UTF-8 as it stands; bytes of some other charset keep their value as percent escapes.
fn readable(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.trim().to_owned(),
        Err(_) => {
            let escape = |&byte: &u8| match byte {
                0..0x80 => char::from(byte).to_string(),
                _ => format!("%{byte:02X}"),
            };
            bytes.iter().map(escape).collect::<String>().trim().to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Follows `hops` (`301 /b`) from https://a.example/feed; tells where that ends and what lasts, or the failure.
    fn check(hops: &[&str], secrets: Secrets, expected: &str) {
        let mut trail = Trail::new(&Url::parse("https://u:p@a.example/feed").unwrap());
        let mut told = None;
        for hop in hops {
            let (status, location) = hop.split_once(' ').unwrap();
            if let Err(failure) =
                trail.follow(status.parse().unwrap(), Some(location.as_bytes()), 3, secrets, 0)
            {
                told = Some(failure.to_string());
                break;
            }
        }
        let told = told.unwrap_or_else(|| {
            format!("{} {}", trail.here(), trail.permanent().map_or("-", |url| url.as_str()))
        });
        assert_eq!(told, expected, "{hops:?}");
    }

    #[test]
    fn permanent_hops_last_up_to_the_first_that_is_not() {
        check(&["301 /b"], Secrets::None, "https://a.example/b https://a.example/b");
        check(&["308 /b", "301 /c"], Secrets::None, "https://a.example/c https://a.example/c");
        check(&["301 /b", "302 /c", "301 /d"], Secrets::None, "https://a.example/d https://a.example/b");
        check(&["307 /b", "308 /c"], Secrets::None, "https://a.example/c -");
    }

    #[test]
    fn every_kind_of_location_is_followed() {
        check(&["302 ?page=1"], Secrets::None, "https://a.example/feed?page=1 -");
        check(&["302 //b.example/x"], Secrets::None, "https://b.example/x -");
        check(&["302 /খবর ১"], Secrets::None, "https://a.example/%E0%A6%96%E0%A6%AC%E0%A6%B0%20%E0%A7%A7 -");
        check(&["302 http://x:y@b.example/#top"], Secrets::None, "http://b.example/ -");
        let mut trail = Trail::new(&Url::parse("http://a.example/").unwrap());
        trail.follow(302, Some(b"/caf\xe9"), 3, Secrets::None, 0).unwrap();
        assert_eq!(trail.here().as_str(), "http://a.example/caf%E9");
    }

    #[test]
    fn what_must_not_be_followed_is_refused() {
        check(&["302 "], Secrets::None, "redirects to ``, which is no address");
        check(&["302 http://"], Secrets::None, "redirects to `http://`, which is no address");
        check(&["302 file:///etc/passwd"], Secrets::None, "cannot be asked: `file:` is no scheme of ours");
        check(
            &["302 /b", "302 /feed"],
            Secrets::None,
            "redirects in a circle: https://a.example/b → https://a.example/feed",
        );
        // With other cookies the same address may answer otherwise.
        let mut trail = Trail::new(&Url::parse("https://a.example/feed").unwrap());
        trail.follow(302, Some(b"/consent"), 3, Secrets::None, 1).unwrap();
        trail.follow(302, Some(b"/feed"), 3, Secrets::None, 1).unwrap();
        assert!(trail.follow(302, Some(b"/consent"), 9, Secrets::None, 1).is_err());
        check(
            &["302 /b", "302 /c", "302 /d", "302 /e"],
            Secrets::None,
            "redirects more than 3 times: https://a.example/b → https://a.example/c → https://a.example/d → https://a.example/e",
        );
        let downgrade = "redirects from https to http, where the secrets of the source must not go";
        check(&["302 http://a.example/feed"], Secrets::Sent, downgrade);
        check(&["302 http://a.example/feed"], Secrets::None, "http://a.example/feed -");
    }
}
