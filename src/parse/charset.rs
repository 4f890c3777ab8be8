//! Bytes to text: which character set it really is, whatever the document says of itself.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, GB18030, GBK, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE};
use memchr::memmem;

use super::notes::Notes;
use super::xml::allowed;

/// Decodes a document, and takes out the characters that no text may hold.
///
/// Order: byte order mark; UTF-16 and UTF-32 by their zeros; what is valid UTF-8 and not only ASCII; the label of the
/// answer; the label in the document; mostly valid UTF-8; a guess by the bytes. `content_type` is the header's value.
pub(super) fn decode<'b>(bytes: &'b [u8], content_type: Option<&str>, notes: &mut Notes) -> Cow<'b, str> {
    let text = to_text(bytes, content_type, notes);
    without_controls(text, notes)
}

fn to_text<'b>(bytes: &'b [u8], content_type: Option<&str>, notes: &mut Notes) -> Cow<'b, str> {
    if let Some(text) = wide(bytes, notes) {
        return Cow::Owned(text);
    }
    let (bytes, marked) = match bytes.strip_prefix(b"\xEF\xBB\xBF") {
        Some(rest) => (rest, true),
        None => (bytes, false),
    };
    let header = content_type.and_then(header_label);
    let inside = document_label(bytes);
    let header_encoding = header.as_deref().and_then(|label| Encoding::for_label(label.as_bytes()));
    let inside_encoding = inside.as_deref().and_then(|label| Encoding::for_label(label.as_bytes()));
    if let Some(label) = inside.as_deref().filter(|_| inside_encoding.is_none()) {
        notes.decoding(&format!("the document names an unknown character set `{label}`"));
    }
    if let Ok(text) = simdutf8::basic::from_utf8(bytes) {
        let escapes =
            [header_encoding, inside_encoding].contains(&Some(ISO_2022_JP)) && bytes.contains(&0x1b);
        if escapes && !marked {
            return Cow::Owned(decoded(ISO_2022_JP, bytes).0);
        }
        let told = [(header, header_encoding), (inside, inside_encoding)];
        let wrong = told.into_iter().find(|(_, told)| told.is_some_and(|told| told != UTF_8));
        if let Some((Some(label), Some(told))) = wrong.filter(|_| !marked && !text.is_ascii()) {
            notes.malformed |= told == UTF_16LE || told == UTF_16BE;
            notes.decoding(&format!("it says that it is `{label}`, but it is UTF-8"));
        }
        return Cow::Borrowed(text);
    }
    let told = [header_encoding, inside_encoding];
    let told =
        told.into_iter().flatten().filter(|told| *told != UTF_8 && *told != UTF_16LE && *told != UTF_16BE);
    // Multi-byte sets cannot be right by chance: a single-byte one always is.
    for encoding in told.clone().filter(|encoding| !encoding.is_single_byte() && !marked) {
        if let (text, false) = decoded(wider(encoding), bytes) {
            return Cow::Owned(text);
        }
    }
    if marked || is_mostly_utf8(bytes) {
        notes.malformed = true;
        notes.decoding("bytes that are no UTF-8 are replaced");
        return String::from_utf8_lossy(bytes);
    }
    for encoding in told {
        let (text, wrong) = decoded(wider(encoding), bytes);
        if !wrong {
            return Cow::Owned(text);
        }
        let lost = text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
        if lost * 100 < bytes.len() {
            notes.malformed = true;
            notes.decoding(&format!("bytes that are no `{}` are replaced", encoding.name()));
            return Cow::Owned(text);
        }
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    let guess = detector.guess(None, Utf8Detection::Deny);
    notes.malformed = true;
    notes.decoding(&format!("it is not in the character set it says, and is read as `{}`", guess.name()));
    Cow::Owned(decoded(guess, bytes).0)
}

