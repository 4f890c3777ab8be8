//! The door: takes connections in, gives each a seat, and sees them out when the daemon ends.

use std::convert::Infallible;
use std::io;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::house::House;
use super::listen::Listener;
use super::seats::{Leave, Seat, Seats};
use super::wire::Wire;

/// The largest head of a request.
const HEAD: usize = 32 << 10;
/// So many headers at the most.
const HEADERS: usize = 64;
/// So long answers under way may take when the daemon ends.
const FAREWELL: Duration = Duration::from_secs(3);
/// When the system has no room for a connection: so long we wait for some to end.
const PAUSE: Duration = Duration::from_millis(50);

/// How connections are treated.
#[derive(Debug, Clone, Copy)]
pub struct Manners {
    /// Between two requests, and for a head.
    pub idle: Duration,
    /// In which a client takes nothing.
    pub write: Duration,
}

/// Serves on all `listeners` until `close` holds true, then sees the clients out. Somebody must [keep](Seats::keep) the seats
/// meanwhile.
///
/// # Errors
/// When a listener cannot be used.
pub async fn serve(
    listeners: Vec<Listener>,
    house: Arc<House>,
    seats: Arc<Seats>,
    manners: Manners,
    mut close: watch::Receiver<bool>,
) -> io::Result<()> {
    let mut doors = JoinSet::new();
    for listener in listeners {
        let (house, seats, close) = (Arc::clone(&house), Arc::clone(&seats), close.clone());
        match listener {
            Listener::Port(listener) => {
                let listener = tokio::net::TcpListener::from_std(listener)?;
                doors.spawn(async move {
                    let guests = Guests { house, seats, manners, close };
                    guests
                        .receive(|| async {
                            let (stream, peer) = listener.accept().await?;
                            // Small answers must not wait for more.
                            stream.set_nodelay(true)?;
                            Ok((stream, Some(peer.ip().to_canonical())))
                        })
                        .await;
                });
            }
            #[cfg(unix)]
            Listener::Path(listener) => {
                let listener = tokio::net::UnixListener::from_std(listener)?;
                doors.spawn(async move {
                    let guests = Guests { house, seats, manners, close };
                    guests.receive(|| async { Ok((listener.accept().await?.0, None)) }).await;
                });
            }
        }
    }
    // Gone is as good as told: then nobody can tell any more.
    let _ = close.wait_for(|close| *close).await;
    while doors.join_next().await.is_some() {}
    Ok(())
}

/// Those who came through one door.
struct Guests {
    house: Arc<House>,
    seats: Arc<Seats>,
    manners: Manners,
    close: watch::Receiver<bool>,
}

impl Guests {
    async fn receive<S, F>(mut self, accept: impl Fn() -> F)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        F: Future<Output = io::Result<(S, Option<IpAddr>)>>,
    {
        let mut talks = JoinSet::new();
        loop {
            let came = tokio::select! {
                biased;
                _ = self.close.wait_for(|close| *close) => break,
                came = accept() => came,
                Some(_) = talks.join_next() => continue,
            };
            let (stream, peer) = match came {
                Ok(came) => came,
                Err(error) => {
                    // One that went away before it was taken in is nobody's fault; no room is a matter of waiting.
                    if !matches!(
                        error.kind(),
                        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
                    ) {
                        tracing::warn!(%error, "a connection could not be taken");
                        tokio::time::sleep(PAUSE).await;
                    }
                    continue;
                }
            };
            let Some(seat) = self.seats.take(peer) else {
                self.house.metrics().turned_away.inc();
                continue;
            };
            let (house, seats, manners) = (Arc::clone(&self.house), Arc::clone(&self.seats), self.manners);
            talks.spawn(async move {
                talk(stream, peer, &seat, house, manners).await;
                seats.leave(&seat);
            });
        }
        self.seats.close();
        let _ = timeout(FAREWELL, async { while talks.join_next().await.is_some() {} }).await;
    }
}

async fn talk<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    peer: Option<IpAddr>,
    seat: &Arc<Seat>,
    house: Arc<House>,
    manners: Manners,
) {
    let wire = TokioIo::new(Wire::new(stream, Arc::clone(seat), manners.write));
    let service = service_fn(move |request| {
        let house = Arc::clone(&house);
        async move { Ok::<_, Infallible>(house.answer(request, peer).await) }
    });
    // The seats put out who is too slow, with one clock for all: a timer for each head is what costs most of a small answer.
    let talk = http1::Builder::new()
        .header_read_timeout(None)
        // Who has said all may close his side and still wants the answer.
        .half_close(true)
        .max_buf_size(HEAD)
        .max_headers(HEADERS)
        .serve_connection(wire, service);
    let mut talk = pin!(talk);
    let leave = tokio::select! {
        biased;
        // What clients do wrong is their affair.
        _ = talk.as_mut() => return,
        leave = seat.asked_to_leave() => leave,
    };
    if leave == Leave::Soon {
        talk.as_mut().graceful_shutdown();
        let _ = talk.await;
    }
}
