//! Namespaces: the vocabularies we know, by every spelling of their addresses that is met, and the prefixes in force.

/// A vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Ns {
    /// No namespace, or one of those that RSS itself was given: the format's own elements.
    #[default]
    Core,
    /// Atom 1.0, and what stands for it in a tree of any version.
    Atom,
    Atom03,
    Content,
    Dc,
    DcTerms,
    Media,
    Itunes,
    GooglePlay,
    Podcast,
    Syndication,
    Slash,
    Wfw,
    Thread,
    FeedBurner,
    CreativeCommons,
    Xhtml,
    Xml,
    Rdf,
    Rss090,
    Rss10,
    Prism,
    YouTube,
    Enclosure,
    Admin,
    /// A vocabulary that we do not know.
    Other,
}

impl Ns {
    /// The vocabulary without its version: RSS 0.90 and 1.0 are `Core`, Atom 0.3 is `Atom`.
    pub fn family(self) -> Self {
        match self {
            Ns::Rss090 | Ns::Rss10 => Ns::Core,
            Ns::Atom03 => Ns::Atom,
            other => other,
        }
    }
}

/// Addresses without scheme, `www.`, case and trailing `/` or `#`, and the vocabulary.
const KNOWN: &[(&str, Ns)] = &[
    ("w3.org/2005/atom", Ns::Atom),
    ("purl.org/atom/ns", Ns::Atom03),
    ("purl.org/rss/1.0/modules/content", Ns::Content),
    ("purl.org/rss/1.0/modules/company", Ns::Other),
    ("purl.org/dc/elements/1.1", Ns::Dc),
    ("purl.org/dc/elements/1.0", Ns::Dc),
    ("purl.org/dc", Ns::Dc),
    ("purl.org/rss/1.0/modules/dc", Ns::Dc),
    ("purl.org/dc/terms", Ns::DcTerms),
    ("purl.org/rss/1.0/modules/dcterms", Ns::DcTerms),
    ("search.yahoo.com/mrss", Ns::Media),
    ("search.yahoo.com/rss", Ns::Media),
    ("search.yahoo.com/searchmonkey/media", Ns::Media),
    ("tools.search.yahoo.com/mrss", Ns::Media),
    ("video.search.yahoo.com/mrss", Ns::Media),
    ("search.yahoo.com/mrss/rss.xml", Ns::Media),
    ("itunes.com/dtds/podcast-1.0.dtd", Ns::Itunes),
    ("example.com/dtds/podcast-1.0.dtd", Ns::Itunes),
    ("itunes.apple.com/dtds/podcast-1.0.dtd", Ns::Itunes),
    ("itunes.com/dtds/podcast-1.0", Ns::Itunes),
    ("google.com/schemas/play-podcasts/1.0", Ns::GooglePlay),
    ("google.com/schemas/play-podcasts/1.0/play-podcasts.xsd", Ns::GooglePlay),
    ("podcastindex.org/namespace/1.0", Ns::Podcast),
    ("podcastindex.org/namespace/1.0.md", Ns::Podcast),
    ("github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md", Ns::Podcast),
    ("purl.org/rss/1.0/modules/syndication", Ns::Syndication),
    ("purl.org/rss/1.0/modules/slash", Ns::Slash),
    ("wellformedweb.org/commentapi", Ns::Wfw),
    ("purl.org/syndication/thread/1.0", Ns::Thread),
    ("rssnamespace.org/feedburner/ext/1.0", Ns::FeedBurner),
    ("backend.userland.com/creativecommonsrssmodule", Ns::CreativeCommons),
    ("cyber.law.harvard.edu/rss/creativecommonsrssmodule.html", Ns::CreativeCommons),
    ("web.resource.org/cc", Ns::CreativeCommons),
    ("creativecommons.org/ns", Ns::CreativeCommons),
    ("w3.org/1999/xhtml", Ns::Xhtml),
    ("w3.org/tr/xhtml1", Ns::Xhtml),
    ("w3.org/xml/1998/namespace", Ns::Xml),
    ("w3.org/1999/02/22-rdf-syntax-ns", Ns::Rdf),
    ("my.netscape.com/rdf/simple/0.9", Ns::Rss090),
    ("channel.netscape.com/rdf/simple/0.9", Ns::Rss090),
    ("purl.org/rss/1.0", Ns::Rss10),
    ("purl.org/net/rss1.1", Ns::Rss10),
    ("backend.userland.com/rss", Ns::Core),
    ("backend.userland.com/rss2", Ns::Core),
    ("backend.userland.com/rss2-1", Ns::Core),
    ("backend.userland.com/rss090", Ns::Core),
    ("backend.userland.com/rss091", Ns::Core),
    ("backend.userland.com/rss092", Ns::Core),
    ("blogs.law.harvard.edu/tech/rss", Ns::Core),
    ("cyber.law.harvard.edu/rss/rss.html", Ns::Core),
    ("rssboard.org/rss-specification", Ns::Core),
    ("purl.org/rss/1.0/modules/prism", Ns::Prism),
    ("purl.org/rss/1.0/modules/enclosure", Ns::Enclosure),
    ("purl.oclc.org/net/rss_2.0/enc", Ns::Enclosure),
    ("webns.net/mvcb", Ns::Admin),
    ("youtube.com/xml/schemas/2015", Ns::YouTube),
    ("gdata.youtube.com/schemas/2007", Ns::YouTube),
    ("dublincore.org/documents/dcmi-namespace", Ns::Dc),
];

