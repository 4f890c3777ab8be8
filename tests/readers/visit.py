#!/usr/bin/env python3
"""Lets a feed reader visit an address once more and prints all that it has of it then, one JSON object a line.

    visit.py newsboat|rss2email|feedparser|reader ADDRESS HOME

HOME is a folder in which the reader remembers between two visits. A line is {"id", "title", "content"}; of rss2email each
mail that it ever sent is one, of feedparser each entry of the last answer that brought some. Ends with 1 when the reader
fails, with its own words on stderr.
"""
import email
import email.policy
import json
import mailbox
import os
import pathlib
import re
import sqlite3
import subprocess
import sys


def run(home, command):
    environment = {**os.environ, "HOME": home, "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "no_proxy": "*"}
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "VIRTUAL_ENV", "PYTHONPATH"):
        environment.pop(name, None)
    ran = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False,
    )
    if ran.returncode != 0 or b"Traceback" in ran.stderr:
        sys.stderr.buffer.write(ran.stdout + ran.stderr)
        sys.exit(1)


def newsboat(address, home):
    urls, cache, config = (os.path.join(home, name) for name in ("urls", "cache.db", "config"))
    pathlib.Path(urls).write_text(address + "\n", encoding="utf-8")
    pathlib.Path(config).write_text("max-items 0\nuse-proxy no\n", encoding="utf-8")
    run(home, ["newsboat", "-u", urls, "-c", cache, "-C", config, "-x", "reload"])
    database = sqlite3.connect(cache)
    yield from database.execute("select guid, title, content from rss_item order by id desc")
    database.close()


def rss2email(address, home):
    config, data, box = (os.path.join(home, name) for name in ("rss2email.cfg", "rss2email.json", "mail"))

    def r2e(*arguments):
        run(home, ["r2e", "-c", config, "-d", data, *arguments])

    if not os.path.exists(config):
        os.mkdir(box)
        r2e("new", "reader@a.example")
        text = pathlib.Path(config).read_text(encoding="utf-8")
        # Without `trust-guid` it sends an entry again when it was edited.
        for name, value in (
            ("email-protocol", "maildir"), ("maildir-path", box), ("encodings", "UTF-8"), ("trust-guid", "False"),
            ("trust-link", "False"),
        ):
            text = re.sub(f"^{name} = .*$", f"{name} = {value}", text, flags=re.MULTILINE)
        pathlib.Path(config).write_text(text, encoding="utf-8")
        r2e("add", "feed", address)
    r2e("run")
    for stored in mailbox.Maildir(os.path.join(box, "INBOX"), create=True):
        mail = email.message_from_bytes(stored.as_bytes(), policy=email.policy.default)
        yield str(mail["X-RSS-ID"]), str(mail["Subject"]).strip(), mail.get_content()


def feedparser(address, home):
    import feedparser as parser

    kept = pathlib.Path(home, "feedparser.json")
    known = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {"entries": []}
    told = parser.parse(address, etag=known.get("etag"), modified=known.get("modified"))
    if told.bozo:
        sys.exit(f"not well-formed: {told.bozo_exception}")
    if told.status == 200:
        entries = [(entry.id, entry.title, entry.get("summary", "")) for entry in told.entries]
        known = {"etag": told.get("etag"), "modified": told.get("modified"), "entries": entries}
        kept.write_text(json.dumps(known), encoding="utf-8")
    elif told.status != 304:
        sys.exit(f"status {told.status}")
    yield from known["entries"]


def reader(address, home):
    from reader import make_reader

    library = make_reader(os.path.join(home, "reader.sqlite"))
    library.add_feed(address, exist_ok=True)
    library.update_feed(address)
    for entry in library.get_entries():
        content = entry.content[0].value if entry.content else entry.summary
        yield entry.id, entry.title, content or ""
    library.close()


def main(name, address, home):
    readers = {"newsboat": newsboat, "rss2email": rss2email, "feedparser": feedparser, "reader": reader}
    for number, title, content in readers[name](address, home):
        print(json.dumps({"id": number, "title": title, "content": content}, ensure_ascii=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
