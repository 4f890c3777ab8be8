//! The one table of what each element means, by vocabulary and name; new vocabulary is one line here.

use super::words::Words;
use super::xml::Ns;

/// What an element says, in an item or in a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Title,
    /// Excerpt of an item, description of a channel.
    Summary,
    Subtitle,
    Content,
    /// A link as text, or with `href`.
    Link,
    OriginalLink,
    OriginalEnclosure,
    /// The id of a film, whose page everybody knows.
    Film,
    Guid,
    Id,
    Published,
    Updated,
    Author,
    Owner,
    /// Somebody of a podcast, with a role.
    Person,
    Contributor,
    Category,
    Keywords,
    Enclosure,
    /// The same file in another encoding.
    OtherEnclosure,
    Duration,
    Media,
    Image,
    Icon,
    Logo,
    Comments,
    Source,
    Rights,
    Language,
    InReplyTo,
    Generator,
    Ttl,
    UpdatePeriod,
    UpdateFrequency,
    UpdateBase,
    SkipHours,
    SkipDays,
}

/// The name of an element, with what it means.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Word {
    /// Without version ([`Ns::family`]).
    pub ns: Ns,
    /// What it says, and its rank; see [`meaning`].
    pub field: Option<(Field, u8)>,
    /// It begins an item.
    pub item: bool,
    /// The name is one of HTML's.
    pub html: bool,
}

impl Word {
    /// What the name means in a vocabulary.
    pub fn of(ns: Ns, name: &str) -> Self {
        Self { ns, field: meaning(ns, name), item: is_item(ns, name), html: is_html(name) }
    }
}

