//! Query parameters that tell who sent a reader: which they are (`config/tracking.toml`), and addresses without them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use url::Url;

use crate::model::Item;

#[derive(Deserialize)]
struct Tracking {
    exact: Vec<String>,
    prefix: Vec<String>,
    host: BTreeMap<String, Vec<String>>,
    redirect: Vec<Redirect>,
}

/// Addresses that only lead to another.
#[derive(Deserialize)]
struct Redirect {
    host: String,
    path: String,
    parameters: Vec<String>,
}

static TRACKING: LazyLock<Tracking> = LazyLock::new(|| {
    // Shipped data: the test below loads it, so it cannot be broken in a build that passed.
    toml::from_str(include_str!("../../config/tracking.toml")).unwrap_or(Tracking {
        exact: Vec::new(),
        prefix: Vec::new(),
        host: Default::default(),
        redirect: Vec::new(),
    })
});

/// True when the query parameter `name` only tells who sent the reader to `host`.
pub fn is_tracking(host: &str, name: &str) -> bool {
    let table = &*TRACKING;
    if table.exact.iter().any(|n| n == name) || table.prefix.iter().any(|p| name.starts_with(p.as_str())) {
        return true;
    }
    table.host.iter().any(|(owner, names)| {
        is_of(host, owner)
            && names.iter().any(|n| match n.strip_suffix('*') {
                Some(prefix) => name.starts_with(prefix),
                None => n == name,
            })
    })
}

fn is_of(host: &str, owner: &str) -> bool {
    host == owner || host.strip_suffix(owner).is_some_and(|rest| rest.ends_with('.'))
}

/// Where an address leads that is there only to lead to another; else the address itself.
pub fn original(url: Url) -> Url {
    let leads = |redirect: &&Redirect| {
        let is_here = url.host_str().is_some_and(|host| is_of(host, &redirect.host));
        is_here && (redirect.path.is_empty() || url.path() == redirect.path)
    };
    let Some(redirect) = TRACKING.redirect.iter().find(leads) else { return url };
    let target = redirect.parameters.iter().find_map(|name| {
        let (_, value) = url.query_pairs().find(|(key, _)| key == name.as_str())?;
        Url::parse(&value).ok().filter(|target| matches!(target.scheme(), "http" | "https"))
    });
    target.unwrap_or(url)
}

/// The address without tracking; everything else in it stays to the letter.
pub fn untracked(url: Url) -> Url {
    let host = url.host_str().map(str::to_owned);
    match host {
        Some(host) => without(url, |name| is_tracking(&host, name)),
        None => url,
    }
}

/// The item with addresses that have none of these parameters; a final `*` stands for any ending of the name.
pub fn without_parameters(mut item: Item, names: &[String]) -> Item {
    let is_one = |name: &str| {
        names.iter().any(|known| match known.strip_suffix('*') {
            Some(begin) => name.starts_with(begin),
            None => known == name,
        })
    };
    if !names.is_empty() {
        item.url = item.url.map(|url| without(url, is_one));
    }
    item
}

fn without(mut url: Url, is_gone: impl Fn(&str) -> bool) -> Url {
    let Some(query) = url.query() else { return url };
    let is_kept = |pair: &&str| !is_gone(pair.split_once('=').map_or(*pair, |(name, _)| name));
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
    fn who_only_leads_to_another_is_passed_over() {
        let check = |from: &str, to: &str| assert_eq!(original(Url::parse(from).unwrap()).as_str(), to);
        check(
            "https://www.google.com/url?rct=j&url=https://a.example/x%3Fid%3D1&ct=ga",
            "https://a.example/x?id=1",
        );
        check("https://l.facebook.com/l.php?u=https%3A%2F%2Fa.example%2Fx&h=AT0", "https://a.example/x");
        check("https://out.reddit.com/t3_1?url=https%3A%2F%2Fa.example%2F", "https://a.example/");
        check(
            "https://www.google.com/search?q=https://a.example/",
            "https://www.google.com/search?q=https://a.example/",
        );
        check("https://www.google.com/url?q=javascript:1", "https://www.google.com/url?q=javascript:1");
        check(
            "https://notgoogle.com/url?q=https://a.example/",
            "https://notgoogle.com/url?q=https://a.example/",
        );
    }

    #[test]
    fn the_owner_names_more() {
        let check = |from: &str, to: &str| {
            let item = Item { url: Url::parse(from).ok(), ..Item::default() };
            let names = ["ref".to_owned(), "from_*".to_owned()];
            assert_eq!(without_parameters(item, &names).url.unwrap().as_str(), to);
        };
        check("https://a.example/x?ref=7&id=1&from_app=2", "https://a.example/x?id=1");
        check("https://a.example/x?refer=7", "https://a.example/x?refer=7");
        check("https://a.example/x?ref", "https://a.example/x");
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
