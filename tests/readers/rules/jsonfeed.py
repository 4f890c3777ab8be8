"""JSON Feed 1.1."""
import json

from . import markup, values

TOP = set(
    "version title home_page_url feed_url description user_comment next_url icon favicon author authors language expired "
    "hubs items".split()
)
ITEM = set(
    "id url external_url title content_html content_text summary image banner_image date_published date_modified author "
    "authors tags language attachments".split()
)
ATTACHMENT = set("url mime_type title size_in_bytes duration_in_seconds".split())
AUTHOR = {"name", "url", "avatar"}


def check(data, path, report):
    try:
        feed = json.loads(data.decode("utf-8"), object_pairs_hook=lambda pairs: once(pairs, report))
    except (UnicodeDecodeError, ValueError) as cause:
        report.error(1, f"no JSON: {cause}")
        return
    if not isinstance(feed, dict):
        report.error(1, "the document is no object")
        return
    if feed.get("version") != "https://jsonfeed.org/version/1.1":
        report.error(1, f"version is `{feed.get('version')}`")
    keys(feed, TOP, "feed", report)
    text(feed, "title", "feed", report, required=True)
    for name in ("description", "user_comment"):
        text(feed, name, "feed", report)
    for name in ("home_page_url", "feed_url", "next_url", "icon", "favicon"):
        address(feed, name, "feed", report)
    if "feed_url" not in feed:
        report.error(1, "feed has no feed_url")
    elif isinstance(feed["feed_url"], str) and values.split(feed["feed_url"]).path.rpartition("/")[2] != path.rpartition("/")[2]:
        report.error(1, f"feed_url `{feed['feed_url']}` is not this file")
    if "expired" in feed and not isinstance(feed["expired"], bool):
        report.error(1, "expired is not true or false")
    common(feed, "feed", report)
    for hub in array(feed, "hubs", "feed", report):
        if not isinstance(hub, dict) or not hub.get("type") or not hub.get("url"):
            report.error(1, "a hub has no type or no url")
        else:
            values.web(hub["url"], "hub url", 1, report)
    if "items" not in feed:
        report.error(1, "feed has no items")
    seen = set()
    for item in array(feed, "items", "feed", report):
        if not isinstance(item, dict):
            report.error(1, "an item is no object")
            continue
        identifier = item.get("id")
        if identifier in seen:
            report.error(1, f"the id `{identifier}` stands twice")
        seen.add(identifier if isinstance(identifier, str) else None)
        entry(item, report)


def once(pairs, report):
    names = [name for name, _ in pairs]
    for name in sorted({name for name in names if names.count(name) > 1}):
        report.error(1, f"the key {name} stands twice in one object")
    return dict(pairs)


def entry(item, report):
    where = f"item `{item.get('id')}`"
    keys(item, ITEM, where, report)
    text(item, "id", where, report, required=True)
    for name in ("url", "external_url", "image", "banner_image"):
        address(item, name, where, report)
    text(item, "title", where, report)
    text(item, "summary", where, report)
    if "content_html" not in item and "content_text" not in item:
        report.error(1, f"{where} has neither content_html nor content_text")
    for name in ("content_html", "content_text"):
        if name in item and not isinstance(item[name], str):
            report.error(1, f"{where}: {name} is no string")
    if isinstance(item.get("content_html"), str):
        markup.check(item["content_html"], "", f"{where} content_html", 1, report)
    for name in ("date_published", "date_modified"):
        if name in item:
            values.rfc3339(str(item[name]), f"{where} {name}", 1, report)
    for tag in array(item, "tags", where, report):
        if not isinstance(tag, str) or not tag.strip():
            report.error(1, f"{where}: a tag is no text")
    common(item, where, report)
    for attachment in array(item, "attachments", where, report):
        attached(attachment, where, report)


def attached(attachment, where, report):
    if not isinstance(attachment, dict):
        report.error(1, f"{where}: an attachment is no object")
        return
    keys(attachment, ATTACHMENT, f"{where} attachment", report)
    for name in ("url", "mime_type"):
        text(attachment, name, f"{where} attachment", report, required=True)
    address(attachment, "url", f"{where} attachment", report)
    if isinstance(attachment.get("mime_type"), str):
        values.media_type(attachment["mime_type"], f"{where} attachment", 1, report)
    for name in ("size_in_bytes", "duration_in_seconds"):
        value = attachment.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
            report.error(1, f"{where} attachment: {name} is `{value}`")
    text(attachment, "title", f"{where} attachment", report)


def common(thing, where, report):
    """Authors and language, of the feed or an item."""
    if "author" in thing:
        report.error(1, f"{where} has author, which 1.1 calls authors")
    for author in array(thing, "authors", where, report):
        if not isinstance(author, dict) or not any(author.get(name) for name in AUTHOR):
            report.error(1, f"{where}: an author has neither name nor url nor avatar")
            continue
        keys(author, AUTHOR, f"{where} author", report)
        text(author, "name", f"{where} author", report)
        for name in ("url", "avatar"):
            if name in author:
                values.uri(str(author[name]), f"{where} author {name}", 1, report)
    if "language" in thing:
        values.language(str(thing["language"]), f"{where} language", 1, report)


def keys(thing, known, where, report):
    for name, value in thing.items():
        if value is None:
            report.error(1, f"{where}: {name} is null")
        if not name.startswith("_") and name not in known:
            report.error(1, f"{where} has the unknown key {name}")
        if name.startswith("_") and (not isinstance(value, dict) or "." in name):
            report.error(1, f"{where}: the extension {name} is no object")


def array(thing, name, where, report):
    value = thing.get(name, [])
    if not isinstance(value, list):
        report.error(1, f"{where}: {name} is no array")
        return []
    return value


def text(thing, name, where, report, required=False):
    if name not in thing:
        if required:
            report.error(1, f"{where} has no {name}")
    elif not isinstance(thing[name], str):
        report.error(1, f"{where}: {name} is no string")
    elif name == "id":
        if not thing[name].strip():
            report.error(1, f"{where}: id is empty")
    else:
        markup.plain(thing[name], f"{where} {name}", 1, report)


def address(thing, name, where, report):
    if name not in thing:
        return
    if not isinstance(thing[name], str):
        report.error(1, f"{where}: {name} is no string")
    else:
        values.uri(thing[name], f"{where} {name}", 1, report)
