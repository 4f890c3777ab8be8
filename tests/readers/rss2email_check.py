#!/usr/bin/env python3
"""Lets rss2email (`r2e`) turn documents into mail and prints the mails, one JSON object a line.

    rss2email_check.py DOCUMENT...

It works in a temporary home, reads file: addresses and delivers into a maildir:
{"file", "id", "title", "url", "published", "content"}. Ends with 1 when r2e fails, with its own words on stderr.
"""
import email
import email.policy
import email.utils
import datetime
import json
import mailbox
import os
import pathlib
import subprocess
import sys
import tempfile


def main(documents):
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "HOME": home, "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "VIRTUAL_ENV", "PYTHONPATH"):
            environment.pop(name, None)
        config, data = os.path.join(home, "rss2email.cfg"), os.path.join(home, "rss2email.json")

        def r2e(*arguments):
            ran = subprocess.run(
                ["r2e", "-c", config, "-d", data, *arguments],
                env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False,
            )
            if ran.returncode != 0 or b"Traceback" in ran.stderr:
                sys.stderr.buffer.write(ran.stdout + ran.stderr)
                sys.exit(1)

        os.mkdir(os.path.join(home, "mail"))
        r2e("new", "reader@a.example")
        text = pathlib.Path(config).read_text(encoding="utf-8")
        for name, value in (
            ("email-protocol", "maildir"), ("maildir-path", os.path.join(home, "mail")), ("encodings", "UTF-8"),
            ("html-mail", "True"), ("date-header", "True"),
            ("date-header-order", "issued, modified, created, expired"),
        ):
            lines = [f"{name} = {value}" if line.startswith(f"{name} =") else line for line in text.split("\n")]
            text = "\n".join(lines)
        pathlib.Path(config).write_text(text, encoding="utf-8")
        names = {}
        for number, path in enumerate(documents):
            address = pathlib.Path(path).resolve().as_uri()
            names[address] = os.path.basename(path)
            r2e("add", f"feed{number}", address)
        r2e("run")
        box = mailbox.Maildir(os.path.join(home, "mail", "INBOX"), create=True)
        for stored in box:
            mail = email.message_from_bytes(stored.as_bytes(), policy=email.policy.default)
            date = email.utils.parsedate_to_datetime(str(mail["Date"]))
            if date.tzinfo is None:
                date = date.replace(tzinfo=datetime.timezone.utc)
            line = {
                "file": names[str(mail["X-RSS-Feed"])], "id": str(mail["X-RSS-ID"]), "title": str(mail["Subject"]).strip(),
                "url": str(mail["X-RSS-URL"]), "content": mail.get_content(),
                "published": date.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
            print(json.dumps(line, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
