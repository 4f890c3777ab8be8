//! Query parameters that tell who sent a reader: which they are (`config/tracking.toml`), and addresses without them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use url::Url;

#[derive(Deserialize)]
struct Tracking {
    exact: Vec<String>,
    prefix: Vec<String>,
    host: BTreeMap<String, Vec<String>>,
}

static TRACKING: LazyLock<Tracking> = LazyLock::new(|| {
    // Shipped data: the test below loads it, so it cannot be broken in a build that passed.
    toml::from_str(include_str!("../../config/tracking.toml")).unwrap_or(Tracking {
        exact: Vec::new(),
        prefix: Vec::new(),
        host: Default::default(),
    })
});

/// True when the query parameter `name` only tells who sent the reader to `host`.
pub fn is_tracking(host: &str, name: &str) -> bool {
    let table = &*TRACKING;
    if table.exact.iter().any(|n| n == name) || table.prefix.iter().any(|p| name.starts_with(p.as_str())) {
        return true;
    }
    table.host.iter().any(|(owner, names)| {
        let here = host == owner || host.strip_suffix(owner.as_str()).is_some_and(|rest| rest.ends_with('.'));
        here && names.iter().any(|n| match n.strip_suffix('*') {
            Some(prefix) => name.starts_with(prefix),
            None => n == name,
        })
    })
}

/// The address without tracking; everything else in it stays to the letter.
pub fn untracked(mut url: Url) -> Url {
    let (Some(host), Some(query)) = (url.host_str(), url.query()) else { return url };
    let is_kept = |pair: &&str| !is_tracking(host, pair.split_once('=').map_or(*pair, |(name, _)| name));
    let kept: Vec<&str> = query.split('&').filter(is_kept).collect();
    if kept.len() == query.split('&').count() {
        return url;
    }
    let kept = kept.join("&");
    url.set_query(Some(kept.as_str()).filter(|query| !query.is_empty()));
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tracking_data_is_loaded() {
        assert!(is_tracking("x.example", "utm_source") && is_tracking("x.example", "fbclid"));
        assert!(!is_tracking("x.example", "p") && !is_tracking("notbbc.com", "at_medium"));
    }

    #[test]
    fn an_address_loses_its_tracking_and_nothing_else() {
        let check = |from: &str, to: &str| assert_eq!(untracked(Url::parse(from).unwrap()).as_str(), to);
        check("https://a.example/x?utm_source=rss&id=%e0%a6&v#top", "https://a.example/x?id=%e0%a6&v#top");
        check("https://a.example/x?utm_source=rss", "https://a.example/x");
        check("https://a.example/x?b=1&&a=2", "https://a.example/x?b=1&&a=2");
        check("https://www.bbc.co.uk/x?at_medium=RSS", "https://www.bbc.co.uk/x");
        check("urn:x?utm_source=1", "urn:x?utm_source=1");
    }
}
