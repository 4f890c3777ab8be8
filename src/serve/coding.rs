//! Content codings: which of the forms of a document a client wants (RFC 9110 section 12.5.3).

use hyper::HeaderMap;
use hyper::header::ACCEPT_ENCODING;

/// A form in which a document may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Coding {
    /// As it is.
    Identity,
    /// RFC 1952.
    Gzip,
    /// RFC 7932.
    Brotli,
}

impl Coding {
    /// Every form.
    pub const ALL: [Coding; 3] = [Coding::Identity, Coding::Gzip, Coding::Brotli];

    /// The name in `Content-Encoding`; none for the document as it is.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Coding::Identity => None,
            Coding::Gzip => Some("gzip"),
            Coding::Brotli => Some("br"),
        }
    }

    /// What tells its entity tag from those of the others: they are other bytes.
    pub fn suffix(self) -> &'static str {
        match self {
            Coding::Identity => "",
            Coding::Gzip => "-gz",
            Coding::Brotli => "-br",
        }
    }

    pub(super) fn place(self) -> usize {
        match self {
            Coding::Identity => 0,
            Coding::Gzip => 1,
            Coding::Brotli => 2,
        }
    }
}

/// How much each form is wanted, in thousandths; 0 is not at all. In the order of [`Coding::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted([u16; 3]);

impl Wanted {
    /// Whether a form may be sent.
    pub fn allows(self, coding: Coding) -> bool {
        self.weight(coding) > 0
    }

    fn weight(self, coding: Coding) -> u16 {
        match (coding, self.0) {
            (Coding::Identity, [identity, ..]) => identity,
            (Coding::Gzip, [_, gzip, _]) => gzip,
            (Coding::Brotli, [.., brotli]) => brotli,
        }
    }

    /// The form that is wanted most among those that `has`; of equals the smaller one. Never nothing: where all are refused the
    /// document goes as it is, which RFC 9110 section 12.5.3 prefers to a 406.
    pub fn best(self, has: impl Fn(Coding) -> bool) -> Coding {
        let order = [Coding::Brotli, Coding::Gzip, Coding::Identity];
        let mut best = (Coding::Identity, 0);
        for coding in order.into_iter().filter(|coding| has(*coding)) {
            if self.weight(coding) > best.1 {
                best = (coding, self.weight(coding));
            }
        }
        best.0
    }
}

/// Reads `Accept-Encoding`. Without one anything may be sent, but the document as it is is what such clients can read.
pub fn wanted(headers: &HeaderMap) -> Wanted {
    let mut told = [None::<u16>; 3];
    let mut others = None;
    let mut any = false;
    for value in headers.get_all(ACCEPT_ENCODING) {
        any = true;
        for member in value.to_str().unwrap_or_default().split(',') {
            let (name, weight) = weighted(member);
            let place = if name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip") {
                Some(Coding::Gzip.place())
            } else if name.eq_ignore_ascii_case("br") {
                Some(Coding::Brotli.place())
            } else if name.eq_ignore_ascii_case("identity") {
                Some(Coding::Identity.place())
            } else {
                if name == "*" {
                    others = weight;
                }
                None
            };
            if let Some(slot) = place.and_then(|place| told.get_mut(place)) {
                *slot = weight;
            }
        }
    }
    if !any {
        return Wanted([1000, 0, 0]);
    }
    let [identity, gzip, brotli] = told;
    // Identity is acceptable unless it is refused, and comes after what was named.
    let identity = identity.or(others.filter(|weight| *weight == 0)).unwrap_or(1);
    Wanted([identity, gzip.or(others).unwrap_or(0), brotli.or(others).unwrap_or(0)])
}

/// A member of a list with its weight in thousandths; a weight that cannot be read takes the member out (`None`).
pub(super) fn weighted(member: &str) -> (&str, Option<u16>) {
    let mut parts = member.split(';');
    let name = parts.next().unwrap_or_default().trim();
    let mut weight = Some(1000);
    for parameter in parts {
        if let Some((key, value)) = parameter.split_once('=')
            && key.trim().eq_ignore_ascii_case("q")
        {
            weight = quality(value.trim());
        }
    }
    (name, weight)
}

/// `0.5` → 500 (RFC 9110 section 12.4.2: at most three digits, at most 1).
fn quality(text: &str) -> Option<u16> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    if part.len() > 3 || !part.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let thousandths = format!("{part:0<3}").parse::<u16>().ok()?;
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(accept: Option<&str>, expected: Coding) {
        let mut headers = HeaderMap::new();
        if let Some(accept) = accept {
            headers.insert(ACCEPT_ENCODING, accept.parse().expect("a header"));
        }
        assert_eq!(wanted(&headers).best(|_| true), expected, "{accept:?}");
    }

    #[test]
    fn the_form_that_is_wanted_most_is_sent() {
        for (accept, expected) in [
            (None, Coding::Identity),
            (Some(""), Coding::Identity),
            (Some("gzip"), Coding::Gzip),
            (Some("x-gzip"), Coding::Gzip),
            (Some("GZIP"), Coding::Gzip),
            (Some("br"), Coding::Brotli),
            (Some("gzip, deflate, br"), Coding::Brotli),
            (Some("gzip, deflate, br, zstd"), Coding::Brotli),
            (Some("gzip;q=1.0, br;q=0.5"), Coding::Gzip),
            (Some("gzip;q=0.5,br;q=0.501"), Coding::Brotli),
            (Some("br;q=0, gzip"), Coding::Gzip),
            (Some("*"), Coding::Brotli),
            (Some("*;q=0.1, gzip"), Coding::Gzip),
            (Some("br;q=0, *"), Coding::Gzip),
            (Some("identity"), Coding::Identity),
            (Some("identity, gzip;q=0.5"), Coding::Identity),
            (Some("gzip ; q = 0.8 , br;q=bad"), Coding::Gzip),
            (Some("gzip;q=1.5"), Coding::Identity),
            (Some("gzip;q=0.0000"), Coding::Identity),
            (Some("zstd"), Coding::Identity),
            // Nothing is left: as it is, never a 406.
            (Some("identity;q=0, br;q=0, gzip;q=0"), Coding::Identity),
            (Some("*;q=0"), Coding::Identity),
        ] {
            check(accept, expected);
        }
    }

    #[test]
    fn what_is_not_there_is_not_sent() {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, "br, gzip;q=0.9".parse().expect("a header"));
        assert_eq!(wanted(&headers).best(|coding| coding != Coding::Brotli), Coding::Gzip);
        assert!(!wanted(&HeaderMap::new()).allows(Coding::Gzip));
    }
}
