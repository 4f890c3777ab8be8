//! The address of a source: on the web, or a file beside the configuration.

use std::path::Path;

use url::Url;

use crate::value::Flaw;

/// Reads the address of a source. A path without a scheme begins in `dir` and becomes a `file:` address.
pub(super) fn read(written: &str, dir: &Path) -> Result<Url, Flaw> {
    let url = match Url::parse(written) {
        Ok(url) => url,
        Err(url::ParseError::RelativeUrlWithoutBase) => return file(written, dir),
        Err(error) => {
            return Err(Flaw::new(format!("the address cannot be read: {error}"))
                .help("write `https://host/path`, or the path of a file"));
        }
    };
    match url.scheme() {
        "http" | "https" if !url.username().is_empty() || url.password().is_some() => {
            Err(Flaw::new("an address is shown in reports, a password in it would be too")
                .help("take it out and write `headers = { Authorization = \"env:NAME\" }`"))
        }
        "http" | "https" => Ok(url),
        "file" => match url.to_file_path() {
            Ok(_) => Ok(url),
            Err(()) => Err(Flaw::new("a `file:` address needs a whole path on this machine")
                .help("write `file:///srv/feeds/a.xml`, or a path relative to this file")),
        },
        "feed" | "rss" | "pcast" | "itpc" => {
            let rest = written.split_once(':').map_or(written, |(_, rest)| rest).trim_start_matches('/');
            let web = if rest.starts_with("http") { rest.to_owned() } else { format!("https://{rest}") };
            Err(Flaw::new(format!("`{}:` is no way to ask for a feed", url.scheme()))
                .help(format!("write `{web}`")))
        }
        other => Err(Flaw::new(format!("nothing can be fetched over `{other}:`"))
            .help("write an address with `https://`, `http://` or `file:///`, or the path of a file")),
    }
}

fn file(written: &str, dir: &Path) -> Result<Url, Flaw> {
    if written.trim().is_empty() {
        return Err(
            Flaw::new("the address is empty").help("write `https://host/path`, or the path of a file")
        );
    }
    if written.starts_with("//") || written.starts_with("www.") {
        return Err(Flaw::new("the address does not say how to ask")
            .help(format!("did you mean `https://{}`?", written.trim_start_matches('/'))));
    }
    let url = Url::from_file_path(dir.join(written)).ok();
    // Read once more as a text: that takes out `..`, as everywhere else where addresses are compared.
    url.and_then(|url| Url::parse(url.as_str()).ok()).ok_or_else(|| {
        Flaw::new("the path cannot be made absolute").help("write `file:///` and the whole path")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(written: &str, expected: Result<&str, &str>) {
        match (read(written, Path::new("/srv/h")), expected) {
            (Ok(url), Ok(text)) => assert_eq!(url.as_str(), text),
            (Err(flaw), Err(part)) => assert!(flaw.to_string().contains(part), "{flaw}"),
            (got, _) => panic!("{written}: {got:?}"),
        }
    }

    #[test]
    fn addresses_of_the_web_and_of_files() {
        check("https://খবর.example/a", Ok("https://xn--q5b8bm.example/a"));
        check("feeds/a b?.xml", Ok("file:///srv/h/feeds/a%20b%3F.xml"));
        check("খবর.xml", Ok("file:///srv/h/%E0%A6%96%E0%A6%AC%E0%A6%B0.xml"));
        check("../feeds/./a.xml", Ok("file:///srv/feeds/a.xml"));
        check("/abs/a.xml", Ok("file:///abs/a.xml"));
        check("file:///abs/a.xml", Ok("file:///abs/a.xml"));
    }

    #[test]
    fn other_addresses_are_refused_with_the_next_step() {
        check("feed://news.example/rss", Err("write `https://news.example/rss`"));
        check("feed:https://news.example/rss", Err("write `https://news.example/rss`"));
        check("ftp://news.example/rss", Err("over `ftp:`"));
        check("www.news.example/rss", Err("did you mean `https://www.news.example/rss`?"));
        check("//news.example/rss", Err("did you mean `https://news.example/rss`?"));
        check("https://me:pw@news.example/", Err("env:NAME"));
        check("https://", Err("cannot be read"));
        check("", Err("empty"));
    }
}
