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


def main(documents):
    with tempfile.TemporaryDirectory() as home:
        urls, cache, config = (os.path.join(home, name) for name in ("urls", "cache.db", "config"))
        addresses = {pathlib.Path(path).resolve().as_uri(): os.path.basename(path) for path in documents}
        pathlib.Path(urls).write_text("".join(f"{address}\n" for address in addresses), encoding="utf-8")
        pathlib.Path(config).write_text("max-items 0\nignore-mode display\n", encoding="utf-8")
        environment = {**os.environ, "HOME": home, "LC_ALL": "C.UTF-8"}
        environment.pop("XDG_CONFIG_HOME", None)
        ran = subprocess.run(
            ["newsboat", "-u", urls, "-c", cache, "-C", config, "-x", "reload"],
            env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False,
        )
        if ran.returncode != 0:
            sys.stderr.buffer.write(ran.stdout + ran.stderr)
            return 1
        with sqlite3.connect(cache) as database:
            for address, title in database.execute("select rssurl, title from rss_feed order by rssurl"):
                print(json.dumps({"file": addresses[address], "feed": title}, ensure_ascii=False))
            rows = database.execute(
                "select feedurl, guid, title, url, pubDate, content, enclosure_url from rss_item order by feedurl, id"
            )
            for address, guid, title, url, date, content, enclosure in rows:
                published = datetime.datetime.fromtimestamp(date, datetime.timezone.utc)
                line = {
                    "file": addresses[address], "id": guid, "title": title, "url": url, "content": content,
                    "published": published.strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "enclosures": [enclosure] if enclosure else [],
                }
                print(json.dumps(line, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
