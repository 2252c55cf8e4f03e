//! Answers requests to a room.

use std::collections::BTreeMap;

use heartogether::{
    id::{ConnectionId, MemberId, MessageNumber, NodeId},
    protocol::{CustomEvent, FromRoom, Moment, ReceivedSignal, SendSignal, ServerMessage},
    refusal::Refusal,
    role::Permission,
    room::{Audience, Census, ConnectionRef, Member},
};
use tokio::sync::oneshot;

use super::RoomActor;
use crate::{
    cluster::{
        bus::To,
        message::{NodeMessage, RECEIVERS},
    },
    rooms::{
        debug_api::{self, RealtimeReport, Viewer},
        dependencies::Dependencies,
        handle::{Reader, Request},
        summary,
    },
    websocket::Frame,
};

impl RoomActor<'_> {
    /// Answers a request. Its sender may have stopped waiting.
    pub(super) fn answer(&mut self, request: Request) {
        match request {
            Request::Attach { connection, send_queue, done } => {
                self.state.send_queues.insert(connection, send_queue);
                _ = done.send(());
            }
            Request::Detach { connection } => drop(self.state.take_out(connection)),
            Request::Signal { from, signal } => self.pass_signal(from, signal),
            Request::Check { viewer, permission, done } => {
                _ = done.send(self.room.check(viewer.account, viewer.kind, permission));
            }
            Request::SendCustom { viewer, event, done } => _ = done.send(self.send_custom(viewer, event)),
            Request::ShowTyping { from, done } => _ = done.send(self.show_typing(from)),
            Request::ShowRead { from, up_to, done } => _ = done.send(self.show_read(from, up_to)),
            Request::AccountBeside { asker, member, done } => _ = done.send(self.room.account_beside(asker, member)),
            Request::Pictured { viewer, member, done } => {
                _ = done.send(self.room.pictured(viewer.account, viewer.kind, member));
            }
            Request::OwnData { account, done } => {
                let writes = self.dependencies.writes.clone();
                _ = done.send(self.room.data_of(account).map(|data| (data, writes)));
            }
            Request::NoteBlocked { account, blocked } => self.note_blocked(account, blocked),
            Request::Writes { done } => _ = done.send(self.dependencies.writes.clone()),
            Request::Reading { reader, done } => {
                let reading = match reader {
                    Reader::Page(connection) => self.room.reading_at(connection),
                    Reader::Account(account) => self.room.reading_by(account),
                };
                _ = done.send(reading.map(|reading| (reading, self.dependencies.writes.clone())));
            }
            Request::Written { account, nonce, done } => {
                _ = done.send(self.room.written(account, nonce).map(|message| message.number));
            }
            Request::LastMessage { done } => _ = done.send(self.room.last_message()),
            Request::Audience { viewer, done } => {
                _ = done.send(debug_api::audience(&self.room, viewer, self.dependencies.clock.now()));
            }
            Request::Realtime { viewer, done } => self.report_realtime(viewer, done),
            Request::Revisit { viewer, done } => _ = done.send(summary::revisit(&self.room, viewer)),
            Request::Save { viewer, done } => _ = done.send(summary::save(&self.room, viewer)),
            Request::Names { are_wanted, done } => {
                let names = || self.room.names().filter(|_| are_wanted).map(str::to_owned).collect();
                _ = done.send(self.room.kind().has_markup().then(names));
            }
            Request::IsMember { connection, done } => _ = done.send(self.room.member_at(connection).is_some()),
            Request::HasPage { connection, done } => _ = done.send(self.room.has_page_at(connection)),
            Request::HasPlace { account, done } => _ = done.send(self.room.has_place(account)),
            Request::Foresee { event, done } => _ = done.send(self.room.foresee(&event, self.dependencies.clock.now())),
            Request::Confirm { report, done } => _ = done.send(report.is_true_of(&self.room)),
            Request::Census { done } => _ = done.send(self.census()),
            Request::Summarise { viewer, done } => _ = done.send(summary::summarise(&self.room, viewer)),
        }
    }

    /// Reports the latest events and signals. Where nodes share the rooms, the signals of the others are asked for in the background.
    fn report_realtime(&self, viewer: Viewer, done: oneshot::Sender<Result<RealtimeReport, Refusal>>) {
        let report = self.signals.report(&self.room, viewer, self.dependencies.clock.now());
        match (report, self.dependencies.signal_traces.clone()) {
            (Ok(report), Some(shared)) => {
                tokio::spawn(async move { done.send(Ok(report.with_signals_of(&shared).await)) });
            }
            (report, _) => _ = done.send(report),
        }
    }

    /// The room in numbers. Of several nodes that share it, one counts it, and each its own connections.
    fn census(&self) -> Census {
        let Dependencies { id, node, log, .. } = self.dependencies;
        let census = self.room.census(*node);
        if log.looks_after(*id) { census } else { census.of_connections() }
    }

    /// Delivers a signal to the member it is for, or refuses it.
    fn pass_signal(&mut self, from: ConnectionId, sent: SendSignal) {
        let routed = self.room.route_signal(from, sent.to, sent.signal.direction());
        let shared = self.dependencies.signal_traces.as_deref();
        self.signals.note((&self.room, shared), from, &sent, routed.err(), self.dependencies.clock.now());
        let passed =
            routed.and_then(|(sender, at)| self.deliver(at, ReceivedSignal { from: sender, signal: sent.signal }));
        if let Err(refusal) = passed {
            self.state.push(from, self.state.frame(FromRoom::Refused { refusal }));
        }
    }

    /// Delivers a signal to a connection of this node, or has its node do that.
    fn deliver(&self, at: ConnectionRef, received: ReceivedSignal) -> Result<(), Refusal> {
        let code = self.room.code().ok_or(Refusal::RoomNotFound)?;
        if at.node != self.dependencies.node {
            let ReceivedSignal { from, signal } = received;
            let message = NodeMessage::Signal { room: code, to: at.id, from, signal };
            let is_on_its_way = self.dependencies.bus.tell(To::Node(at.node), message);
            return if is_on_its_way { Ok(()) } else { Err(Refusal::MemberNotFound) };
        }
        let send_queue = self.state.send_queues.get(&at.id).ok_or(Refusal::MemberNotFound)?;
        let from: MemberId = received.from;
        send_queue.push_signal(from, &ServerMessage::from_room(code, FromRoom::Signal(received)))
    }

    /// Sends an event of the owner to all members who are connected.
    fn send_custom(&self, viewer: Viewer, event: CustomEvent) -> Result<(), Refusal> {
        self.room.check(viewer.account, viewer.kind, Permission::SendCustomEvents)?;
        if self.room.ended().is_some() {
            return Err(Refusal::RoomEnded);
        }
        let code = self.room.code().ok_or(Refusal::RoomNotFound)?;
        let elsewhere = |to| NodeMessage::Custom { room: code, to, event: event.clone() };
        self.pass_on(self.room.connections(Audience::Everyone), &Frame::custom(code, event.clone()), elsewhere);
        Ok(())
    }

    /// Tells the others that a member is writing.
    fn show_typing(&self, from: ConnectionId) -> Result<(), Refusal> {
        let member = self.room.conversing_at(from)?.id;
        let others = self.room.members().filter(|other| other.id != member).flat_map(Member::connections);
        self.pass_on_moment(others, Moment::Typing { member })
    }

    /// Tells the other pages of a member how far they have read.
    fn show_read(&self, from: ConnectionId, up_to: MessageNumber) -> Result<(), Refusal> {
        let own = self.room.conversing_at(from)?.connections();
        self.pass_on_moment(own.filter(|page| page.id != from), Moment::Read { up_to })
    }

    fn pass_on_moment(&self, to: impl Iterator<Item = ConnectionRef>, moment: Moment) -> Result<(), Refusal> {
        let code = self.room.code().ok_or(Refusal::RoomNotFound)?;
        self.pass_on(to, &self.state.frame(moment.into()), |to| NodeMessage::Moment { room: code, to, moment });
        Ok(())
    }

    /// Sends a frame to connections of this node, and has other nodes send it to theirs.
    fn pass_on(
        &self,
        to: impl Iterator<Item = ConnectionRef>,
        frame: &Frame,
        elsewhere: impl Fn(Vec<ConnectionId>) -> NodeMessage,
    ) {
        let mut others: BTreeMap<NodeId, Vec<ConnectionId>> = BTreeMap::new();
        for ConnectionRef { node, id } in to {
            match node == self.dependencies.node {
                true => self.state.push(id, frame.clone()),
                false => others.entry(node).or_default().push(id),
            }
        }
        for (node, connections) in others {
            for to in connections.chunks(RECEIVERS) {
                // A node that is gone has nobody to whom it could be delivered.
                let _ = self.dependencies.bus.tell(To::Node(node), elsewhere(to.to_vec()));
            }
        }
    }
}