/// What the element means, and its rank: of several that say the same, the lowest rank is believed, then the first.
/// Names are in lower case, vocabularies without version ([`Ns::family`]).
fn meaning(ns: Ns, name: &str) -> Option<(Field, u8)> {
    Some(match (ns, name) {
        (Ns::Core, "title") => (Field::Title, 0),
        (Ns::Atom, "title") => (Field::Title, 1),
        (Ns::Dc | Ns::DcTerms, "title") => (Field::Title, 2),
        (Ns::Itunes | Ns::GooglePlay, "title") => (Field::Title, 3),

        (Ns::Core, "description") => (Field::Summary, 0),
        (Ns::Atom, "summary") => (Field::Summary, 1),
        (Ns::Core, "summary" | "abstract") => (Field::Summary, 2),
        (Ns::Dc | Ns::DcTerms, "description" | "abstract") => (Field::Summary, 3),
        (Ns::Itunes, "summary") => (Field::Summary, 4),
        (Ns::GooglePlay, "description") => (Field::Summary, 5),
        (Ns::Prism, "teaser") => (Field::Summary, 6),
        (Ns::Itunes, "subtitle") => (Field::Subtitle, 4),
        (Ns::Atom | Ns::Core, "subtitle") => (Field::Subtitle, 0),
        (Ns::Atom | Ns::Core, "tagline") => (Field::Subtitle, 1),
        (Ns::Atom, "info") => (Field::Subtitle, 5),

        (Ns::Content, "encoded") => (Field::Content, 0),
        (Ns::Atom, "content") => (Field::Content, 0),
        (Ns::Xhtml, "body") => (Field::Content, 1),
        (Ns::Core, "encoded") => (Field::Content, 1),
        (Ns::Core, "body" | "fullitem") => (Field::Content, 2),
        (Ns::Xhtml, "div") => (Field::Content, 3),
        (Ns::Core, "content") => (Field::Content, 4),

        (Ns::Core | Ns::Atom, "link") => (Field::Link, 0),
        (Ns::Prism, "url") => (Field::Link, 1),
        (Ns::YouTube, "videoid") => (Field::Film, 0),
        (Ns::FeedBurner, "origlink") => (Field::OriginalLink, 0),
        (Ns::FeedBurner, "origenclosurelink") => (Field::OriginalEnclosure, 0),
        (Ns::Core, "guid") => (Field::Guid, 0),
        (Ns::Atom, "guid") => (Field::Guid, 1),
        (Ns::Atom, "id") => (Field::Id, 0),
        (Ns::Core, "id") => (Field::Id, 1),
        (Ns::Dc | Ns::DcTerms, "identifier") => (Field::Id, 3),
        (Ns::Prism, "doi") => (Field::Id, 4),

        (Ns::Core, "pubdate") => (Field::Published, 0),
        (Ns::Atom, "published") => (Field::Published, 1),
        (Ns::Atom, "issued") => (Field::Published, 2),
        (Ns::DcTerms, "issued") => (Field::Published, 2),
        (Ns::DcTerms | Ns::Atom, "created") => (Field::Published, 3),
        (Ns::Core, "published" | "issued") => (Field::Published, 3),
        (Ns::Dc, "date") => (Field::Published, 4),
        (Ns::Dc, "date.issued" | "date.created" | "date.available") => (Field::Published, 5),
        (Ns::DcTerms | Ns::Core, "date") => (Field::Published, 5),
        (Ns::Prism, "publicationdate") => (Field::Published, 6),
        (Ns::Atom, "pubdate") => (Field::Published, 7),
        (Ns::Prism, "coverdate" | "creationdate") => (Field::Published, 7),
        (Ns::Atom, "updated" | "modified") => (Field::Updated, 0),
        (Ns::DcTerms, "modified") => (Field::Updated, 1),
        (Ns::Dc, "date.modified") => (Field::Updated, 2),
        (Ns::Core, "lastbuilddate") => (Field::Updated, 1),
        (Ns::Core, "updated" | "modified" | "lastmod") => (Field::Updated, 2),
        (Ns::Prism, "modificationdate") => (Field::Updated, 3),

        (Ns::Core | Ns::Atom, "author") => (Field::Author, 0),
        (Ns::Core, "managingeditor") => (Field::Author, 0),
        (Ns::Dc, "creator" | "author") => (Field::Author, 0),
        (Ns::DcTerms, "creator") => (Field::Author, 0),
        (Ns::Core, "creator") => (Field::Author, 1),
        (Ns::Itunes, "author") => (Field::Author, 2),
        (Ns::GooglePlay, "author") => (Field::Author, 3),
        (Ns::Podcast, "person") => (Field::Person, 4),
        (Ns::Itunes, "owner") => (Field::Owner, 0),
        (Ns::Core | Ns::Atom | Ns::Dc | Ns::DcTerms, "contributor") => (Field::Contributor, 0),

        (Ns::Core | Ns::Atom | Ns::Itunes | Ns::GooglePlay, "category") => (Field::Category, 0),
        (Ns::Dc | Ns::DcTerms, "subject") => (Field::Category, 0),
        (Ns::Media, "category") => (Field::Category, 0),
        (Ns::Itunes | Ns::Media | Ns::Core, "keywords") => (Field::Keywords, 0),
        (Ns::Prism, "keyword" | "section") => (Field::Category, 0),

        (Ns::Core | Ns::Atom | Ns::Enclosure, "enclosure") => (Field::Enclosure, 0),
        (Ns::Podcast, "alternateenclosure") => (Field::OtherEnclosure, 0),
        (Ns::Itunes, "duration") => (Field::Duration, 0),
        (Ns::Media, _) => (Field::Media, 0),
        (Ns::Itunes, "image") => (Field::Image, 1),
        // An old way to say it: `<itunes:link rel="image" href="…"/>`.
        (Ns::Itunes, "link") => (Field::Image, 3),
        (Ns::GooglePlay, "image") => (Field::Image, 2),
        (Ns::Podcast, "image" | "images") => (Field::Image, 4),
        (Ns::Core, "image") => (Field::Image, 0),
        (Ns::Atom, "icon") => (Field::Icon, 0),
        (Ns::Atom, "logo") => (Field::Logo, 0),
        (Ns::Core, "icon") => (Field::Icon, 1),

        (Ns::Core, "comments") => (Field::Comments, 0),
        (Ns::Podcast, "socialinteract") => (Field::Comments, 2),
        (Ns::Core, "source") => (Field::Source, 0),
        (Ns::Atom, "source") => (Field::Source, 1),
        (Ns::Core, "copyright") => (Field::Rights, 0),
        (Ns::Atom, "rights" | "copyright") => (Field::Rights, 0),
        (Ns::Core, "rights") => (Field::Rights, 1),
        (Ns::Dc | Ns::DcTerms, "rights") => (Field::Rights, 1),
        (Ns::Prism, "copyright") => (Field::Rights, 2),
        (Ns::CreativeCommons | Ns::DcTerms | Ns::Podcast, "license") => (Field::Rights, 3),
        (Ns::Core, "language") => (Field::Language, 0),
        (Ns::Dc | Ns::DcTerms, "language") => (Field::Language, 1),
        (Ns::Atom, "language") => (Field::Language, 2),
        (Ns::Thread, "in-reply-to") => (Field::InReplyTo, 0),

        (Ns::Core | Ns::Atom, "generator") => (Field::Generator, 0),
        (Ns::Admin, "generatoragent") => (Field::Generator, 1),
        (Ns::Core, "ttl") => (Field::Ttl, 0),
        (Ns::Syndication, "updateperiod") => (Field::UpdatePeriod, 0),
        (Ns::Syndication, "updatefrequency") => (Field::UpdateFrequency, 0),
        (Ns::Syndication, "updatebase") => (Field::UpdateBase, 0),
        (Ns::Core, "skiphours") => (Field::SkipHours, 0),
        (Ns::Core, "skipdays") => (Field::SkipDays, 0),
        // Known, and without a place in an item: numbers and feeds of comments (slash, wfw, thr:total), places
        // (georss), dc:publisher, dc:source, seasons and numbers of episodes, chapters, transcripts.
        _ => return None,
    })
}

