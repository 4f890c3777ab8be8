//! The one writer: a thread that takes jobs in the order they come and commits them in groups.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::sketches::Fresh;
use super::{Lock, StoreError, open};

/// Where the rows are asked and written: a connection, inside a transaction while jobs run.
#[derive(Debug)]
pub struct Desk {
    path: PathBuf,
    pub(super) connection: Connection,
    pub(super) fresh: Fresh,
}

impl Desk {
    pub(super) fn new(path: PathBuf, connection: Connection) -> Self {
        Self { path, connection, fresh: Fresh::default() }
    }

    /// Names what SQLite said.
    pub(super) fn fail(&self, error: rusqlite::Error) -> StoreError {
        StoreError::sqlite(&self.path, error)
    }
}

/// Runs on the desk, if a transaction could be begun; answers through a channel of its own once the group is committed.
struct Job {
    run: Run,
    patience: Patience,
}
type Run = Box<dyn FnOnce(Result<&Desk, &StoreError>, Care) -> Done + Send>;
/// Whether a job's commit may wait for others that are not there yet.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Patience {
    None,
    Some,
}
/// Whether what a job wrote can be taken back without its neighbours.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Care {
    None,
    Savepoint,
}
/// A job that has run.
struct Done {
    answer: Answer,
    /// Why it failed after it had written: nothing of its group can be kept.
    torn: Option<StoreError>,
}
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

/// So long jobs may gather for one commit: a killed run loses no more than what was read in that time. Each commit
/// writes every page that it touched, and those of the indexes are touched again and again.
const GATHERING: Duration = Duration::from_millis(500);
/// So long a patient job waits for the next one.
const LULL: Duration = Duration::from_millis(5);
/// So many jobs share a commit at the most.
const GROUP: usize = 4096;

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
        self.send(Patience::None, job).await
    }

    /// The same for one of many: its commit waits for others, up to half a second. The job is on its way when this returns;
    /// who waits for the answer holds nothing but a place for it.
    ///
    /// A job should have asked and decided everything before it writes. One that fails before disturbs nobody; one that
    /// fails afterwards takes its group along, and from then on each has a savepoint of its own, as in [`Writer::call`]:
    /// savepoints cost more than what is written between them.
    ///
    /// # Errors
    /// As [`Writer::call`]; and when a neighbour's failure took it along.
    pub fn gather<T, F>(&self, job: F) -> impl Future<Output = Result<T, StoreError>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&Desk) -> Result<T, StoreError> + Send + 'static,
    {
        self.send(Patience::Some, job)
    }

    fn send<T, F>(
        &self,
        patience: Patience,
        job: F,
    ) -> impl Future<Output = Result<T, StoreError>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&Desk) -> Result<T, StoreError> + Send + 'static,
    {
        let (tell, told) = oneshot::channel();
        let run = move |desk: Result<&Desk, &StoreError>, care| {
            let (result, torn) = match (desk, care) {
                (Err(error), _) => (Err(error.clone()), None),
                (Ok(desk), Care::Savepoint) => (in_savepoint(desk, job), None),
                (Ok(desk), Care::None) => bare(desk, job),
            };
            let answer: Answer = Box::new(move |committed| {
                let result = result.and_then(|value| committed.map_err(StoreError::clone).map(|()| value));
                // The asker may have gone (a run that was stopped): what is written stays written.
                let _ = tell.send(result);
            });
            Done { answer, torn }
        };
        let job = Job { run: Box::new(run), patience };
        let gone = StoreError::Other { path: self.path.clone(), cause: "the writer has stopped".to_owned() };
        // Where nobody takes it, it is dropped, and so is the other end of the answer.
        let _ = self.jobs.as_ref().map(|jobs| jobs.send(job));
        async move { told.await.unwrap_or(Err(gone)) }
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

/// A panic is ours to mend, but one article must not take the writer away from all the others.
fn caught<T>(desk: &Desk, job: impl FnOnce(&Desk) -> Result<T, StoreError>) -> Result<T, StoreError> {
    let before = desk.fresh.count();
    let done = catch_unwind(AssertUnwindSafe(|| job(desk))).unwrap_or_else(|_| {
        let cause = "a fault of harkara while storing; please report it with the source's address".to_owned();
        Err(StoreError::Other { path: desk.path.clone(), cause })
    });
    if done.is_err() {
        desk.fresh.back_to(before);
    }
    done
}

/// Without a savepoint. With why it failed, if what it wrote before is still there.
fn bare<T>(
    desk: &Desk,
    job: impl FnOnce(&Desk) -> Result<T, StoreError>,
) -> (Result<T, StoreError>, Option<StoreError>) {
    let before = desk.connection.total_changes();
    let result = caught(desk, job);
    let torn = result.as_ref().err().filter(|_| desk.connection.total_changes() != before).cloned();
    (result, torn)
}

fn in_savepoint<T>(desk: &Desk, job: impl FnOnce(&Desk) -> Result<T, StoreError>) -> Result<T, StoreError> {
    let run = |sql| {
        desk.connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute([]))
            .map_err(|error| desk.fail(error))
    };
    run("SAVEPOINT job")?;
    match caught(desk, job) {
        Ok(value) => run("RELEASE job").map(|_| value),
        Err(error) => {
            // SQLite may have undone the whole transaction already (a full disk): the job's own error tells why.
            let _ = run("ROLLBACK TO job").and_then(|_| run("RELEASE job"));
            Err(error)
        }
    }
}