/// The text of bytes in a character set, and whether some are none of it. Piece by piece: a decoder asks for three times as
/// much room as there are bytes, and writes in all of it.
fn decoded(encoding: &'static Encoding, bytes: &[u8]) -> (String, bool) {
    const PIECE: usize = 64 * 1024;
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let (mut text, mut piece, mut wrong) = (String::new(), String::new(), false);
    let mut pieces = bytes.chunks(PIECE).peekable();
    while let Some(bytes) = pieces.next() {
        piece.clear();
        piece.reserve(decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(4 * PIECE));
        let (_, _, odd) = decoder.decode_to_string(bytes, &mut piece, pieces.peek().is_none());
        wrong |= odd;
        text.push_str(&piece);
    }
    (text, wrong)
}

/// GBK is read as GB 18030, which holds all of it.
fn wider(encoding: &'static Encoding) -> &'static Encoding {
    if encoding == GBK { GB18030 } else { encoding }
}

/// UTF-16 and UTF-32, by mark or by the zeros around the first `<` or `{`.
fn wide(bytes: &[u8], notes: &mut Notes) -> Option<String> {
    let text = match bytes {
        [0xFF, 0xFE, 0, 0, rest @ ..] => utf32(rest, u32::from_le_bytes),
        [0, 0, 0xFE, 0xFF, rest @ ..] => utf32(rest, u32::from_be_bytes),
        [b'<' | b'{', 0, 0, 0, ..] => utf32(bytes, u32::from_le_bytes),
        [0, 0, 0, b'<' | b'{', ..] => utf32(bytes, u32::from_be_bytes),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, UTF_16LE, notes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, UTF_16BE, notes),
        [b'<' | b'{', 0, ..] => utf16(bytes, UTF_16LE, notes),
        [0, b'<' | b'{', ..] => utf16(bytes, UTF_16BE, notes),
        _ => return None,
    };
    Some(text)
}

fn utf16(bytes: &[u8], encoding: &'static Encoding, notes: &mut Notes) -> String {
    let (text, wrong) = decoded(encoding, bytes);
    if wrong {
        notes.malformed = true;
        notes.decoding("bytes that are no UTF-16 are replaced");
    }
    text
}

fn utf32(bytes: &[u8], number: fn([u8; 4]) -> u32) -> String {
    let (units, _) = bytes.as_chunks::<4>();
    units.iter().map(|unit| char::from_u32(number(*unit)).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// True when far more of what is not ASCII is valid UTF-8 than is not.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut right, mut wrong) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        right += chunk.valid().bytes().filter(|b| *b >= 0xC0).count();
        wrong += usize::from(!chunk.invalid().is_empty());
    }
    right > 0 && right >= wrong * 4
}

/// The charset parameter of a media type.
fn header_label(content_type: &str) -> Option<String> {
    let parameters = content_type.split(';').skip(1);
    let named = parameters.filter_map(|parameter| parameter.split_once('='));
    let found = named.into_iter().find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
    found
        .map(|(_, label)| label.trim().trim_matches(['"', '\'']).to_owned())
        .filter(|label| !label.is_empty())
}

/// What the XML declaration, or a `meta` of HTML, names as character set.
fn document_label(bytes: &[u8]) -> Option<String> {
    const HEAD: usize = 1024;
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(HEAD)]).to_ascii_lowercase();
    let declared = head.find("<?xml").and_then(|at| {
        let declaration = head[at..].split_once("?>").map_or(&head[at..], |(declaration, _)| declaration);
        declaration.split_once("encoding").map(|(_, rest)| rest)
    });
    let meta = || {
        let at = head.find("<meta")?;
        head[at..].split_once("charset").map(|(_, rest)| rest)
    };
    let rest = declared.or_else(meta)?.trim_start().strip_prefix('=')?;
    let label = rest.trim_start().trim_start_matches(['"', '\'']);
    let end = label.find(['"', '\'', ' ', '>', '?', ';', '/', '\n']).unwrap_or(label.len());
    let label = label[..end].trim();
    (!label.is_empty()).then(|| label.to_owned())
}

