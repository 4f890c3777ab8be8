//! Films that a page plays in a frame: the frame goes, a link to the film's own page stays.

use ::url::Url;

use crate::normalize::url;

/// Where the film of a frame can be seen, for the players that readers know; `None` for any other frame.
pub fn page(source: &str, base: Option<&Url>) -> Option<String> {
    let url = url::resolve(source, base).filter(url::is_web)?;
    let host = url.host_str()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    let mut path = url.path_segments()?;
    let (first, second) = (path.next()?, path.next());
    let (before, id) = match (host, first) {
        ("youtube.com" | "youtube-nocookie.com", "embed") => ("https://www.youtube.com/watch?v=", second?),
        ("player.vimeo.com", "video") => ("https://vimeo.com/", second?),
        ("dailymotion.com", "embed") => ("https://www.dailymotion.com/video/", path.next()?),
        ("open.spotify.com", "embed") => {
            return Some(format!("https://open.spotify.com/{}/{}", second?, path.next()?));
        }
        _ => return None,
    };
    let good = !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    // A list has no film of its own in its address.
    (good && id != "videoseries").then(|| format!("{before}{id}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, expected: Option<&str>) {
        assert_eq!(page(source, None).as_deref(), expected, "{source}");
    }

    #[test]
    fn films_of_known_players_have_a_page() {
        check("https://www.youtube.com/embed/a-B_1?rel=0", Some("https://www.youtube.com/watch?v=a-B_1"));
        check("//www.youtube-nocookie.com/embed/x", Some("https://www.youtube.com/watch?v=x"));
        check("https://player.vimeo.com/video/12?h=1", Some("https://vimeo.com/12"));
        check("https://www.dailymotion.com/embed/video/x1", Some("https://www.dailymotion.com/video/x1"));
        check("https://www.youtube.com/embed/videoseries?list=x", None);
        check("https://youtube.com.evil.example/embed/x", None);
        check("javascript:alert(1)", None);
    }
}
