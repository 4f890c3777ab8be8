//! Which proxy is used for what: the configured one, else the one of the environment, never one for our own networks.

use reqwest::{NoProxy, Proxy};
use url::Url;

use super::failure::FetchError;
use super::guard::Allowed;

/// The proxies of a client, and the names under which they stand.
pub struct Proxies {
    /// In the order in which they are tried.
    pub all: Vec<Proxy>,
    /// Their names: they may lead into a private network.
    pub names: Vec<String>,
}

/// One of the makers of [`Proxy`].
type Make = fn(Url) -> reqwest::Result<Proxy>;

/// Never asked through a proxy.
const DIRECT: [&str; 3] = ["localhost", "127.0.0.0/8", "::1"];

/// Reads `configured` (the key `proxy`; `direct` = none at all), else the environment through `variable`. What `allow` holds is asked directly.
///
/// Behind a proxy it is the proxy that looks names up, so only addresses written as such are guarded.
pub fn proxies(
    configured: Option<&str>,
    allow: &[Allowed],
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Proxies, FetchError> {
    let mut direct: Vec<String> = DIRECT.iter().map(ToString::to_string).collect();
    direct.extend(allow.iter().map(|allowed| match allowed {
        Allowed::HostsBelow(name) => format!(".{name}"),
        other => other.to_string(),
    }));
    let mut proxies = Proxies { all: Vec::new(), names: Vec::new() };
    if configured.is_some_and(|word| word.trim() == "direct") {
        return Ok(proxies);
    }
    if let Some(address) = configured {
        let proxy = Proxy::all(checked(address, "proxy", &mut proxies.names)?);
        proxies.all.push(finish(proxy, &direct)?);
        return Ok(proxies);
    }
    let variable = |upper: &str| variable(&upper.to_lowercase()).or_else(|| variable(upper));
    let variable = |upper: &str| variable(upper).filter(|value| !value.trim().is_empty());
    direct.extend(variable("NO_PROXY"));
    let kinds: [(&str, Make); 3] =
        [("HTTP_PROXY", Proxy::http), ("HTTPS_PROXY", Proxy::https), ("ALL_PROXY", Proxy::all)];
    for (name, make) in kinds {
        if let Some(address) = variable(name) {
            let proxy = make(checked(&address, name, &mut proxies.names)?);
            proxies.all.push(finish(proxy, &direct)?);
        }
    }
    Ok(proxies)
}

/// The address of a proxy, `http://` being understood; its value is not told, it may hold a password.
fn checked(address: &str, key: &str, names: &mut Vec<String>) -> Result<Url, FetchError> {
    let address = address.trim();
    let whole = if address.contains("://") { address.to_owned() } else { format!("http://{address}") };
    let url =
        Url::parse(&whole).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let url = url.ok_or_else(|| {
        FetchError::setup(format!("`{key}` is no address of a proxy like `http://proxy.example:3128`"))
    })?;
    names.extend(url.domain().map(str::to_owned));
    Ok(url)
}

fn finish(proxy: reqwest::Result<Proxy>, direct: &[String]) -> Result<Proxy, FetchError> {
    let proxy =
        proxy.map_err(|e| FetchError::setup(format!("the proxy cannot be used: {}", e.without_url())))?;
    Ok(proxy.no_proxy(NoProxy::from_string(&direct.join(","))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(configured: Option<&str>, environment: &[(&str, &str)], expected: &str) {
        let variable = |name: &str| {
            environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        let told = match proxies(configured, &[], variable) {
            Ok(proxies) => format!("{} {}", proxies.all.len(), proxies.names.join(" ")),
            Err(e) => e.to_string(),
        };
        assert_eq!(told, expected);
    }

    #[test]
    fn the_configured_proxy_wins_over_the_environment() {
        check(None, &[], "0 ");
        check(Some("http://u:p@proxy.example:3128"), &[("HTTP_PROXY", "http://other")], "1 proxy.example");
        check(
            None,
            &[("http_proxy", "a.example:8080"), ("HTTPS_PROXY", "http://b.example")],
            "2 a.example b.example",
        );
        check(Some("direct"), &[("HTTP_PROXY", "http://other")], "0 ");
        check(None, &[("ALL_PROXY", "http://10.0.0.1:3128"), ("HTTP_PROXY", " ")], "1 ");
    }

    #[test]
    fn a_proxy_that_cannot_be_used_is_named_without_its_password() {
        let told = "`proxy` is no address of a proxy like `http://proxy.example:3128`";
        check(Some("socks5://u:secret@proxy.example"), &[], told);
        check(Some("http://"), &[], told);
    }
}
