//! Enclosures and media: addresses absolute, sizes and durations as numbers, media types told or guessed.

use ::url::Url;

use super::{text, url};
use crate::model::{Attachment, RawAttachment};

/// Reads attachments; those without a usable address are left out, those with equal addresses are one.
pub fn attachments(raw: &[RawAttachment], base: Option<&Url>) -> Vec<Attachment> {
    let mut all: Vec<Attachment> = Vec::new();
    for new in raw.iter().filter_map(|raw| attachment(raw, base)) {
        match all.iter_mut().find(|known| known.url == new.url) {
            Some(known) => {
                known.media_type = known.media_type.take().or(new.media_type);
                known.size_bytes = known.size_bytes.or(new.size_bytes);
                known.duration_seconds = known.duration_seconds.or(new.duration_seconds);
                known.title = known.title.take().or(new.title);
            }
            None => all.push(new),
        }
    }
    for known in &mut all {
        known.media_type = known.media_type.take().or_else(|| guess(&known.url).map(str::to_owned));
    }
    // Most items have one, and a vector makes room for four.
    all.shrink_to_fit();
    all
}

fn attachment(raw: &RawAttachment, base: Option<&Url>) -> Option<Attachment> {
    Some(Attachment {
        url: url::link(&raw.url, base)?,
        media_type: raw.media_type.as_deref().and_then(media_type),
        size_bytes: raw.size.as_deref().and_then(size),
        duration_seconds: raw.duration.as_deref().and_then(duration),
        title: raw.title.as_deref().and_then(text::name),
    })
}

/// `Audio/MPEG; x=y` → `audio/mpeg`; a word without a slash is no media type.
fn media_type(text: &str) -> Option<String> {
    let essence = text.split(';').next()?.trim().to_ascii_lowercase();
    let (kind, sub) = essence.split_once('/')?;
    let token = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_graphic() && b != b'/');
    (token(kind) && token(sub)).then_some(essence)
}

/// Bytes; zero is what programs write that do not know.
fn size(text: &str) -> Option<u64> {
    let digits: String = text.trim().chars().filter(|c| !matches!(c, ',' | ' ' | '\u{a0}')).collect();
    digits.parse().ok().filter(|size| *size > 0)
}

/// Seconds of `754`, `12:34`, `1:02:03`, `75.5`, `PT1H2M3S`.
fn duration(text: &str) -> Option<f64> {
    let text = text.trim();
    if text.starts_with(['P', 'p']) {
        return iso_duration(&text.to_ascii_uppercase());
    }
    let mut seconds = 0.0;
    let parts: Vec<&str> = text.split(':').collect();
    if parts.len() > 3 {
        return None;
    }
    for part in parts {
        let number: f64 = part.trim().parse().ok().filter(|n: &f64| n.is_finite() && *n >= 0.0)?;
        seconds = seconds * 60.0 + number;
    }
    (seconds > 0.0).then_some(seconds)
}

/// ISO 8601 durations up to days.
fn iso_duration(text: &str) -> Option<f64> {
    let mut seconds = 0.0;
    let mut number = String::new();
    for c in text.chars().skip(1) {
        let unit = match c {
            'T' => continue,
            'D' => 86_400.0,
            'H' => 3_600.0,
            'M' => 60.0,
            'S' => 1.0,
            _ => {
                number.push(c);
                continue;
            }
        };
        let count: f64 = number.replace(',', ".").parse().ok()?;
        seconds += count * unit;
        number.clear();
    }
    (number.is_empty() && seconds > 0.0).then_some(seconds)
}

/// The media type that an address's extension tells.
fn guess(url: &Url) -> Option<&'static str> {
    let (_, extension) = url.path().rsplit('/').next()?.rsplit_once('.')?;
    Some(match extension.to_ascii_lowercase().as_str() {
        "mp3" => "audio/mpeg",
        "m4a" | "m4b" => "audio/mp4",
        "aac" => "audio/aac",
        "ogg" | "oga" => "audio/ogg",
        "opus" => "audio/opus",
        "flac" => "audio/flac",
        "wav" => "audio/wav",
        "mp4" | "m4v" => "video/mp4",
        "webm" => "video/webm",
        "ogv" => "video/ogg",
        "mov" => "video/quicktime",
        "mkv" => "video/x-matroska",
        "m3u8" => "application/vnd.apple.mpegurl",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "svg" => "image/svg+xml",
        "pdf" => "application/pdf",
        "epub" => "application/epub+zip",
        "zip" => "application/zip",
        "torrent" => "application/x-bittorrent",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RawUrl;

    fn raw(address: &str) -> RawAttachment {
        RawAttachment { url: RawUrl { value: address.to_owned(), base: None }, ..RawAttachment::default() }
    }

    fn check(text: &str, expected: Option<f64>) {
        assert_eq!(duration(text), expected, "{text}");
    }

    #[test]
    fn durations_are_seconds() {
        check("754", Some(754.0));
        check("12:34", Some(754.0));
        check("1:02:03", Some(3723.0));
        check("PT1H2M3S", Some(3723.0));
        check("0", None);
        check("1:2:3:4", None);
        check("soon", None);
    }

    #[test]
    fn sizes_and_types_are_told_or_guessed() {
        let told = RawAttachment {
            size: Some("1,024".to_owned()),
            media_type: Some("Audio/X".to_owned()),
            ..raw("http://a/b.mp3")
        };
        let all = attachments(&[told, raw("http://a/c.mp3?x"), raw("http://a/d"), raw("javascript:x")], None);
        let shown: Vec<_> = all.iter().map(|it| (it.media_type.as_deref(), it.size_bytes)).collect();
        assert_eq!(shown, [(Some("audio/x"), Some(1024)), (Some("audio/mpeg"), None), (None, None)]);
    }

    #[test]
    fn equal_addresses_are_one_attachment() {
        let sized = RawAttachment { size: Some("5".to_owned()), ..raw("http://a/b.mp3") };
        let all = attachments(&[raw("http://a/b.mp3"), sized], None);
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].size_bytes, Some(5));
    }
}
