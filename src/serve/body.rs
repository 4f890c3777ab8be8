//! The body of an answer: bytes in memory, or a file that is read while it is sent.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::fs::File;
use tokio::io::{AsyncRead, ReadBuf};

/// So much of a file is in memory for each client.
const PIECE: usize = 64 << 10;

/// What is sent after the headers.
#[derive(Debug)]
pub enum Body {
    /// These bytes; `None` when they have been sent, or there are none.
    Memory(Option<Bytes>),
    /// The next `left` bytes of a file.
    Disk {
        /// Open, at the place where to go on.
        file: File,
        /// So many bytes are still to be sent.
        left: u64,
    },
}

impl Body {
    /// Nothing.
    pub const fn empty() -> Self {
        Self::Memory(None)
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self::Memory(Some(bytes).filter(|bytes| !bytes.is_empty()))
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match self.get_mut() {
            Self::Memory(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Disk { left: 0, .. } => Poll::Ready(None),
            Self::Disk { file, left } => {
                let most = usize::try_from(*left).unwrap_or(PIECE).min(PIECE);
                let mut piece = BytesMut::zeroed(most);
                let mut into = ReadBuf::new(&mut piece);
                ready!(Pin::new(file).poll_read(cx, &mut into))?;
                let got = into.filled().len();
                if got == 0 {
                    return Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into())));
                }
                piece.truncate(got);
                *left -= got as u64;
                Poll::Ready(Some(Ok(Frame::data(piece.freeze()))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Memory(None) | Self::Disk { left: 0, .. })
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(match self {
            Self::Memory(bytes) => bytes.as_ref().map_or(0, Bytes::len) as u64,
            Self::Disk { left, .. } => *left,
        })
    }
}
