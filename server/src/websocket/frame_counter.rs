//! Counts a client's WebSocket frames while their bytes arrive, below the WebSocket library. The library only shows
//! whole messages, and one message can have any number of frames, including empty ones.

use std::{
    fmt, io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use governor::DefaultDirectRateLimiter;
use heartogether::limits::FRAMES_PER_MESSAGE;
use tokio::io::{AsyncRead, ReadBuf};

/// Bytes of the longest frame header (RFC 6455, section 5.2).
const HEADER_BYTES: usize = 14;

/// The bytes of a client's frames, as long as the client sends no more frames than it may.
pub(super) struct FrameCounter<R> {
    reader: R,
    limiter: DefaultDirectRateLimiter,
    /// What has come of the header that is being read.
    header: Vec<u8>,
    /// Bytes of the payload that are still to come.
    payload_left: u64,
    /// Frames of the message that is being read.
    fragments: u32,
    is_exceeded: bool,
}

/// The client sent more frames than it may.
#[derive(Debug)]
pub(super) struct TooManyFrames;

impl fmt::Display for TooManyFrames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("too many frames")
    }
}

impl std::error::Error for TooManyFrames {}

impl TooManyFrames {
    /// Whether reading failed for this reason.
    pub(super) fn is_reason_for(error: &io::Error) -> bool {
        error.get_ref().is_some_and(|reason| reason.is::<Self>())
    }
}

impl<R> FrameCounter<R> {
    /// Frames of every kind take one of `limiter`'s.
    pub(super) fn new(reader: R, limiter: DefaultDirectRateLimiter) -> Self {
        let header = Vec::with_capacity(HEADER_BYTES);
        Self { reader, limiter, header, payload_left: 0, fragments: 0, is_exceeded: false }
    }

    /// Counts the frames in `bytes`. Returns how many bytes come before the first frame that is one too many.
    fn count(&mut self, bytes: &[u8]) -> usize {
        let mut at = 0;
        while at < bytes.len() {
            if self.payload_left > 0 {
                let rest = bytes.len() - at;
                let skipped = usize::try_from(self.payload_left).unwrap_or(usize::MAX).min(rest);
                self.payload_left -= skipped as u64;
                at += skipped;
                continue;
            }
            if self.header.is_empty() && !self.allows(bytes[at]) {
                self.is_exceeded = true;
                return at;
            }
            self.header.push(bytes[at]);
            at += 1;
            if let Some(length) = payload_length(&self.header) {
                self.header.clear();
                self.payload_left = length;
            }
        }
        at
    }

    /// Whether the client may send another frame, which begins with this byte.
    fn allows(&mut self, first: u8) -> bool {
        match first & 0x0f {
            // A continuation.
            0x0 => self.fragments = self.fragments.saturating_add(1),
            // Text or binary.
            0x1 | 0x2 => self.fragments = 1,
            // Control frames may come between the frames of a message and belong to none (RFC 6455, section 5.4).
            _ => {}
        }
        self.fragments <= FRAMES_PER_MESSAGE && self.limiter.check().is_ok()
    }
}

/// The length of the payload (RFC 6455, section 5.2), once the header is complete.
fn payload_length(header: &[u8]) -> Option<u64> {
    let [_, second, rest @ ..] = header else { return None };
    let short = second & 0x7f;
    let extended = match short {
        126 => 2,
        127 => 8,
        _ => 0,
    };
    let mask = if second & 0x80 == 0 { 0 } else { 4 };
    if rest.len() < extended + mask {
        return None;
    }
    Some(match extended {
        0 => short.into(),
        _ => rest[..extended].iter().fold(0, |length, byte| (length << 8) | u64::from(*byte)),
    })
}

impl<R: AsyncRead + Unpin> AsyncRead for FrameCounter<R> {
    /// What came before the frame that is one too many is still passed on; then reading fails with [`TooManyFrames`].
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let known = buffer.filled().len();
        if !self.is_exceeded {
            ready!(Pin::new(&mut self.reader).poll_read(context, buffer))?;
            let allowed = self.count(&buffer.filled()[known..]);
            buffer.set_filled(known + allowed);
        }
        match self.is_exceeded && buffer.filled().len() == known {
            true => Poll::Ready(Err(io::Error::other(TooManyFrames))),
            false => Poll::Ready(Ok(())),
        }
    }
}

#[cfg(test)]
mod tests {
    use governor::RateLimiter;
    use tokio::io::AsyncReadExt;

    use super::*;
    use crate::websocket::rate_limits::rate;

    /// A masked frame as a client sends it.
    fn frame(first: u8, length: usize) -> Vec<u8> {
        let mut frame = vec![first];
        match u16::try_from(length).expect("a short frame") {
            short @ 0..126 => frame.push(0x80 | short as u8),
            long => {
                frame.push(0x80 | 126);
                frame.extend(long.to_be_bytes());
            }
        }
        frame.resize(frame.len() + 4 + length, 0);
        frame
    }

    /// How many bytes are passed on where so many frames may come, in pieces of any size.
    async fn passed(bytes: &[u8], frames: u32, piece: usize) -> (usize, bool) {
        let limiter = RateLimiter::direct(rate(1, frames));
        let mut counter = FrameCounter::new(bytes, limiter);
        let (mut passed, mut buffer) = (0, vec![0; piece]);
        loop {
            match counter.read(&mut buffer).await {
                Ok(0) => return (passed, false),
                Ok(read) => passed += read,
                Err(error) => return (passed, TooManyFrames::is_reason_for(&error)),
            }
        }
    }

    #[tokio::test]
    async fn every_frame_counts_however_its_bytes_are_split() {
        let frames = [frame(0x01, 3), frame(0x89, 0), frame(0x00, 200), frame(0x80, 0), frame(0x81, 5)];
        let bytes = frames.concat();
        let first_three = frames[..3].concat().len();
        for piece in [1, 2, 7, 4096] {
            assert_eq!(passed(&bytes, 5, piece).await, (bytes.len(), false), "in pieces of {piece}");
            assert_eq!(passed(&bytes, 3, piece).await, (first_three, true), "in pieces of {piece}");
        }
    }

    #[tokio::test]
    async fn the_frames_of_a_message_are_limited_whatever_comes_between_them() {
        let most = FRAMES_PER_MESSAGE as usize;
        let message = |continuations: usize| {
            let between = [frame(0x00, 0), frame(0x89, 0)].concat();
            [frame(0x01, 1), between.repeat(continuations)].concat()
        };
        let (fits, is_too_long) = (message(most - 1), message(most));
        assert_eq!(passed(&fits.repeat(2), u32::MAX, 4096).await, (2 * fits.len(), false));
        assert_eq!(passed(&is_too_long, u32::MAX, 4096).await, (fits.len(), true));
    }
}
