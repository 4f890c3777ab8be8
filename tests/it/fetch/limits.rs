//! Limits of time and size, politeness, and answers that break off.

use super::*;
use std::net::TcpListener;

fn head(length: &str) -> Reply {
    Reply::raw(format!("HTTP/1.1 200 OK\r\n{length}Connection: close\r\n\r\n"))
}

fn short(timeout: Duration) -> Settings {
    Settings { timeout, max_body: 64 << 10, max_inflated: 256 << 10, ..settings() }
}

/// Asks a site that says `reply` within a tenth of a second; gives back the message.
fn told(reply: Reply) -> String {
    let site = Site::open();
    site.on("/feed", reply);
    message(ask_with(&short(Duration::from_millis(100)), &Request::new(site.url("/feed"))))
}

#[test]
fn silence_and_dripping_end_with_the_time_limit() {
    assert_eq!(told(Reply::default().hold()), "did not answer within 100ms");
    assert_eq!(told(Reply::raw("HTTP/1.1 200 OK\r\nX-").hold()), "did not answer within 100ms");
    assert_eq!(told(head("Content-Length: 9\r\n").hold()), "had not sent all of its body after 100ms");
    let drip = head("").drip(b' ', Duration::from_millis(5));
    assert_eq!(told(drip), "had not sent all of its body after 100ms");
}

#[test]
fn all_hops_share_one_measure_of_time() {
    let site = Site::open();
    site.on("/feed", Reply::redirect(302, "/held")).on("/held", Reply::default().hold());
    let request = Request::new(site.url("/feed"));
    let told = message(ask_with(&short(Duration::from_millis(150)), &request));
    assert_eq!(told, format!("(redirected to {}) did not answer within 150ms", site.url("/held")));
}

#[test]
fn a_body_is_cut_off_at_the_limit_while_it_comes() {
    let settings = short(Duration::from_secs(5));
    let too_large = "is larger than 64.0 KiB";
    for reply in [
        head("").endless(vec![b' '; 4096]),
        head("Transfer-Encoding: chunked\r\n").endless("5\r\n<rss>\r\n".repeat(500)),
        head("Content-Length: 9999999999\r\n").hold(),
        Reply::feed(vec![b' '; (64 << 10) + 1]),
    ] {
        let site = Site::open();
        site.on("/feed", reply);
        let error = ask_with(&settings, &Request::new(site.url("/feed"))).unwrap_err();
        assert!(error.help().unwrap().contains("`max_body`"));
        assert_eq!(message(Err(error)), too_large);
    }
    let site = Site::open();
    site.on("/feed", Reply::feed(vec![b' '; 64 << 10]));
    assert_eq!(fresh(ask_with(&settings, &Request::new(site.url("/feed")))).body.len(), 64 << 10);
}

#[test]
fn a_bomb_is_stopped_at_the_limit() {
    let bomb = all(GzEncoder::new(vec![b' '; 8 << 20].as_slice(), Compression::best()));
    assert!(bomb.len() < 64 << 10);
    let site = Site::open();
    site.on("/feed", Reply::new("200 OK", &["Content-Encoding: gzip"], bomb));
    let error = ask_with(&short(Duration::from_secs(5)), &Request::new(site.url("/feed"))).unwrap_err();
    assert!(error.help().unwrap().contains("`max_inflated`"));
    assert_eq!(message(Err(error)), "is, decompressed, larger than 256.0 KiB");
}

#[test]
fn an_answer_that_breaks_off_is_used_but_never_confirmed() {
    let cut = |reply: Reply| {
        let site = Site::open();
        site.on("/feed", reply);
        fresh(ask(site.url("/feed")))
    };
    let whole = all(GzEncoder::new(FEED.repeat(50).as_bytes(), Compression::default()));
    let half = &whole[..whole.len() - 12];
    let etag = "HTTP/1.1 200 OK\r\nETag: \"1\"\r\nLast-Modified: now\r\n";
    for reply in [
        Reply::raw(format!("{etag}Content-Length: 999\r\n\r\n{FEED}")),
        Reply::raw(format!("{etag}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{FEED}\r\n", FEED.len())),
        Reply::new("200 OK", &["ETag: \"1\"", "Content-Encoding: gzip"], half),
    ] {
        let response = cut(reply);
        assert!(response.truncated && response.body.starts_with(b"<rss version"), "{response:?}");
        assert_eq!((response.etag, response.last_modified, response.remarks.len()), (None, None, 1));
    }
    // A length that is too short hides the rest; nobody can know.
    let lying = cut(Reply::raw(format!("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{FEED}")));
    assert_eq!((lying.body.as_slice(), lying.truncated), (&b"<rss "[..], false));
}

#[test]
fn nobody_there_is_told() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = Url::parse(&format!("http://127.0.0.1:{port}/feed")).unwrap();
    let error = ask(url).unwrap_err();
    assert!(error.is_transient());
    assert_eq!(message(Err(error)), "refused the connection");
}

#[test]
fn starts_to_one_host_lie_apart() {
    let site = Site::open();
    site.on("/feed", Reply::feed(FEED));
    let spacing = Duration::from_millis(40);
    let client = Client::new(&Settings { spacing, ..settings() }, "1").unwrap();
    let request = Request::new(site.url("/feed"));
    run(async {
        let (a, b, c) = tokio::join!(client.ask(&request), client.ask(&request), client.ask(&request));
        assert!(a.is_ok() && b.is_ok() && c.is_ok());
    });
    let times: Vec<_> = site.asked().iter().map(|asked| asked.at).collect();
    // What the site sees is when the question has come, a little after it was sent.
    assert!(times[2] - times[0] > spacing, "{times:?}");
}
