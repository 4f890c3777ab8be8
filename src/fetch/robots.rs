//! `robots.txt` as RFC 9309 has it: which pages of a site we may fetch. In linear time, whatever the file holds.

/// So much of a file is read (RFC 9309, 2.5).
pub const MOST_BYTES: usize = 500 << 10;
/// So many rules are kept; a longer list is no list for people.
const MOST_RULES: usize = 2000;

/// What a file says to us.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    rules: Vec<Rule>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    allow: Allow,
    /// Octets as they are compared, stars and a last `$` in their meaning.
    pattern: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Allow {
    No,
    Yes,
}

/// Whose group of rules a line stands in.
#[derive(PartialEq, Eq, PartialOrd, Ord, Clone, Copy)]
enum For {
    Others,
    Everybody,
    Us,
}

impl Rules {
    /// Reads a file; `agent` is our product token. Groups that name it are one (2.2.1); without any, those for `*` are.
    pub fn read(text: &[u8], agent: &str) -> Self {
        let text = text.get(..MOST_BYTES).unwrap_or(text);
        let text = String::from_utf8_lossy(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text));
        let (mut of, mut in_head) = (For::Others, false);
        let (mut ours, mut everybodys, mut named) = (Vec::new(), Vec::new(), false);
        for line in text.split(['\n', '\r']) {
            let line = line.split('#').next().unwrap_or_default();
            let Some((key, value)) = line.split_once(':') else { continue };
            let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
            let allow = match key.as_str() {
                "user-agent" => {
                    if !in_head {
                        of = For::Others;
                    }
                    in_head = true;
                    of = of.max(whose(value, agent));
                    named |= of == For::Us;
                    continue;
                }
                "allow" => Allow::Yes,
                "disallow" => Allow::No,
                // Sitemaps and the like stand anywhere and end nothing.
                _ => continue,
            };
            in_head = false;
            let list = match of {
                For::Us => &mut ours,
                For::Everybody => &mut everybodys,
                For::Others => continue,
            };
            // An empty one says nothing.
            if !value.is_empty() && list.len() < MOST_RULES {
                list.push(Rule { allow, pattern: comparable(value) });
            }
        }
        Self { rules: if named { ours } else { everybodys } }
    }

    /// Nothing may be fetched: the site could not be asked for its rules (2.3.1.4).
    pub fn nothing() -> Self {
        Self { rules: vec![Rule { allow: Allow::No, pattern: "/".to_owned() }] }
    }

    /// Whether `path` (with its query) may be fetched. The longest pattern decides, of two as long the one that allows
    /// (2.2.2); `/robots.txt` itself always may.
    pub fn allow(&self, path: &str) -> bool {
        let path = comparable(path);
        let matching = self.rules.iter().filter(|rule| matches(&rule.pattern, &path));
        let decides = matching.max_by_key(|rule| (rule.pattern.len(), rule.allow));
        path == "/robots.txt" || decides.is_none_or(|rule| rule.allow == Allow::Yes)
    }

    /// The rules as a file that [`Rules::read`] reads, for keeping.
    pub fn to_text(&self) -> String {
        let line = |rule: &Rule| {
            let word = if rule.allow == Allow::Yes { "allow" } else { "disallow" };
            format!("{word}: {}\n", rule.pattern)
        };
        let rules: String = self.rules.iter().map(line).collect();
        if rules.is_empty() { rules } else { format!("user-agent: *\n{rules}") }
    }
}

fn whose(value: &str, agent: &str) -> For {
    // Only the letters count (2.2.1): `harkara/1.0` means us too.
    let token: &str =
        value.split(|c: char| !(c.is_ascii_alphabetic() || c == '_' || c == '-')).next().unwrap_or("");
    match value {
        "*" => For::Everybody,
        _ if !token.is_empty() && token.eq_ignore_ascii_case(agent) => For::Us,
        _ => For::Others,
    }
}

/// Octets beyond ASCII and escaped ones in one form: unreserved ones as they are, all others escaped in capitals.
fn comparable(text: &str) -> String {
    let bytes = text.as_bytes();
    let hex = |at: usize| bytes.get(at).and_then(|b| char::from(*b).to_digit(16));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escaped = match (byte, hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => u8::try_from(high * 16 + low).ok(),
            _ => None,
        };
        at += if escaped.is_some() { 3 } else { 1 };
        let value = escaped.unwrap_or(byte);
        let unreserved = value.is_ascii_alphanumeric() || b"-._~".contains(&value);
        if unreserved || (escaped.is_none() && value.is_ascii_graphic()) {
            out.push(char::from(value));
        } else {
            out.push_str(&format!("%{value:02X}"));
        }
    }
    out
}

