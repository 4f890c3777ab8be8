//! Hubs that an answer announces in `Link` headers (RFC 8288, section 3; w3.org/TR/websub, section 4).

use reqwest::header::{HeaderMap, LINK};
use url::Url;

use super::Links;

/// So many hubs are taken, as from a document.
const MOST: usize = 32;

/// The hubs and the topic that the headers of an answer from `here` announce. Links of another context (`anchor`) are not its own.
pub fn announced(headers: &HeaderMap, here: &Url) -> Links {
    let mut links = Links::default();
    for line in headers.get_all(LINK) {
        let line = String::from_utf8_lossy(line.as_bytes());
        let mut rest = line.as_ref();
        while let Some((target, after)) = target(rest) {
            let (rel, anchored, after) = parameters(after);
            rest = after;
            let url = here.join(target).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
            let Some(url) = url.filter(|_| !anchored) else { continue };
            let is = |name: &str| rel.split_ascii_whitespace().any(|rel| rel.eq_ignore_ascii_case(name));
            if is("self") && links.topic.is_none() {
                links.topic = Some(url.clone());
            }
            if is("hub") && links.hubs.len() < MOST && !links.hubs.contains(&url) {
                links.hubs.push(url);
            }
        }
    }
    links
}

/// The next `<target>`, and what follows it.
fn target(text: &str) -> Option<(&str, &str)> {
    let (target, after) = text.split_once('<')?.1.split_once('>')?;
    Some((target.trim(), after))
}

/// The first `rel` of the parameters up to the next link, whether there is an `anchor`, and what follows the comma.
fn parameters(text: &str) -> (String, bool, &str) {
    let (mut rel, mut anchored, mut rest) = (None, false, text);
    loop {
        rest = rest.trim_start_matches([' ', '\t', ';']);
        let end = rest.find(['=', ';', ',']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let (value, after) = after.strip_prefix('=').map_or((String::new(), after), value);
        match name.trim().to_ascii_lowercase().as_str() {
            "rel" => rel = rel.or(Some(value)),
            "anchor" => anchored = true,
            _ => {}
        }
        match after.trim_start().strip_prefix(';') {
            Some(more) => rest = more,
            None => {
                let next = after.split_once(',').map_or("", |(_, next)| next);
                return (rel.unwrap_or_default(), anchored, next);
            }
        }
    }
}

/// A token or a quoted string, unquoted, and what follows it.
fn value(text: &str) -> (String, &str) {
    let text = text.trim_start();
    let Some(quoted) = text.strip_prefix('"') else {
        let (token, after) = text.split_at(text.find([';', ',']).unwrap_or(text.len()));
        return (token.trim().to_owned(), after);
    };
    let (mut out, mut letters) = (String::new(), quoted.char_indices());
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (out, quoted.get(at + 1..).unwrap_or_default()),
            '\\' => out.extend(letters.next().map(|(_, letter)| letter)),
            _ => out.push(letter),
        }
    }
    (out, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lines: &[&str], hubs: &[&str], topic: Option<&str>) {
        let mut map = HeaderMap::new();
        for line in lines {
            map.append(LINK, line.parse().unwrap());
        }
        let links = announced(&map, &Url::parse("https://a.example/blog/feed").unwrap());
        let told: Vec<&str> = links.hubs.iter().map(Url::as_str).collect();
        assert_eq!((told.as_slice(), links.topic.as_ref().map(Url::as_str)), (hubs, topic), "{lines:?}");
    }

    #[test]
    fn hubs_and_topic_by_the_table() {
        let (hub, topic) = ("https://hub.example/", Some("https://a.example/feed"));
        check(&[], &[], None);
        check(
            &["<https://hub.example/>; rel=\"hub\", <https://a.example/feed>; rel=\"self\""],
            &[hub],
            topic,
        );
        check(&["<https://hub.example/>;rel=hub", "<../feed> ; REL = Self"], &[hub], topic);
        check(&["</feed>; rel=\"alternate self\"; type=\"application/atom+xml\""], &[], topic);
        check(
            &["<https://hub.example/>; title=\"a, b; rel=next <x>\"; rel=hub, </feed>; rel=self"],
            &[hub],
            topic,
        );
        check(&["<https://hub.example/>; title=\"say \\\"hub\\\"\"; rel=hub"], &[hub], None);
        check(
            &["<https://hub.example/>; rel=hub, <https://hub.example>; rel=hub, <//b.example/h>; rel=hub"],
            &[hub, "https://b.example/h"],
            None,
        );
        // The first `rel` counts; commas in an address are its own.
        check(&["<https://hub.example/a,b>; rel=hub; rel=next"], &["https://hub.example/a,b"], None);
        check(&["<https://hub.example/>; rel=next; rel=hub"], &[], None);
        // Links of something else, of no kind, or to where no hub can be.
        check(&["<https://hub.example/>; rel=hub; anchor=\"/other\""], &[], None);
        check(&["<file:///etc/passwd>; rel=hub, <javascript:1>; rel=hub, <https://hub.example/>"], &[], None);
        check(
            &["<https://hub.example/; rel=hub", "rel=hub", "", "<>", "<<>>;;=,\"", "<x>; rel=\"hub"],
            &["https://a.example/blog/x"],
            None,
        );
    }

    proptest::proptest! {
        #[test]
        fn no_header_breaks_it(line in "[<>;,=\"\\\\ a-zé]{0,60}") {
            if let Ok(line) = reqwest::header::HeaderValue::from_bytes(line.as_bytes()) {
                let map: HeaderMap = [(LINK, line)].into_iter().collect();
                let links = announced(&map, &Url::parse("https://a.example/").unwrap());
                proptest::prop_assert!(links.hubs.len() <= MOST);
            }
        }
    }
}
