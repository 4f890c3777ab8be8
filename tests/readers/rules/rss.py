"""RSS 2.0 (the specification, the RSS Board's profile, and what the W3C validator asks)."""
import re

from . import atom, extension, markup, values

CHANNEL = set(
    "title link description language copyright managingEditor webMaster pubDate lastBuildDate category generator docs cloud "
    "ttl image rating textInput skipHours skipDays item".split()
)
ITEM = set("title link description author category comments enclosure guid pubDate source".split())
ATTRIBUTES = {
    "rss": {"version"}, "category": {"domain"}, "enclosure": {"url", "length", "type"}, "guid": {"isPermaLink"},
    "source": {"url"}, "cloud": {"domain", "port", "path", "registerProcedure", "protocol"},
}
WEEK = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


def check(root, path, report):
    if root.get("version") != "2.0":
        report.error(root.line, f"rss has the version `{root.get('version')}`")
    channels = root.all(("", "channel"))
    if len(channels) != 1 or len(root.children) != 1:
        report.error(root.line, "rss holds exactly one channel")
    attributes(root, report)
    for found in channels:
        channel(found, path, report)


def attributes(node, report):
    for namespace, name in node.attrs:
        if not namespace and name not in ATTRIBUTES.get(node.name, ()):
            report.error(node.line, f"<{node.name}> has the attribute {name}")


def no_children(node, report):
    if node.children:
        report.error(node.children[0].line, f"<{node.children[0].name}> inside <{node.name}>")


def channel(node, path, report):
    attributes(node, report)
    if node.text.strip():
        report.error(node.line, "text directly inside <channel>")
    for name in ("title", "link", "description"):
        if node.one(("", name)) is None:
            report.error(node.line, f"channel has no {name}")
    if node.one(("", "language")) is None and node.one((extension.DC, "language")) is None:
        report.warning(node.line, "channel has no language")
    once(node, CHANNEL - {"category", "item"}, report)
    extension.duplicates(node, report)
    items_begun = False
    for child in node.children:
        namespace, name = child.key
        if namespace == extension.ATOM:
            atom.element_in_rss(child, report)
        elif namespace:
            extension.check(child, "", report)
        elif name not in CHANNEL:
            report.error(child.line, f"<{name}> is not known inside <channel>")
        elif name == "item":
            items_begun = True
            item(child, report)
        else:
            if items_begun:
                report.warning(child.line, f"<{name}> stands after items")
            attributes(child, report)
            field(child, report)
    links = [link for link in node.all((extension.ATOM, "link")) if link.get("rel") == "self"]
    if not links:
        report.error(node.line, "channel has no atom:link of rel self")
    for link in links:
        atom.self_link(link, path, report)
    unique_guids(node, report)
    image, link = node.one(("", "image")), node.one(("", "link"))
    if image is not None and link is not None:
        inner = image.one(("", "link"))
        if inner is not None and inner.text != link.text:
            report.warning(inner.line, "the image's link is not the channel's")


def once(node, names, report):
    for name in sorted(names):
        found = node.all(("", name))
        if len(found) > 1:
            report.error(found[1].line, f"<{name}> stands {len(found)} times in <{node.name}>")


def unique_guids(node, report):
    seen = set()
    for found in node.all(("", "item")):
        guid = found.one(("", "guid"))
        if guid is not None:
            if guid.text in seen:
                report.error(guid.line, f"the guid `{guid.text}` stands twice")
            seen.add(guid.text)


def field(node, report):
    name, text, line = node.name, node.text, node.line
    if name in ("image", "skipHours", "skipDays", "textInput", "cloud"):
        return group(node, report)
    no_children(node, report)
    if name in ("link", "docs"):
        values.uri(text, name, line, report)
    elif name in ("pubDate", "lastBuildDate"):
        values.rfc822(text, name, line, report)
    elif name in ("managingEditor", "webMaster"):
        values.mail_with_name(text, name, line, report)
    elif name == "language":
        values.language(text, name, line, report)
    elif name == "ttl":
        values.integer(text, name, line, report, least=1)
    elif name == "description":
        markup.plain(text, f"channel {name}", line, report, blank=None)
    else:
        markup.plain(text, f"channel {name}", line, report)


