//! The clean HTML of an entry as it stands in a page of ours: harmless to the page's outline, styles and readers.
//!
//! The cleaner has taken out whatever acts. What is left was written for another page: its ids and classes would meet
//! ours, its headings and landmarks would stand beside ours, its colours were chosen for other paper. One linear pass
//! over what the cleaner's serializer promises: `<` begins a tag, values are quoted with `"`, elements are balanced.

use super::words::Words;
use crate::render::fence;

/// The markup, with its highest headings at `level` (2 to 6) and the others below them.
pub(super) fn body(clean: &str, level: u8, words: &Words) -> String {
    let highest = tags(clean).filter_map(|(_, tag)| heading(name(tag))).min().unwrap_or(level);
    let mut out = String::with_capacity(clean.len() + clean.len() / 8);
    let mut page = Page { level, highest, words, tables: 0, links: 0 };
    let mut done = 0;
    for (at, tag) in tags(clean) {
        out.push_str(&fence::text(clean.get(done..at).unwrap_or_default()));
        page.write(tag, &mut out);
        done = at + tag.len();
    }
    out.push_str(&fence::text(clean.get(done..).unwrap_or_default()));
    out
}

/// The address of the first picture that a page may show.
pub(super) fn first_picture(clean: &str) -> Option<&str> {
    tags(clean).filter(|(_, tag)| name(tag) == "img").find_map(|(_, tag)| {
        attributes(tag).find(|(name, value)| *name == "src" && is_web(value)).map(|(_, value)| value)
    })
}

struct Page<'w> {
    level: u8,
    highest: u8,
    words: &'w Words,
    /// How many tables are open: only the outermost gets a frame that can be scrolled.
    tables: usize,
    links: usize,
}

impl Page<'_> {
    fn write(&mut self, tag: &str, out: &mut String) {
        let (name, closes) = (name(tag), tag.starts_with("</"));
        match (name, closes) {
            // Comments.
            ("", _) => return,
            ("table", false) => {
                if self.tables == 0 {
                    let label = fence::attribute(self.words.say("table"));
                    out.push_str(&format!(
                        "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"{label}\">"
                    ));
                }
                self.tables += 1;
            }
            ("a", false) => self.links += 1,
            ("a", true) => self.links = self.links.saturating_sub(1),
            _ => {}
        }
        if closes {
            out.push_str(&format!("</{}>", self.shown(name)));
            if name == "table" {
                self.tables = self.tables.saturating_sub(1);
                if self.tables == 0 {
                    out.push_str("</div>");
                }
            }
            return;
        }
        out.push('<');
        out.push_str(&self.shown(name));
        let mut has_alt = false;
        for (attribute, value) in attributes(tag).filter(|(attribute, value)| stays(name, attribute, value)) {
            has_alt |= attribute == "alt";
            out.push_str(&format!(" {attribute}=\"{}\"", fence::text(value)));
        }
        match name {
            "a" => out.push_str(" rel=\"nofollow noopener\""),
            "img" => {
                // A picture in a link must be called something; elsewhere one without words is an ornament.
                let alt = if self.links > 0 { self.words.say("picture") } else { "" };
                if !has_alt {
                    out.push_str(&format!(" alt=\"{}\"", fence::attribute(alt)));
                }
                out.push_str(" loading=\"lazy\" decoding=\"async\" referrerpolicy=\"no-referrer\"");
            }
            "audio" | "video" => out.push_str(" preload=\"none\""),
            _ => {}
        }
        out.push('>');
    }

    /// Landmarks of the other page are none in ours, and its headings come below ours.
    fn shown(&self, name: &str) -> String {
        match name {
            "main" | "nav" | "header" | "footer" | "aside" => "div".to_owned(),
            name => match heading(name) {
                Some(level) => format!("h{}", (self.level + level - self.highest).min(6)),
                None => name.to_owned(),
            },
        }
    }
}

/// Which attributes mean the same in our page as where they were written.
fn stays(element: &str, attribute: &str, value: &str) -> bool {
    match attribute {
        "id" | "class" | "name" | "headers" | "preload" | "summary" => false,
        // Colours and faces were chosen for other paper.
        "bgcolor" | "color" | "face" => false,
        "size" => element != "font",
        "lang" => fence::language(Some(value)).is_some(),
        "href" | "xlink:href" => value.split_once(':').is_some_and(|(scheme, _)| is_scheme(scheme)),
        "src" | "poster" => is_web(value) || value.starts_with("data:image/"),
        "srcset" => value.split(", ").all(|candidate| is_web(candidate.trim())),
        "cite" => is_web(value),
        "width" | "height" if matches!(element, "img" | "video" | "source") => {
            value.len() <= 5 && value.bytes().all(|b| b.is_ascii_digit()) && !value.is_empty()
        }
        _ => true,
    }
}

/// Schemes of links that only show something or ask before they do.
fn is_scheme(scheme: &str) -> bool {
    const SCHEMES: [&str; 13] = [
        "acct", "ftp", "ftps", "geo", "http", "https", "irc", "ircs", "magnet", "mailto", "sms", "tel",
        "xmpp",
    ];
    SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(scheme))
}

