#!/usr/bin/env python3
"""Reads a published tree as a feed reader would and prints what it saw, one JSON object a line.

    feedparser_check.py DIR

RSS and Atom are read by feedparser, JSON Feed by the standard library in the same shape:
{"file", "feed", "bozo", "id", "title", "url", "published", "updated", "content", "authors", "tags", "enclosures"};
a line without "id" is about the whole document. Dates are RFC 3339 in UTC. Ends with 0 whatever it saw.
"""
import calendar
import datetime
import json
import os
import re
import sys

import feedparser


def moment(parsed):
    if not parsed:
        return None
    seconds = calendar.timegm(parsed)
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def instant(written):
    if not written:
        return None
    parsed = datetime.datetime.fromisoformat(re.sub(r"Z$", "+00:00", written))
    return parsed.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def with_feedparser(path, name):
    read = feedparser.parse(path, sanitize_html=False, resolve_relative_uris=False)
    cause = read.get("bozo_exception")
    yield {
        "file": name, "feed": read.feed.get("title"), "bozo": bool(read.bozo), "cause": str(cause) if cause else None,
        "version": read.version, "language": read.feed.get("language"), "entries": len(read.entries),
    }
    for entry in read.entries:
        content = entry.get("content") or []
        yield {
            "file": name, "id": entry.get("id"), "title": entry.get("title"), "url": entry.get("link"),
            "published": moment(entry.get("published_parsed")), "updated": moment(entry.get("updated_parsed")),
            "content": content[0].value if content else entry.get("summary"),
            "authors": [author.get("name") for author in entry.get("authors", []) if author.get("name")],
            "tags": [tag.get("label") or tag.get("term") for tag in entry.get("tags", [])],
            "enclosures": [link.get("href") for link in entry.get("enclosures", [])],
        }


def with_json(path, name):
    with open(path, encoding="utf-8") as file:
        read = json.load(file)
    yield {
        "file": name, "feed": read.get("title"), "bozo": False, "cause": None, "version": read.get("version"),
        "language": read.get("language"), "entries": len(read["items"]),
    }
    for item in read["items"]:
        yield {
            "file": name, "id": item["id"], "title": item.get("title"), "url": item.get("url"),
            "published": instant(item.get("date_published")), "updated": instant(item.get("date_modified")),
            "content": item.get("content_html", item.get("content_text")),
            "authors": [author["name"] for author in item.get("authors", []) if author.get("name")],
            "tags": item.get("tags", []), "enclosures": [part["url"] for part in item.get("attachments", [])],
        }


def main(directory):
    for folder, _, names in sorted(os.walk(directory)):
        for name in sorted(names):
            path = os.path.join(folder, name)
            relative = os.path.relpath(path, directory)
            if name.endswith((".rss", ".atom")):
                lines = with_feedparser(path, relative)
            elif name.endswith(".json"):
                lines = with_json(path, relative)
            else:
                continue
            for line in lines:
                print(json.dumps(line, ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1])
