"""OPML 2.0, as a list of sources."""
from . import values


def check(root, report):
    if root.get("version") not in ("1.0", "1.1", "2.0"):
        report.error(root.line, f"opml has the version `{root.get('version')}`")
    head, body = root.one(("", "head")), root.one(("", "body"))
    if head is None or body is None:
        report.error(root.line, "opml has no head or no body")
        return
    for child in head.children:
        if child.name in ("dateCreated", "dateModified"):
            values.rfc822(child.text, child.name, child.line, report)
    if not any(child.name == "outline" for child in body.children):
        report.error(body.line, "body has no outline")
    for node in body.walk():
        if node is body:
            continue
        if node.name != "outline":
            report.error(node.line, f"<{node.name}> is not known inside <body>")
        if not (node.get("text") or "").strip():
            report.error(node.line, "outline has no text")
        if node.get("type") == "rss":
            if not node.get("xmlUrl"):
                report.error(node.line, "outline of type rss has no xmlUrl")
            if node.get("title") is None:
                report.warning(node.line, "outline of type rss has no title")
        for name in ("xmlUrl", "htmlUrl"):
            if node.get(name):
                values.uri(node.get(name), f"outline {name}", node.line, report)
