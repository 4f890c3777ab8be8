//! Every vocabulary that feeds use, by any prefix and any spelling of its address: what an item makes of it.

use harkara::normalize;
use harkara::parse;
use serde_json::Value;

/// The customary prefix, the address, elements of an item with `p:` for the prefix, and what the item then says.
struct Row(&'static str, &'static str, &'static str, &'static str);

const ROWS: &[Row] = &[
    Row(
        "content",
        "http://purl.org/rss/1.0/modules/content/",
        "<description>d</description><p:encoded><![CDATA[<p>b</p>]]></p:encoded>",
        r#"{"summary":"d","content":"<p>b</p>"}"#,
    ),
    Row(
        "dc",
        "http://purl.org/dc/elements/1.1/",
        "<p:creator>A</p:creator><p:contributor>B</p:contributor><p:subject>s</p:subject><p:date>2020-01-02T03:04:05Z</p:date>
         <p:rights>r</p:rights><p:language>en</p:language><p:identifier>i</p:identifier><p:description>d</p:description>",
        r#"{"id":"i","summary":"d","language":"en","published":"2020-01-02T03:04:05Z","authors":[{"name":"A"}],
            "contributors":[{"name":"B"}],"categories":[{"term":"s"}],"rights":"r"}"#,
    ),
    Row(
        "dc",
        "http://purl.org/dc/elements/1.1/",
        "<p:date.modified>2020-01-03T00:00:00Z</p:date.modified><p:date.issued>2020-01-02T00:00:00Z</p:date.issued>",
        r#"{"published":"2020-01-02T00:00:00Z","updated":"2020-01-03T00:00:00Z"}"#,
    ),
    // Without a place: who printed it, what it was made from.
    Row(
        "dc",
        "http://purl.org/dc/elements/1.1/",
        "<p:publisher>P</p:publisher><p:source>S</p:source><p:format>x/y</p:format>",
        "{}",
    ),
    Row(
        "dcterms",
        "http://purl.org/dc/terms/",
        "<p:creator>A</p:creator><p:created>2019-01-01T00:00:00Z</p:created><p:issued>2020-01-02T00:00:00Z</p:issued>
         <p:modified>2020-01-03T00:00:00Z</p:modified><p:abstract>d</p:abstract><p:license>http://l/</p:license>",
        r#"{"summary":"d","published":"2020-01-02T00:00:00Z","updated":"2020-01-03T00:00:00Z","authors":[{"name":"A"}],
            "rights":"http://l/"}"#,
    ),
    Row(
        "media",
        "http://search.yahoo.com/mrss/",
        "<p:group><p:content url='http://m/1.mp4' type='video/mp4' fileSize='12' duration='61'><p:title>mt</p:title>
         <p:thumbnail url='http://m/c.jpg'/></p:content><p:content url='http://m/2.webm'/><p:thumbnail url='http://m/t.jpg'/>
         <p:description>md</p:description><p:credit role='author'>C</p:credit><p:credit role='photographer'>P</p:credit>
         <p:category scheme='s' label='l'>k</p:category><p:keywords>a, b</p:keywords><p:copyright>cr</p:copyright></p:group>",
        r#"{"summary":"md","authors":[{"name":"C"}],
            "categories":[{"term":"k","scheme":"s","label":"l"},{"term":"a"},{"term":"b"}],
            "attachments":[{"url":"http://m/1.mp4","media_type":"video/mp4","size_bytes":12,"duration_seconds":61.0,"title":"mt"},
            {"url":"http://m/2.webm","media_type":"video/webm"}],"image_url":"http://m/t.jpg","rights":"cr"}"#,
    ),
    Row(
        "media",
        "http://search.yahoo.com/mrss/",
        "<author>Me</author><p:content medium='image' url='http://m/i'/><p:credit>c</p:credit>
         <p:license href='http://l/' type='text/html'/>",
        r#"{"authors":[{"name":"Me"}],"attachments":[{"url":"http://m/i"}],"image_url":"http://m/i","rights":"http://l/"}"#,
    ),
    // The page of the player and the words spoken, where nothing else is told.
    Row(
        "media",
        "http://search.yahoo.com/mrss/",
        "<p:player url='http://p/1'/><p:text>said</p:text>",
        r#"{"url":"http://p/1","summary":"said"}"#,
    ),
    Row(
        "media",
        "http://search.yahoo.com/mrss/",
        "<link>http://a/</link><p:text>said</p:text><p:description>told</p:description><p:player url='http://p/1'/>",
        r#"{"url":"http://a/","summary":"told"}"#,
    ),
    Row(
        "itunes",
        "http://www.itunes.com/dtds/podcast-1.0.dtd",
        "<enclosure url='http://m/a.mp3' length='3' type='audio/mpeg'/><p:author>A</p:author><p:duration>1:01</p:duration>
         <p:image href='http://m/i.png'/><p:summary>s</p:summary><p:subtitle>t</p:subtitle><p:keywords>k, l</p:keywords>
         <p:title>no</p:title><p:episode>3</p:episode>",
        r#"{"summary":"s","authors":[{"name":"A"}],"categories":[{"term":"k"},{"term":"l"}],
            "attachments":[{"url":"http://m/a.mp3","media_type":"audio/mpeg","size_bytes":3,"duration_seconds":61.0}],
            "image_url":"http://m/i.png"}"#,
    ),
    Row(
        "podcast",
        "https://podcastindex.org/namespace/1.0",
        "<p:person href='http://p/' img='http://p/i.jpg'>H</p:person><p:person role='guest'>G</p:person>
         <p:license url='http://l/'>cc-by-4.0</p:license><p:images srcset='http://i/1.jpg 100w, http://i/2.jpg 200w'/>
         <p:socialInteract uri='http://s/1' protocol='activitypub'/><p:season>1</p:season>
         <p:chapters url='http://c/a.json' type='application/json+chapters'/>",
        r#"{"authors":[{"name":"H","url":"http://p/"}],"contributors":[{"name":"G"}],"image_url":"http://i/1.jpg",
            "comments_url":"http://s/1","rights":"cc-by-4.0"}"#,
    ),
    // Another encoding is an attachment where there is no other.
    Row(
        "podcast",
        "https://podcastindex.org/namespace/1.0",
        "<p:alternateEnclosure type='audio/opus' length='5' title='Opus'><p:source uri='http://e/a.opus'/></p:alternateEnclosure>
         <p:alternateEnclosure type='audio/mpeg'><p:source uri='http://e/a.mp3'/></p:alternateEnclosure>",
        r#"{"attachments":[{"url":"http://e/a.opus","media_type":"audio/opus","size_bytes":5,"title":"Opus"}]}"#,
    ),
    Row(
        "podcast",
        "https://podcastindex.org/namespace/1.0",
        "<enclosure url='http://e/a.mp3'/><p:alternateEnclosure type='audio/opus'><p:source uri='http://e/a.opus'/>
         </p:alternateEnclosure>",
        r#"{"attachments":[{"url":"http://e/a.mp3","media_type":"audio/mpeg"}]}"#,
    ),
    // Of the feed, not of an item; how many comments there are and their feed have no place.
    Row("sy", "http://purl.org/rss/1.0/modules/syndication/", "<p:updatePeriod>hourly</p:updatePeriod>", "{}"),
    Row(
        "slash",
        "http://purl.org/rss/1.0/modules/slash/",
        "<comments>http://c/</comments><p:comments>3</p:comments>",
        r#"{"comments_url":"http://c/"}"#,
    ),
    Row(
        "wfw",
        "http://wellformedweb.org/CommentAPI/",
        "<p:comment>http://w/</p:comment><p:commentRss>http://w/rss</p:commentRss>",
        "{}",
    ),
    Row(
        "thr",
        "http://purl.org/syndication/thread/1.0",
        "<p:in-reply-to ref='urn:x' href='http://x/'/><p:total>3</p:total>",
        r#"{"in_reply_to":"urn:x"}"#,
    ),
    Row(
        "georss",
        "http://www.georss.org/georss",
        "<p:point>1 2</p:point><p:featureName>n</p:featureName><p:where><p:title>no</p:title></p:where>",
        "{}",
    ),
    Row(
        "atom",
        "http://www.w3.org/2005/Atom",
        "<p:link href='http://a/'/><p:link rel='enclosure' href='http://e/x.mp3'/><p:updated>2020-01-01T00:00:00Z</p:updated>
         <p:author><p:name>A</p:name><p:email>a@b.org</p:email></p:author><p:summary>s</p:summary><p:id>urn:a</p:id>",
        r#"{"id":"urn:a","url":"http://a/","summary":"s","updated":"2020-01-01T00:00:00Z",
            "authors":[{"name":"A","email":"a@b.org"}],"attachments":[{"url":"http://e/x.mp3","media_type":"audio/mpeg"}]}"#,
    ),
    Row(
        "xhtml",
        "http://www.w3.org/1999/xhtml",
        "<description>d</description><p:body><p:p>x</p:p></p:body>",
        r#"{"summary":"d","content":"<p>x</p>"}"#,
    ),
    Row(
        "feedburner",
        "http://rssnamespace.org/feedburner/ext/1.0",
        "<link>http://fb/</link><enclosure url='http://fb/a.mp3'/><p:origLink>http://o/</p:origLink>
         <p:origEnclosureLink>http://o/a.mp3</p:origEnclosureLink>",
        r#"{"url":"http://o/","alternate_urls":["http://fb/"],
            "attachments":[{"url":"http://o/a.mp3","media_type":"audio/mpeg"}]}"#,
    ),
    Row(
        "prism",
        "http://prismstandard.org/namespaces/basic/2.0/",
        "<p:url>http://p/</p:url><link>http://l/</link><p:publicationDate>2020-01-02T00:00:00Z</p:publicationDate>
         <p:modificationDate>2020-01-03T00:00:00Z</p:modificationDate><p:doi>10.1/x</p:doi><p:copyright>c</p:copyright>
         <p:keyword>k</p:keyword><p:section>s</p:section><p:teaser>t</p:teaser><p:volume>7</p:volume>",
        r#"{"id":"10.1/x","url":"http://l/","alternate_urls":["http://p/"],"summary":"t","published":"2020-01-02T00:00:00Z",
            "updated":"2020-01-03T00:00:00Z","categories":[{"term":"k"},{"term":"s"}],"rights":"c"}"#,
    ),
    Row(
        "creativeCommons",
        "http://backend.userland.com/creativeCommonsRssModule",
        "<p:license>http://l/</p:license>",
        r#"{"rights":"http://l/"}"#,
    ),
    Row("cc", "http://web.resource.org/cc/", "<p:license resource='http://l/'/>", r#"{"rights":"http://l/"}"#),
    Row(
        "yt",
        "http://www.youtube.com/xml/schemas/2015",
        "<p:videoId>a-B_3</p:videoId><p:channelId>UC</p:channelId>",
        r#"{"url":"https://www.youtube.com/watch?v=a-B_3"}"#,
    ),
    Row(
        "yt",
        "http://www.youtube.com/xml/schemas/2015",
        "<p:videoId>a-B_3</p:videoId><link>http://l/</link>",
        r#"{"url":"http://l/"}"#,
    ),
];

