//! Earlier versions of a document, as far as a client that has one must be told what is new (RFC 3229 with the
//! instance manipulation `feed`).

use std::collections::{HashSet, VecDeque};
use std::ops::Range;
use std::sync::Arc;

/// So many versions of a document are remembered.
const KEPT: usize = 32;

/// What was in each version: a hash of each entry, under the version's tag. The oldest first.
#[derive(Debug, Clone, Default)]
pub struct Versions(VecDeque<(String, Arc<[u64]>)>);

/// A hash of each entry as it stands in the document.
pub fn prints(bytes: &[u8], entries: &[Range<usize>]) -> Arc<[u64]> {
    let print = |range: &Range<usize>| {
        let hash = blake3::hash(bytes.get(range.clone()).unwrap_or_default());
        let [a, b, c, d, e, f, g, h, ..] = *hash.as_bytes();
        u64::from_le_bytes([a, b, c, d, e, f, g, h])
    };
    entries.iter().map(print).collect()
}

impl Versions {
    /// The same, with one version more; the oldest is forgotten when there are too many.
    pub fn with(&self, tag: &str, prints: Arc<[u64]>) -> Self {
        let mut kept = self.0.clone();
        kept.retain(|(known, _)| known != tag);
        kept.push_back((tag.to_owned(), prints));
        while kept.len() > KEPT {
            kept.pop_front();
        }
        Self(kept)
    }

    /// The document with only those entries that a client with version `tag` has not got; `None` when that version is not
    /// remembered. `prints` are those of the entries of the document.
    pub fn delta(
        &self,
        tag: &str,
        bytes: &[u8],
        entries: &[Range<usize>],
        prints: &[u64],
    ) -> Option<Vec<u8>> {
        let (_, had) = self.0.iter().find(|(known, _)| known == tag)?;
        let had: HashSet<u64> = had.iter().copied().collect();
        let (first, last) = (entries.first()?, entries.last()?);
        let mut out = Vec::with_capacity(bytes.len() / 4);
        out.extend_from_slice(bytes.get(..first.start)?);
        for (range, _) in entries.iter().zip(prints).filter(|(_, print)| !had.contains(print)) {
            out.extend_from_slice(bytes.get(range.clone())?);
            out.push(b'\n');
        }
        out.extend_from_slice(bytes.get(last.end..)?);
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_new_or_changed_is_told() {
        let old = b"H<1><2>T";
        let new = b"K<3><2><4>T";
        let old_entries = [1..4, 4..7];
        let new_entries = [1..4, 4..7, 7..10];
        let versions = Versions::default().with("old", prints(old, &old_entries));
        let now = prints(new, &new_entries);
        assert_eq!(versions.delta("old", new, &new_entries, &now), Some(b"K<3>\n<4>\nT".to_vec()));
        assert_eq!(versions.delta("other", new, &new_entries, &now), None);
    }

    #[test]
    fn memory_is_bounded() {
        let mut versions = Versions::default();
        for n in 0..100 {
            versions = versions.with(&n.to_string(), prints(b"", &[]));
        }
        assert_eq!(versions.0.len(), KEPT);
        assert!(versions.0.iter().any(|(tag, _)| tag == "99"));
    }
}
