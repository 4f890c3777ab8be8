#!/usr/bin/env python3
"""The rules must see what they are for: each line below spoils a good document and names the finding it must give."""
import os
import sys
import tempfile

sys.dont_write_bytecode = True
import validate  # noqa: E402  (beside this file)

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>খবর</title><link>https://a.example/</link><description>ক</description><language>bn</language>
<lastBuildDate>Tue, 27 Oct 2026 09:20:11 +0000</lastBuildDate><ttl>60</ttl>
<atom:link rel="self" type="application/rss+xml" href="https://a.example/x.rss"/>
<item><title>১</title><link>https://a.example/1</link><description>&lt;p&gt;ক&amp;amp;খ &lt;img src="https://a.example/i.jpg" alt=""&gt;&lt;/p&gt;</description>
<content:encoded>&lt;p&gt;&lt;a href="https://a.example/"&gt;খ&lt;/a&gt;&lt;/p&gt;</content:encoded>
<guid isPermaLink="false">urn:uuid:6f1c2f0e-8a0b-4d7e-9c55-2b1e5f5b7d10</guid><pubDate>Tue, 27 Oct 2026 09:20:11 +0000</pubDate>
<dc:creator>মমতা</dc:creator><category domain="https://a.example/t">গ</category><source url="https://b.example/feed">খ</source>
<enclosure url="https://a.example/1.mp3" length="12" type="audio/mpeg"/><media:thumbnail url="https://a.example/t.jpg" width="10"/></item>
<item><title>২</title><guid>https://a.example/2</guid><author>m@a.example (মমতা)</author></item>
</channel></rss>"""

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" xml:lang="bn">
<id>https://a.example/x</id><title>খবর</title><updated>2026-10-27T09:20:11Z</updated><author><name>ক</name></author>
<link rel="self" type="application/atom+xml" href="https://a.example/x.atom"/><link href="https://a.example/"/>
<entry><id>tag:a.example,2026:1</id><title>১</title><updated>2026-10-27T09:20:11Z</updated><published>2026-10-27T09:20:11Z</published>
<link rel="alternate" type="text/html" href="https://a.example/1"/><category term="গ" scheme="https://a.example/t"/>
<content type="html">&lt;p&gt;খ&lt;/p&gt;</content><summary>ক</summary>
<source><id>https://b.example/</id><title>খ</title><updated>2026-10-27T09:20:11Z</updated></source></entry>
<entry><id>tag:a.example,2026:2</id><title>২</title><updated>2026-10-26T09:20:11+05:30</updated><link href="https://a.example/2"/>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>খ</p></div></content></entry>
</feed>"""

JSON = """{"version": "https://jsonfeed.org/version/1.1", "title": "খবর", "feed_url": "https://a.example/x.json",
"home_page_url": "https://a.example/", "language": "bn", "authors": [{"name": "ক"}], "hubs": [{"type": "WebSub", "url": "https://h.example/"}],
"items": [{"id": "1", "url": "https://a.example/1", "title": "১", "content_html": "<p>ক</p>", "date_published": "2026-10-27T09:20:11Z",
"tags": ["গ"], "attachments": [{"url": "https://a.example/1.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 12}], "_x": {"a": 1}},
{"id": "2", "content_text": "খ"}]}"""

OPML = """<?xml version="1.0" encoding="utf-8"?>
<opml version="2.0"><head><title>খবর</title></head><body>
<outline type="rss" text="ক" title="ক" xmlUrl="https://a.example/feed"/></body></opml>"""

GOOD = {"x.rss": RSS, "x.atom": ATOM, "x.json": JSON, "sources.opml": OPML}

