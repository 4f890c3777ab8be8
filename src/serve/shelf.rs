//! Views that were made, while they are asked for again: so many and so large, those that nobody asked for longest go.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::page::Page;

/// So many views at the most, however small.
const MOST: usize = 512;

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Shelf(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    views: HashMap<String, Kept>,
    /// Bytes of all of them.
    weight: u64,
    /// Goes on with each look.
    clock: u64,
    /// Goes on when what is stored has changed.
    state: u64,
    /// What was made before that is of another configuration.
    cleared: u64,
}

#[derive(Debug)]
struct Kept {
    page: Arc<Page>,
    asked: u64,
    state: u64,
}

/// What is there under an address.
#[derive(Debug, Clone)]
pub(super) enum Found {
    /// As it would be made now.
    Fresh(Arc<Page>),
    /// As it was before something changed.
    Stale(Arc<Page>),
    /// Nothing.
    Nothing,
}

impl Shelf {
    pub(super) fn find(&self, address: &str) -> Found {
        let mut inner = self.lock();
        inner.clock += 1;
        let (clock, state) = (inner.clock, inner.state);
        match inner.views.get_mut(address) {
            None => Found::Nothing,
            Some(kept) => {
                kept.asked = clock;
                let page = Arc::clone(&kept.page);
                if kept.state == state { Found::Fresh(page) } else { Found::Stale(page) }
            }
        }
    }

    /// What is stored now, as a number: taken before a view is made, given back with it.
    pub(super) fn state(&self) -> u64 {
        self.lock().state
    }

    /// Keeps a view as of `state`, and lets go of others until all fit into `room` bytes.
    pub(super) fn put(&self, address: &str, page: Arc<Page>, state: u64, room: u64) {
        let mut inner = self.lock();
        inner.clock += 1;
        let weight = weight(address, &page);
        if weight > room || state < inner.cleared {
            return;
        }
        let kept = Kept { page, asked: inner.clock, state };
        inner.weight += weight;
        if let Some(old) = inner.views.insert(address.to_owned(), kept) {
            inner.weight = inner.weight.saturating_sub(self::weight(address, &old.page));
        }
        while inner.weight > room || inner.views.len() > MOST {
            let oldest =
                inner.views.iter().min_by_key(|(_, kept)| kept.asked).map(|(address, _)| address.clone());
            let Some(oldest) = oldest else { return };
            if let Some(gone) = inner.views.remove(&oldest) {
                inner.weight = inner.weight.saturating_sub(self::weight(&oldest, &gone.page));
            }
        }
    }

    /// Something that is stored has changed: everything has to be made anew.
    pub(super) fn outdate(&self) {
        self.lock().state += 1;
    }

    /// Forgets all, and what is being made too.
    pub(super) fn clear(&self) {
        let mut inner = self.lock();
        inner.state += 1;
        inner.cleared = inner.state;
        inner.views.clear();
        inner.weight = 0;
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A page has more than its bytes: headers, and where its entries stand.
fn weight(address: &str, page: &Page) -> u64 {
    page.weight() + address.len() as u64 + 4096
}

#[cfg(test)]
mod tests {
    use super::super::page::Parts;
    use super::*;
    use std::time::UNIX_EPOCH;

    fn page(length: usize) -> Arc<Page> {
        let bytes = vec![b' '; length].into();
        let parts = Parts {
            path: "a.atom",
            bytes,
            packed: [None, None],
            modified: UNIX_EPOCH,
            access: None,
            before: None,
        };
        Arc::new(Page::new(parts))
    }

    #[test]
    fn what_nobody_asks_for_goes_first() {
        let shelf = Shelf::default();
        let room = 3 * (1000 + 4096 + 8);
        for address in ["a", "b", "c"] {
            shelf.put(address, page(1000), shelf.state(), room);
        }
        assert!(matches!(shelf.find("a"), Found::Fresh(_)));
        shelf.put("d", page(1000), shelf.state(), room);
        let is_there = |address| !matches!(shelf.find(address), Found::Nothing);
        assert_eq!(["a", "b", "c", "d"].map(is_there), [true, false, true, true]);
        shelf.put("large", page(100_000), shelf.state(), room);
        assert!(!is_there("large") && is_there("a"));
        for _ in 0..5 {
            shelf.put("a", page(2000), shelf.state(), room);
        }
        // What was replaced weighs nothing any more.
        assert!(is_there("a") && is_there("d") && shelf.lock().weight <= room, "{}", shelf.lock().weight);
    }

    #[test]
    fn what_was_made_before_a_change_is_stale() {
        let shelf = Shelf::default();
        let before = shelf.state();
        shelf.outdate();
        shelf.put("a", page(10), before, 1 << 20);
        assert!(matches!(shelf.find("a"), Found::Stale(_)));
        shelf.put("a", page(10), shelf.state(), 1 << 20);
        assert!(matches!(shelf.find("a"), Found::Fresh(_)));
        let before = shelf.state();
        shelf.clear();
        shelf.put("a", page(10), before, 1 << 20);
        assert!(matches!(shelf.find("a"), Found::Nothing), "made by another configuration");
        shelf.put("a", page(10), shelf.state(), 1 << 20);
        assert!(matches!(shelf.find("a"), Found::Fresh(_)));
    }

    #[test]
    fn many_small_ones_are_too_many() {
        let shelf = Shelf::default();
        for n in 0..MOST * 2 {
            shelf.put(&n.to_string(), page(1), 0, u64::MAX);
        }
        assert_eq!(shelf.lock().views.len(), MOST);
    }
}
