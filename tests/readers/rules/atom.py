"""Atom 1.0 (RFC 4287), and Atom's elements where RSS borrows them."""
import re

from . import extension, markup, values

NS = extension.ATOM
MANY = {"author", "category", "contributor", "link", "entry"}
FEED = set("author category contributor generator icon id link logo rights subtitle title updated entry".split())
ENTRY = set("author category content contributor id link published rights source summary title updated".split())
SOURCE = FEED - {"entry"}
RELATIONS = set(
    "alternate current describedby edit edit-media enclosure first hub last license next next-archive payment prev-archive "
    "previous related replies search self service up via".split()
)
ATTRIBUTES = {
    "link": "href rel type hreflang title length".split(), "category": "term scheme label".split(),
    "content": ["type", "src"], "generator": ["uri", "version"],
    "title": ["type"], "subtitle": ["type"], "summary": ["type"], "rights": ["type"],
}


def check(root, path, report):
    if root.name != "feed":
        report.error(root.line, f"<{root.name}> is not the root of a feed")
        return
    container(root, FEED, ("id", "title", "updated"), report)
    entries = root.all((NS, "entry"))
    if root.one((NS, "author")) is None:
        for entry in entries:
            source = entry.one((NS, "source"))
            if entry.one((NS, "author")) is None and (source is None or source.one((NS, "author")) is None):
                report.error(entry.line, "entry has no author, and neither has the feed")
    begun = False
    for child in root.children:
        begun = begun or child.key == (NS, "entry")
        if begun and child.key[0] == NS and child.name != "entry":
            report.error(child.line, f"<{child.name}> stands after entries")
    links = [link for link in root.all((NS, "link")) if link.get("rel") == "self"]
    if not links:
        report.error(root.line, "feed has no link of rel self")
    for link in links:
        self_link(link, path, report)
    ids, moments = {}, {}
    for entry in entries:
        container(entry, ENTRY, ("id", "title", "updated"), report)
        entry_rules(entry, report)
        for store, name in ((ids, "id"), (moments, "updated")):
            found = entry.one((NS, name))
            if found is not None:
                store.setdefault(found.text, []).append(found.line)
    for text, lines in ids.items():
        if len(lines) > 1:
            report.error(lines[1], f"the id `{text}` stands {len(lines)} times")
    for text, lines in moments.items():
        if len(lines) > 1:
            report.warning(lines[1], f"{len(lines)} entries have the same updated `{text}`")


def container(node, allowed, required, report):
    """What is common to feed, entry and source."""
    for name in required:
        if node.one((NS, name)) is None:
            report.error(node.line, f"{node.name} has no {name}")
    if node.text.strip():
        report.error(node.line, f"text directly inside <{node.name}>")
    no_attributes(node, report)
    for name in sorted(allowed - MANY):
        found = node.all((NS, name))
        if len(found) > 1:
            report.error(found[1].line, f"<{name}> stands {len(found)} times in <{node.name}>")
    extension.duplicates(node, report)
    for child in node.children:
        namespace, name = child.key
        if namespace != NS:
            extension.check(child, child.base, report)
        elif name not in allowed:
            report.error(child.line, f"<{name}> is not known inside <{node.name}>")
        elif name not in ("entry", "source"):
            element(child, report)
    alternates(node, report)


def no_attributes(node, report):
    for namespace, name in node.attrs:
        if not namespace and name not in ATTRIBUTES.get(node.name, ()):
            report.error(node.line, f"<{node.name}> has the attribute {name}")


def alternates(node, report):
    seen = set()
    for link in node.all((NS, "link")):
        if link.get("rel", "alternate") == "alternate":
            key = (link.get("type", ""), link.get("hreflang", ""))
            if key in seen:
                report.error(link.line, f"two alternate links of type `{key[0]}` and language `{key[1]}`")
            seen.add(key)


def element(node, report):
    name = node.name
    no_attributes(node, report)
    if name in ("title", "subtitle", "summary", "rights"):
        text_construct(node, report)
    elif name in ("author", "contributor"):
        person(node, report)
    elif name in ("id", "icon", "logo"):
        values.uri(node.text, name, node.line, report)
    elif name in ("updated", "published"):
        values.rfc3339(node.text, name, node.line, report)
    elif name == "category":
        category(node, report)
    elif name == "link":
        link(node, report)
    elif name == "generator":
        markup.plain(node.text, "generator", node.line, report)
        if node.get("uri") is not None:
            values.uri(node.get("uri"), "generator uri", node.line, report)
    elif name == "content":
        content(node, report)


def element_in_rss(node, report):
    if node.name not in FEED | ENTRY | {"entry"}:
        report.error(node.line, f"<{node.name}> is no element of Atom")
    elif node.name not in ("entry", "source"):
        element(node, report)


