//! Recognising what stands between us and a site: bot walls, challenges, login pages of networks and of sites.

use reqwest::header::HeaderMap;

/// A wall: its name for people, the headers that tell it (name, a part of the value), and words of its pages.
struct Wall {
    name: &'static str,
    /// Each of them alone tells it, in an answer that refuses.
    headers: &'static [(&'static str, &'static str)],
    /// Each of them alone tells it, in lower case.
    words: &'static [&'static str],
}

/// The makers of walls, most specific first.
const WALLS: &[Wall] = &[
    Wall {
        name: "a challenge of Cloudflare",
        headers: &[("cf-mitigated", "challenge")],
        words: &[
            "cdn-cgi/challenge-platform",
            "window._cf_chl_opt",
            "cf-browser-verification",
            "cf_chl_",
            "id=\"cf-error-details\"",
        ],
    },
    Wall {
        name: "the bot wall of AWS",
        headers: &[("x-amzn-waf-action", "")],
        words: &["awswafcookiedomainlist", "awswaf.com/", "gokuprops"],
    },
    Wall {
        name: "the bot wall of DataDome",
        headers: &[("x-datadome", ""), ("x-dd-b", "")],
        words: &["captcha-delivery.com"],
    },
    Wall {
        name: "the bot wall of HUMAN (PerimeterX)",
        headers: &[],
        words: &["px-captcha", "window._pxappid", "perimeterx"],
    },
    Wall {
        name: "the bot wall of Akamai",
        headers: &[("server", "akamaighost")],
        words: &["errors.edgesuite.net", "/_sec/cp_challenge/", "sec-if-cpt-container"],
    },
    Wall {
        name: "the bot wall of Imperva",
        headers: &[("x-iinfo", ""), ("x-cdn", "incapsula"), ("x-cdn", "imperva")],
        words: &["_incapsula_resource", "incapsula incident id"],
    },
    Wall {
        name: "the bot wall of Sucuri",
        headers: &[("x-sucuri-block", "")],
        words: &["sucuri website firewall", "sucuri_cloudproxy_js"],
    },
    Wall {
        name: "the bot wall of DDoS-Guard",
        headers: &[("server", "ddos-guard")],
        words: &["/.well-known/ddos-guard/", "ddos-guard</title>"],
    },
    Wall {
        name: "Anubis, a proof-of-work wall,",
        headers: &[],
        words: &[
            "making sure you're not a bot",
            "making sure you&#39;re not a bot",
            "within.website/x/cmd/anubis",
            "id=\"anubis_challenge\"",
            "/.within.website/",
        ],
    },
    Wall {
        name: "the login page of a network (a captive portal)",
        headers: &[],
        words: &["wispaccessgatewayparam", "captive portal", "captiveportal", "<loginurl>", "hotspot login"],
    },
];

/// Words of challenges whose maker is not known.
const CAPTCHAS: &[&str] = &[
    "g-recaptcha",
    "h-captcha",
    "hcaptcha.com/1/api",
    "cf-turnstile",
    "challenges.cloudflare.com/turnstile",
    "enable javascript and cookies",
];
const SCRIPTS: &[&str] = &[
    "enable javascript to",
    "enable javascript and",
    "javascript is required",
    "javascript is disabled",
    "requires javascript",
    "please enable javascript",
    "please turn javascript on",
];
const CONSENT: &[&str] = &[
    "consent.google.",
    "consent.yahoo.",
    "sourcepoint.mgr.consensu.org",
    "action=\"https://consent.",
    "id=\"consent-page\"",
    "class=\"consent-form\"",
];

/// So much of a page is looked at.
const HEAD: usize = 64 << 10;

/// What answers instead of the site, by the headers and the beginning of the body; `None` = nothing that we know.
///
/// For answers that refuse (401, 403, 429, 503, …): there the header of a maker is enough.
pub fn recognise(headers: &HeaderMap, body: &[u8]) -> Option<&'static str> {
    let header =
        |name: &str| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).to_lowercase());
    let told = |(name, part): &(&str, &str)| header(name).is_some_and(|value| value.contains(part));
    let page = lower(body);
    let cloudflare = header("server").is_some_and(|server| server.contains("cloudflare"))
        && ["just a moment", "attention required", "cf-error", "cf-chl"]
            .iter()
            .any(|word| page.contains(word));
    if cloudflare {
        return Some("a challenge of Cloudflare");
    }
    let by_header = || WALLS.iter().find(|wall| wall.headers.iter().any(told)).map(|wall| wall.name);
    by_words(&page).or_else(by_header)
}

/// The same for an answer that does not refuse: only where a page stands in the place of a feed, and only by words
/// that no ordinary page holds. The answer decides nothing, it names what went wrong.
pub fn in_place_of_a_feed(headers: &HeaderMap, body: &[u8]) -> Option<&'static str> {
    let start = lower(body.get(..512).unwrap_or(body));
    let start = start.trim_start_matches('\u{feff}').trim_start();
    let page = ["<!doctype html", "<html", "<head", "<body", "<script", "<meta", "<title"];
    if !page.iter().any(|mark| start.starts_with(mark)) && !start.contains("<html") {
        return None;
    }
    let page = lower(body);
    let challenge = headers.get("cf-mitigated").is_some().then_some("a challenge of Cloudflare");
    challenge.or_else(|| by_words(&page)).or_else(|| login(&page))
}

