//! Which addresses may be asked: everything public, and of the rest only what the configuration allows by name.

use std::net::IpAddr;

use url::Host;

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
