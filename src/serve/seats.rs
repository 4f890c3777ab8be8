//! Seats for connections: so many and no more. When all are taken, the one that did nothing for longest goes, of the client
//! that has most of them; so nobody who only sits there keeps others out.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// Who moved something in this time is not asked to leave.
const BUSY: u64 = 1000;
/// Nor is who has just come, and has not said a word yet.
const NEW: u64 = 100;
/// So often the clock of the seats goes on: whatever is measured by it is no finer.
const TICK: Duration = Duration::from_millis(50);

/// All seats.
#[derive(Debug)]
pub struct Seats {
    most: usize,
    /// Milliseconds since the first tick. Each request looks at it twice: a load is all that may cost.
    clock: Arc<AtomicU64>,
    taken: Mutex<HashMap<u64, Arc<Seat>>>,
    next: AtomicU64,
}

/// One connection's.
#[derive(Debug)]
pub struct Seat {
    number: u64,
    peer: Option<IpAddr>,
    clock: Arc<AtomicU64>,
    /// When it was taken.
    taken: u64,
    /// When something went over the wire, or when it was taken.
    moved: AtomicU64,
    /// When something went out to the client, or when it was taken.
    written: AtomicU64,
    farewell: AtomicBool,
    leave: Notify,
}

/// How somebody is asked to leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leave {
    /// When the answer under way is out.
    Soon,
    /// Now.
    Now,
}

impl Seat {
    /// Something came in.
    pub fn heard(&self) {
        self.moved.store(self.now().max(self.taken + 1), Ordering::Relaxed);
    }

    /// Something went out.
    pub fn wrote(&self) {
        let now = self.now().max(self.taken + 1);
        self.moved.store(now, Ordering::Relaxed);
        self.written.store(now, Ordering::Relaxed);
    }

    /// Waits until it is asked to leave.
    pub async fn asked_to_leave(&self) -> Leave {
        self.leave.notified().await;
        if self.farewell.load(Ordering::Relaxed) { Leave::Soon } else { Leave::Now }
    }

    fn now(&self) -> u64 {
        self.clock.load(Ordering::Relaxed)
    }

    fn is_idle(&self, now: u64) -> bool {
        let moved = self.moved.load(Ordering::Relaxed);
        let patience = if moved == self.taken { NEW } else { BUSY };
        now.saturating_sub(moved) >= patience
    }
}

impl Seats {
    /// So many seats.
    pub fn new(most: usize) -> Self {
        Self { most, clock: Arc::default(), taken: Mutex::default(), next: AtomicU64::new(0) }
    }

    /// A seat for a client; `None` when all are taken and everybody is at work.
    pub fn take(&self, peer: Option<IpAddr>) -> Option<Arc<Seat>> {
        let mut taken = self.lock();
        let now = self.clock.load(Ordering::Relaxed);
        if taken.len() >= self.most {
            let leaving = idlest(&taken, now)?;
            if let Some(seat) = taken.remove(&leaving) {
                seat.leave.notify_one();
            }
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let seat = Arc::new(Seat {
            number,
            peer,
            clock: Arc::clone(&self.clock),
            taken: now,
            moved: AtomicU64::new(now),
            written: AtomicU64::new(now),
            farewell: AtomicBool::new(false),
            leave: Notify::new(),
        });
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

    /// Asks everybody to leave when the answers under way are out.
    pub fn close(&self) {
        for seat in self.lock().values() {
            seat.farewell.store(true, Ordering::Relaxed);
            seat.leave.notify_one();
        }
    }

    /// Keeps the clock, and puts out who was sent nothing for `idle`: whoever sends nothing, or a head drop by drop, gets no
    /// answer that would be sent. Never ends.
    pub async fn keep(&self, idle: Duration) {
        let began = Instant::now();
        let mut ticks = tokio::time::interval(TICK);
        let mut looked = 0;
        loop {
            ticks.tick().await;
            let now = milliseconds(began.elapsed());
            self.clock.store(now, Ordering::Relaxed);
            if now < looked + milliseconds(idle).min(BUSY) / 4 {
                continue;
            }
            looked = now;
            for seat in self.lock().values() {
                if now.saturating_sub(seat.written.load(Ordering::Relaxed)) >= milliseconds(idle) {
                    seat.leave.notify_one();
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Arc<Seat>>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Of those who do nothing: of the client with most seats, who did nothing for longest.
fn idlest(taken: &HashMap<u64, Arc<Seat>>, now: u64) -> Option<u64> {
    let mut of_each: HashMap<Option<IpAddr>, usize> = HashMap::new();
    for seat in taken.values() {
        *of_each.entry(seat.peer).or_default() += 1;
    }
    let idle = taken
        .values()
        .filter(|seat| seat.is_idle(now))
        .map(|seat| (of_each.get(&seat.peer), u64::MAX - seat.moved.load(Ordering::Relaxed), seat.number));
    idle.max().map(|(_, _, number)| number)
}

fn milliseconds(length: Duration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_idlest_of_the_greediest_leaves() {
        let seats = Seats::new(4);
        seats.clock.store(60_000, Ordering::Relaxed);
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
        busy.heard();
        assert!(seats.take(None).is_none());
    }
}
