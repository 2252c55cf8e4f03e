//! The timers of a page.

use heartogether::id::MemberId;

/// The timers a page may have, each at most once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Timer {
    /// Time to connect again.
    Reconnect,
    /// The server has been silent for too long.
    Silence,
    /// Try whether a WebSocket can take the place of the event stream.
    Upgrade,
    /// The answer to a ping is overdue.
    Pong,
    /// The way to another server takes too long to stay silent about it.
    Move,
    /// Send the candidates gathered so far.
    Candidates,
    /// Ask for an offer.
    OfferRequest,
    /// The peer connection that a member has offered takes too long to come up.
    Attempt(MemberId),
    /// Nothing has come through the peer connection with a member for too long.
    Recovery(MemberId),
    /// The microphone gives no sound for too long.
    Microphone,
    /// The mixer stands still for too long.
    Mixer,
    /// Send messages again, and their changes, that were refused because they came too fast.
    Messages,
    /// Ask again for older messages.
    EarlierMessages,
    /// A member does not write any more.
    Typing(MemberId),
    /// The room may be told again that the member is writing.
    TypingPause,
    /// The room may be told again what the member has seen.
    Seen,
    /// Repeat the requests that the server could not store.
    Storage,
    /// The sound to a former member ends.
    Linger(MemberId),
    /// The time to take a removal back is over.
    Removal(MemberId),
    /// Repeat the state of the stream to the room, which refused it because it came too often.
    Declaration,
}
