//! Compressed copies of a document: the same bytes always give the same copy.

use std::io::{self, Read, Write};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A kind of compressed copy that lies beside a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    /// `city.rss.gz` (RFC 1952).
    Gzip,
    /// `city.rss.br` (RFC 7932).
    Brotli,
}

impl Compression {
    /// Every kind.
    pub const ALL: [Compression; 2] = [Compression::Gzip, Compression::Brotli];

    /// What is appended to the name of the document, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Compression::Gzip => "gz",
            Compression::Brotli => "br",
        }
    }

    /// The compressed copy. No time and no name in the header: the same bytes give the same copy.
    pub(crate) fn pack(self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Compression::Gzip => {
                // 6 of 9: the rest costs several times the time for six per cent, and documents change all day.
                let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
                packer.write_all(bytes)?;
                packer.finish()
            }
            Compression::Brotli => {
                // 7 of 11: each further step doubles the time for a few per cent, the last two multiply it by ten.
                let params = brotli::enc::BrotliEncoderParams {
                    quality: 7,
                    lgwin: window(bytes.len()),
                    size_hint: bytes.len(),
                    ..brotli::enc::BrotliEncoderParams::default()
                };
                let mut packed = Vec::new();
                brotli::BrotliCompress(&mut &bytes[..], &mut packed, &params)?;
                Ok(packed)
            }
        }
    }

    /// Whether `packed` is a whole copy of `bytes`.
    pub(crate) fn holds(self, packed: &[u8], bytes: &[u8]) -> bool {
        // One byte more than wanted is enough to tell a longer text; a damaged copy must not fill the memory.
        let limit = bytes.len() as u64 + 1;
        let mut unpacked = Vec::with_capacity(bytes.len() + 1);
        let read = match self {
            Compression::Gzip => flate2::read::GzDecoder::new(packed).take(limit).read_to_end(&mut unpacked),
            Compression::Brotli => {
                brotli::Decompressor::new(packed, 4096).take(limit).read_to_end(&mut unpacked)
            }
        };
        read.is_ok() && unpacked == bytes
    }
}

/// The smallest window that holds the whole text, as a power of two: a larger one costs memory only (RFC 7932, 9.1).
fn window(length: usize) -> i32 {
    (usize::BITS - length.leading_zeros()).clamp(16, 22) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_whole_and_always_the_same() {
        let bytes = "খবর ".repeat(999).into_bytes();
        for kind in Compression::ALL {
            let packed = kind.pack(&bytes).expect("memory does not fail");
            assert_eq!(packed, kind.pack(&bytes).expect("memory does not fail"));
            assert!(packed.len() * 10 < bytes.len(), "{kind:?}");
            assert!(kind.holds(&packed, &bytes));
            assert!(!kind.holds(&packed, &bytes[1..]), "{kind:?}: other text");
            assert!(!kind.holds(&packed[..packed.len() - 1], &bytes), "{kind:?}: torn");
            assert!(!kind.holds(b"", &bytes));
            assert!(kind.holds(&kind.pack(b"").expect("memory does not fail"), b""));
        }
    }

    #[test]
    fn a_gzip_header_tells_no_time() {
        let packed = Compression::Gzip.pack(b"x").expect("memory does not fail");
        assert_eq!(packed[4..8], [0; 4]);
    }
}
