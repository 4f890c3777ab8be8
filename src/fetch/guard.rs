//! Which addresses may be asked: everything public, and of the rest only what the configuration allows by name.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// A line of `allow`: a network (`127.0.0.0/8`, `fd00::/8`, `10.0.0.3`) or a host (`intranet.example`, `*.lan`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowed {
    /// Every address that shares the first `prefix` bits with `base`, under whatever name it is asked.
    Network {
        /// An address of the network.
        base: IpAddr,
        /// How many bits are the network's, 0 to 32 or 128.
        prefix: u8,
    },
    /// This name, to whatever address it leads.
    Host(String),
    /// Every name below this one (`*.lan` holds `lan` here).
    HostsBelow(String),
}

/// Why a text is no line of `allow`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither a network like `127.0.0.0/8` nor a host like `intranet.example` or `*.lan`")]
pub struct AllowedError(pub String);

impl TryFrom<String> for Allowed {
    type Error = AllowedError;

    fn try_from(text: String) -> Result<Self, AllowedError> {
        let bad = || AllowedError(text.clone());
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse::<u8>().map_err(|_| bad())?)),
            None => (text.as_str(), None),
        };
        let address = address.trim_start_matches('[').trim_end_matches(']');
        if let Ok(base) = address.parse::<IpAddr>() {
            let base = base.to_canonical();
            let most = if base.is_ipv4() { 32 } else { 128 };
            let prefix = prefix.unwrap_or(most);
            return if prefix <= most { Ok(Self::Network { base, prefix }) } else { Err(bad()) };
        }
        if prefix.is_some() {
            return Err(bad());
        }
        let (below, name) = match address.strip_prefix("*.") {
            Some(name) => (true, name),
            None => (false, address),
        };
        match Host::parse(name) {
            Ok(Host::Domain(name)) if below => Ok(Self::HostsBelow(name)),
            Ok(Host::Domain(name)) => Ok(Self::Host(name)),
            // `127.1` and its like: the notations of browsers, not of networks.
            Ok(Host::Ipv4(_) | Host::Ipv6(_)) | Err(_) => Err(bad()),
        }
    }
}

impl std::str::FromStr for Allowed {
    type Err = AllowedError;

    fn from_str(text: &str) -> Result<Self, AllowedError> {
        Self::try_from(text.to_owned())
    }
}

impl fmt::Display for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Allowed::Network { base, prefix } => write!(f, "{base}/{prefix}"),
            Allowed::Host(name) => f.write_str(name),
            Allowed::HostsBelow(name) => write!(f, "*.{name}"),
        }
    }
}

impl Allowed {
    fn holds_name(&self, name: &str) -> bool {
        match self {
            Allowed::Network { .. } => false,
            Allowed::Host(host) => host == name,
            Allowed::HostsBelow(host) => {
                name.strip_suffix(host.as_str()).is_some_and(|left| left.ends_with('.'))
            }
        }
    }

    fn holds_address(&self, address: IpAddr) -> bool {
        match (self, address) {
            (Allowed::Network { base: IpAddr::V4(base), prefix }, IpAddr::V4(address)) => {
                let differing = base.to_bits() ^ address.to_bits();
                differing.leading_zeros() >= u32::from(*prefix)
            }
            (Allowed::Network { base: IpAddr::V6(base), prefix }, IpAddr::V6(address)) => {
                let differing = base.to_bits() ^ address.to_bits();
                differing.leading_zeros() >= u32::from(*prefix)
            }
            _ => false,
        }
    }
}

/// An address that may not be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocked {
    /// The host that led to it.
    pub host: String,
    /// Where it led; `None` = the name alone is enough.
    pub address: Option<IpAddr>,
    /// What kind of address that is, for people.
    pub class: &'static str,
}

/// The guard at the door: knows what `allow` says.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    allow: Vec<Allowed>,
}

impl Guard {
    /// A guard that lets pass what is public, and what `allow` holds.
    pub fn new(allow: Vec<Allowed>) -> Self {
        Self { allow }
    }

