//! The threads that read: one a core, for all answers of all rounds.
//!
//! Reading is work without waiting. More threads would only hold more answers in memory at the same time, and every thread
//! that allocates keeps some of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, mpsc};

use tokio::sync::oneshot;

type Job = Box<dyn FnOnce() + Send>;

/// A handle to them; they end with it.
#[derive(Debug)]
pub(super) struct Readers {
    /// `None` where the system gives no thread: then who asks reads.
    jobs: Option<mpsc::Sender<Job>>,
}

impl Readers {
    /// Starts them.
    pub(super) fn start() -> Self {
        let (jobs, queue) = mpsc::channel();
        let queue = Arc::new(Mutex::new(queue));
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let start = |number| {
            let queue = Arc::clone(&queue);
            std::thread::Builder::new().name(format!("read {number}")).spawn(move || work(&queue))
        };
        let started = (0..cores).map(start).filter(Result::is_ok).count();
        Self { jobs: Some(jobs).filter(|_| started > 0) }
    }

    /// Runs `job` on one of them. `None` when it panicked.
    pub(super) async fn run<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let (tell, told) = oneshot::channel();
        let job = move || {
            // Who asked may have gone: then nobody needs the answer.
            let _ = tell.send(job());
        };
        match &self.jobs {
            // Nobody takes it only when the threads are gone; then the answer is gone with it.
            Some(jobs) => drop(jobs.send(Box::new(job))),
            None => drop(catch_unwind(AssertUnwindSafe(job))),
        }
        told.await.ok()
    }
}

fn work(queue: &Mutex<mpsc::Receiver<Job>>) {
    loop {
        // A lock is poisoned by a panic while it is held, and here nothing can panic.
        let Ok(queue) = queue.lock() else { return };
        let next = queue.recv();
        drop(queue);
        let Ok(job) = next else { return };
        // A panic in one answer drops the place for its result, which tells; the thread goes on with the next.
        let _ = catch_unwind(AssertUnwindSafe(job));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_told_and_the_next_is_read() {
        let readers = Readers::start();
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        for _ in 0..=cores {
            assert_eq!(runtime.block_on(readers.run(|| -> u8 { panic!("while reading") })), None);
        }
        assert_eq!(runtime.block_on(readers.run(|| 7)), Some(7));
    }
}
