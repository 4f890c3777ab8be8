#!/usr/bin/env python3
"""Lets newsboat read documents and prints what it put into its cache, one JSON object a line.

    newsboat_check.py DOCUMENT...

It works in a temporary home without a terminal: `newsboat -u urls -c cache.db -C config -x reload`, over file: addresses,
then the cache is read with sqlite3: {"file", "feed", "id", "title", "url", "published", "content", "enclosures"}.
Ends with 1 when newsboat fails, with its own words on stderr.
"""
import datetime
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile


def read(path):
    """One document, with a cache of its own: newsboat keeps one row per guid, whatever feeds it stands in."""
    name = os.path.basename(path)
    with tempfile.TemporaryDirectory() as home:
        urls, cache, config = (os.path.join(home, name) for name in ("urls", "cache.db", "config"))
        pathlib.Path(urls).write_text(pathlib.Path(path).resolve().as_uri() + "\n", encoding="utf-8")
        pathlib.Path(config).write_text("max-items 0\n", encoding="utf-8")
        environment = {**os.environ, "HOME": home, "LC_ALL": "C.UTF-8"}
        environment.pop("XDG_CONFIG_HOME", None)
        ran = subprocess.run(
            ["newsboat", "-u", urls, "-c", cache, "-C", config, "-x", "reload"],
            env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False,
        )
        if ran.returncode != 0:
            sys.stderr.buffer.write(ran.stdout + ran.stderr)
            sys.exit(1)
        database = sqlite3.connect(cache)
        for (title,) in database.execute("select title from rss_feed"):
            yield {"file": name, "feed": title}
        rows = database.execute("select guid, title, url, pubDate, content, enclosure_url from rss_item order by id desc")
        for guid, title, url, date, content, enclosure in rows:
            published = datetime.datetime.fromtimestamp(date, datetime.timezone.utc)
            yield {
                "file": name, "id": guid, "title": title, "url": url, "content": content,
                "published": published.strftime("%Y-%m-%dT%H:%M:%SZ"), "enclosures": [enclosure] if enclosure else [],
            }
        database.close()


def main(documents):
    for path in documents:
        for line in read(path):
            print(json.dumps(line, ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1:])
