//! A real browser: Debian's chromium, driven over WebDriver (w3.org/TR/webdriver2) through chromedriver.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};

use serde_json::{Value, json};

use super::example::program;

/// A browser with a profile of its own; it ends when dropped.
pub struct Browser {
    driver: Child,
    port: u16,
    session: String,
    _profile: tempfile::TempDir,
}

/// Colours that a reader may prefer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    Light,
    Dark,
}

impl Browser {
    /// `None` after saying so, where chromium or chromedriver is missing.
    pub fn open() -> Option<Self> {
        program("chromium")?;
        let mut driver = program("chromedriver")?;
        let profile = tempfile::tempdir().expect("a folder for the profile");
        let mut driver = driver
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts");
        let said = BufReader::new(driver.stdout.take().expect("it is piped"));
        let told = |line: String| {
            line.rsplit_once("successfully on port ")?.1.trim_end_matches('.').parse::<u16>().ok()
        };
        let port = said.lines().map_while(Result::ok).find_map(told).expect("chromedriver names its port");
        let mut browser = Self { driver, port, session: String::new(), _profile: profile };
        browser.session = browser.begin();
        // What the browser's own first page asks for is not ours.
        browser.go("about:blank");
        browser.asked();
        Some(browser)
    }

    fn begin(&self) -> String {
        let profile = format!("--user-data-dir={}", self._profile.path().display());
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            "goog:chromeOptions": {"args": [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update",
                "--disable-sync", "--hide-scrollbars", profile,
                // Whatever is asked of another machine is refused, and seen in the log.
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            ]},
        }}});
        let begun = self.post("/session", &wanted);
        begun["sessionId"].as_str().unwrap_or_else(|| panic!("no session: {begun}")).to_owned()
    }

    /// Opens an address and waits until it is loaded.
    pub fn go(&self, url: &str) {
        self.command("url", json!({"url": url}));
    }

    /// How wide the window is, in CSS pixels, and which colours its reader prefers.
    pub fn look(&self, width: u32, scheme: Scheme) {
        let size = json!({"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600});
        self.devtools("Emulation.setDeviceMetricsOverride", size);
        let value = if scheme == Scheme::Dark { "dark" } else { "light" };
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": value}]});
        self.devtools("Emulation.setEmulatedMedia", features);
    }

    /// What a script gives back; it may `return` a promise.
    pub fn run(&self, script: &str) -> Value {
        self.command("execute/sync", json!({"script": script, "args": []}))
    }

    /// The whole page as a picture.
    pub fn picture(&self, path: &Path) {
        let size = self.devtools("Page.getLayoutMetrics", json!({}));
        let size = &size["cssContentSize"];
        let clip = json!({"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1});
        let shot =
            self.devtools("Page.captureScreenshot", json!({"captureBeyondViewport": true, "clip": clip}));
        let bytes = base64(shot["data"].as_str().expect("a picture"));
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
        std::fs::write(path, bytes).expect("the picture can be written");
    }

    /// What the console said since the last question.
    pub fn console(&self) -> Vec<String> {
        let log = self.command("se/log", json!({"type": "browser"}));
        let lines = log.as_array().expect("a list of lines").iter();
        lines.map(|line| line["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// The addresses that were asked for since the last question.
    pub fn asked(&self) -> Vec<String> {
        let log = self.command("se/log", json!({"type": "performance"}));
        let mut asked = Vec::new();
        for line in log.as_array().expect("a list of events") {
            let event: Value =
                serde_json::from_str(line["message"].as_str().unwrap_or_default()).expect("JSON");
            let event = &event["message"];
            if event["method"] == "Network.requestWillBeSent" {
                asked.push(event["params"]["request"]["url"].as_str().unwrap_or_default().to_owned());
            }
        }
        asked
    }

    fn devtools(&self, method: &str, params: Value) -> Value {
        self.command("goog/cdp/execute", json!({"cmd": method, "params": params}))
    }

    fn command(&self, what: &str, body: Value) -> Value {
        self.post(&format!("/session/{}/{what}", self.session), &body)
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let answer = self.exchange("POST", path, &body.to_string());
        let told = &answer["value"];
        assert!(told.get("error").is_none(), "{path}: {} {}", told["error"], told["message"]);
        told.clone()
    }

    fn exchange(&self, method: &str, path: &str, body: &str) -> Value {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("chromedriver listens");
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n",
            self.port
        );
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).expect("sent");
        let mut answer = BufReader::new(stream);
        let mut length = 0;
        let mut line = String::new();
        while answer.read_line(&mut line).expect("an answer") > 2 {
            let lower = line.to_ascii_lowercase();
            if let Some(told) = lower.strip_prefix("content-length:") {
                length = told.trim().parse().expect("a length");
            }
            line.clear();
        }
        let mut body = vec![0; length];
        answer.read_exact(&mut body).expect("a whole answer");
        serde_json::from_slice(&body).expect("JSON")
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() && !std::thread::panicking() {
            self.exchange("DELETE", &format!("/session/{}", self.session), "");
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// RFC 4648 section 4.
fn base64(text: &str) -> Vec<u8> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0);
    for byte in text.bytes().filter(|byte| *byte != b'=') {
        let value = LETTERS.iter().position(|letter| *letter == byte).expect("base64");
        bits = bits << 6 | value as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    out
}
