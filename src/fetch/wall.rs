//! Recognising what stands between us and a site: bot walls, challenges, login pages of networks.

use reqwest::header::HeaderMap;

/// What answers instead of the site, by the headers and the beginning of the body; `None` = nothing that we know.
///
/// Called for answers that refuse (401, 403, 429, 503, …) only: a page may speak of these things without being one.
pub fn recognise(headers: &HeaderMap, body: &[u8]) -> Option<&'static str> {
    let header =
        |name: &str| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).to_lowercase());
    let has = |name: &str, part: &str| header(name).is_some_and(|value| value.contains(part));
    let body = String::from_utf8_lossy(body).to_lowercase();
    let says = |marks: &[&str]| marks.iter().any(|mark| body.contains(mark));

    if has("cf-mitigated", "challenge") {
        return Some("a challenge of Cloudflare");
    }
    if has("server", "cloudflare")
        && says(&["challenge-platform", "cf-chl", "cf-error", "just a moment", "attention required"])
    {
        return Some("a challenge of Cloudflare");
    }
    if header("x-amzn-waf-action").is_some() || says(&["awswafcookiedomainlist", "awswaf.com"]) {
        return Some("the bot wall of AWS");
    }
    if header("x-datadome").is_some() || says(&["captcha-delivery.com"]) {
        return Some("the bot wall of DataDome");
    }
    if has("server", "akamaighost") || says(&["errors.edgesuite.net"]) {
        return Some("the bot wall of Akamai");
    }
    if header("x-iinfo").is_some() || says(&["_incapsula_resource", "incapsula incident"]) {
        return Some("the bot wall of Imperva");
    }
    if header("x-sucuri-block").is_some() || says(&["sucuri website firewall"]) {
        return Some("the bot wall of Sucuri");
    }
    if has("server", "ddos-guard") {
        return Some("the bot wall of DDoS-Guard");
    }
    if says(&["px-captcha", "perimeterx"]) {
        return Some("the bot wall of HUMAN (PerimeterX)");
    }
    if says(&[
        "making sure you're not a bot",
        "making sure you&#39;re not a bot",
        "within.website/x/cmd/anubis",
    ]) {
        return Some("Anubis, a proof-of-work wall,");
    }
    if says(&[
        "g-recaptcha",
        "h-captcha",
        "hcaptcha.com/1/api",
        "cf-turnstile",
        "enable javascript and cookies",
    ]) {
        return Some("a captcha");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderName;

    fn check(header: Option<(&'static str, &str)>, body: &str, wall: Option<&str>) {
        let mut headers = HeaderMap::new();
        if let Some((name, value)) = header {
            headers.insert(HeaderName::from_static(name), value.parse().unwrap());
        }
        assert_eq!(recognise(&headers, body.as_bytes()), wall);
    }

    #[test]
    fn walls_are_known_by_their_marks() {
        check(Some(("cf-mitigated", "challenge")), "", Some("a challenge of Cloudflare"));
        check(
            Some(("server", "cloudflare")),
            "<title>Just a moment...</title>",
            Some("a challenge of Cloudflare"),
        );
        check(Some(("server", "AkamaiGHost")), "Access Denied", Some("the bot wall of Akamai"));
        check(None, "<div class=\"g-recaptcha\">", Some("a captcha"));
    }

    #[test]
    fn a_plain_refusal_is_no_wall() {
        check(Some(("server", "cloudflare")), "<h1>Forbidden</h1>", None);
        check(None, "<title>Just a moment...</title>", None);
        check(None, "", None);
    }
}