fn is_item(ns: Ns, name: &str) -> bool {
    matches!(ns, Ns::Core | Ns::Atom) && matches!(name, "item" | "entry")
}

/// False when the element cannot stand in that parent unless somebody forgot to close the parent.
pub(crate) fn holds(parent: Word, parent_name: &str, child: Word) -> bool {
    if matches!(child.ns, Ns::Xhtml | Ns::Other) {
        return true;
    }
    if parent.item {
        return !child.item;
    }
    let Some((field, _)) = parent.field else { return parent_name != "url" || !child.item };
    if child.item {
        return false;
    }
    let Some((inner, _)) = child.field else { return true };
    match field {
        Field::Media => child.ns == Ns::Media,
        Field::Link
        | Field::Guid
        | Field::Id
        | Field::Published
        | Field::Updated
        | Field::Language
        | Field::Comments
        | Field::Ttl
        | Field::Generator
        | Field::Enclosure => false,
        Field::Category => child.ns == parent.ns && parent.ns != Ns::Core && parent.ns != Ns::Atom,
        // Markup may stand in these without being escaped, and some of our names are also HTML's.
        Field::Title | Field::Summary | Field::Content | Field::Subtitle | Field::Rights => {
            let distinct = !matches!(inner, Field::Title | Field::Summary | Field::Content | Field::Image);
            let leaf_title = field == Field::Title && inner == Field::Link;
            (!distinct || child.html) && !leaf_title
        }
        _ => true,
    }
}

/// True for the name of an element of HTML, old ones included; in lower case.
pub(crate) fn is_html(name: &str) -> bool {
    HTML.contains(name)
}

static HTML: Words<142, 512> = Words::new([
    "a",
    "abbr",
    "acronym",
    "address",
    "applet",
    "area",
    "article",
    "aside",
    "audio",
    "b",
    "base",
    "basefont",
    "bdi",
    "bdo",
    "bgsound",
    "big",
    "blink",
    "blockquote",
    "body",
    "br",
    "button",
    "canvas",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "command",
    "data",
    "datalist",
    "dd",
    "del",
    "details",
    "dfn",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "em",
    "embed",
    "fieldset",
    "figcaption",
    "figure",
    "font",
    "footer",
    "form",
    "frame",
    "frameset",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hgroup",
    "hr",
    "html",
    "i",
    "iframe",
    "img",
    "input",
    "ins",
    "isindex",
    "kbd",
    "keygen",
    "label",
    "legend",
    "li",
    "link",
    "listing",
    "main",
    "map",
    "mark",
    "marquee",
    "math",
    "menu",
    "meta",
    "meter",
    "multicol",
    "nav",
    "nobr",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "ol",
    "optgroup",
    "option",
    "output",
    "p",
    "param",
    "picture",
    "plaintext",
    "pre",
    "progress",
    "q",
    "rb",
    "rp",
    "rt",
    "rtc",
    "ruby",
    "s",
    "samp",
    "script",
    "search",
    "section",
    "select",
    "slot",
    "small",
    "source",
    "spacer",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "template",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "time",
    "title",
    "tr",
    "track",
    "tt",
    "u",
    "ul",
    "var",
    "video",
    "wbr",
    "xmp",
]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_html_are_known_whole() {
        for name in ["a", "b", "p", "br", "strong", "h1", "xmp", "i"] {
            assert!(is_html(name), "{name}");
        }
        for name in ["", "bo", "stron", "item", "langauge", "example"] {
            assert!(!is_html(name), "{name}");
        }
    }

    #[test]
    fn a_leaf_holds_no_field_and_an_item_no_item() {
        let core = |name| (Ns::Core, name);
        let holds = |parent: (Ns, &str), child: (Ns, &str)| {
            holds(Word::of(parent.0, parent.1), parent.1, Word::of(child.0, child.1))
        };
        assert!(holds(core("item"), core("title")));
        assert!(!holds(core("item"), core("item")));
        assert!(!holds(core("link"), core("title")));
        assert!(!holds(core("title"), core("link")));
        assert!(!holds((Ns::Media, "content"), core("pubdate")));
        assert!(holds((Ns::Media, "content"), (Ns::Media, "thumbnail")));
        assert!(holds(core("description"), core("a")));
        assert!(!holds(core("description"), core("pubdate")));
        assert!(holds((Ns::Other, "variant"), core("item")));
        assert!(holds((Ns::Itunes, "category"), (Ns::Itunes, "category")));
    }
}
