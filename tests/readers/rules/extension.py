"""Elements of other namespaces, as far as we write or may write them. An unknown namespace is a warning, an unknown
element of a known one an error."""
import re

from . import markup, values

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
DCTERMS = "http://purl.org/dc/terms/"
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
MEDIA = "http://search.yahoo.com/mrss/"
SLASH = "http://purl.org/rss/1.0/modules/slash/"
SY = "http://purl.org/rss/1.0/modules/syndication/"
THR = "http://purl.org/syndication/thread/1.0"
WFW = "http://wellformedweb.org/CommentAPI/"
HISTORY = "http://purl.org/syndication/history/1.0"
PODCAST = "https://podcastindex.org/namespace/1.0"

KNOWN = {
    CONTENT: {"encoded"},
    DC: set("title creator subject description publisher contributor date type format identifier source language relation "
            "coverage rights".split()),
    DCTERMS: set("created modified issued available valid license rights abstract alternative isPartOf".split()),
    ITUNES: set("author block category image duration explicit complete new-feed-url owner subtitle summary keywords order "
                "title episode season episodeType type name email isClosedCaptioned".split()),
    MEDIA: set("group content thumbnail title description keywords category credit copyright rating restriction text hash "
               "player adult community comments embed license price scenes".split()),
    SLASH: set("section department comments hit_parade".split()),
    SY: set("updatePeriod updateFrequency updateBase".split()),
    THR: {"in-reply-to", "total"},
    WFW: {"comment", "commentRss"},
    HISTORY: {"complete", "archive"},
    PODCAST: None,
}
REPEATED = {DC, MEDIA, THR, ITUNES, PODCAST}
MEDIA_ATTRIBUTES = {
    "content": "url fileSize type medium isDefault expression bitrate framerate samplingrate channels duration height "
               "width lang".split(),
    "thumbnail": "url width height time".split(), "title": ["type"], "description": ["type"],
    "category": ["scheme", "label"], "credit": ["role", "scheme"], "copyright": ["url"], "rating": ["scheme"],
    "restriction": ["relationship", "type"], "text": ["type", "lang", "start", "end"], "hash": ["algo"],
    "player": ["url", "width", "height"],
}


def check(node, base, report):
    """One extension element and what is in it. Duplicates are the caller's to see (`duplicates`)."""
    namespace, name = node.key
    if namespace == "":
        report.error(node.line, f"<{name}> is not known inside <{node.parent.name}>")
        return
    if namespace not in KNOWN:
        report.warning(node.line, f"<{name}> is of the unknown namespace `{namespace}`")
        return
    if KNOWN[namespace] is not None and name not in KNOWN[namespace]:
        report.error(node.line, f"<{name}> is not in the namespace `{namespace}`")
        return
    if namespace == CONTENT:
        markup.check(node.text, base, "content:encoded", node.line, report)
    elif namespace == DC and name == "date":
        values.rfc3339(node.text, "dc:date", node.line, report)
    elif namespace == DC and name == "language":
        values.language(node.text, "dc:language", node.line, report)
    elif namespace == DC:
        markup.plain(node.text, f"dc:{name}", node.line, report)
    elif namespace == DCTERMS and name in ("created", "modified", "issued", "available"):
        values.rfc3339(node.text, f"dcterms:{name}", node.line, report)
    elif namespace == WFW:
        values.uri(node.text, f"wfw:{name}", node.line, report)
    elif namespace == SLASH and name == "comments":
        values.integer(node.text, "slash:comments", node.line, report)
    elif namespace == SY and name == "updatePeriod" and node.text not in "hourly daily weekly monthly yearly".split():
        report.error(node.line, f"sy:updatePeriod is `{node.text}`")
    elif namespace == SY and name == "updateFrequency":
        values.integer(node.text, "sy:updateFrequency", node.line, report, least=1)
    elif namespace == THR:
        thread(node, report)
    elif namespace == ITUNES:
        itunes(node, report)
    elif namespace == MEDIA:
        media(node, report)


