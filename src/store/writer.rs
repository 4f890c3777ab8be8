//! The one writer: a thread that takes jobs in the order they come and commits them in groups.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::{Lock, StoreError, open};

/// Where the rows are asked and written: a connection, inside a transaction while jobs run.
#[derive(Debug)]
pub struct Desk {
    path: PathBuf,
    pub(super) connection: Connection,
}

impl Desk {
    pub(super) fn new(path: PathBuf, connection: Connection) -> Self {
        Self { path, connection }
    }

    /// Names what SQLite said.
    pub(super) fn fail(&self, error: rusqlite::Error) -> StoreError {
        StoreError::sqlite(&self.path, error)
    }
}

/// Runs on the desk, if a transaction could be begun; answers through a channel of its own once the group is committed.
type Job = Box<dyn FnOnce(Result<&Desk, &StoreError>) -> Answer + Send>;
/// Called with the fate of the commit.
type Answer = Box<dyn FnOnce(Result<(), &StoreError>) + Send>;

/// The handle to the writer. Dropping it ends the thread after the last job.
#[derive(Debug)]
pub struct Writer {
    path: PathBuf,
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<std::thread::JoinHandle<()>>,
    _lock: Lock,
}

/// So many jobs share a commit at the most: a killed run loses no more than these.
const GROUP: usize = 256;

impl Writer {
    /// Locks the state, opens it and starts the thread.
    ///
    /// # Errors
    /// When another run holds the state, or it cannot be opened (see [`StoreError`]).
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let lock = Lock::take(path)?;
        let desk = Desk::new(path.to_owned(), open(path)?);
        let (jobs, queue) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || work(desk, &queue))
            .map_err(|error| StoreError::io(path, &error))?;
        Ok(Self { path: path.to_owned(), jobs: Some(jobs), thread: Some(thread), _lock: lock })
    }

    /// Runs `job` in a transaction and answers when it is committed. A job that fails leaves nothing behind and does
    /// not disturb its neighbours.
    ///
    /// # Errors
    /// The job's own, or that of the commit.
    pub async fn call<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Desk) -> Result<T, StoreError> + Send + 'static,
    {
        let (tell, told) = oneshot::channel();
        let boxed: Job = Box::new(move |desk| {
            let result = desk.map_err(StoreError::clone).and_then(|desk| in_savepoint(desk, job));
            Box::new(move |committed| {
                let result = match committed {
                    Ok(()) => result,
                    Err(error) => Err(error.clone()),
                };
                // The asker may have gone (a run that was stopped): what is written stays written.
                let _ = tell.send(result);
            })
        });
        let gone =
            || StoreError::Other { path: self.path.clone(), cause: "the writer has stopped".to_owned() };
        self.jobs.as_ref().ok_or_else(gone)?.send(boxed).map_err(|_| gone())?;
        told.await.map_err(|_| gone())?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            // A panic there has been reported by every job that waited for it.
            let _ = thread.join();
        }
    }
}

fn in_savepoint<T>(desk: &Desk, job: impl FnOnce(&Desk) -> Result<T, StoreError>) -> Result<T, StoreError> {
    let run = |sql| desk.connection.execute_batch(sql).map_err(|error| desk.fail(error));
    run("SAVEPOINT job")?;
    // A panic is ours to mend, but one article must not take the writer away from all the others.
    let result = catch_unwind(AssertUnwindSafe(|| job(desk))).unwrap_or_else(|_| {
        let cause = "a fault of harkara while storing; please report it with the source's address".to_owned();
        Err(StoreError::Other { path: desk.path.clone(), cause })
    });
    run(if result.is_ok() { "RELEASE job" } else { "ROLLBACK TO job; RELEASE job" })?;
    result
}

fn work(mut desk: Desk, queue: &mpsc::Receiver<Job>) {
    while let Ok(first) = queue.recv() {
        let mut answers: Vec<Answer> = Vec::new();
        let committed = group(&mut desk, first, queue, &mut answers);
        for answer in answers {
            answer(committed.as_ref().copied());
        }
    }
    // Folds the log into the database, so that one file is the whole state. A reader may be in the way: then the
    // next run does it.
    let _ = desk.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
}

/// One transaction: `first` and whatever else is waiting.
fn group(
    desk: &mut Desk,
    first: Job,
    queue: &mpsc::Receiver<Job>,
    answers: &mut Vec<Answer>,
) -> Result<(), StoreError> {
    let path = desk.path.clone();
    let fail = |error| StoreError::sqlite(&path, error);
    if let Err(error) = desk.connection.execute_batch("BEGIN IMMEDIATE") {
        let error = fail(error);
        answers.push(first(Err(&error)));
        return Err(error);
    }
    answers.push(first(Ok(desk)));
    while answers.len() < GROUP {
        match queue.try_recv() {
            Ok(job) => answers.push(job(Ok(desk))),
            Err(_) => break,
        }
    }
    desk.connection.execute_batch("COMMIT").map_err(|error| {
        let error = fail(error);
        let _ = desk.connection.execute_batch("ROLLBACK");
        error
    })
}
