//! The permanent public id of an entry: the source's own where it can serve, else minted from what is known of it.

use url::Url;

use super::key::{AliasKind, Keyed};
use crate::model::{EntryId, SourceId, urn};

/// Ids for a new entry, best first and without end: the store takes the first that no other entry has.
///
/// The minted ones are UUIDs of version 8 (RFC 9562 section 5.8) over source and strongest alias, so that a lost
/// database gives the same ids again.
pub fn candidates(source: &SourceId, keyed: &Keyed) -> impl Iterator<Item = EntryId> {
    let own = keyed.item.id.as_deref().filter(|_| keyed.alias(AliasKind::Guid).is_some()).and_then(usable);
    let strongest = keyed.aliases.first().map_or(0, |(_, alias)| alias.0);
    let source = source.as_str().to_owned();
    let minted = (0u32..).map(move |attempt| EntryId::kept(mint(&source, strongest, attempt)));
    own.map(EntryId::kept).into_iter().chain(minted)
}

/// The source's id as an absolute ASCII URI that is unique by its nature: http(s) with a place, `tag:`, `urn:`.
fn usable(id: &str) -> Option<String> {
    if id.len() > 1000 {
        return None;
    }
    let url = Url::parse(id).ok()?;
    let unique = match url.scheme() {
        "http" | "https" => url.path() != "/" || url.query().is_some(),
        // `urn:NID:NSS` (RFC 8141), `tag:AUTHORITY,DATE:…` (RFC 4151).
        "urn" => id.splitn(3, ':').filter(|part| !part.is_empty()).count() == 3,
        "tag" => id.contains(',') && id.splitn(3, ':').filter(|part| !part.is_empty()).count() == 3,
        _ => return None,
    };
    // Kept as written where that is ASCII already: ids are compared letter by letter (RFC 4287 section 4.2.6.1).
    let ascii = id.bytes().all(|b| b.is_ascii_graphic() && !br#"<>"{}|\^`"#.contains(&b));
    unique.then(|| if ascii { id.to_owned() } else { url.into() })
}

fn mint(source: &str, alias: i64, attempt: u32) -> String {
    urn(&[b"harkara entry", source.as_bytes(), &alias.to_le_bytes(), &attempt.to_le_bytes()])
}

#[cfg(test)]
mod tests {
    use super::super::key::keyed;
    use super::*;
    use crate::model::Item;

    fn first(id: &str) -> String {
        let item = Item { id: Some(id.to_owned()), title: Some("t".into()), ..Item::default() };
        let source = "khobor".parse().unwrap();
        candidates(&source, &keyed(item, None)).next().unwrap().to_string()
    }

    #[test]
    fn a_sources_own_uri_is_kept_to_the_letter() {
        for id in ["https://a.example/?p=1", "http://A.example/x", "tag:a.example,2026:1", "urn:uuid:1-2"] {
            assert_eq!(first(id), id);
        }
        assert_eq!(first("https://a.example/দু"), "https://a.example/%E0%A6%A6%E0%A7%81");
    }

    #[test]
    fn everything_else_is_minted_the_same_way_each_time() {
        for id in ["174", "urn:1", "tag:x", "https://a.example/", "javascript:x", "ক", "mailto:a@b"] {
            let minted = first(id);
            assert!(minted.starts_with("urn:uuid:") && minted.len() == 45, "{id}: {minted}");
            assert_eq!(minted, first(id));
        }
        assert_ne!(first("174"), first("175"));
    }
}
