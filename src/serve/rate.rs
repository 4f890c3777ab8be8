//! How often a client may ask: a bucket for each, filled evenly; forgotten when it is full again.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// So many clients are known at once; when there are more, those who may ask as they like are forgotten.
const KNOWN: usize = 65_536;

/// All buckets.
#[derive(Debug)]
pub struct Rate {
    in_a_minute: f64,
    buckets: Mutex<HashMap<IpAddr, Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: f64,
    at: Instant,
}

impl Rate {
    /// So many requests in a minute, all of them at once if need be.
    pub fn new(in_a_minute: u32) -> Self {
        Self { in_a_minute: f64::from(in_a_minute), buckets: Mutex::default() }
    }

    /// Tells after how many seconds there is one in the client's bucket; `None` where there is one now. Takes nothing.
    pub fn wait(&self, client: IpAddr, now: Instant) -> Option<u64> {
        let buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.get(&neighbours(client))?;
        let passed = now.saturating_duration_since(bucket.at).as_secs_f64();
        let missing = 1.0 - bucket.left - passed * self.in_a_minute / 60.0;
        (missing > 0.0).then(|| Duration::from_secs_f64(missing * 60.0 / self.in_a_minute).as_secs() + 1)
    }

    /// Takes one request out of the client's bucket, or tells after how many seconds there is one.
    pub fn take(&self, client: IpAddr, now: Instant) -> Result<(), u64> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let fill = |bucket: Bucket| {
            let passed = now.saturating_duration_since(bucket.at).as_secs_f64();
            (bucket.left + passed * self.in_a_minute / 60.0).min(self.in_a_minute)
        };
        if buckets.len() >= KNOWN {
            buckets.retain(|_, bucket| fill(*bucket) < self.in_a_minute);
            // Everybody is at it: then it is no matter of a few clients, and nobody is kept a place.
            if buckets.len() >= KNOWN {
                buckets.clear();
            }
        }
        let bucket = buckets.entry(neighbours(client)).or_insert(Bucket { left: self.in_a_minute, at: now });
        bucket.left = fill(*bucket);
        bucket.at = now;
        if bucket.left >= 1.0 {
            bucket.left -= 1.0;
            return Ok(());
        }
        let wait = Duration::from_secs_f64((1.0 - bucket.left) * 60.0 / self.in_a_minute);
        Err(wait.as_secs() + 1)
    }
}

/// Whoever has one address of IPv6 has the whole /64.
fn neighbours(client: IpAddr) -> IpAddr {
    match client {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looking_takes_nothing() {
        let rate = Rate::new(1);
        let (now, client) = (Instant::now(), "10.0.0.1".parse().expect("v4"));
        assert_eq!(rate.wait(client, now), None);
        assert_eq!((rate.take(client, now), rate.wait(client, now)), (Ok(()), Some(61)));
        assert_eq!(rate.wait(client, now + Duration::from_secs(30)), Some(31));
        assert_eq!(rate.wait(client, now + Duration::from_secs(61)), None);
    }

    #[test]
    fn who_asks_too_often_is_told_when_to_come_back() {
        let rate = Rate::new(2);
        let now = Instant::now();
        let (a, b): (IpAddr, IpAddr) =
            ("2001:db8::1".parse().expect("v6"), "2001:db8::2".parse().expect("v6"));
        assert_eq!(rate.take(a, now), Ok(()));
        assert_eq!(rate.take(b, now), Ok(()), "one network, one bucket");
        assert_eq!(rate.take(a, now), Err(31));
        assert_eq!(rate.take("10.0.0.1".parse().expect("v4"), now), Ok(()), "another one's");
        assert_eq!(rate.take(a, now + Duration::from_secs(31)), Ok(()));
        assert!(rate.take(a, now + Duration::from_secs(31)).is_err());
    }
}