/// Whether `pattern` matches the beginning of `path`; a `$` at its end means the end of the path (2.2.3). The first place
/// for each piece between stars is the best one, so nothing is ever tried twice.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, whole) = match pattern.strip_suffix('$') {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    let mut pieces = pattern.split('*').peekable();
    let Some(mut rest) = path.strip_prefix(pieces.next().unwrap_or_default()) else { return false };
    if pieces.peek().is_none() {
        return !whole || rest.is_empty();
    }
    while let Some(piece) = pieces.next() {
        if whole && pieces.peek().is_none() {
            return rest.ends_with(piece);
        }
        match rest.find(piece) {
            Some(place) => rest = rest.get(place + piece.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which of the paths may be fetched.
    fn check(text: &str, yes: &[&str], no: &[&str]) {
        let rules = Rules::read(text.as_bytes(), "harkara");
        let again = Rules::read(rules.to_text().as_bytes(), "harkara");
        assert_eq!(rules, again, "kept and read again");
        for (paths, allowed) in [(yes, true), (no, false)] {
            for path in paths {
                assert_eq!(rules.allow(path), allowed, "{path} by {text}");
            }
        }
    }

    #[test]
    fn the_group_that_names_us_counts_and_else_that_for_all() {
        check("user-agent: *\ndisallow: /a", &["/b"], &["/a", "/ab"]);
        check("user-agent: *\ndisallow: /\n\nUser-Agent: HarKara\ndisallow: /a", &["/b"], &["/a"]);
        check("user-agent: harkara/2.0 # us\ndisallow: /a\nuser-agent: *\ndisallow: /", &["/b"], &["/a"]);
        check("user-agent: harkarabot\ndisallow: /", &["/a"], &[]);
        check(
            "user-agent: x\nuser-agent: harkara\ndisallow: /a\nuser-agent: y\ndisallow: /",
            &["/b"],
            &["/a"],
        );
        // Two groups for us are one; a group without rules means that everything is open.
        check("user-agent: harkara\ndisallow: /a\nuser-agent: harkara\ndisallow: /b", &["/c"], &["/a", "/b"]);
        check("user-agent: harkara\ndisallow:\nuser-agent: *\ndisallow: /", &["/a"], &[]);
        check("disallow: /", &["/a"], &[]);
        check("", &["/a"], &[]);
    }

    #[test]
    fn the_longest_pattern_decides() {
        check("user-agent: *\nallow: /p\ndisallow: /", &["/page"], &["/other"]);
        check("user-agent: *\nallow: /folder\ndisallow: /folder", &["/folder/page"], &[]);
        check("user-agent: *\nallow: /page\ndisallow: /*.htm", &["/page"], &["/page.htm"]);
        check("user-agent: *\nallow: /$\ndisallow: /", &["/"], &["/page.htm"]);
        check("user-agent: *\ndisallow: /", &["/robots.txt"], &["/a"]);
    }

    #[test]
    fn stars_and_the_end_mean_what_they_mean() {
        check(
            "user-agent: *\ndisallow: /*.php",
            &["/windows.PHP", "/"],
            &["/a.php", "/f/a.php?x", "/a.php5"],
        );
        check("user-agent: *\ndisallow: /*.php$", &["/a.php?x", "/a.php5"], &["/a.php", "/a.php/b.php"]);
        check("user-agent: *\ndisallow: /f*.php", &["/F.php"], &["/f.php", "/fo/a.php?x"]);
        check("user-agent: *\ndisallow: /a$", &["/ab"], &["/a"]);
        check("user-agent: *\ndisallow: *", &[], &["/", "/a"]);
        check("user-agent: *\ndisallow: /a**b", &["/a"], &["/ab", "/axxb"]);
    }

    #[test]
    fn escapes_are_compared_by_what_they_mean() {
        check("user-agent: *\ndisallow: /খবর", &["/"], &["/%E0%A6%96%E0%A6%AC%E0%A6%B0", "/খবর/১"]);
        check("user-agent: *\ndisallow: /a%2fb", &["/a/b"], &["/a%2Fb"]);
        check("user-agent: *\ndisallow: /%61~%7e", &[], &["/a~~", "/a%7E~"]);
        check("user-agent: *\ndisallow: /a%zz", &[], &["/a%zz"]);
    }

    #[test]
    fn odd_files_are_read() {
        check(
            "\u{feff}User-agent : *\r\nDisallow : /a\r\r\nSitemap: x\nDisallow: /b",
            &["/c"],
            &["/a", "/b"],
        );
        check("<html>user-agent", &["/a"], &[]);
        check("user-agent: *\nuser agent\ncrawl-delay: 10\ndisallow: /a", &["/b"], &["/a"]);
        assert!(!Rules::nothing().allow("/a"));
        let latin = Rules::read(b"user-agent: *\ndisallow: /caf\xe9\ndisallow: /b", "harkara");
        assert!(!latin.allow("/b"));
    }

    #[test]
    fn hostile_files_cost_little() {
        let stars = format!(
            "user-agent: *\n{}",
            "disallow: /*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b$\n".repeat(20_000)
        );
        let rules = Rules::read(stars.as_bytes(), "harkara");
        assert_eq!(rules.rules.len(), MOST_RULES);
        // A matcher that goes back would never end here.
        assert!(rules.allow(&format!("/{}", "a".repeat(8000))));
        let late = format!("{}\nuser-agent: *\ndisallow: /", "#".repeat(MOST_BYTES));
        assert!(Rules::read(late.as_bytes(), "harkara").allow("/a"), "only the beginning is read");
    }
}