    /// Checks the host of `url` where it is an address in any notation: those never pass through the resolver.
    /// `Url` has already made one canonical address of `0x7f.1`, `2130706433`, `[::ffff:7f00:1]` and `①②⑦.0.0.1`.
    pub fn check_literal(&self, url: &Url) -> Result<(), Blocked> {
        let address = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            Some(Host::Domain(name)) => return self.check_name(name),
            None => return Ok(()),
        };
        self.check(url.host_str().unwrap_or_default(), address)
    }

    /// Names of metadata services: behind a proxy nobody sees the address that they lead to.
    fn check_name(&self, name: &str) -> Result<(), Blocked> {
        let plain = name.trim_end_matches('.');
        if !METADATA.contains(&plain) || self.allow.iter().any(|allowed| allowed.holds_name(plain)) {
            return Ok(());
        }
        Err(Blocked { host: name.to_owned(), address: None, class: "a cloud metadata service" })
    }

    /// Checks an address that `host` leads to.
    pub fn check(&self, host: &str, address: IpAddr) -> Result<(), Blocked> {
        let canonical = address.to_canonical();
        let Some(class) = class(canonical) else { return Ok(()) };
        let name = host.trim_end_matches('.');
        if self.allow.iter().any(|allowed| allowed.holds_name(name) || allowed.holds_address(canonical)) {
            return Ok(());
        }
        Err(Blocked { host: host.to_owned(), address: Some(canonical), class })
    }
}

const METADATA: [&str; 8] = [
    "metadata",
    "metadata.google.internal",
    "metadata.goog",
    "instance-data",
    "instance-data.ec2.internal",
    "metadata.azure.internal",
    "metadata.tencentyun.com",
    "metadata.platformequinix.com",
];

/// What kind of not public address this is; `None` = public.
fn class(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(v4) => class_v4(v4),
        IpAddr::V6(v6) => class_v6(v6),
    }
}

/// The IANA IPv4 special-purpose registry, multicast, and the metadata addresses of clouds.
fn class_v4(address: Ipv4Addr) -> Option<&'static str> {
    match address.octets() {
        [169, 254, 169, 254] | [168, 63, 129, 16] | [100, 100, 100, 200] => Some("a cloud metadata service"),
        [0, ..] => Some("this machine"),
        [127, ..] => Some("this machine (loopback)"),
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Some("a private network"),
        [100, 64..=127, ..] => Some("a carrier's shared network"),
        [169, 254, ..] => Some("a link-local address"),
        [192, 0, 0, _] | [192, 88, 99, _] => Some("a protocol address"),
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => Some("a documentation address"),
        [198, 18..=19, ..] => Some("a test network"),
        [224..=239, ..] => Some("a multicast address"),
        [240..=255, ..] => Some("a reserved address"),
        _ => None,
    }
}