fn by_words(page: &str) -> Option<&'static str> {
    let says = |marks: &[&str]| marks.iter().any(|mark| page.contains(mark));
    let wall = WALLS.iter().find(|wall| says(wall.words)).map(|wall| wall.name);
    wall.or_else(|| says(CAPTCHAS).then_some("a captcha")).or_else(|| {
        // Much of the web says so in a corner of a page; a page that says little else is meant.
        (says(SCRIPTS) && page.len() < 16 << 10).then_some("a page that wants JavaScript")
    })
}

fn login(page: &str) -> Option<&'static str> {
    let says = |marks: &[&str]| marks.iter().any(|mark| page.contains(mark));
    if says(&["id=\"loginform\"", "wp-login.php?action=lostpassword"]) && says(&["wp-login.php", "wordpress"])
    {
        return Some("the login page of WordPress");
    }
    if says(CONSENT) {
        return Some("a page that asks for consent");
    }
    says(&["type=\"password\"", "type='password'", "type=password"]).then_some("a login page")
}

fn lower(body: &[u8]) -> String {
    String::from_utf8_lossy(body.get(..HEAD).unwrap_or(body)).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderName;

    fn headers(header: Option<(&'static str, &str)>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if let Some((name, value)) = header {
            headers.insert(HeaderName::from_static(name), value.parse().unwrap());
        }
        headers
    }

    fn check(header: Option<(&'static str, &str)>, body: &str, wall: Option<&str>) {
        assert_eq!(recognise(&headers(header), body.as_bytes()), wall, "{header:?} {body}");
    }

    /// With status 200.
    fn check_page(body: &str, wall: Option<&str>) {
        assert_eq!(in_place_of_a_feed(&headers(None), body.as_bytes()), wall, "{body}");
    }

    #[test]
    fn walls_are_known_by_their_marks_when_they_refuse() {
        let cloudflare = Some("a challenge of Cloudflare");
        check(Some(("cf-mitigated", "challenge")), "", cloudflare);
        check(Some(("server", "cloudflare")), "<title>Just a moment...</title>", cloudflare);
        check(Some(("server", "AkamaiGHost")), "Access Denied", Some("the bot wall of Akamai"));
        check(Some(("x-datadome", "protected")), "", Some("the bot wall of DataDome"));
        check(Some(("x-amzn-waf-action", "challenge")), "", Some("the bot wall of AWS"));
        check(Some(("x-iinfo", "1-2-3")), "", Some("the bot wall of Imperva"));
        check(Some(("x-sucuri-block", "1")), "", Some("the bot wall of Sucuri"));
        check(Some(("server", "ddos-guard")), "", Some("the bot wall of DDoS-Guard"));
        check(None, "<div id=\"px-captcha\">", Some("the bot wall of HUMAN (PerimeterX)"));
        check(
            None,
            "<title>Making sure you&#39;re not a bot!</title>",
            Some("Anubis, a proof-of-work wall,"),
        );
        check(None, "<div class=\"g-recaptcha\">", Some("a captcha"));
        check(None, "<p>Please enable JavaScript to go on", Some("a page that wants JavaScript"));
    }

    #[test]
    fn pages_in_the_place_of_a_feed_are_named_whatever_their_status() {
        let page = |body: &str| format!("<!DOCTYPE html><html><body>{body}</body></html>");
        check_page(
            &page("<script src='/cdn-cgi/challenge-platform/h/b'></script>"),
            Some("a challenge of Cloudflare"),
        );
        check_page(&page("<script>window.gokuProps = {}</script>"), Some("the bot wall of AWS"));
        check_page(
            &page("<iframe src='https://geo.captcha-delivery.com/'>"),
            Some("the bot wall of DataDome"),
        );
        check_page(&page("<script src='/_Incapsula_Resource?x'>"), Some("the bot wall of Imperva"));
        check_page(
            &page("<!-- <WISPAccessGatewayParam> -->"),
            Some("the login page of a network (a captive portal)"),
        );
        check_page(
            &page("<form id=\"loginform\" action=\"/wp-login.php\"><input type=\"password\">"),
            Some("the login page of WordPress"),
        );
        check_page(&page("<form><input type=password></form>"), Some("a login page"));
        check_page(
            &page("<form action=\"https://consent.example/save\">"),
            Some("a page that asks for consent"),
        );
        check_page(
            &page("<noscript>You need to enable JavaScript to run this app.</noscript>"),
            Some("a page that wants JavaScript"),
        );
        check_page("\u{feff}\n <HTML><div class=h-captcha>", Some("a captcha"));
    }

    #[test]
    fn a_plain_refusal_a_page_and_a_feed_are_no_walls() {
        check(Some(("server", "cloudflare")), "<h1>Forbidden</h1>", None);
        check(None, "<title>Just a moment...</title>", None);
        check(None, "", None);
        check_page("<html><title>খবর</title><p>what is a captcha?", None);
        check_page("<rss><item><description>&lt;div class=\"g-recaptcha\"></description></item></rss>", None);
        let long =
            format!("<html>{}<noscript>please enable JavaScript</noscript>", "<p>খবর</p>".repeat(3000));
        check_page(&long, None);
    }
}
