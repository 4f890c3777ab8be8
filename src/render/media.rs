//! Media RSS (rssboard.org/media-rss): pictures and files of an item, for the formats that are XML.

use url::Url;

use super::fence;
use crate::model::{Attachment, Item};

/// The namespace of Media RSS.
pub(super) const NAMESPACE: &str = "http://search.yahoo.com/mrss/";

/// An element with attributes and at most one `media:title` inside; not yet escaped.
pub(super) struct Element {
    pub(super) name: &'static str,
    pub(super) attributes: Vec<(&'static str, String)>,
    pub(super) title: Option<String>,
}

/// The attachment that RSS shows as its one `enclosure`: the first sound or film, else the first file.
///
/// An enclosure must have an http address; others are told by `media:content` only.
pub(super) fn enclosure(attachments: &[Attachment]) -> Option<&Attachment> {
    let web = |a: &&Attachment| matches!(a.url.scheme(), "http" | "https" | "ftp");
    let plays = |a: &&Attachment| matches!(medium(a), Some("audio" | "video"));
    attachments.iter().filter(web).find(plays).or_else(|| attachments.iter().find(web))
}

/// The elements for the files that the format's own `told` element does not tell whole, and for the lead picture.
pub(super) fn elements(item: &Item, told: impl Fn(&Attachment) -> bool) -> Vec<Element> {
    let files = item.attachments.iter().filter(|a| !told(a)).map(content);
    files.chain(item.image_url.as_ref().map(thumbnail)).collect()
}

fn thumbnail(url: &Url) -> Element {
    Element { name: "media:thumbnail", attributes: vec![("url", fence::url(url))], title: None }
}

fn content(attachment: &Attachment) -> Element {
    let Attachment { url, media_type, size_bytes, duration_seconds, title } = attachment;
    let mut attributes = vec![("url", fence::url(url))];
    attributes.extend(fence::media_type(media_type.as_deref()).map(|kind| ("type", kind)));
    attributes.extend(medium(attachment).map(|medium| ("medium", medium.to_owned())));
    attributes.extend(size_bytes.filter(|size| *size > 0).map(|size| ("fileSize", size.to_string())));
    attributes.extend(duration(*duration_seconds).map(|seconds| ("duration", seconds.to_string())));
    Element { name: "media:content", attributes, title: fence::some_line(title.as_deref()) }
}

/// A duration that can be written.
pub(super) fn duration(seconds: Option<f64>) -> Option<f64> {
    seconds.filter(|seconds| seconds.is_finite() && *seconds > 0.0)
}

fn medium(attachment: &Attachment) -> Option<&'static str> {
    let kind = attachment.media_type.as_deref()?.split('/').next()?;
    ["audio", "video", "image"].into_iter().find(|medium| kind.eq_ignore_ascii_case(medium))
}