def group(node, report):
    if node.name == "image":
        for name in ("url", "title", "link"):
            if node.one(("", name)) is None:
                report.error(node.line, f"image has no {name}")
        once(node, {"url", "title", "link", "width", "height", "description"}, report)
        for child in node.children:
            if child.name in ("url", "link"):
                values.uri(child.text, f"image {child.name}", child.line, report)
            elif child.name in ("width", "height"):
                values.integer(child.text, f"image {child.name}", child.line, report, least=1)
                if child.text.isdigit() and int(child.text) > {"width": 144, "height": 400}[child.name]:
                    report.error(child.line, f"image {child.name} is {child.text}, more than allowed")
            elif child.name not in ("title", "description"):
                report.error(child.line, f"<{child.name}> is not known inside <image>")
    elif node.name == "skipHours":
        for child in node.children:
            values.integer(child.text, "hour", child.line, report)
            if child.text.isdigit() and int(child.text) > 23:
                report.error(child.line, f"hour is {child.text}")
    elif node.name == "skipDays":
        for child in node.children:
            if child.text not in WEEK:
                report.error(child.line, f"day is `{child.text}`")


def item(node, report):
    attributes(node, report)
    if node.text.strip():
        report.error(node.line, "text directly inside <item>")
    if node.one(("", "title")) is None and node.one(("", "description")) is None:
        report.error(node.line, "item has neither title nor description")
    if node.one(("", "guid")) is None:
        report.error(node.line, "item has no guid")
    once(node, ITEM - {"category", "enclosure"}, report)
    if len(node.all(("", "enclosure"))) > 1:
        report.warning(node.line, "item has more than one enclosure; some readers show the last only")
    extension.duplicates(node, report)
    for core, other in (("author", "creator"), ("pubDate", "date"), ("category", "subject"), ("source", "source")):
        if node.one(("", core)) is not None and node.one((extension.DC, other)) is not None:
            report.warning(node.line, f"item has {core} and dc:{other}")
    if node.one((extension.CONTENT, "encoded")) is not None:
        names = [child.key for child in node.children]
        if ("", "description") not in names[: names.index((extension.CONTENT, "encoded"))]:
            report.warning(node.line, "content:encoded without a description before it")
    for child in node.children:
        namespace, name = child.key
        if namespace == extension.ATOM:
            atom.element_in_rss(child, report)
        elif namespace:
            extension.check(child, "", report)
        elif name not in ITEM:
            report.error(child.line, f"<{name}> is not known inside <item>")
        else:
            attributes(child, report)
            no_children(child, report)
            item_field(child, report)


def item_field(node, report):
    name, text, line = node.name, node.text, node.line
    if name in ("link", "comments"):
        values.uri(text, name, line, report)
    elif name == "pubDate":
        values.rfc822(text, name, line, report)
    elif name == "author":
        values.mail_with_name(text, "author", line, report)
    elif name == "description":
        markup.check(text, "", "description", line, report)
    elif name == "guid":
        guid(node, report)
    elif name == "enclosure":
        enclosure(node, report)
    elif name == "source":
        if node.get("url") is None:
            report.error(line, "source has no url")
        else:
            values.uri(node.get("url"), "source url", line, report)
        markup.plain(text, "source", line, report)
    elif name in ("title", "category"):
        markup.plain(text, f"item {name}", line, report)


def guid(node, report):
    permalink = node.get("isPermaLink", "true")
    if permalink not in ("true", "false"):
        report.error(node.line, f"guid isPermaLink is `{permalink}`")
    if not node.text.strip():
        report.error(node.line, "guid is empty")
    elif permalink == "true":
        if re.match(r"(?i)tag:|urn:", node.text):
            report.error(node.line, f"guid `{node.text}` is no permalink")
        else:
            values.web(node.text, "guid", node.line, report)
    elif node.text.isdigit() and len(node.text) < 9:
        report.warning(node.line, f"guid `{node.text}` is hardly unique")


def enclosure(node, report):
    for name in ("url", "length", "type"):
        if node.get(name) is None:
            report.error(node.line, f"enclosure has no {name}")
    values.web(node.get("url", ""), "enclosure url", node.line, report)
    values.integer(node.get("length", ""), "enclosure length", node.line, report)
    values.media_type(node.get("type", ""), "enclosure type", node.line, report)
    if node.text.strip():
        report.error(node.line, "enclosure holds text")