fn is_web(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://")
}

fn heading(name: &str) -> Option<u8> {
    match name.as_bytes() {
        [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
        _ => None,
    }
}

/// The tags and comments with their places; one that never ends is left out with all behind it.
fn tags(clean: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let begin = at + clean.get(at..)?.find('<')?;
        let rest = clean.get(begin..)?;
        let length = match rest.strip_prefix("<!--") {
            Some(comment) => comment.find("-->")? + 7,
            None => end_of_tag(rest)?,
        };
        at = begin + length;
        Some((begin, rest.get(..length)?))
    })
}

/// The length of the tag that `rest` begins with, quoted values skipped.
fn end_of_tag(rest: &str) -> Option<usize> {
    let mut quoted = false;
    let end = rest.bytes().position(|b| {
        quoted ^= b == b'"';
        b == b'>' && !quoted
    });
    end.map(|end| end + 1)
}

/// The name of an element; empty for a comment.
fn name(tag: &str) -> &str {
    let inner = tag.trim_start_matches(['<', '/']);
    let end = inner.bytes().position(|b| !b.is_ascii_alphanumeric()).unwrap_or(inner.len());
    inner.get(..end).unwrap_or_default()
}

/// The attributes of a start tag, values as escaped there.
fn attributes(tag: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest =
        tag.trim_start_matches('<').trim_end_matches('>').get(name(tag).len()..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (name, after) = rest.split_once("=\"")?;
        let (value, after) = after.split_once('"')?;
        rest = after;
        let name = name.trim();
        let good = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-:".contains(&b));
        good.then_some((name, value))
    })
}

#[cfg(test)]
mod tests {
    use super::super::words::words;
    use super::*;

    fn check(clean: &str, level: u8, expected: &str) {
        assert_eq!(body(clean, level, words([Some("en")])), expected);
    }

    #[test]
    fn what_meant_something_elsewhere_only_is_gone() {
        check(
            "<p id=\"main\" class=\"skip\" title=\"a > b\">x<br>y</p><!-- <p> -->&lt;",
            2,
            "<p title=\"a > b\">x<br>y</p>&lt;",
        );
        check("<font color=\"red\" size=\"7\">a</font>", 2, "<font>a</font>");
        check("<main><nav>a</nav></main>", 2, "<div><div>a</div></div>");
        check("<p lang=\"no_tag\" dir=\"rtl\">a</p>", 2, "<p dir=\"rtl\">a</p>");
    }

    #[test]
    fn headings_come_below_ours_and_keep_their_order() {
        check("<h1>a</h1><h3>b</h3>", 2, "<h2>a</h2><h4>b</h4>");
        check("<h4>a</h4><h6>b</h6>", 4, "<h4>a</h4><h6>b</h6>");
        check("<h2>a</h2><h6>b</h6>", 4, "<h4>a</h4><h6>b</h6>");
    }

    #[test]
    fn pictures_are_lazy_tell_nobody_and_have_a_name_in_links() {
        let lazy = "loading=\"lazy\" decoding=\"async\" referrerpolicy=\"no-referrer\">";
        check(
            "<img src=\"https://a.example/x\" width=\"600\" height=\"100%\">",
            2,
            &format!("<img src=\"https://a.example/x\" width=\"600\" alt=\"\" {lazy}"),
        );
        check(
            "<a href=\"https://a.example/\"><img src=\"https://a.example/x\"></a>",
            2,
            &format!(
                "<a href=\"https://a.example/\" rel=\"nofollow noopener\">\
                 <img src=\"https://a.example/x\" alt=\"Picture\" {lazy}</a>"
            ),
        );
        check("<img alt=\"b\" src=\"/x\">", 2, &format!("<img alt=\"b\" {lazy}"));
        assert_eq!(
            first_picture("<img alt=\"a\"><img src=\"/x\"><img src=\"http://a.example/\">"),
            Some("http://a.example/")
        );
    }

    #[test]
    fn links_go_where_they_may() {
        check("<a href=\"javascript:x\">a</a>", 2, "<a rel=\"nofollow noopener\">a</a>");
        check("<a href=\"/login\">a</a>", 2, "<a rel=\"nofollow noopener\">a</a>");
        check(
            "<a href=\"mailto:a@b.example\">a</a>",
            2,
            "<a href=\"mailto:a@b.example\" rel=\"nofollow noopener\">a</a>",
        );
    }

    #[test]
    fn tables_can_be_scrolled_and_nothing_unbalanced_is_made() {
        let frame = "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"Table\">";
        check(
            "<table><tr><td bgcolor=\"red\"><table></table></td></tr></table>",
            2,
            &format!("{frame}<table><tr><td><table></table></td></tr></table></div>"),
        );
        check("a <b", 2, "a <b");
        check(
            "<video src=\"https://a.example/v\" controls=\"\"></video>",
            2,
            "<video src=\"https://a.example/v\" controls=\"\" preload=\"none\"></video>",
        );
    }
}
