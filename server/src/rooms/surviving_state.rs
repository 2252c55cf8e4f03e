//! What a room's task leaves to the task that replaces it after a panic.

use std::collections::{BTreeSet, HashMap};

use heartogether::{
    id::{AccountId, ConnectionId, MemberId, RoomCode, Seq},
    protocol::FromRoom,
    refusal::Refusal,
};

use super::lists::Entered;
use crate::websocket::{CloseReason, Frame, SendQueue};

/// The state of a room's task that a panic of the task does not lose.
#[derive(Default)]
pub(super) struct SurvivingState {
    /// The last entry that a task began to apply.
    pub(super) reached: Seq,
    /// The room's code, once its first entry is applied.
    pub(super) code: Option<RoomCode>,
    /// The send queues of the connections to this node.
    pub(super) send_queues: HashMap<ConnectionId, SendQueue>,
    /// Whom accounts have blocked that came to this node.
    pub(super) blocked: HashMap<AccountId, BTreeSet<AccountId>>,
    /// Which members these are, as the pages of these accounts were told.
    pub(super) blocked_told: HashMap<ConnectionId, Vec<MemberId>>,
    /// The connections to this node whose pages are told of the account's other lounges.
    pub(super) in_lists: HashMap<ConnectionId, Entered>,
}

impl SurvivingState {
    /// Sends a refusal to every connection. Their other rooms go on.
    pub(super) fn refuse(&self, refusal: Refusal) {
        let frame = self.frame(FromRoom::Refused { refusal });
        self.send_queues.values().for_each(|send_queue| send_queue.push(frame.clone()));
    }

    /// Sends nothing more to a connection. Returns its send queue.
    pub(super) fn take_out(&mut self, connection: ConnectionId) -> Option<SendQueue> {
        self.blocked_told.remove(&connection);
        self.in_lists.remove(&connection);
        self.send_queues.remove(&connection)
    }

    /// Sends every connection to another node.
    pub(super) fn send_away(&mut self) {
        self.send_away_if(|_| true);
    }

    /// Sends some of the connections to another node.
    pub(super) fn send_away_if(&mut self, is_meant: impl Fn(ConnectionId) -> bool) {
        let meant = self.send_queues.extract_if(|connection, _| is_meant(*connection));
        meant.for_each(|(_, send_queue)| send_queue.close(CloseReason::STOPPING));
    }

    /// The frame of a message from this room. A room that was not created has no code, and sends only this refusal.
    pub(super) fn frame(&self, message: FromRoom) -> Frame {
        match self.code {
            Some(code) => Frame::from_room(code, message),
            None => Frame::refusal(Refusal::RoomNotFound),
        }
    }

    /// Whether a connection is here: it is not gone and does not belong to another node.
    pub(super) fn has(&self, connection: ConnectionId) -> bool {
        self.send_queues.contains_key(&connection)
    }

    /// Queues a frame, unless the connection is gone or belongs to another node.
    pub(super) fn push(&self, connection: ConnectionId, frame: Frame) {
        if let Some(send_queue) = self.send_queues.get(&connection) {
            send_queue.push(frame);
        }
    }
}
