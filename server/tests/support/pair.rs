//! A room with a host and a listener.

use heartogether::{
    id::{RoomCode, RoomId},
    room::Joined,
};

use super::{Connection, answer, offer, received};

/// A live room that must not notice what others do.
pub struct Pair {
    pub id: RoomId,
    pub code: RoomCode,
    pub ada: String,
    pub grace: String,
    pub host: Connection,
    pub as_host: Joined,
    pub listener: Connection,
    pub as_listener: Joined,
}

impl Pair {
    /// Signals go both ways, and nothing else has come.
    pub async fn is_undisturbed(&mut self) {
        let (host, listener) = (self.as_host.member, self.as_listener.member);
        self.host.signal(listener, offer(1)).await;
        assert_eq!(self.listener.hear().await, received(host, offer(1)));
        self.listener.signal(host, answer(1)).await;
        assert_eq!(self.host.hear().await, received(listener, answer(1)));
    }
}