fn work(mut desk: Desk, queue: &mpsc::Receiver<Job>) {
    let mut care = Care::None;
    while let Ok(first) = queue.recv() {
        let mut answers: Vec<Answer> = Vec::new();
        let committed = group(&mut desk, first, queue, &mut answers, &mut care);
        for answer in answers {
            answer(committed.as_ref().copied());
        }
    }
    // Folds the log into the database, so that one file is the whole state. A reader may be in the way: then the
    // next run does it.
    let _ = desk.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
}

/// One transaction: `first`, whatever else is waiting, and what comes in time where nobody is in a hurry.
fn group(
    desk: &mut Desk,
    first: Job,
    queue: &mpsc::Receiver<Job>,
    answers: &mut Vec<Answer>,
    care: &mut Care,
) -> Result<(), StoreError> {
    let path = desk.path.clone();
    let fail = |error| StoreError::sqlite(&path, error);
    if let Err(error) = desk.connection.execute_batch("BEGIN IMMEDIATE") {
        let error = fail(error);
        answers.push((first.run)(Err(&error), Care::None).answer);
        return Err(error);
    }
    let begun = Instant::now();
    let mut patience = Patience::Some;
    let mut next = Some(first);
    while let Some(job) = next.take() {
        let own = match job.patience {
            Patience::None => Care::Savepoint,
            Patience::Some => *care,
        };
        if job.patience == Patience::None {
            patience = Patience::None;
        }
        let done = (job.run)(Ok(desk), own);
        answers.push(done.answer);
        if let Some(error) = done.torn {
            // Its neighbours are told the same: it is what the owner has to mend.
            *care = Care::Savepoint;
            desk.fresh.back_to(0);
            let _ = desk.connection.execute_batch("ROLLBACK");
            return Err(error);
        }
        let full = answers.len() >= GROUP || desk.connection.is_autocommit() || begun.elapsed() >= GATHERING;
        next = match (full, patience) {
            (true, _) => None,
            (false, Patience::None) => queue.try_recv().ok(),
            (false, Patience::Some) => queue.recv_timeout(LULL).ok(),
        };
    }
    if desk.connection.is_autocommit() {
        desk.fresh.back_to(0);
        return Err(StoreError::Full(path));
    }
    let written = desk.write_records();
    written.and_then(|()| desk.connection.execute_batch("COMMIT").map_err(fail)).inspect_err(|_| {
        desk.fresh.back_to(0);
        let _ = desk.connection.execute_batch("ROLLBACK");
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home() -> tempfile::TempDir {
        tempfile::tempdir().expect("a folder")
    }

    fn wait<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(future)
    }

    #[test]
    fn a_job_that_fails_leaves_nothing_and_its_neighbours_stay() {
        let home = home();
        let writer = Writer::open(&home.path().join("h.db")).expect("opened");
        let broken = |desk: &Desk| {
            desk.set_note("b", Some("2"))?;
            Err::<(), _>(StoreError::Full("here".into()))
        };
        let (a, b, c) = wait(async {
            // Asked for together, so that they share a commit.
            tokio::join!(
                writer.call(|desk| desk.set_note("a", Some("1"))),
                writer.call(broken),
                writer.call(|desk| desk.set_note("c", Some("3"))),
            )
        });
        assert!(a.is_ok() && b.is_err() && c.is_ok());
        let notes = wait(writer.call(|desk| Ok((desk.note("a")?, desk.note("b")?, desk.note("c")?))));
        assert_eq!(notes.expect("read"), (Some("1".into()), None, Some("3".into())));
    }

    #[test]
    fn a_panic_in_a_job_is_an_error_and_the_writer_goes_on() {
        let home = home();
        let writer = Writer::open(&home.path().join("h.db")).expect("opened");
        let error =
            wait(writer.call(|_| -> Result<(), StoreError> { panic!("in a job") })).expect_err("a panic");
        assert!(error.to_string().contains("please report"), "{error}");
        wait(writer.call(|desk| desk.set_note("a", Some("1")))).expect("the writer goes on");
    }

    #[test]
    fn a_torn_job_takes_its_group_along_and_the_next_ones_are_kept_apart() {
        let home = home();
        let writer = Writer::open(&home.path().join("h.db")).expect("opened");
        let note = |key: &'static str| move |desk: &Desk| desk.set_note(key, Some("1"));
        let torn = |desk: &Desk| {
            desk.set_note("torn", Some("1"))?;
            Err::<(), _>(StoreError::Full("here".into()))
        };
        // The first holds the writer until all are on their way, so that they share a commit.
        let (go, held) = mpsc::channel();
        let early = writer.gather(move |desk| {
            let _ = held.recv();
            desk.set_note("early", Some("1"))
        });
        let decided = writer.gather(|_| -> Result<(), StoreError> { panic!("before anything is written") });
        let broken = writer.gather(torn);
        go.send(()).expect("the writer waits");
        let (early, decided, broken) = wait(async { tokio::join!(early, decided, broken) });
        assert!(matches!(early, Err(StoreError::Full(_))), "taken along, and told why: {early:?}");
        assert!(decided.expect_err("its own fault").to_string().contains("please report"));
        assert!(matches!(broken, Err(StoreError::Full(_))), "its own fault: {broken:?}");
        let (late, broken) = wait(async { tokio::join!(writer.gather(note("late")), writer.gather(torn)) });
        assert!(late.is_ok() && broken.is_err());
        let notes =
            wait(writer.call(|desk| Ok((desk.note("early")?, desk.note("torn")?, desk.note("late")?))));
        assert_eq!(notes.expect("read"), (None, None, Some("1".into())));
    }

    #[test]
    fn a_job_that_fails_before_it_writes_disturbs_nobody() {
        let home = home();
        let writer = Writer::open(&home.path().join("h.db")).expect("opened");
        let (a, broken, b) = wait(async {
            tokio::join!(
                writer.gather(|desk| desk.set_note("a", Some("1"))),
                writer.gather(|_| -> Result<(), StoreError> { panic!("while deciding") }),
                writer.gather(|desk| desk.set_note("b", Some("1"))),
            )
        });
        assert!(a.is_ok() && broken.is_err() && b.is_ok());
        let notes = wait(writer.call(|desk| Ok((desk.note("a")?, desk.note("b")?))));
        assert_eq!(notes.expect("read"), (Some("1".into()), Some("1".into())));
    }

    #[test]
    fn one_writer_at_a_time_and_readers_beside_it() {
        let home = home();
        let path = home.path().join("state/h.db");
        assert!(crate::store::reader(&path).expect("nothing there is well").is_none());
        let writer = Writer::open(&path).expect("opened");
        assert!(matches!(Writer::open(&path), Err(StoreError::Busy(_))));
        wait(writer.call(|desk| desk.set_note("a", Some("1")))).expect("written");
        let reader = crate::store::reader(&path).expect("readable").expect("there");
        assert_eq!(reader.note("a").expect("read").as_deref(), Some("1"));
        assert!(reader.set_note("a", None).is_err(), "a reader does not write");
        drop(writer);
        Writer::open(&path).expect("free again");
    }
}
