//! Which of many texts may be like some new ones: told by their sketches, in one pass over those of the same days.

use super::Sketches;
use super::sketch::{BYTES, Sketch};
use crate::dedup::{Alias, Row};

/// What is kept of an entry to find its likes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// The entry.
    pub row: Row,
    /// The row of its source.
    pub source: i64,
    /// Seconds since 1970.
    pub published: i64,
    /// Its link, where it has one of its own.
    pub link: Option<Alias>,
    /// What its text is found by; `None` where it is not compared.
    pub sketches: Sketches,
}

impl Record {
    /// Bytes of a record as it is kept.
    pub const BYTES: usize = 32 + 2 * BYTES;

    /// Adds it to `out` as it is kept.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.row.to_le_bytes());
        out.extend(self.source.to_le_bytes());
        out.extend(self.published.to_le_bytes());
        // No alias is negative.
        out.extend(self.link.map_or(-1, |link| link.0).to_le_bytes());
        out.extend(self.sketches.text.to_bytes());
        out.extend(self.sketches.opening.to_bytes());
    }

    /// The records in what was kept; what is cut off at its end is passed over.
    pub fn read(bytes: &[u8]) -> impl Iterator<Item = Self> {
        bytes.chunks_exact(Self::BYTES).filter_map(|bytes| {
            let number = |at: usize| Some(i64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
            let sketch = |at: usize| Some(Sketch::from_bytes(bytes.get(at..at + BYTES)?.try_into().ok()?));
            Some(Self {
                row: number(0)?,
                source: number(8)?,
                published: number(16)?,
                link: Some(Alias(number(24)?)).filter(|link| link.0 >= 0),
                sketches: Sketches { text: sketch(32)?, opening: sketch(32 + BYTES)? },
            })
        })
    }
}

/// Two entries that may be one article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// One of the new ones.
    pub row: Row,
    /// The other.
    pub other: Row,
    /// How many buckets of their sketches agree, of the better of the two.
    pub agreeing: u32,
}

/// So many candidates of an entry are looked at, those that agree most.
pub const MOST_CANDIDATES: usize = 24;
/// Fewer agreeing buckets of whole texts, of 32, are chance: texts that share half of their shingles have 16 in the mean.
const LEAST_TEXT: u32 = 8;
/// The same for openings, which may be cut at another place.
const LEAST_OPENING: u32 = 7;

/// New entries that look for their likes.
pub struct Probe<'r> {
    records: &'r [Record],
    window: i64,
    /// Hash of a band and place in `records`, in order.
    bands: Vec<(u32, u32)>,
    /// Where in `bands` the hashes with these first bits begin.
    begins: Vec<u32>,
    /// Of how many bits that is told.
    first: u32,
    /// Whether there is a band with these first bits, some more of them: most hashes end here.
    filter: Vec<u64>,
    /// The last record that met a new one, so that it meets it once.
    met: Vec<Row>,
    /// For each of `records` others, with how many buckets agree.
    found: Vec<Vec<(Row, u32)>>,
}

/// The filter knows so many more bits than there are places.
const FINER: u32 = 4;

impl<'r> Probe<'r> {
    /// Makes ready for these; `window` in seconds.
    pub fn new(records: &'r [Record], window: i64) -> Self {
        let mut bands: Vec<(u32, u32)> = (0u32..)
            .zip(records)
            .flat_map(|(at, record)| {
                let mut hashes = [0; BANDS];
                let count = hash(&record.sketches, &mut hashes);
                hashes.into_iter().take(count).map(move |hash| (hash, at))
            })
            .collect();
        bands.sort_unstable();
        // A place for each band, in the mean.
        let first = bands.len().max(64).ilog2().min(24);
        let mut begins = vec![0; (1 << first) + 1];
        let mut filter = vec![0; 1 << (first + FINER - 6)];
        for (hash, _) in &bands {
            begins[(hash >> (32 - first)) as usize + 1] += 1;
            let bit = hash >> (32 - first - FINER);
            filter[(bit >> 6) as usize] |= 1u64 << (bit & 63);
        }
        let mut sum = 0;
        for begin in &mut begins {
            sum += *begin;
            *begin = sum;
        }
        let (met, found) = (vec![Row::MIN; records.len()], vec![Vec::new(); records.len()]);
        Self { records, window, bands, begins, first, filter, met, found }
    }

    /// Looks at one that is known, or new too.
    pub fn look_at(&mut self, other: &Record) {
        let mut hashes = [0; BANDS];
        let count = hash(&other.sketches, &mut hashes);
        for hash in hashes.into_iter().take(count) {
            let bit = hash >> (32 - self.first - FINER);
            if self.filter[(bit >> 6) as usize] & (1 << (bit & 63)) == 0 {
                continue;
            }
            let place = (hash >> (32 - self.first)) as usize;
            for at in self.begins[place]..self.begins[place + 1] {
                let (known, record) = self.bands[at as usize];
                if known == hash {
                    self.meet(record as usize, other);
                }
            }
        }
    }

    fn meet(&mut self, at: usize, other: &Record) {
        let record = &self.records[at];
        if self.met[at] == other.row
            || record.row == other.row
            || (record.published - other.published).abs() > self.window
        {
            return;
        }
        self.met[at] = other.row;
        let agreeing = |a: &Sketch, b: &Sketch, least: u32| {
            let count = if a.is_none() || b.is_none() { 0 } else { a.agreeing(b) };
            if count < least { 0 } else { count }
        };
        let text = agreeing(&record.sketches.text, &other.sketches.text, LEAST_TEXT);
        let agreeing = text.max(agreeing(&record.sketches.opening, &other.sketches.opening, LEAST_OPENING));
        if agreeing == 0 {
            return;
        }
        let found = &mut self.found[at];
        found.push((other.row, agreeing));
        if found.len() >= 2 * MOST_CANDIDATES {
            best(found);
        }
    }

    /// What was found, for each of the new ones the likeliest first.
    pub fn finish(self) -> impl Iterator<Item = Vec<Candidate>> {
        self.records.iter().zip(self.found).map(|(record, mut found)| {
            best(&mut found);
            let candidate = |(other, agreeing)| Candidate { row: record.row, other, agreeing };
            found.into_iter().map(candidate).collect()
        })
    }
}

/// The likeliest first, of equals the one that came first; no more than are looked at.
fn best(found: &mut Vec<(Row, u32)>) {
    found.sort_unstable_by_key(|(other, agreeing)| (std::cmp::Reverse(*agreeing), *other));
    found.dedup_by_key(|(other, _)| *other);
    found.truncate(MOST_CANDIDATES);
}

/// Bands of a text, and of an opening, of which less has to agree.
const TEXT_BANDS: usize = 16;
const OPENING_BANDS: usize = 24;
const BANDS: usize = TEXT_BANDS + OPENING_BANDS;

/// The bands of both sketches, and how many there are. Texts meet texts, and openings openings.
fn hash(sketches: &Sketches, out: &mut [u32; BANDS]) -> usize {
    let mut count = 0;
    for (kind, sketch, bands) in [(0, &sketches.opening, OPENING_BANDS), (100, &sketches.text, TEXT_BANDS)] {
        if !sketch.is_none() {
            sketch.bands(kind, &mut out[count..count + bands]);
            count += bands;
        }
    }
    count
}
