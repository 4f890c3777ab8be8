#!/usr/bin/env python3
"""Checks published documents against the rules of the W3C feed validator and of JSON Feed 1.1.

    validate.py [--strict] FILE...

The kind is told by what is in the file. Every finding is one line, `file:line: error|warning: what`. Ends with 0 when
no file has an error (with --strict: nor a warning), with 1 when one has, with 2 when a file cannot be read.
"""
import gzip
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from rules import atom, jsonfeed, opml, rss, tree  # noqa: E402
from rules.report import Report  # noqa: E402


def check(path):
    """Everything found in one file."""
    report = Report(path)
    with open(path, "rb") as file:
        data = file.read()
    if path.endswith(".gz"):
        data, path = gzip.decompress(data), path[:-3]
    if data.lstrip()[:1] in (b"{", b"["):
        jsonfeed.check(data, path, report)
        return report
    root = tree.read(data, report)
    if root is None:
        pass
    elif root.key == ("", "rss"):
        rss.check(root, path, report)
    elif root.key[0] == atom.NS:
        atom.check(root, path, report)
    elif root.key == ("", "opml"):
        opml.check(root, report)
    else:
        report.error(root.line, f"<{root.name}> of the namespace `{root.key[0]}` begins no feed")
    return report


def main(arguments):
    strict = "--strict" in arguments
    failed = False
    for path in [argument for argument in arguments if argument != "--strict"]:
        try:
            report = check(path)
        except OSError as cause:
            print(f"{path}: cannot be read: {cause}", file=sys.stderr)
            return 2
        for line in report.lines():
            print(line)
        failed = failed or bool(report.errors) or (strict and bool(report.warnings))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
