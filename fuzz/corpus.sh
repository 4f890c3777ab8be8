#!/usr/bin/env bash
# Fills fuzz/corpus with what each target begins from: the fixtures, and the shared cases where they are.
set -euo pipefail
cd "$(dirname "$0")"

feeds=(../fixtures/feeds ../fixtures/bengali/feeds ../fixtures/broken)
[ -d ../../shared/conformance/open ] && feeds+=(../../shared/conformance/open)
mkdir -p corpus/{charset,feed,json,date,clean,normalize}

# Small files only: a fuzzer that reads a megabyte each time learns nothing.
find "${feeds[@]}" -type f -size -24k \( -name '*.xml' -o -name '*.rss' -o -name '*.atom' -o -name '*.rdf' -o -name '*.json' \) |
    while read -r file; do
        name=$(sha1sum <"$file" | cut -c1-16)
        case $file in
            *.json) cp "$file" "corpus/json/$name" ;;
            *) cp "$file" "corpus/feed/$name"; { printf '\000'; cat "$file"; } >"corpus/charset/$name" ;;
        esac
        cp "$file" "corpus/normalize/$name"
    done
find ../fixtures/pages -type f -size -64k | while read -r file; do cp "$file" "corpus/clean/$(sha1sum <"$file" | cut -c1-16)"; done
python3 - <<'PYTHON'
import hashlib, html, pathlib, re
def put(target, text):
    data = text.encode()
    if 0 < len(data) < 16384:
        pathlib.Path("corpus", target, hashlib.sha1(data).hexdigest()[:16]).write_bytes(data)
for file in pathlib.Path("corpus/feed").iterdir():
    text = file.read_bytes().decode("utf-8", "replace")
    for tag in ("description", "summary", "content", "content:encoded", "title", "body", "div"):
        for body in re.findall(rf"<{tag}[^>]*>(.*?)</{tag}>", text, re.S):
            body = body.strip()
            cdata = re.fullmatch(r"<!\[CDATA\[(.*)\]\]>", body, re.S)
            put("clean", cdata[1] if cdata else html.unescape(body))
    for date in re.findall(r"<(?:pubDate|dc:date|updated|published|issued|modified|lastBuildDate)>([^<]*)<", text):
        put("date", date.strip())
source = pathlib.Path("../src/parse/date/tests.rs").read_text()
for text in re.findall(r'"((?:[^"\\]|\\.)*)"', source):
    put("date", text)
for source in ("../src/normalize/html/mod.rs", "../src/normalize/html/tidy.rs", "../tests/it/mutation.rs"):
    if pathlib.Path(source).exists():
        for text in re.findall(r'"((?:[^"\\]|\\.)*<(?:[^"\\]|\\.)*)"', pathlib.Path(source).read_text()):
            put("clean", text.replace('\\"', '"'))
PYTHON
for target in corpus/*; do echo "$target: $(find "$target" -type f | wc -l)"; done
