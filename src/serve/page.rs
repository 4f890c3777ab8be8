//! A document ready to be sent: its forms with their tags and headers, made once when it changes, not per request.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use bytes::Bytes;
use hyper::HeaderMap;
use hyper::header::{self, HeaderName, HeaderValue};

use super::access::Access;
use super::coding::Coding;
use super::media;
use super::pieces::{self, Pieces};
use super::versions::{self, Versions};

/// What no page and no feed of ours needs may not be loaded: no script at all, pictures and sound from anywhere.
pub(super) const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' http: https: data:; media-src http: https:; \
     font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Headers that scripts of other sites may read.
const EXPOSED: &str = "ETag, Last-Modified, Link, IM, Content-Range";

/// A document in all its forms.
#[derive(Debug)]
pub struct Page {
    /// The type without parameters.
    pub media_type: &'static str,
    /// When it changed last, in whole seconds.
    pub modified: SystemTime,
    /// Who may have it; `None`: everybody.
    pub access: Option<Arc<Access>>,
    /// The tag of the document as it is, without quotes.
    pub tag: String,
    forms: [Option<Form>; 3],
    pieces: Pieces,
    prints: Arc<[u64]>,
    versions: Versions,
    deltas: Mutex<HashMap<String, Option<Bytes>>>,
}

/// One form of a document.
#[derive(Debug)]
pub struct Form {
    /// Without quotes.
    pub tag: String,
    /// All headers of a 200.
    pub headers: HeaderMap,
    /// All headers of a 304.
    pub unmodified: HeaderMap,
    /// The bytes.
    pub held: Held,
    /// How many.
    pub length: u64,
}

/// Where the bytes of a form are.
#[derive(Debug, Clone)]
pub enum Held {
    /// Here.
    Memory(Bytes),
    /// In this file: there was no room for them.
    Disk(PathBuf),
}

/// What a page is made of.
pub struct Parts<'p> {
    /// Below the published folder, with `/` between.
    pub path: &'p str,
    /// The document.
    pub bytes: Bytes,
    /// Its packed forms, in the order of [`Coding::ALL`] without the first.
    pub packed: [Option<Bytes>; 2],
    /// When the file changed last.
    pub modified: SystemTime,
    /// Who may have it.
    pub access: Option<Arc<Access>>,
    /// What stood at this path before.
    pub before: Option<&'p Page>,
}

impl Page {
    /// Makes a page.
    pub fn new(parts: Parts<'_>) -> Self {
        let Parts { path, bytes, packed: [gzip, brotli], modified, access, before } = parts;
        let content_type = media::of(path, bytes.get(..512).unwrap_or(&bytes));
        let media_type = media::bare(content_type);
        let tag = tag(&bytes);
        let pieces = pieces::read(media_type, &bytes);
        let prints = versions::prints(&bytes, &pieces.entries);
        let versions = match before {
            Some(before) if !before.prints.is_empty() => {
                before.versions.with(&before.tag, Arc::clone(&before.prints))
            }
            _ => Versions::default(),
        };
        let common = common(content_type, modified, &pieces, access.is_some(), path);
        let form = |coding: Coding, bytes: Bytes| Form::new(&tag, coding, bytes, &common);
        let forms = [
            Some(form(Coding::Identity, bytes)),
            gzip.map(|bytes| form(Coding::Gzip, bytes)),
            brotli.map(|bytes| form(Coding::Brotli, bytes)),
        ];
        Self { media_type, modified, access, tag, forms, pieces, prints, versions, deltas: Mutex::default() }
    }

    /// The form of this coding, where it has one. It has that of identity always.
    pub fn form(&self, coding: Coding) -> Option<&Form> {
        self.forms.get(coding.place())?.as_ref()
    }

    /// The document as it is, for who is sent it whole; `None` when it lies on disk only.
    pub fn bytes(&self) -> Option<Bytes> {
        match &self.form(Coding::Identity)?.held {
            Held::Memory(bytes) => Some(bytes.clone()),
            Held::Disk(_) => None,
        }
    }

    /// The type with its parameters.
    pub fn content_type(&self) -> Option<&str> {
        self.form(Coding::Identity)?.headers.get(header::CONTENT_TYPE)?.to_str().ok()
    }

    /// The relations and addresses that the document tells of itself.
    pub fn links(&self) -> &[(String, String)] {
        &self.pieces.links
    }

    /// When its newest entry came, in seconds since 1970.
    pub fn newest(&self) -> Option<i64> {
        self.pieces.dates.iter().max().copied()
    }

