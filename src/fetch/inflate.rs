//! Undoing the compression of a body, as the wild has it: stacked, mislabelled, in several members, cut short.

use std::io::{BufRead, Read};

use flate2::bufread::{DeflateDecoder, GzDecoder, ZlibDecoder};

use ruzstd::decoding::StreamingDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};

use super::failure::{Failure, Limit};

/// What we can undo; goes into `Accept-Encoding`.
pub const ACCEPTED: &str = "gzip, deflate, br, zstd";

/// A gzip or zstd body may have many members; more than this is an attack on our time.
const MOST_MEMBERS: usize = 4096;
/// Nobody compresses more often than this.
const MOST_LAYERS: usize = 4;

/// A body after decompression.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inflated {
    /// The bytes.
    pub body: Vec<u8>,
    /// True when it ends early: what is there is right, the rest is missing.
    pub truncated: bool,
    /// What was odd.
    pub remarks: Vec<String>,
}

/// What one decoder made of its input.
struct Layer {
    out: Vec<u8>,
    /// What it stumbled over, after `out`.
    broken: Option<String>,
}

/// Undoes `encodings` (the value of `Content-Encoding`, first applied first). `limit` bytes are the most that any layer
/// may become; it is never exceeded in memory by more than a buffer.
pub fn inflate(bytes: Vec<u8>, encodings: &str, limit: u64) -> Result<Inflated, Failure> {
    let mut inflated = Inflated { body: bytes, ..Inflated::default() };
    let layers = encodings.split(',').map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty());
    let layers: Vec<String> = layers.collect();
    if layers.len() > MOST_LAYERS {
        return Err(Failure::Compression(format!("it is compressed {} times", layers.len())));
    }
    for name in layers.iter().rev() {
        undo(&mut inflated, name, limit)?;
    }
    if inflated.body.starts_with(GZIP) {
        inflated.remarks.push("the body is compressed with gzip and does not say so".to_owned());
        undo(&mut inflated, "gzip", limit)?;
    }
    if inflated.body.len() as u64 > limit {
        return Err(Failure::TooLarge { limit: Limit::Inflated, bytes: limit });
    }
    Ok(inflated)
}

const GZIP: &[u8] = &[0x1f, 0x8b];

/// Undoes one layer in place.
fn undo(inflated: &mut Inflated, name: &str, limit: u64) -> Result<(), Failure> {
    let bytes = &inflated.body;
    if bytes.is_empty() {
        return Ok(());
    }
    let layer = match name {
        "identity" => return Ok(()),
        "gzip" | "x-gzip" | "deflate" | "x-deflate" if bytes.starts_with(GZIP) => gunzip(bytes, limit)?,
        "deflate" | "x-deflate" => deflated(bytes, limit)?,
        "br" => drain(brotli::Decompressor::new(bytes.as_slice(), 4096), Vec::new(), limit)?.0,
        "zstd" => unzstd(bytes, limit)?,
        _ => {
            Layer { out: Vec::new(), broken: Some(format!("`{name}` is no compression that was asked for")) }
        }
    };
    match layer.broken {
        None => inflated.body = layer.out,
        Some(_) if looks_like_text(bytes) => {
            inflated.remarks.push(format!("the body is said to be compressed with {name} and is not"));
        }
        Some(why) if layer.out.is_empty() => return Err(Failure::Compression(format!("{name}: {why}"))),
        Some(why) => {
            inflated.remarks.push(format!("the {name} stream breaks off: {why}; what came before is used"));
            inflated.truncated = true;
            inflated.body = layer.out;
        }
    }
    Ok(())
}

/// All members, one after the other (RFC 1952, 2.2). Zeros and rubbish behind the last one are passed over, as gzip(1) does.
fn gunzip(bytes: &[u8], limit: u64) -> Result<Layer, Failure> {
    let mut rest = bytes;
    let mut out = Vec::with_capacity(told_length(bytes, limit));
    for _ in 0..MOST_MEMBERS {
        let (layer, decoder) = drain(GzDecoder::new(rest), out, limit)?;
        rest = decoder.into_inner();
        if layer.broken.is_some() || !rest.starts_with(GZIP) {
            return Ok(layer);
        }
        out = layer.out;
    }
    Ok(Layer { out, broken: Some(format!("more than {MOST_MEMBERS} members")) })
}

/// How long the text will be, as its last four bytes tell (RFC 1952, 2.3.1), as far as that is likely: text becomes a tenth.
fn told_length(bytes: &[u8], limit: u64) -> usize {
    let told = bytes.last_chunk().map_or(0, |last| u32::from_le_bytes(*last) as usize);
    if told as u64 <= limit && told / 16 <= bytes.len() { told } else { 0 }
}