/// The same for IPv6; an address that carries an IPv4 one is judged by that.
fn class_v6(address: Ipv6Addr) -> Option<&'static str> {
    let carried = |high: u16, low: u16| Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low));
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => Some("this machine"),
        [0, 0, 0, 0, 0, 0, 0, 1] => Some("this machine (loopback)"),
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] => {
            Some(class_v4(carried(high, low)).unwrap_or("an IPv4 address in disguise"))
        }
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => class_v4(carried(high, low)),
        [0x64, 0xff9b, 1, ..] => Some("a private network"),
        [0x2002, high, low, ..] => class_v4(carried(high, low)),
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Some("a documentation address"),
        [0x2001, 0..=0x1ff, ..] => Some("a protocol or tunnel address"),
        [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254] => Some("a cloud metadata service"),
        [0xfc00..=0xfdff, ..] => Some("a private network (unique local)"),
        [0xfe80..=0xfebf, ..] => Some("a link-local address"),
        [0xfec0..=0xfeff, ..] => Some("a private network (site-local)"),
        [0xff00..=0xffff, ..] => Some("a multicast address"),
        [0x2000..=0x3fff, ..] => None,
        _ => Some("a reserved address"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, class: Option<&str>) {
        let url = Url::parse(url).unwrap();
        let told = Guard::default().check_literal(&url).err().map(|blocked| blocked.class);
        assert_eq!(told, class, "{url}");
    }

    #[test]
    fn a_literal_is_judged_in_every_notation() {
        let loopback = Some("this machine (loopback)");
        check("http://127.0.0.1/", loopback);
        check("http://0x7f000001/", loopback);
        check("http://2130706433/", loopback);
        check("http://0177.0.0.1/", loopback);
        check("http://127.1/", loopback);
        check("http://127.0.0.1./", loopback);
        check("http://[::ffff:127.0.0.1]/", loopback);
        check("http://[0:0:0:0:0:ffff:7f00:0001]/", loopback);
        check("http://①②⑦.0.0.1/", loopback);
        check("http://[::1]/", loopback);
        check("http://[::127.0.0.1]/", loopback);
    }

    #[test]
    fn every_class_that_is_not_public_is_known() {
        check("http://0.0.0.0/", Some("this machine"));
        check("http://[::]/", Some("this machine"));
        for private in ["10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "[64:ff9b:1::1]"] {
            check(&format!("http://{private}/"), Some("a private network"));
        }
        check("http://100.64.0.1/", Some("a carrier's shared network"));
        check("http://169.254.1.1/", Some("a link-local address"));
        check("http://169.254.169.254/latest/meta-data/", Some("a cloud metadata service"));
        check("http://[fd00:ec2::254]/", Some("a cloud metadata service"));
        check("http://Metadata.Google.Internal./", Some("a cloud metadata service"));
        check("http://[fd12:3456::1]/", Some("a private network (unique local)"));
        check("http://[fe80::1]/", Some("a link-local address"));
        check("http://[fec0::1]/", Some("a private network (site-local)"));
        check("http://[ff02::1]/", Some("a multicast address"));
        check("http://224.0.0.1/", Some("a multicast address"));
        check("http://255.255.255.255/", Some("a reserved address"));
        check("http://[64:ff9b::a00:1]/", Some("a private network"));
        check("http://[2002:7f00:1::]/", Some("this machine (loopback)"));
        check("http://[2001::1]/", Some("a protocol or tunnel address"));
        check("http://[::ffff:8.8.8.8]/", None);
    }

    #[test]
    fn public_addresses_pass() {
        for public in ["8.8.8.8", "172.32.0.1", "100.128.0.1", "[2606:4700::1111]", "[2001:4860:4860::8888]"]
        {
            check(&format!("http://{public}/"), None);
        }
    }

    #[test]
    fn what_the_configuration_names_is_allowed() {
        let guard = |allow: &str| Guard::new(vec![allow.parse().unwrap()]);
        let passes = |allow, host, address: &str| guard(allow).check(host, address.parse().unwrap()).is_ok();
        assert!(passes("127.0.0.0/8", "127.0.0.1", "127.0.0.1"));
        assert!(passes("127.0.0.0/8", "x.example", "::ffff:127.0.0.9"));
        assert!(!passes("127.0.0.0/8", "x.example", "10.0.0.1"));
        assert!(passes("10.0.0.3", "x.example", "10.0.0.3"));
        assert!(!passes("10.0.0.3", "x.example", "10.0.0.4"));
        assert!(passes("fd00::/8", "x.example", "fd12::1"));
        assert!(passes("[::1]", "x.example", "::1"));
        assert!(passes("0.0.0.0/0", "x.example", "10.0.0.4"));
        assert!(passes("Intranet.Example", "intranet.example", "10.0.0.4"));
        assert!(passes("খবর.example", "xn--q5b8bm.example", "10.0.0.4"));
        assert!(!passes("intranet.example", "x.intranet.example", "10.0.0.4"));
        assert!(passes("*.lan", "nas.lan", "10.0.0.4"));
        assert!(!passes("*.lan", "evillan", "10.0.0.4"));
    }

    #[test]
    fn nonsense_in_allow_is_named() {
        for bad in ["127.0.0.0/33", "10.0.0.0/x", "host/8", "a b", ""] {
            assert_eq!(bad.parse::<Allowed>(), Err(AllowedError(bad.to_owned())));
        }
    }
}
