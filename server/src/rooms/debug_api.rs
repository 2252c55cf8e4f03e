//! Reports about a room for its owner, for use by other programs and for support: its members and its latest events.

use std::{borrow::Cow, collections::VecDeque};

use heartogether::{
    id::{AccountId, ConnectionId, DisplayName, MemberId, RoomCode, RoomId, Seq},
    protocol::SendSignal,
    refusal::Refusal,
    role::{AccountKind, Permission, Role},
    room::{Member, MemberView, Room, RoomEvent, SequencedEvent, StreamState},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::cluster::SharedSignalTraces;

/// Signals of a room that are kept, without their content.
pub(crate) const SIGNALS_KEPT: usize = 30;

/// The account that asks for a report.
#[derive(Clone, Copy)]
pub(crate) struct Viewer {
    pub(crate) account: AccountId,
    pub(crate) kind: AccountKind,
}

/// `GET /api/rooms/{id}/listeners`. Times are milliseconds since 1970.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AudienceReport {
    id: RoomId,
    code: RoomCode,
    max_listeners: u32,
    listeners: Vec<MemberView>,
    fetched_at: Timestamp,
}

/// `GET /api/rooms/{id}/realtime`: what this node knows of the room, and the latest signals of
/// all nodes that share it. It holds no message, no reaction and no e-mail address.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RealtimeReport {
    id: RoomId,
    code: RoomCode,
    seq: Seq,
    stream: StreamState,
    members: Vec<MemberReport>,
    events: Vec<SequencedEvent>,
    signals: Vec<SignalTrace>,
    fetched_at: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MemberReport {
    member: MemberId,
    name: DisplayName,
    role: Role,
    connected: bool,
    joined_at: Timestamp,
    active_at: Timestamp,
}

/// A signal without its content: its sender, its receiver, and the refusal if there was one.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SignalTrace {
    at: Timestamp,
    from: Option<MemberId>,
    to: MemberId,
    kind: Cow<'static, str>,
    refusal: Option<Refusal>,
}

/// The latest signals that this node has passed on.
#[derive(Default)]
pub(super) struct Signals(VecDeque<SignalTrace>);

impl Signals {
    /// Notes a signal, also where nodes share the rooms.
    pub(super) fn note(
        &mut self,
        (room, shared): (&Room, Option<&SharedSignalTraces>),
        from: ConnectionId,
        sent: &SendSignal,
        refusal: Option<Refusal>,
        at: Timestamp,
    ) {
        let from = room.member_at(from).map(|member| member.id);
        let trace = SignalTrace { at, from, to: sent.to, kind: sent.signal.kind().into(), refusal };
        if let (Some(shared), Some(created)) = (shared, room.created()) {
            shared.note(
                created.id,
                serde_json::to_string(&trace).expect("a trace has string keys and no failing serializer"),
            );
        }
        self.0.push_back(trace);
        if self.0.len() > SIGNALS_KEPT {
            self.0.pop_front();
        }
    }

    pub(super) fn report(&self, room: &Room, viewer: Viewer, at: Timestamp) -> Result<RealtimeReport, Refusal> {
        room.check(viewer.account, viewer.kind, Permission::SeeAudience)?;
        let created = room.created().ok_or(Refusal::RoomNotFound)?;
        Ok(RealtimeReport {
            id: created.id,
            code: created.code,
            seq: room.seq(),
            stream: room.stream_state(),
            members: room.members().map(MemberReport::of).collect(),
            events: room.recent_events().filter(|event| !event.event.is_talk()).cloned().map(without_talk).collect(),
            signals: self.0.iter().cloned().collect(),
            fetched_at: at,
        })
    }
}

impl RealtimeReport {
    /// The report with the signals of all nodes, if they can be had.
    pub(super) async fn with_signals_of(mut self, nodes: &SharedSignalTraces) -> Self {
        if let Some(traces) = nodes.latest(self.id).await {
            // What another version has written in a form of its own is left out.
            self.signals = traces.iter().filter_map(|trace| serde_json::from_str(trace).ok()).collect();
            // Those of several nodes arrive in any order.
            self.signals.sort_by_key(|signal| signal.at);
        }
        self
    }
}

impl MemberReport {
    fn of(member: &Member) -> Self {
        Self {
            member: member.id,
            name: member.name.clone(),
            role: member.role,
            connected: member.is_connected(),
            joined_at: member.joined_at,
            active_at: member.active_at,
        }
    }
}

/// Removes the last message, the last reaction and the e-mail address from an event about somebody who joined.
fn without_talk(mut event: SequencedEvent) -> SequencedEvent {
    if let RoomEvent::MemberJoined { member } = &mut event.event {
        (member.email, member.last_message, member.last_reaction) = (None, None, None);
    }
    event
}

/// The listeners as the host's page shows them.
pub(super) fn audience(room: &Room, viewer: Viewer, at: Timestamp) -> Result<AudienceReport, Refusal> {
    room.check(viewer.account, viewer.kind, Permission::SeeAudience)?;
    let created = room.created().ok_or(Refusal::RoomNotFound)?;
    let view = room.view(created.owner_member).ok_or(Refusal::RoomNotFound)?;
    Ok(AudienceReport {
        id: created.id,
        code: created.code,
        max_listeners: view.max_members,
        listeners: view.members,
        fetched_at: at,
    })
}