/// So far back a zstd frame may look (RFC 9659); a frame of one piece has to fit into `limit` anyway.
const ZSTD_WINDOW: u64 = 8 << 20;

/// All frames, one after the other; those that are to be skipped are (RFC 8878, 3.1).
fn unzstd(bytes: &[u8], limit: u64) -> Result<Layer, Failure> {
    let mut rest = bytes;
    let mut out = Vec::new();
    for _ in 0..MOST_MEMBERS {
        if rest.is_empty() {
            return Ok(Layer { out, broken: None });
        }
        match StreamingDecoder::new_with_max_window_size(rest, limit.max(ZSTD_WINDOW)) {
            Ok(decoder) => {
                let (layer, decoder) = drain(decoder, out, limit)?;
                if layer.broken.is_some() {
                    return Ok(layer);
                }
                (out, rest) = (layer.out, decoder.into_inner());
            }
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length, ..
            })) => {
                // Magic number and length are four bytes each; the decoder has read a copy of the slice.
                let after = rest.get(8..).and_then(|rest| rest.get(length as usize..));
                rest = after.unwrap_or_default();
            }
            // Rubbish behind the last frame is passed over, as zeros behind gzip are.
            Err(_) if !out.is_empty() && rest.len() < bytes.len() => return Ok(Layer { out, broken: None }),
            Err(e) => return Ok(Layer { out, broken: Some(e.to_string()) }),
        }
    }
    Ok(Layer { out, broken: Some(format!("more than {MOST_MEMBERS} frames")) })
}

/// `deflate` means zlib (RFC 9110, 8.4.1.2), but some send it raw.
fn deflated(bytes: &[u8], limit: u64) -> Result<Layer, Failure> {
    let zlib = drain(ZlibDecoder::new(bytes), Vec::new(), limit)?.0;
    if zlib.broken.is_none() || !zlib.out.is_empty() {
        return Ok(zlib);
    }
    Ok(drain(DeflateDecoder::new(bytes), Vec::new(), limit)?.0)
}

/// Reads `decoder` to its end behind `out`, and gives it back.
fn drain<D: Read>(mut decoder: D, mut out: Vec<u8>, limit: u64) -> Result<(Layer, D), Failure> {
    let mut buffer = [0; 16 << 10];
    loop {
        match decoder.read(&mut buffer) {
            Ok(0) => return Ok((Layer { out, broken: None }, decoder)),
            Ok(n) => out.extend_from_slice(&buffer[..n]),
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(e) => return Ok((Layer { out, broken: Some(e.to_string()) }, decoder)),
        }
        if out.len() as u64 > limit {
            return Err(Failure::TooLarge { limit: Limit::Inflated, bytes: limit });
        }
    }
}

