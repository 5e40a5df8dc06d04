//! A connection's socket: closes on a client that does not read, and words the answers to what is not HTTP.

use core::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use std::io::{self, IoSlice};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, Sleep, sleep_until},
};

use super::{AnswerUnparsed, Exchange};

/// What a client that is slow, but reads, must take per second, in bytes.
const RATE_MIN: u64 = 4 * 1024;

/// A socket for hyper.
pub(super) struct Socket {
    stream: TcpStream,
    patience: Patience,
    exchange: Exchange,
    answer_unparsed: AnswerUnparsed,
    /// An answer in place of hyper's own, and how much of it is written.
    answer: Option<(Vec<u8>, usize)>,
}

/// How long a client may leave written bytes unread. Past it, the connection is reset: the kernel would go on keeping the
/// bytes otherwise.
struct Patience {
    timeout: Duration,
    /// Since when bytes have been waiting, and how many were taken meanwhile.
    waiting: Option<(Instant, u64)>,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Patience {
    /// Counts what a write has come to. An error once the client has taken too long.
    fn judge(
        &mut self,
        cx: &mut Context<'_>,
        stream: &TcpStream,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(Ok(count)) => {
                if let Some((_, taken)) = &mut self.waiting {
                    *taken += count as u64;
                }
                Poll::Ready(Ok(count))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => {
                let (since, taken) = *self.waiting.get_or_insert_with(|| (Instant::now(), 0));
                let deadline = since + self.timeout + Duration::from_secs(taken / RATE_MIN);
                let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
                if sleep.deadline() != deadline {
                    sleep.as_mut().reset(deadline);
                }
                ready!(sleep.as_mut().poll(cx));
                metrics::counter!("responses_abandoned_total").increment(1);
                let _ = stream.set_zero_linger();
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }

    /// Everything is written.
    fn end(&mut self) {
        self.waiting = None;
        self.sleep = None;
    }
}

impl Socket {
    pub(super) fn new(
        stream: TcpStream,
        response_timeout: Duration,
        answer_unparsed: AnswerUnparsed,
        exchange: Exchange,
    ) -> Self {
        let patience = Patience { timeout: response_timeout, waiting: None, sleep: None };
        Self { stream, patience, exchange, answer_unparsed, answer: None }
    }

    pub(super) fn into_stream(self) -> TcpStream {
        self.stream
    }

    /// Writes bytes of hyper's, or all of what stands in their place.
    fn poll_write_one(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.answer.is_none() {
            let Some(answer) = (self.answer_unparsed)(bytes) else {
                let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
                return self.patience.judge(cx, &self.stream, written);
            };
            self.exchange.leave_unread();
            self.answer = Some((answer, 0));
        }
        while let Some((answer, written)) = &mut self.answer {
            if *written == answer.len() {
                self.answer = None;
                break;
            }
            let outcome = Pin::new(&mut self.stream).poll_write(cx, &answer[*written..]);
            *written += ready!(self.patience.judge(cx, &self.stream, outcome))?;
        }
        Poll::Ready(Ok(bytes.len()))
    }
}

impl AsyncRead for Socket {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_one(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Hyper flushes when it has written all that it holds.
        self.patience.end();
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut filled = slices.iter().filter(|slice| !slice.is_empty());
        if let (Some(only), None) = (filled.next(), filled.next()) {
            return self.poll_write_one(cx, only);
        }
        let Self { stream, patience, .. } = &mut *self;
        let written = Pin::new(&mut *stream).poll_write_vectored(cx, slices);
        patience.judge(cx, stream, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
