//! Answers requests to a room.

use heartogether::{
    id::ConnectionId,
    protocol::{FromRoom, ReceivedSignal, SendSignal, ServerMessage},
    refusal::Refusal,
};

use super::RoomActor;
use crate::rooms::{debug_api, handle::Request, summary};

impl RoomActor<'_> {
    /// Answers a request. Its sender may have stopped waiting.
    pub(super) fn answer(&mut self, request: Request) {
        match request {
            Request::Attach { connection, send_queue, done } => {
                self.state.send_queues.insert(connection, send_queue);
                _ = done.send(());
            }
            Request::Detach { connection } => drop(self.state.send_queues.remove(&connection)),
            Request::Signal { from, signal } => self.pass_signal(from, signal),
            Request::Reading { reader, done } => {
                let writes = self.dependencies.writes.clone();
                _ = done.send(self.room.reading_at(reader).map(|reading| (reading, writes)));
            }
            Request::Audience { viewer, done } => {
                _ = done.send(debug_api::audience(&self.room, viewer, self.dependencies.clock.now()));
            }
            Request::Realtime { viewer, done } => {
                _ = done.send(self.signals.report(&self.room, viewer, self.dependencies.clock.now()));
            }
            Request::Revisit { viewer, done } => _ = done.send(summary::revisit(&self.room, viewer)),
            Request::IsMember { connection, done } => _ = done.send(self.room.member_at(connection).is_some()),
            Request::HasPlace { account, done } => _ = done.send(self.room.has_place(account)),
            Request::Foresee { event, done } => _ = done.send(self.room.foresee(&event, self.dependencies.clock.now())),
            Request::Census { done } => _ = done.send(self.room.census(self.dependencies.node)),
            Request::Summarise { viewer, done } => _ = done.send(summary::summarise(&self.room, viewer)),
        }
    }

    /// Delivers a signal to the member it is for, or refuses it.
    fn pass_signal(&mut self, from: ConnectionId, sent: SendSignal) {
        let routed = self.room.route_signal(from, sent.to, sent.signal.direction());
        self.signals.note(&self.room, from, &sent, routed.err(), self.dependencies.clock.now());
        let passed = routed.and_then(|(sender, at)| {
            let send_queue = self.state.send_queues.get(&at.id).ok_or(Refusal::MemberNotFound)?;
            let code = self.room.code().ok_or(Refusal::RoomNotFound)?;
            let signal = FromRoom::Signal(ReceivedSignal { from: sender, signal: sent.signal });
            send_queue.push_signal(sender, &ServerMessage::from_room(code, signal))
        });
        if let Err(refusal) = passed {
            self.state.push(from, self.state.frame(FromRoom::Refused { refusal }));
        }
    }
}
