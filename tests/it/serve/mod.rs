//! The daemon over HTTP: documents by RFC 9110 and RFC 3229, operations, attacks.

mod attacks;
mod delta;
mod documents;
mod held;
mod opened;
mod operations;
mod sockets;
mod subscribers;
mod views;
mod websub;

use crate::support::home::Home;

/// A home with one source in a file and one feed in all formats, and more keys for `[serve]` and after it.
pub fn home(serve: &str, more: &str) -> Home {
    let home = Home::new(&config(serve, more));
    home.write("a.xml", feed(&["এক"]));
    home
}

pub fn config(serve: &str, more: &str) -> String {
    format!(
        "[site]\nbase_url = \"https://news.example/feeds/\"\nhubs = [\"https://hub.example/\"]\n\
         [serve]\nlisten = \"127.0.0.1:0\"\nadmin_token = \"s3cret\"\n{serve}\n\
         [source.a]\nurl = \"a.xml\"\nevery = \"1h\"\n[feed.city]\ntitle = \"শহর\"\n{more}\n"
    )
}

/// A source with these titles, the newest first.
pub fn feed(titles: &[&str]) -> String {
    let items: String = titles
        .iter()
        .rev()
        .enumerate()
        .map(|(n, title)| {
            format!(
                "<item><title>{title}</title><link>https://a.example/{n}</link><guid>https://a.example/{n}</guid>\
                 <pubDate>Sun, 01 Nov 2026 {:02}:00:00 +0000</pubDate><description>{}</description></item>",
                n % 24,
                "পরিষেবা বন্ধ থাকবে। ".repeat(8)
            )
        })
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    format!(
        "<rss version=\"2.0\"><channel><title>a</title><link>https://a.example/</link><description/>{items}</channel></rss>"
    )
}

pub const ADMIN: &str = "Authorization: Bearer s3cret";