def text_construct(node, report):
    kind = node.get("type", "text")
    where = f"{node.parent.name} {node.name}"
    if not node.lang:
        report.warning(node.line, f"{where} has no xml:lang")
    if kind == "text":
        for child in node.children:
            report.error(child.line, f"<{child.name}> inside a text of type text")
        blank = None if node.name == "title" and node.parent.name == "entry" else "error"
        markup.plain(node.text, where, node.line, report, blank=blank)
    elif kind == "html":
        for child in node.children:
            report.error(child.line, f"<{child.name}> inside a text of type html: it has to be escaped")
        markup.check(node.text, node.base, where, node.line, report)
    elif kind == "xhtml":
        xhtml(node, where, report)
    else:
        report.error(node.line, f"{where} has the type `{kind}`")


def xhtml(node, where, report):
    if len(node.children) != 1 or node.children[0].key != ("http://www.w3.org/1999/xhtml", "div") or node.text.strip():
        report.error(node.line, f"{where}: xhtml is exactly one div")
    for child in node.children:
        markup.tree(child, where, report)


def content(node, report):
    kind, source = node.get("type", "text"), node.get("src")
    if source is not None:
        values.uri(source, "content src", node.line, report)
        if node.text.strip() or node.children:
            report.error(node.line, "content has src and is not empty")
        if node.get("type") is None:
            report.warning(node.line, "content has src and no type")
        elif kind in ("text", "html", "xhtml"):
            report.error(node.line, f"content has src and the type `{kind}`")
    elif kind in ("text", "html", "xhtml"):
        text_construct(node, report)
    elif re.match(r"multipart/|message/", kind) or not values.MEDIA_TYPE.match(kind):
        report.error(node.line, f"content has the type `{kind}`")


def person(node, report):
    seen = set()
    for child in node.children:
        namespace, name = child.key
        if namespace != NS:
            extension.check(child, "", report)
            continue
        if name in seen:
            report.error(child.line, f"<{name}> stands twice in <{node.name}>")
        seen.add(name)
        if name == "name":
            markup.plain(child.text, f"{node.name} name", child.line, report)
        elif name == "uri":
            values.uri(child.text, f"{node.name} uri", child.line, report)
        elif name == "email":
            values.mail(child.text, f"{node.name} email", child.line, report)
        else:
            report.error(child.line, f"<{name}> is not known inside <{node.name}>")
    if "name" not in seen:
        report.error(node.line, f"{node.name} has no name")


def category(node, report):
    if not (node.get("term") or "").strip():
        report.error(node.line, "category has no term")
    if node.get("scheme") is not None:
        values.uri(node.get("scheme"), "category scheme", node.line, report)
    if node.get("label") is not None:
        markup.plain(node.get("label"), "category label", node.line, report)


def link(node, report):
    relation = node.get("rel", "alternate")
    if not node.get("href"):
        report.error(node.line, f"link {relation} has no href")
    else:
        values.uri(node.get("href"), f"link {relation}", node.line, report)
    if relation not in RELATIONS and not values.URI.match(relation):
        report.warning(node.line, f"link relation `{relation}` is not registered")
    if node.get("type") is not None:
        values.media_type(node.get("type"), f"link {relation}", node.line, report)
    if node.get("hreflang") is not None:
        values.language(node.get("hreflang"), f"link {relation} hreflang", node.line, report)
    if node.get("length") is not None:
        values.integer(node.get("length"), f"link {relation} length", node.line, report)
    if node.get("title") is not None:
        markup.plain(node.get("title"), f"link {relation} title", node.line, report)
    for attr in ("count", "updated"):
        value = node.attrs.get((extension.THR, attr))
        if value is not None and relation != "replies":
            report.error(node.line, f"thr:{attr} on a link {relation}")
        elif value is not None and attr == "count":
            values.integer(value, "thr:count", node.line, report)
    if node.text.strip():
        report.warning(node.line, f"link {relation} holds text")


def self_link(node, path, report):
    """The self link has to be this document's own address: the end of its path is the file's name."""
    href = node.get("href", "")
    if values.split(href).path.rpartition("/")[2] != path.rpartition("/")[2]:
        report.error(node.line, f"the self link `{href}` is not this file")
    if node.get("type", "application/atom+xml").split(";")[0] not in ("application/atom+xml", "application/rss+xml"):
        report.error(node.line, f"the self link has the type `{node.get('type')}`")


def entry_rules(node, report):
    """RFC 4287 section 4.1.2."""
    body = node.one((NS, "content"))
    has_alternate = any(found.get("rel", "alternate") == "alternate" for found in node.all((NS, "link")))
    if body is None and not has_alternate:
        report.error(node.line, "entry has neither content nor an alternate link")
    if node.one((NS, "summary")) is None and body is not None:
        kind = body.get("type", "text")
        encoded = "/" in kind and not re.match(r"text/|.*[+/]xml$", kind)
        if body.get("src") is not None or encoded:
            report.error(node.line, "entry has no summary, and its content is elsewhere or encoded")
    if body is None and node.one((NS, "summary")) is None:
        report.warning(node.line, "entry has no text at all")
    for source in node.all((NS, "source")):
        container(source, SOURCE, (), report)
        for name in ("id", "title", "updated"):
            if source.one((NS, name)) is None:
                report.warning(source.line, f"source has no {name}")
