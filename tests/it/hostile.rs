//! Every known way to run a script in a page, through the whole road into our pages, opened in a browser that no policy
//! protects: nothing runs, nothing is asked for, nothing of our page is moved.

use std::fmt::Write as _;
use std::fs;

use serde_json::Value;

use crate::support::browser::{Browser, Scheme};
use crate::support::example::project;
use crate::support::home::Home;
use crate::support::shelf::Shelf;

/// What no page of ours may have in it, whatever stands in an entry.
const INSIDE: &str = "
    const out = [];
    const bad = 'script, style, iframe, frame, object, embed, applet, form, foreignObject, use, animate, set, annotation-xml, template, base, noscript, ' +
        'input:not([name=show]), button, textarea, select, dialog, body link, body meta, [style], [popover], [ping]';
    for (const it of document.querySelectorAll(bad)) out.push('an element: ' + it.outerHTML.slice(0, 120));
    for (const it of document.querySelectorAll('*')) for (const {name, value} of it.attributes) {
        if (name.startsWith('on')) out.push('a handler: ' + it.outerHTML.slice(0, 120));
        const address = ['href', 'xlink:href', 'src', 'action', 'poster', 'cite', 'srcset'].includes(name);
        if (address && /^[\\s\\u0000-\\u0020]*(java|vb)script:/i.test(value)) out.push('an address: ' + value);
        if (address && /^data:(?!image\\/)/i.test(value)) out.push('an address: ' + value);
    }
    if (document.querySelectorAll('main').length !== 1) out.push('not one main');
    if (document.querySelectorAll('#content').length !== 1) out.push('not one #content');
    const foot = document.body.lastElementChild;
    if (!foot || !foot.matches('footer.foot')) out.push('the foot is moved: ' + (foot && foot.outerHTML.slice(0, 120)));
    for (const it of document.querySelectorAll('main article'))
        if (it.parentElement.closest('.h-entry')) out.push('an entry in an entry');
    if (document.documentElement.textContent.includes('11111103')) out.push('a template was worked out');
    if (document.documentElement.dataset.hit) out.push('a script ran: ' + document.documentElement.dataset.hit);
    return out;";

fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A feed that has the vector, as text and as markup, wherever something can stand.
fn item(number: usize, vector: &str) -> String {
    let escaped = xml(vector);
    let cdata = vector.replace("]]>", "]]]]><![CDATA[>");
    let mut out = format!("<item><title>{number} {escaped}</title><link>https://a.example/{number}</link>");
    let _ = write!(
        out,
        "<guid isPermaLink=\"false\">{number} {escaped}</guid><author>{escaped}</author><dc:creator>{escaped}</dc:creator>\
         <category domain=\"{escaped}\">{escaped}</category><dc:rights>{escaped}</dc:rights><dc:language>{escaped}</dc:language>\
         <description>{escaped}</description><content:encoded><![CDATA[<p>before</p>{cdata}<p>after</p>]]></content:encoded>\
         <enclosure url=\"https://a.example/{number}.mp3\" type=\"{escaped}\" length=\"{escaped}\"/>\
         <media:content url=\"https://a.example/{number}.mp4\" type=\"video/mp4\"><media:title>{escaped}</media:title></media:content>\
         <source url=\"https://a.example/{number}/feed\">{escaped}</source></item>"
    );
    out
}

/// An item whose every address is this one.
fn addressed(number: usize, address: &str) -> String {
    let escaped = xml(address);
    format!(
        "<item><title>address {number}</title><link>{escaped}</link><guid>{escaped}</guid><comments>{escaped}</comments>\
         <description>an address</description><enclosure url=\"{escaped}\" type=\"audio/mpeg\" length=\"1\"/>\
         <media:content url=\"{escaped}\" type=\"image/png\"/><media:thumbnail url=\"{escaped}\"/>\
         <source url=\"{escaped}\">x</source><content:encoded><![CDATA[<a href=\"{escaped}\">a</a>\
         <blockquote cite=\"{escaped}\">q</blockquote><video poster=\"{escaped}\"></video>]]></content:encoded></item>"
    )
}