/// The prefixes that people use without declaring them.
const CUSTOMARY: &[(&str, Ns)] = &[
    ("atom", Ns::Atom),
    ("atom10", Ns::Atom),
    ("a10", Ns::Atom),
    ("content", Ns::Content),
    ("dc", Ns::Dc),
    ("dcterms", Ns::DcTerms),
    ("media", Ns::Media),
    ("itunes", Ns::Itunes),
    ("googleplay", Ns::GooglePlay),
    ("podcast", Ns::Podcast),
    ("sy", Ns::Syndication),
    ("slash", Ns::Slash),
    ("wfw", Ns::Wfw),
    ("thr", Ns::Thread),
    ("feedburner", Ns::FeedBurner),
    ("creativecommons", Ns::CreativeCommons),
    ("cc", Ns::CreativeCommons),
    ("xhtml", Ns::Xhtml),
    ("html", Ns::Xhtml),
    ("rdf", Ns::Rdf),
    ("rss", Ns::Core),
    ("prism", Ns::Prism),
    ("enc", Ns::Enclosure),
    ("yt", Ns::YouTube),
    ("dct", Ns::DcTerms),
    ("admin", Ns::Admin),
    ("xml", Ns::Xml),
];

/// The vocabulary at an address.
pub(crate) fn of_address(address: &str) -> Ns {
    let address = address.trim().trim_end_matches(['/', '#']);
    if address.is_empty() {
        return Ns::Core;
    }
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let rest = rest.strip_prefix("www.").unwrap_or(rest);
    // There are many, `1.2/basic` and `basic/2.0` among them, and they name the same things the same way.
    const PRISM: &str = "prismstandard.org/namespaces/";
    if rest.get(..PRISM.len()).is_some_and(|start| start.eq_ignore_ascii_case(PRISM)) {
        return Ns::Prism;
    }
    let found = KNOWN.iter().find(|(known, _)| known.eq_ignore_ascii_case(rest));
    found.map_or(Ns::Other, |(_, ns)| *ns)
}

/// The prefixes in force, innermost last.
#[derive(Debug, Default)]
pub(crate) struct Scopes<'a> {
    /// Prefix, vocabulary, and which declaration of the document it was, from 1.
    declared: Vec<(&'a str, Ns, u32)>,
    count: u32,
}

/// So many prefixes at once are an attack: later ones are not taken.
const MOST: usize = 200;

impl<'a> Scopes<'a> {
    /// Declares a prefix (`""` = the default) from here on.
    pub fn declare(&mut self, prefix: &'a str, address: &str) {
        if self.declared.len() < MOST {
            self.count = self.count.wrapping_add(1).max(1);
            self.declared.push((prefix, of_address(address), self.count));
        }
    }

    /// How many are declared: to be given to [`Scopes::leave`].
    pub fn mark(&self) -> usize {
        self.declared.len()
    }

    /// Forgets what was declared since the mark.
    pub fn leave(&mut self, mark: usize) {
        self.declared.truncate(mark);
    }

    /// What a declared prefix stands for.
    pub fn find(&self, prefix: &str) -> Option<Ns> {
        self.declared.iter().rev().find(|(known, _, _)| *known == prefix).map(|(_, ns, _)| *ns)
    }

    /// A number that is the same as long as the same declarations are in force, and when they are again.
    pub fn state(&self) -> u32 {
        self.declared.last().map_or(0, |(_, _, number)| *number)
    }
}

/// What an undeclared prefix, or none, stands for.
pub(crate) fn customary_or_core(prefix: &str) -> Ns {
    if prefix.is_empty() { Ns::Core } else { customary(prefix) }
}

/// What an undeclared prefix stands for by custom.
fn customary(prefix: &str) -> Ns {
    let found = CUSTOMARY.iter().find(|(known, _)| known.eq_ignore_ascii_case(prefix));
    found.map_or(Ns::Other, |(_, ns)| *ns)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, expected: Ns) {
        assert_eq!(of_address(address), expected, "{address}");
    }

    #[test]
    fn addresses_are_known_in_their_usual_misspellings() {
        check("http://www.w3.org/2005/Atom", Ns::Atom);
        check("https://www.w3.org/2005/Atom/", Ns::Atom);
        check("http://purl.org/atom/ns#", Ns::Atom03);
        check("http://search.yahoo.com/mrss", Ns::Media);
        check("http://search.yahoo.com/mrss/", Ns::Media);
        check("http://www.itunes.com/DTDs/Podcast-1.0.dtd", Ns::Itunes);
        check("", Ns::Core);
        check("http://nowhere.example/", Ns::Other);
    }

    #[test]
    fn the_innermost_declaration_is_in_force() {
        let mut scopes = Scopes::default();
        scopes.declare("x", "http://purl.org/dc/elements/1.1/");
        let mark = scopes.mark();
        scopes.declare("x", "http://www.w3.org/2005/Atom");
        assert_eq!(scopes.find("x"), Some(Ns::Atom));
        scopes.leave(mark);
        assert_eq!((scopes.find("x"), scopes.find("y")), (Some(Ns::Dc), None));
    }
}