# file, what is replaced, by what, words of the finding
SPOILED = [
    ("x.rss", "<title>খবর</title>", "", "channel has no title"),
    ("x.rss", "<link>https://a.example/</link>", "", "channel has no link"),
    ("x.rss", "<description>ক</description>", "", "channel has no description"),
    ("x.rss", "<language>bn</language>", "<language>xx</language>", "no language tag"),
    ("x.rss", "<lastBuildDate>Tue", "<lastBuildDate>Wed", "was a Tue"),
    ("x.rss", "27 Oct 2026 09:20:11 +0000</last", "31 Feb 2026 09:20:11 +0000</last", "lastBuildDate"),
    ("x.rss", "09:20:11 +0000</pubDate>", "09:20:11 UTC</pubDate>", "no RFC 822 date"),
    ("x.rss", "Tue, 27 Oct 2026 09:20:11 +0000</pubDate>", "2026-10-27T09:20:11Z</pubDate>", "no RFC 822 date"),
    ("x.rss", "<ttl>60</ttl>", "<ttl>0</ttl>", "no whole number from 1"),
    ("x.rss", 'rel="self"', 'rel="alternate"', "no atom:link of rel self"),
    ("x.rss", "example/x.rss", "example/y.rss", "is not this file"),
    ("x.rss", "<link>https://a.example/1</link>", "<link>/1</link>", "no absolute URI"),
    ("x.rss", "<link>https://a.example/1</link>", "<link>https://a.example/খবর</link>", "no absolute URI"),
    ("x.rss", "<link>https://a.example/1</link>", "<link>https://a.example/?a[]=1</link>", "no absolute URI"),
    ("x.rss", "<link>https://a.example/1</link>", "<link> https://a.example/1 </link>", "white space around"),
    ("x.rss", "<link>https://a.example/1</link>", "<link>https://a.example/1</link><link>https://a.example/3</link>", "stands 2 times"),
    ("x.rss", "<guid>https://a.example/2</guid>", "<guid>tag:a.example,2026:2</guid>", "no permalink"),
    ("x.rss", "<guid>https://a.example/2</guid>", "<guid>2</guid>", "no absolute URI"),
    ("x.rss", "<guid>https://a.example/2</guid>", "", "item has no guid"),
    ("x.rss", "<guid>https://a.example/2</guid>", '<guid isPermaLink="false">urn:uuid:6f1c2f0e-8a0b-4d7e-9c55-2b1e5f5b7d10</guid>', "stands twice"),
    ("x.rss", 'isPermaLink="false"', 'isPermaLink="no"', "isPermaLink is"),
    ("x.rss", "m@a.example (মমতা)", "মমতা", "is not of the form"),
    ("x.rss", ' length="12"', "", "enclosure has no length"),
    ("x.rss", ' length="12"', ' length=""', "no whole number"),
    ("x.rss", 'type="audio/mpeg"/', 'type="mp3"/', "no media type"),
    ("x.rss", 'enclosure url="https:', 'enclosure url="ftp:', "no http(s) address"),
    ("x.rss", "<title>২</title>", "", "neither title nor description"),
    ("x.rss", "<title>২</title>", "<title>২</title><titel/>", "not known inside <item>"),
    ("x.rss", "<title>২</title>", "<title>২</title><dc:autor>a</dc:autor>", "is not in the namespace"),
    ("x.rss", "<title>২</title>", '<title lang="bn">২</title>', "has the attribute lang"),
    ("x.rss", "<title>২</title>", "<title>a &lt;/b&gt; c</title>", "looks like HTML"),
    ("x.rss", "<title>২</title>", "<title>a &amp;amp; c</title>", "undecoded"),
    ("x.rss", "<title>২</title>", "<title>a\ufffdb</title>", "U+FFFD"),
    ("x.rss", "<title>২</title>", "<title>a\ufdd0b</title>", "noncharacter"),
    ("x.rss", "<title>২</title>", "<title>a\u000bb</title>", "not well-formed"),
    ("x.rss", "&lt;a href=\"https://a.example/\"", "&lt;a href=\"/\"", "relative address"),
    ("x.rss", "&lt;a href=\"https://a.example/\"", "&lt;a href=\"javascript:x()\"", "scheme javascript"),
    ("x.rss", "&lt;a href=\"https://a.example/\"", "&lt;a onclick=\"x()\"", "event handler"),
    ("x.rss", "&lt;a href=\"https://a.example/\"", "&lt;a style=\"x:y\"", "attribute style"),
    ("x.rss", "&lt;p&gt;ক", "&lt;p&gt;&lt;script&gt;x()&lt;/script&gt;ক", "<script> may not be"),
    ("x.rss", "&lt;p&gt;ক", "&lt;p&gt;&lt;iframe&gt;&lt;/iframe&gt;ক", "<iframe> may not be"),
    ("x.rss", "&lt;p&gt;ক", "&lt;p&gt;&lt;b&gt;ক", "without its beginning"),
    ("x.rss", "&lt;p&gt;ক", "&lt;p&gt;&amp;undefined;ক", "no entity of HTML"),
    ("x.rss", "&lt;p&gt;ক", "&lt;p&gt;&amp;amp;nbsp;ক", "escaped twice"),
    ("x.rss", "&lt;p&gt;ক", "&lt;p&gt;&amp;#128;ক", "stands for no character"),
    ("x.rss", "&lt;p&gt;ক", "&lt;p&gt;&lt;!-- ক", "comment is never ended"),
    ("x.rss", "&lt;p&gt;ক", "&lt;foo&gt;&lt;/foo&gt;&lt;p&gt;ক", "no HTML element"),
    ("x.rss", 'source url="https://b.example/feed"', "source", "source has no url"),
    ("x.rss", 'width="10"', 'width="0"', "no whole number from 1"),
    ("x.rss", "<media:thumbnail", '<media:group><media:content url="https://a.example/v"/></media:group><media:thumbnail', "media:group is for several"),
    ("x.rss", "<category domain", "<category x=\"y\" domain", "has the attribute x"),
    ("x.rss", "<dc:creator>", "<author>a@a.example (ক)</author><dc:creator>", "author and dc:creator"),
    ("x.rss", '<?xml version="1.0" encoding="utf-8"?>', "\n", "declaration is not the first"),
    ("x.rss", "</rss>", "", "not well-formed"),
    ("x.atom", "<id>https://a.example/x</id>", "", "feed has no id"),
    ("x.atom", "<id>tag:a.example,2026:1</id>", "<id>1</id>", "no absolute URI"),
    ("x.atom", "tag:a.example,2026:2", "tag:a.example,2026:1", "stands 2 times"),
    ("x.atom", "tag:a.example,2026:2", "tag:a.example:2", "no absolute URI"),
    ("x.atom", "2026-10-26T09:20:11+05:30", "2026-10-26 09:20:11", "no RFC 3339"),
    ("x.atom", "2026-10-26T09:20:11+05:30", "2026-10-27T09:20:11Z", "same updated"),
    ("x.atom", "2026-10-26T09:20:11+05:30", "2066-10-27T09:20:11Z", "not plausible"),
    ("x.atom", "<author><name>ক</name></author>", "", "has no author"),
    ("x.atom", "<author><name>ক</name></author>", "<author><email>a@a.example</email></author>", "author has no name"),
    ("x.atom", "<author><name>ক</name></author>", "<author><name>ক</name><email>ক</email></author>", "no mail address"),
    ("x.atom", 'rel="self"', 'rel="via"', "no link of rel self"),
    ("x.atom", '<link rel="alternate" type="text/html" href="https://a.example/1"/>', '<link href="https://a.example/1"/><link href="https://a.example/1b"/>', "two alternate links"),
    ("x.atom", 'href="https://a.example/2"', 'href="2"', "no absolute URI"),
    ("x.atom", 'href="https://a.example/2"', 'href="https://a.example/2" hreflang="english"', "no language tag"),
    ("x.atom", 'term="গ"', 'term=""', "category has no term"),
    ("x.atom", '<content type="html">', '<content type="text/html;">', "has the type"),
    ("x.atom", '<summary>', '<summary type="text/html">', "has the type"),
    ("x.atom", '<summary>ক</summary>', '<summary>ক</summary><summary>খ</summary>', "stands 2 times"),
    ("x.atom", '<div xmlns="http://www.w3.org/1999/xhtml"><p>খ</p></div>', '<p xmlns="http://www.w3.org/1999/xhtml">খ</p>', "exactly one div"),
    ("x.atom", "<p>খ</p>", '<p onclick="x()">খ</p>', "attribute onclick"),
    ("x.atom", "</feed>", "<rights>ক</rights></feed>", "stands after entries"),
    ("x.atom", "<title>২</title>", "<title>২</title><pubDate>x</pubDate>", "not known inside <entry>"),
    ("x.atom", "<title>২</title>", '<title>২</title><x xmlns="urn:x:y"/>', "unknown namespace"),
    ("x.atom", ' xml:lang="bn"', "", "has no xml:lang"),
    ("x.json", "version/1.1", "version/1", "version is"),
    ("x.json", '"title": "খবর", ', "", "feed has no title"),
    ("x.json", '"feed_url": "https://a.example/x.json",', "", "no feed_url"),
    ("x.json", '"id": "2"', '"id": "1"', "stands twice"),
    ("x.json", '"id": "2"', '"id": 2', "id is no string"),
    ("x.json", ', "content_text": "খ"', "", "neither content_html nor content_text"),
    ("x.json", '"id": "2"', '"id": "2", "title": null', "title is null"),
    ("x.json", '"id": "2"', '"id": "2", "guid": "2"', "unknown key guid"),
    ("x.json", '"id": "2"', '"id": "2", "author": {"name": "x"}', "1.1 calls authors"),
    ("x.json", '"mime_type": "audio/mpeg", ', "", "no mime_type"),
    ("x.json", '"size_in_bytes": 12', '"size_in_bytes": "12"', "size_in_bytes is"),
    ("x.json", '"tags": ["গ"]', '"tags": "গ"', "tags is no array"),
    ("x.json", '"_x": {"a": 1}', '"_x": 1', "extension _x"),
    ("x.json", '{"name": "ক"}', "{}", "neither name nor url"),
    ("x.json", '"language": "bn"', '"language": "bengali"', "no language tag"),
    ("x.json", '<p>ক</p>', '<p><b>ক</p>', "without its beginning"),
    ("x.json", '<p>ক</p>', '<b>ক', "never ended"),
    ("x.json", '"items"', '"title": "আবার", "items"', "stands twice in one object"),
    ("sources.opml", 'xmlUrl="https://a.example/feed"', "", "no xmlUrl"),
    ("sources.opml", 'text="ক" ', "", "outline has no text"),
]


def findings(name, text):
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, name)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        return validate.check(path).lines()


def main():
    wrong = 0
    for name, text in GOOD.items():
        for line in findings(name, text):
            print(f"a good document is not taken: {line}")
            wrong += 1
    for name, old, new, expected in SPOILED:
        assert GOOD[name].count(old) >= 1, (name, old)
        found = findings(name, GOOD[name].replace(old, new, 1))
        if not any(expected in line for line in found):
            print(f"{name}: `{old}` -> `{new}`: `{expected}` is not among {found}")
            wrong += 1
    print(f"{len(SPOILED) + len(GOOD)} documents, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
