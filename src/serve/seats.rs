//! Seats for connections: so many and no more. When all are taken, the one that did nothing for longest goes, of the client
//! that has most of them; so nobody who only sits there keeps others out.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// Who moved something in this time is not asked to leave.
const BUSY: Duration = Duration::from_secs(1);
/// Nor is who has just come, and has not said a word yet.
const NEW: Duration = Duration::from_millis(100);

/// All seats.
#[derive(Debug)]
pub struct Seats {
    most: usize,
    opened: Instant,
    taken: Mutex<HashMap<u64, Arc<Seat>>>,
    next: AtomicU64,
}

/// One connection's.
#[derive(Debug)]
pub struct Seat {
    number: u64,
    peer: Option<IpAddr>,
    opened: Instant,
    /// Milliseconds since `opened` when something went over the wire, or when it was taken.
    moved: AtomicU64,
    /// When it was taken.
    taken: u64,
    leave: Notify,
}

impl Seat {
    /// Something went over the wire.
    pub fn touch(&self) {
        // One more than when it was taken, at the least: it has said something.
        self.moved.store(milliseconds(self.opened.elapsed()).max(self.taken + 1), Ordering::Relaxed);
    }

    fn is_idle(&self, now: u64) -> bool {
        let moved = self.moved.load(Ordering::Relaxed);
        let patience = if moved == self.taken { NEW } else { BUSY };
        now.saturating_sub(moved) >= milliseconds(patience)
    }

    /// Waits until it is asked to leave.
    pub async fn asked_to_leave(&self) {
        self.leave.notified().await;
    }
}

impl Seats {
    /// So many seats.
    pub fn new(most: usize) -> Self {
        Self { most, opened: Instant::now(), taken: Mutex::default(), next: AtomicU64::new(0) }
    }

    /// A seat for a client; `None` when all are taken and everybody is at work.
    pub fn take(&self, peer: Option<IpAddr>) -> Option<Arc<Seat>> {
        let mut taken = self.lock();
        if taken.len() >= self.most {
            let leaving = self.idlest(&taken)?;
            if let Some(seat) = taken.remove(&leaving) {
                seat.leave.notify_one();
            }
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let now = milliseconds(self.opened.elapsed());
        let (moved, leave) = (AtomicU64::new(now), Notify::new());
        let seat = Arc::new(Seat { number, peer, opened: self.opened, moved, taken: now, leave });
        taken.insert(number, Arc::clone(&seat));
        Some(seat)
    }

    /// Gives a seat back.
    pub fn leave(&self, seat: &Seat) {
        self.lock().remove(&seat.number);
    }

    /// How many are taken.
    pub fn taken(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Arc<Seat>>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Of those who do nothing: of the client with most seats, who did nothing for longest.
    fn idlest(&self, taken: &HashMap<u64, Arc<Seat>>) -> Option<u64> {
        let mut of_each: HashMap<Option<IpAddr>, usize> = HashMap::new();
        for seat in taken.values() {
            *of_each.entry(seat.peer).or_default() += 1;
        }
        let now = milliseconds(self.opened.elapsed());
        let idle = taken.values().filter(|seat| seat.is_idle(now)).map(|seat| {
            (of_each.get(&seat.peer), u64::MAX - seat.moved.load(Ordering::Relaxed), seat.number)
        });
        idle.max().map(|(_, _, number)| number)
    }
}

fn milliseconds(length: Duration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_idlest_of_the_greediest_leaves() {
        let seats = Seats { opened: Instant::now() - Duration::from_secs(60), ..Seats::new(4) };
        let (greedy, modest) = ("10.0.0.1".parse().ok(), "10.0.0.2".parse().ok());
        let sit = |peer, moved: u64| {
            let seat = seats.take(peer).expect("a seat");
            seat.moved.store(moved, Ordering::Relaxed);
            seat
        };
        let (_old, newer, oldest) = (sit(modest, 1), sit(greedy, 9_000), sit(greedy, 5_000));
        let _busy = sit(greedy, 60_000);
        let fifth = seats.take(modest).expect("somebody leaves");
        assert_eq!(seats.taken(), 4);
        assert!(!seats.lock().contains_key(&oldest.number) && seats.lock().contains_key(&newer.number));
        seats.leave(&fifth);
        assert_eq!(seats.taken(), 3);
    }

    #[test]
    fn nobody_at_work_is_asked_to_leave() {
        let seats = Seats::new(1);
        let busy = seats.take(None).expect("a seat");
        busy.touch();
        assert!(seats.take(None).is_none());
    }
}
