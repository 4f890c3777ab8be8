//! The wish to stop: told once, heard everywhere, never taken back.

use std::time::Duration;

use tokio::sync::watch;

/// So long visits that are under way may take to end once somebody wishes to stop; then they are dropped.
pub const GRACE: Duration = Duration::from_secs(5);

/// Who may tell that it is enough. When it is gone without having told, nobody wishes to stop.
#[derive(Debug)]
pub struct Stopper(watch::Sender<bool>);

/// Who listens whether it is enough.
#[derive(Debug, Clone)]
pub struct Stop(watch::Receiver<bool>);

impl Stopper {
    /// Tells every listener. A second time is the first time.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Stop {
    /// A wish that can be told, and one that listens to it.
    pub fn pair() -> (Stopper, Stop) {
        let (tell, told) = watch::channel(false);
        (Stopper(tell), Stop(told))
    }

    /// Nobody will ever wish to stop.
    pub fn never() -> Stop {
        Self::pair().1
    }

    /// Whether somebody wished to stop.
    pub fn is_wished(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until somebody wishes to stop; for ever, where nobody can any more.
    pub async fn wished(&self) {
        let mut told = self.0.clone();
        if told.wait_for(|stop| *stop).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
