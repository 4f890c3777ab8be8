//! Who asks: the peer itself, or whom a trusted proxy names (RFC 7239, X-Forwarded-For).

use std::net::IpAddr;

use hyper::HeaderMap;
use hyper::header::HeaderName;

use super::network::Network;

const FORWARDED: HeaderName = HeaderName::from_static("forwarded");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The client's address; `None` when it came over a unix socket and nobody says more. `peer` is who is connected, `None` over a
/// unix socket, which only a proxy of our own machine can open.
///
/// The list of proxies is walked from the end: what stands before the first that is not trusted anybody may have written.
pub fn client(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &[Network]) -> Option<IpAddr> {
    let believed = |address: Option<IpAddr>| match address {
        Some(address) => trusted.iter().any(|network| network.holds(address)),
        None => true,
    };
    let mut client = peer;
    if !believed(client) {
        return client;
    }
    let hops = match headers.contains_key(FORWARDED) {
        true => list(headers, &FORWARDED).map(forwarded).collect::<Vec<_>>(),
        false => list(headers, &FORWARDED_FOR).map(address).collect(),
    };
    for hop in hops.into_iter().rev() {
        // A hop that hides itself (`unknown`, `_hidden`) ends what can be known.
        let Some(hop) = hop else { break };
        client = Some(hop);
        if !believed(client) {
            break;
        }
    }
    client
}

/// Whether the request says itself that it was passed on.
pub fn was_passed_on(headers: &HeaderMap) -> bool {
    let via = HeaderName::from_static("via");
    [FORWARDED, FORWARDED_FOR, via].iter().any(|name| headers.contains_key(name))
}

fn list<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'h str> {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

/// `for=192.0.2.60;proto=http`, `for="[2001:db8::1]:4711"`.
fn forwarded(element: &str) -> Option<IpAddr> {
    let pair = element.split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then_some(value)
    })?;
    address(pair.trim().trim_matches('"'))
}

fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.split(']').next()).unwrap_or(text);
    let parsed = bare.parse().or_else(|_| text.parse::<std::net::SocketAddr>().map(|socket| socket.ip()));
    parsed.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(peer: Option<&str>, header: (&'static str, &str), expected: Option<&str>) {
        let trusted: Vec<Network> = ["127.0.0.0/8", "10.0.0.0/8"]
            .map(|n| Network::try_from(n.to_owned()).expect("a network"))
            .to_vec();
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static(header.0), header.1.parse().expect("a header"));
        let address = |text: &str| text.parse().expect("an address");
        assert_eq!(
            client(peer.map(address), &headers, &trusted),
            expected.map(address),
            "{peer:?} {header:?}"
        );
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let far = "x-forwarded-for";
        check(Some("127.0.0.1"), (far, "203.0.113.9"), Some("203.0.113.9"));
        check(Some("203.0.113.1"), (far, "1.1.1.1"), Some("203.0.113.1"));
        check(Some("127.0.0.1"), (far, "6.6.6.6, 203.0.113.9, 10.0.0.7"), Some("203.0.113.9"));
        check(Some("127.0.0.1"), (far, "garbage"), Some("127.0.0.1"));
        check(Some("127.0.0.1"), (far, "6.6.6.6, garbage"), Some("127.0.0.1"));
        check(Some("127.0.0.1"), (far, "[2001:db8::1]:9"), Some("2001:db8::1"));
        check(Some("127.0.0.1"), (far, "203.0.113.9:4711"), Some("203.0.113.9"));
        check(None, (far, "203.0.113.9"), Some("203.0.113.9"));
        check(None, ("x-else", "1"), None);
        check(
            Some("127.0.0.1"),
            ("forwarded", "for=\"[2001:db8::1]:4711\";proto=https"),
            Some("2001:db8::1"),
        );
        check(Some("127.0.0.1"), ("forwarded", "for=6.6.6.6, For=203.0.113.9;by=x"), Some("203.0.113.9"));
        check(Some("127.0.0.1"), ("forwarded", "for=_hidden"), Some("127.0.0.1"));
    }
}
