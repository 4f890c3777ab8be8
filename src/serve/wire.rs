//! The wire to a client: notes when something went over it, breaks when the client takes nothing for too long, and is hung up in
//! stages.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::seats::Seat;

/// So long, and so many bytes, what a client says further is heard and thrown away once the answer is out.
const LINGER: Duration = Duration::from_secs(1);
const MOST: usize = 256 << 10;

/// A stream with a limit for writes that do not go on.
#[derive(Debug)]
pub struct Wire<S> {
    stream: S,
    seat: Arc<Seat>,
    limit: Duration,
    waiting: Option<Pin<Box<Sleep>>>,
    /// Our side is closed already; so many bytes were thrown away since.
    closed: Option<usize>,
}

impl<S> Wire<S> {
    /// Watches `stream`.
    pub fn new(stream: S, seat: Arc<Seat>, limit: Duration) -> Self {
        Self { stream, seat, limit, waiting: None, closed: None }
    }

    fn noted<T>(&mut self, cx: &mut Context<'_>, progress: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if progress.is_ready() {
            self.waiting = None;
            self.seat.wrote();
            return progress;
        }
        let until = Instant::now() + self.limit;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep_until(until)));
        match waiting.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        let progress = Pin::new(&mut wire.stream).poll_read(cx, into);
        if progress.is_ready() {
            wire.seat.heard();
        }
        progress
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let wire = self.get_mut();
        let progress = Pin::new(&mut wire.stream).poll_write(cx, bytes);
        wire.noted(cx, progress)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wire = self.get_mut();
        let progress = Pin::new(&mut wire.stream).poll_write_vectored(cx, slices);
        wire.noted(cx, progress)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    /// Closes our side, and hears the client out (RFC 9112, section 9.6): what comes in after a socket is gone is answered with a
    /// reset, and that can destroy the last answer before it was read, which said what was wrong.
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        let mut thrown = match wire.closed {
            Some(thrown) => thrown,
            None => {
                ready!(Pin::new(&mut wire.stream).poll_shutdown(cx))?;
                wire.waiting = None;
                0
            }
        };
        let mut space = [0; 4096];
        while thrown < MOST {
            wire.closed = Some(thrown);
            let mut into = ReadBuf::new(&mut space);
            match Pin::new(&mut wire.stream).poll_read(cx, &mut into) {
                Poll::Ready(Ok(())) if !into.filled().is_empty() => thrown += into.filled().len(),
                Poll::Ready(_) => break,
                Poll::Pending => {
                    let until = Instant::now() + LINGER;
                    let waiting = wire.waiting.get_or_insert_with(|| Box::pin(sleep_until(until)));
                    ready!(waiting.as_mut().poll(cx));
                    break;
                }
            }
        }
        Poll::Ready(Ok(()))
    }
}