#[test]
fn no_script_of_an_entry_runs_in_our_pages() {
    let Some(browser) = Browser::open() else { return };
    let home = Home::new("");
    let shelf = Shelf::new(&home.at("public"), None);
    let vectors = fs::read_to_string(project().join("fixtures/hostile/vectors.txt")).expect("the vectors");
    let mut items = String::new();
    let mut count = 0;
    for (number, line) in vectors.lines().filter(|line| !line.starts_with("# ")).enumerate() {
        let hit = shelf.url(&format!("hit/{number}"));
        let script = format!("document.documentElement.dataset.hit={number},new Image().src=`{hit}`");
        let vector = line.replace("%J", &script).replace("%U", &hit);
        items.push_str(&item(number, &vector));
        let address = line.split("href=\"").nth(1).and_then(|rest| rest.split('"').next());
        // A picture at a plain address is asked for, and should be.
        if let Some(address) = address.filter(|address| *address != "%U") {
            items.push_str(&addressed(number, &address.replace("%J", &script).replace("%U", &hit)));
            count += 1;
        }
        count += 1;
    }
    assert!(count > 120, "{count} vectors");
    let title = xml("<script>document.documentElement.dataset.hit='title'</script>{{ 1234567*9 }}");
    let spaces = "xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:dc='http://purl.org/dc/elements/1.1/' \
         xmlns:media='http://search.yahoo.com/mrss/'";
    home.write(
        "a.xml",
        format!(
            "<rss version='2.0' {spaces}><channel><title>{title}</title><link>javascript:document.title=1</link>\
             <description>{title}</description><copyright>{title}</copyright>{items}</channel></rss>"
        ),
    );
    let name = title.replace("&lt;", "<").replace("&gt;", ">");
    home.write(
        "harkara.toml",
        format!(
            "[site]\ntitle = \"\"\"{name}\"\"\"\nsubtitle = \"\"\"{name}\"\"\"\nrights = \"\"\"{name}\"\"\"\nstatus_page = true\n\
             author = {{ name = \"\"\"{name}\"\"\" }}\n[source.a]\nurl = 'a.xml'\n[feed.all]\ntitle = \"\"\"{name}\"\"\"\n\
             subtitle = \"\"\"{name}\"\"\"\nformats = ['rss', 'atom', 'html']\nkeep = {{ entries = 1000 }}\n"
        ),
    );
    home.run_at("2026-11-10T06:00:00Z", 0);
    let mut paths: Vec<String> = fs::read_dir(home.at("public/story"))
        .expect("stories")
        .map(|entry| format!("story/{}", entry.expect("stories").file_name().to_string_lossy()))
        .filter(|path| path.ends_with(".html"))
        .collect();
    assert!(paths.len() > 120, "{} stories", paths.len());
    paths.sort();
    paths.extend(["index.html", "all.html", "status.html"].map(str::to_owned));
    browser.look(1280, Scheme::Light);
    let mut faults = Vec::new();
    for path in &paths {
        browser.go(&shelf.url(path));
        if let Value::Array(found) = browser.run(INSIDE) {
            faults.extend(found.into_iter().map(|fault| format!("{path}: {fault}")));
        }
    }
    let asked = shelf.asked().into_iter().chain(browser.asked());
    faults.extend(asked.filter(|path| path.contains("/hit")).map(|path| format!("asked for {path}")));
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn a_script_that_runs_would_be_seen() {
    let Some(browser) = Browser::open() else { return };
    let home = Home::new("");
    home.write(
        "public/bad.html",
        "<title>x</title><main></main><p style='x' onclick='x'><a href=' javascript:x'>x</a>\
         <script>document.documentElement.dataset.hit = 1; new Image().src = '/hit/1'</script>",
    );
    let shelf = Shelf::new(&home.at("public"), None);
    browser.go(&shelf.url("bad.html"));
    let found = browser.run(INSIDE).to_string();
    for fault in [
        "an element: <script>",
        "a handler",
        "an address",
        "not one #content",
        "the foot is moved",
        "a script ran",
    ] {
        assert!(found.contains(fault), "{fault}: {found}");
    }
    assert!(shelf.asked().iter().any(|path| path == "/hit/1"));
}