def duplicates(parent, report):
    """Extension elements that may stand once only."""
    seen = set()
    for child in parent.children:
        namespace, name = child.key
        repeatable = namespace in REPEATED and name not in ("duration", "explicit", "author", "episode")
        if namespace in KNOWN and not repeatable and child.key in seen:
            report.error(child.line, f"<{name}> stands twice in <{parent.name}>")
        seen.add(child.key)


def thread(node, report):
    if node.name == "in-reply-to":
        if node.get("ref") is None:
            report.error(node.line, "thr:in-reply-to has no ref")
        else:
            values.uri(node.get("ref"), "thr:in-reply-to ref", node.line, report)
        for name in ("href", "source"):
            if node.get(name) is not None:
                values.uri(node.get(name), f"thr:in-reply-to {name}", node.line, report)
    else:
        values.integer(node.text, "thr:total", node.line, report)


def itunes(node, report):
    name, text = node.name, node.text.strip()
    if name == "duration" and not re.match(r"\d+(:[0-5]\d(:[0-5]\d)?)?\Z", text):
        report.error(node.line, f"itunes:duration is `{text}`")
    elif name == "explicit" and text not in ("true", "false", "yes", "no", "clean"):
        report.error(node.line, f"itunes:explicit is `{text}`")
    elif name == "image":
        if node.get("href") is None:
            report.error(node.line, "itunes:image has no href")
        else:
            values.web(node.get("href"), "itunes:image", node.line, report)
    elif name == "email":
        values.mail(text, "itunes:email", node.line, report)
    elif name in ("episode", "season", "order"):
        values.integer(text, f"itunes:{name}", node.line, report, least=1)
    elif name == "new-feed-url":
        values.web(text, "itunes:new-feed-url", node.line, report)
    for child in node.children:
        itunes(child, report)


def media(node, report):
    name = node.name
    for (namespace, attr), value in node.attrs.items():
        if namespace:
            continue
        if name in MEDIA_ATTRIBUTES and attr not in MEDIA_ATTRIBUTES[name]:
            report.error(node.line, f"media:{name} has the attribute {attr}")
        elif attr in ("width", "height", "fileSize"):
            values.integer(value, f"media:{name} {attr}", node.line, report, least=1)
        elif attr in ("bitrate", "framerate", "samplingrate", "duration") and not re.match(r"\d+(\.\d+)?\Z", value):
            report.error(node.line, f"media:{name} {attr} is `{value}`")
        elif attr == "channels":
            values.integer(value, "media:content channels", node.line, report)
        elif attr == "url":
            values.uri(value, f"media:{name}", node.line, report)
        elif attr == "lang":
            values.language(value, f"media:{name} lang", node.line, report)
        elif attr == "medium" and value not in ("image", "audio", "video", "document", "executable"):
            report.error(node.line, f"media:{name} medium is `{value}`")
        elif attr == "isDefault" and value not in ("true", "false"):
            report.error(node.line, f"media:content isDefault is `{value}`")
        elif attr == "expression" and value not in ("sample", "full", "nonstop"):
            report.error(node.line, f"media:content expression is `{value}`")
        elif attr == "type" and name == "content":
            values.media_type(value, "media:content", node.line, report)
        elif attr == "type" and name in ("title", "description", "text") and value not in ("plain", "html"):
            report.error(node.line, f"media:{name} type is `{value}`")
    if name == "thumbnail" and node.get("url") is None:
        report.error(node.line, "media:thumbnail has no url")
    if name == "content" and node.get("url") is None and not any(c.name == "player" for c in node.children):
        report.error(node.line, "media:content has neither url nor player")
    if name in ("title", "description", "text", "credit", "copyright", "keywords"):
        if node.get("type") == "html":
            markup.check(node.text, "", f"media:{name}", node.line, report)
        else:
            markup.plain(node.text, f"media:{name}", node.line, report)
    inner = [child for child in node.children if child.key[0] == MEDIA]
    if name == "group" and len([child for child in inner if child.name == "content"]) < 2:
        report.error(node.line, "media:group is for several contents of the same thing; here are fewer than two")
    for child in inner:
        media(child, report)