/// True when `bytes` begin like a document: white space or a byte order mark, then `<` or `{`.
fn looks_like_text(bytes: &[u8]) -> bool {
    let mut start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    // Reading from a slice never fails; `skip_until` would need a loop of the same length.
    while let Ok([b' ' | b'\t' | b'\r' | b'\n', ..]) = start.fill_buf() {
        start.consume(1);
    }
    matches!(start.first(), Some(b'<' | b'{'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::read::{DeflateEncoder, GzEncoder, ZlibEncoder};

    const FEED: &str = "<rss><channel><title>খবর</title></channel></rss>";

    fn all(mut from: impl Read) -> Vec<u8> {
        let mut out = Vec::new();
        from.read_to_end(&mut out).unwrap();
        out
    }
    fn gzip(text: impl AsRef<[u8]>) -> Vec<u8> {
        all(GzEncoder::new(text.as_ref(), Compression::default()))
    }
    fn zstd(text: impl AsRef<[u8]>) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(text.as_ref(), ruzstd::encoding::CompressionLevel::Fastest)
    }
    fn brotli(text: impl AsRef<[u8]>) -> Vec<u8> {
        all(brotli::CompressorReader::new(text.as_ref(), 4096, 5, 20))
    }

    /// `expected`: the text, then `…` if cut, then the number of remarks; or the failure.
    fn check(bytes: Vec<u8>, encodings: &str, expected: &str) {
        let told = match inflate(bytes, encodings, 1 << 20) {
            Ok(Inflated { body, truncated, remarks }) => {
                let text = String::from_utf8(body).unwrap();
                let dots = if truncated { "…" } else { "" };
                let remarks = if remarks.is_empty() { String::new() } else { format!(" +{}", remarks.len()) };
                format!("{text}{dots}{remarks}")
            }
            Err(failure) => failure.to_string(),
        };
        assert_eq!(told, expected);
    }

    #[test]
    fn each_compression_is_undone() {
        check(FEED.into(), "", FEED);
        check(FEED.into(), "identity", FEED);
        check(gzip(FEED), "gzip", FEED);
        check(gzip(FEED), " X-GZip ", FEED);
        check(all(ZlibEncoder::new(FEED.as_bytes(), Compression::default())), "deflate", FEED);
        check(all(DeflateEncoder::new(FEED.as_bytes(), Compression::default())), "deflate", FEED);
        check(brotli(FEED), "br", FEED);
        check(zstd(FEED), "zstd", FEED);
        check(Vec::new(), "gzip", "");
    }

    #[test]
    fn stacked_and_mislabelled_bodies_are_read() {
        check(brotli(gzip(FEED)), "gzip, br", FEED);
        check(gzip(FEED), "deflate", FEED);
        check(gzip(FEED), "", &format!("{FEED} +1"));
        check(gzip(gzip(FEED)), "gzip", &format!("{FEED} +1"));
        for name in ["gzip", "deflate", "br", "zstd", "utf-8"] {
            check(FEED.into(), name, &format!("{FEED} +1"));
        }
    }

    #[test]
    fn every_gzip_member_is_read_and_padding_is_not() {
        check([gzip("<a>"), gzip("<b>"), gzip("<c>")].concat(), "gzip", "<a><b><c>");
        let skipped = [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
        check([zstd("<a>"), skipped, zstd("<b>"), zstd("<c>")].concat(), "zstd", "<a><b><c>");
        check([zstd("<a>"), b"junk".to_vec()].concat(), "zstd", "<a>");
        check([gzip("<a>"), vec![0; 512]].concat(), "gzip", "<a>");
        check([gzip("<a>"), b"junk".to_vec()].concat(), "gzip", "<a>");
        let many = gzip("").repeat(MOST_MEMBERS + 1);
        check(many, "gzip", "sent a body that cannot be decompressed: gzip: more than 4096 members");
    }

    #[test]
    fn a_stream_that_breaks_off_keeps_what_came() {
        let text: String = (0..5000).map(|n| format!("<item>{}</item>", n * 7919 % 10_007)).collect();
        let zlib = all(ZlibEncoder::new(text.as_bytes(), Compression::default()));
        for (bytes, name) in [(gzip(&text), "gzip"), (brotli(&text), "br"), (zlib, "deflate")] {
            let half = bytes[..bytes.len() / 2].to_vec();
            let inflated = inflate(half, name, 1 << 20).unwrap();
            assert!(inflated.truncated, "{name}");
            assert!(inflated.body.len() > 1000 && text.as_bytes().starts_with(&inflated.body), "{name}");
        }
    }

    #[test]
    fn rubbish_is_refused() {
        let rubbish = vec![0x07; 64];
        for name in ["gzip", "br", "zstd"] {
            let failure = inflate(rubbish.clone(), name, 1 << 20).unwrap_err();
            assert!(matches!(failure, Failure::Compression(_)), "{name}: {failure}");
        }
        assert!(inflate(gzip(FEED), "gzip, gzip, gzip, gzip, gzip", 1 << 20).is_err());
    }

    #[test]
    fn a_bomb_is_stopped_at_the_limit() {
        let zeros = vec![b' '; 4 << 20];
        let too_large = "is, decompressed, larger than 1.0 MiB";
        check(gzip(&zeros), "gzip", too_large);
        check(gzip(gzip(&zeros)), "gzip, gzip", too_large);
        check(brotli(&zeros), "br", too_large);
        check(zstd(&zeros), "zstd", too_large);
        check(zeros, "", too_large);
    }

    proptest::proptest! {
        #[test]
        fn nothing_makes_it_panic_or_grow(bytes: Vec<u8>, cut: u8, name in "(gzip|deflate|br|zstd|x|, ){0,4}") {
            let mut forms = vec![bytes.clone(), gzip(&bytes), brotli(&bytes), zstd(&bytes)];
            // A frame with something wrong in it.
            let mut bent = zstd(&bytes);
            let place = usize::from(cut) % bent.len();
            bent[place] ^= 0x55;
            forms.push(bent);
            forms.push(gzip(&bytes).into_iter().take(cut.into()).chain(bytes.clone()).collect());
            for form in forms {
                if let Ok(inflated) = inflate(form, &name, 100) {
                    assert!(inflated.body.len() <= 100);
                }
            }
        }
    }
}
