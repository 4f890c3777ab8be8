//! Addresses that are already as a parser of URLs writes them: told in one pass, so that most need not be parsed.

/// True when reading the address (URL Standard, section 4.4) and writing it again surely gives the same. Only the plainest
/// kind is recognised: http or https, a host of ASCII letters without port and user, a path without dot segments.
pub(super) fn is_canonical(value: &str) -> bool {
    let Some(rest) = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://")) else {
        return false;
    };
    let bytes = rest.as_bytes();
    let Some(end) = bytes.iter().position(|b| !is_of_host(*b)) else { return false };
    bytes[end] == b'/' && is_plain_host(&rest[..end]) && is_plain_tail(&bytes[end..])
}

fn is_of_host(b: u8) -> bool {
    b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.'
}

/// Labels that are no numbers at the end (those would be IPv4), not empty, and not encoded (those are checked).
fn is_plain_host(host: &str) -> bool {
    let good = |label: &str| {
        !label.is_empty() && !label.starts_with('-') && !label.ends_with('-') && !label.starts_with("xn--")
    };
    host.split('.').all(good)
        && host.rsplit('.').next().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_lowercase()))
}

const PATH: u8 = 1;
const QUERY: u8 = 2;

/// What stands unencoded in a path, in a query, in a fragment (of the last two the smaller set).
const KEPT: [u8; 256] = {
    let mut table = [0; 256];
    let mut b = 0;
    while b < 256 {
        let letter = (b as u8).is_ascii_alphanumeric();
        let sign = matches!(
            b as u8,
            b'-' | b'.'
                | b'_'
                | b'~'
                | b'!'
                | b'$'
                | b'&'
                | b'('
                | b')'
                | b'*'
                | b'+'
                | b','
                | b';'
                | b'='
                | b':'
                | b'@'
                | b'/'
                | b'%'
        );
        table[b] = if letter || sign {
            PATH | QUERY
        } else if b as u8 == b'?' {
            QUERY
        } else {
            0
        };
        b += 1;
    }
    table
};

/// From the slash behind the host on.
fn is_plain_tail(tail: &[u8]) -> bool {
    let path = tail.iter().position(|b| KEPT[usize::from(*b)] & PATH == 0).unwrap_or(tail.len());
    // A dot segment moves, however it is written.
    if tail[..path].windows(2).any(|pair| pair == b"/.")
        || tail[..path].contains(&b'%') && holds_dot(&tail[..path])
    {
        return false;
    }
    let kept = |from: usize| {
        let rest = tail.get(from..).unwrap_or_default();
        rest.iter()
            .position(|b| KEPT[usize::from(*b)] & QUERY == 0)
            .map_or(tail.len(), |length| from + length)
    };
    let end = if tail.get(path) == Some(&b'?') { kept(path + 1) } else { path };
    let end = if tail.get(end) == Some(&b'#') { kept(end + 1) } else { end };
    end == tail.len()
}

fn holds_dot(path: &[u8]) -> bool {
    path.windows(3).any(|triple| triple.eq_ignore_ascii_case(b"%2e"))
}

#[cfg(test)]
mod tests {
    use ::url::Url;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_usual_addresses_are_recognised() {
        for same in [
            "https://news1.example/2026/06/story-17.html",
            "http://wire0.example/story/91/?utm_source=news1&utm_medium=rss",
            "https://a-b.c1.example/%E0%A6%95/?q=%2e#top?x",
            "https://a/",
            "https://x.example/a.b/c..d/",
        ] {
            assert!(is_canonical(same), "{same}");
        }
        for other in [
            "https://a",
            "https://A/",
            "https://a/../b",
            "https://a/%2e/",
            "http://1.2.3.4/",
            "/x",
            "https://a/ক",
            "https://a:80/",
        ] {
            assert!(!is_canonical(other), "{other}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn what_is_canonical_is_written_as_it_is(
            host in "(a|b1|x-y|-|\\.|\\.\\.|0x1|1|xn--|xn--a|com){1,5}",
            tail in "(/|a|\\.|\\.\\.|%2e|%2E|%|%41|\\?|#|'|\"|\\^|\\||~|&|=|:|@|;|\\\\| |\t|ক|\\{|`|[!-~]){0,12}",
        ) {
            for head in ["https://", "http://"] {
                let value = format!("{head}{host}/{tail}");
                if is_canonical(&value) {
                    let base = Url::parse("https://n.example/a/").unwrap();
                    prop_assert_eq!(String::from(Url::parse(&value).unwrap()), value.clone());
                    prop_assert_eq!(String::from(base.join(&value).unwrap()), value.clone());
                }
            }
        }
    }
}