/// Takes out what XML does not let a document hold; only looks where there is nothing to do.
fn without_controls<'b>(text: Cow<'b, str>, notes: &mut Notes) -> Cow<'b, str> {
    let bytes = text.as_bytes();
    let control = |b: &u8| (*b < 0x20) & (*b != b'\t') & (*b != b'\n') & (*b != b'\r');
    let odd = bytes.chunks(256).any(|chunk| chunk.iter().fold(false, |odd, b| odd | control(b)));
    let no_character =
        || ["\u{FFFE}", "\u{FFFF}"].iter().any(|it| memmem::find(bytes, it.as_bytes()).is_some());
    if !odd && !no_character() {
        return text;
    }
    notes.malformed = true;
    notes.decoding("characters that text cannot hold are taken out");
    Cow::Owned(match text {
        Cow::Borrowed(text) => text.chars().filter(|c| allowed(*c)).collect(),
        Cow::Owned(mut text) => {
            text.retain(allowed);
            text
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], content_type: Option<&str>, expected: &str, malformed: bool) {
        let mut notes = Notes::default();
        let text = decode(bytes, content_type, &mut notes).into_owned();
        assert_eq!((text.as_str(), notes.malformed), (expected, malformed));
    }

    #[test]
    fn marks_and_zeros_tell_the_wide_sets() {
        check(b"\xFF\xFE<\0\xB9\x09", None, "<হ", false);
        check(b"\xFE\xFF\0<\x09\xB9", None, "<হ", false);
        check(b"\0<\x09\xB9", None, "<হ", false);
        check(b"\xFF\xFE\0\0<\0\0\0", None, "<", false);
        check(b"\0\0\0<\0\0\x09\xB9", None, "<হ", false);
        check("\u{feff}<হ".as_bytes(), Some("text/xml; charset=koi8-r"), "<হ", false);
    }

    #[test]
    fn valid_utf8_beats_every_label() {
        check("<?xml encoding='iso-8859-1'?>হ".as_bytes(), None, "<?xml encoding='iso-8859-1'?>হ", false);
        check("হ".as_bytes(), Some("text/xml; charset=\"windows-1252\""), "হ", false);
    }

    #[test]
    fn labels_are_believed_where_the_bytes_allow() {
        check(b"<?xml encoding='koi8-r'?>\xC1", None, "<?xml encoding='koi8-r'?>а", false);
        check(
            b"<?xml encoding='koi8-r'?>\xC1",
            Some("text/xml; charset=windows-1251"),
            "<?xml encoding='koi8-r'?>Б",
            false,
        );
        check(b"<?xml encoding='iso-8859-1'?>\x80", None, "<?xml encoding='iso-8859-1'?>€", false);
        check(b"<?xml encoding='gb2312'?>\x81\x30\x84\x36", None, "<?xml encoding='gb2312'?>¥", false);
    }

    #[test]
    fn mostly_utf8_keeps_all_but_the_bad_bytes() {
        check(
            "হরকরা".as_bytes().split_last().map(|(_, rest)| rest).unwrap_or_default(),
            None,
            "হরকর\u{fffd}",
            true,
        );
        let mut bytes = "<?xml encoding='windows-1252'?>হরকরা".as_bytes().to_vec();
        bytes.push(0xFF);
        check(&bytes, None, "<?xml encoding='windows-1252'?>হরকরা\u{fffd}", true);
    }

    #[test]
    fn undeclared_sets_are_guessed() {
        let text = "Сегодня в городе было тепло и солнечно, люди гуляли в парке";
        let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(text);
        check(&bytes, None, text, true);
    }

    #[test]
    fn large_documents_are_decoded_in_pieces_that_cut_no_character() {
        let text = format!("<?xml encoding='gb18030'?>{}", "a中文€".repeat(30_000));
        check(&encoding_rs::GB18030.encode(&text).0, None, &text, false);
        let text = format!("<{}", "哈😀".repeat(40_000));
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        check(&bytes, None, &text, false);
    }

    #[test]
    fn controls_are_taken_out() {
        check(b"a\x0Bb\x00c\td", None, "abc\td", true);
    }
}