fn item(declared: &str, prefix: &str, elements: &str) -> Value {
    let elements = elements.replace("<p:", &format!("<{prefix}:")).replace("</p:", &format!("</{prefix}:"));
    let document = format!(
        "<rss version='2.0'{declared}><channel><title>F</title><item><title>T</title>{elements}</item></channel></rss>"
    );
    let reading = parse::read(document.as_bytes(), None, None);
    let told = normalize::reading(reading, &normalize::Settings::default());
    let mut item = serde_json::to_value(&told.items[0]).unwrap();
    assert_eq!(item.as_object_mut().unwrap().remove("title"), Some("T".into()), "{document}");
    item
}

#[test]
fn each_vocabulary_is_read_by_any_prefix_and_any_spelling_of_its_address() {
    for Row(prefix, address, elements, expected) in ROWS {
        let expected: Value = serde_json::from_str(expected).unwrap();
        let bare = address.trim_end_matches('/').replace("http://", "https://");
        let shouted = address.to_uppercase().replace("HTTP", "http");
        for (prefix, address) in [
            (*prefix, *address),
            ("zz", address),
            (prefix, &bare),
            (prefix, &shouted),
            // Somebody made the address up, but the prefix says it.
            (prefix, "http://example.org/made-up"),
        ] {
            let declared = format!(" xmlns:{prefix}='{address}'");
            assert_eq!(item(&declared, prefix, elements), expected, "{prefix} {address}\n{elements}");
        }
        assert_eq!(item("", prefix, elements), expected, "{prefix} not declared\n{elements}");
    }
}

#[test]
fn old_feeds_without_any_namespace_are_read() {
    let plain = |name: &str, text: &str| format!("<{name}>{text}</{name}>");
    let elements = plain("encoded", "b") + &plain("creator", "A") + &plain("keywords", "k");
    let expected = r#"{"content":"b","authors":[{"name":"A"}],"categories":[{"term":"k"}]}"#;
    assert_eq!(item("", "p", &elements), serde_json::from_str::<Value>(expected).unwrap());
}

#[test]
fn a_strange_vocabulary_says_nothing() {
    let elements = "<p:title>no</p:title><p:link>http://no/</p:link><p:creator>no</p:creator>";
    assert_eq!(item(" xmlns:p='http://example.org/made-up'", "p", elements), serde_json::json!({}));
}