    /// Takes the bytes out of memory; from now on they are read from `main` when they are asked for. The packed forms lie beside.
    pub fn leave_on_disk(&mut self, main: &std::path::Path) {
        for (coding, ending) in [(Coding::Identity, ""), (Coding::Gzip, ".gz"), (Coding::Brotli, ".br")] {
            let mut name = main.as_os_str().to_owned();
            name.push(ending);
            let place = PathBuf::from(name);
            let Some(slot) = self.forms.get_mut(coding.place()) else { continue };
            // A form that we packed ourselves has no file.
            if coding != Coding::Identity && !place.is_file() {
                *slot = None;
            } else if let Some(form) = slot {
                form.held = Held::Disk(place);
            }
        }
    }

    /// How many bytes of memory its forms take.
    pub fn weight(&self) -> u64 {
        self.forms
            .iter()
            .flatten()
            .map(|form| match &form.held {
                Held::Memory(bytes) => bytes.len() as u64,
                Held::Disk(_) => 0,
            })
            .sum()
    }

    /// The document with only what is new since the version with this tag (of whatever coding); made once.
    pub fn delta(&self, tag: &str) -> Option<Bytes> {
        let Held::Memory(bytes) = &self.form(Coding::Identity)?.held else { return None };
        let tag = base(tag);
        let mut made = self.deltas.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(delta) = made.get(tag) {
            return delta.clone();
        }
        // What is not remembered is asked for by anybody: no room is taken for it.
        let delta = self.versions.delta(tag, bytes, &self.pieces.entries, &self.prints).map(Bytes::from)?;
        made.insert(tag.to_owned(), Some(delta.clone()));
        Some(delta)
    }
}

impl Form {
    fn new(tag: &str, coding: Coding, bytes: Bytes, common: &Common) -> Self {
        let tag = format!("{tag}{}", coding.suffix());
        let mut headers = common.all.clone();
        let mut unmodified = common.unmodified.clone();
        // Made of hexadecimal digits and a suffix: always a header.
        if let Ok(value) = HeaderValue::from_str(&format!("\"{tag}\"")) {
            headers.insert(header::ETAG, value.clone());
            unmodified.insert(header::ETAG, value);
        }
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
        match coding.name() {
            Some(name) => headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name)),
            None => headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
        };
        Self { tag, headers, unmodified, length: bytes.len() as u64, held: Held::Memory(bytes) }
    }
}

/// The tag of these bytes, without quotes: the same bytes always have the same.
fn tag(bytes: &[u8]) -> String {
    let hash = blake3::hash(bytes).to_hex();
    hash.get(..32).unwrap_or_default().to_owned()
}

/// A tag without what tells its coding.
pub fn base(tag: &str) -> &str {
    Coding::ALL
        .iter()
        .rev()
        .find_map(|coding| tag.strip_suffix(coding.suffix()).filter(|_| *coding != Coding::Identity))
        .unwrap_or(tag)
}

struct Common {
    all: HeaderMap,
    unmodified: HeaderMap,
}

fn common(
    content_type: &'static str,
    modified: SystemTime,
    pieces: &Pieces,
    private: bool,
    path: &str,
) -> Common {
    let mut all = HeaderMap::with_capacity(16);
    let mut put = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            all.append(name, value);
        }
    };
    put(header::CONTENT_TYPE, content_type);
    put(header::LAST_MODIFIED, &httpdate::fmt_http_date(modified));
    put(header::CACHE_CONTROL, &cache_control(path, content_type, pieces, private));
    if media::is_xml_feed(content_type) {
        // Whoever opens it in a browser is told another type.
        put(header::VARY, "Accept-Encoding, Sec-Fetch-Dest");
    } else if media::is_text(content_type) {
        put(header::VARY, "Accept-Encoding");
    }
    if media::is_feed(content_type) && !private {
        put(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        put(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
    for (rel, href) in &pieces.links {
        put(header::LINK, &format!("<{href}>; rel=\"{rel}\""));
    }
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::REFERRER_POLICY, "no-referrer");
    put(header::CONTENT_SECURITY_POLICY, POLICY);
    let kept =
        [header::LAST_MODIFIED, header::CACHE_CONTROL, header::VARY, header::ACCESS_CONTROL_ALLOW_ORIGIN];
    let unmodified =
        kept.into_iter().filter_map(|name| Some((name.clone(), all.get(&name)?.clone()))).collect();
    Common { all, unmodified }
}

/// For how long a copy is good: feeds by their own rhythm, closed archives for long, pages for some minutes.
fn cache_control(path: &str, content_type: &str, pieces: &Pieces, private: bool) -> String {
    let whose = if private { "private" } else { "public" };
    let seconds = match media::is_feed(content_type) {
        // What has no successor yet may still be appended to.
        true if path.contains("/archive/") => 86_400,
        true => pieces::freshness(&pieces.dates),
        false => 300,
    };
    format!("{whose}, max-age={seconds}, stale-if-error=86400")
}
