//! A network of addresses, as people write it.

use std::fmt;
use std::net::IpAddr;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::value::Flaw;

/// A network or a single address: `127.0.0.0/8`, `fd00::/8`, `10.0.0.3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(into = "String")]
pub struct Network {
    base: IpAddr,
    prefix: u8,
}

impl Network {
    /// Whether the address lies in it. IPv4 inside of IPv6 (`::ffff:10.0.0.3`) is IPv4.
    pub fn holds(&self, address: IpAddr) -> bool {
        let bits = |address: IpAddr| match address.to_canonical() {
            IpAddr::V4(v4) => (u128::from(v4.to_bits()) << 96, 32),
            IpAddr::V6(v6) => (v6.to_bits(), 128),
        };
        let ((base, of_base), (told, of_told)) = (bits(self.base), bits(address));
        let mask = u128::MAX.checked_shl(128 - u32::from(self.prefix)).unwrap_or(0);
        of_base == of_told && base & mask == told & mask
    }
}

impl TryFrom<String> for Network {
    type Error = Flaw;

    fn try_from(written: String) -> Result<Self, Flaw> {
        let bad = || {
            Flaw::new(format!("`{written}` is no network"))
                .help("write `127.0.0.0/8`, `fd00::/8` or `10.0.0.3`")
        };
        let (address, prefix) = match written.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse::<u8>().map_err(|_| bad())?)),
            None => (written.as_str(), None),
        };
        let base = address.trim().parse::<IpAddr>().map_err(|_| bad())?.to_canonical();
        let most = if base.is_ipv4() { 32 } else { 128 };
        match prefix.unwrap_or(most) {
            prefix if prefix <= most => Ok(Self { base, prefix }),
            _ => Err(bad()),
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(network: &str, address: &str, expected: bool) {
        let network = Network::try_from(network.to_owned()).expect("a network");
        assert_eq!(network.holds(address.parse().expect("an address")), expected, "{network} {address}");
    }

    #[test]
    fn networks_hold_their_addresses() {
        check("127.0.0.0/8", "127.9.9.9", true);
        check("127.0.0.0/8", "::ffff:127.0.0.1", true);
        check("127.0.0.0/8", "128.0.0.1", false);
        check("10.0.0.3", "10.0.0.3", true);
        check("10.0.0.3", "10.0.0.2", false);
        check("0.0.0.0/0", "8.8.8.8", true);
        check("0.0.0.0/0", "::1", false);
        check("fd00::/8", "fd12::1", true);
        check("::/0", "10.0.0.1", false);
        check("::1", "::1", true);
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for bad in ["", "localhost", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0/8"] {
            assert!(Network::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
