//! Publications: what members send, and what their commands do to it.

use serde::{Deserialize, Serialize};

use super::{
    Audience, Effects, Foreseen, Media, Member, Publication, Room, RoomEvent, Source, StreamState, links, rules::Notice,
};
use crate::{
    id::{ConnectionId, MemberId, PublicationId, Seq},
    refusal::Refusal,
    role::Permission,
    time::Timestamp,
};

/// A publication as its sender last declared it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Declared {
    pub(super) id: PublicationId,
    pub(super) by: MemberId,
    source: Source,
    phase: Phase,
    silent: bool,
    started_at: Timestamp,
    /// Who listens, where members choose whether to, in the order in which they began.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) listeners: Vec<Listener>,
}

/// A member who listens to a publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Listener {
    pub(super) member: MemberId,
    /// The entry with which they began.
    pub(super) since: Seq,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Phase {
    Live,
    Paused,
    Interrupted(Timestamp),
}

impl Phase {
    const fn begun(paused: bool) -> Self {
        if paused { Self::Paused } else { Self::Live }
    }
}

impl Declared {
    /// The publication as others are told. It depends on whether the sender is connected.
    fn shown(&self, is_connected: bool, is_full: bool) -> Publication {
        let state = match self.phase {
            Phase::Interrupted(_) => StreamState::Interrupted,
            Phase::Live if is_connected => StreamState::Live,
            Phase::Paused if is_connected => StreamState::Paused,
            Phase::Live | Phase::Paused => StreamState::Interrupted,
        };
        let Self { id, by, source, silent, started_at, .. } = *self;
        let listeners = self.listeners.iter().map(|listener| listener.member).collect();
        Publication { id, by, media: Media::Audio, source, state, silent, started_at, listeners, is_full }
    }

    /// Whether a member listens.
    pub(super) fn is_heard_by(&self, member: MemberId) -> bool {
        self.listeners.iter().any(|listener| listener.member == member)
    }

    /// Whether as many listen as can.
    pub(super) fn is_full(&self, room: &Room) -> bool {
        room.max_direct_listeners().is_some_and(|most| self.listeners.len() >= most as usize)
    }

    /// When it was interrupted, given the time since which its sender is not connected.
    const fn interrupted_at(&self, away_since: Option<Timestamp>) -> Option<Timestamp> {
        match self.phase {
            Phase::Interrupted(since) => Some(since),
            Phase::Live | Phase::Paused => away_since,
        }
    }
}

impl Room {
    /// The publications in the order in which they began.
    pub fn publications(&self) -> Vec<Publication> {
        let is_connected = |by| self.roster.find(by).is_some_and(|member| member.connection().is_some());
        let shown = |declared: &Declared| declared.shown(is_connected(declared.by), declared.is_full(self));
        self.publications.iter().map(shown).collect()
    }

    /// The state of all publications together.
    pub fn stream_state(&self) -> StreamState {
        match self.ended {
            Some(_) => StreamState::Ended,
            None => self.publications().first().map_or(StreamState::Idle, |publication| publication.state),
        }
    }

    fn declared_by(&self, member: &Member) -> Option<&Declared> {
        self.publications.iter().find(|declared| declared.by == member.id)
    }

    /// The publication of the member whose sound this connection has.
    fn declared_at(&self, connection: ConnectionId) -> Option<&Declared> {
        self.declared_by(self.sounding_at(connection)?)
    }

    fn own_declared(&mut self, connection: ConnectionId) -> Option<&mut Declared> {
        let member = self.member_at(connection)?.id;
        self.publications.iter_mut().find(|declared| declared.by == member)
    }
}

/// Begins a member's publication, or changes it.
pub(super) fn publish(
    room: &mut Room,
    connection: ConnectionId,
    (id, source, paused): (PublicationId, Source, bool),
    at: Timestamp,
    effects: &mut Effects,
) {
    let Some(by) = room.member_at(connection).map(|member| member.id) else { return };
    if let Err(refusal) = foresee_publish(room, connection, source, paused) {
        return effects.refuse(connection, refusal);
    }
    links::take_sound(room, connection, effects);
    match room.own_declared(connection) {
        Some(declared) => {
            (declared.source, declared.phase, declared.silent) = (source, Phase::begun(paused), false);
        }
        None => room.publications.push(Declared {
            id,
            by,
            source,
            phase: Phase::begun(paused),
            silent: false,
            started_at: at,
            listeners: Vec::new(),
        }),
    }
}

/// The effect of a start: none if the publication is in this state already.
pub(super) fn foresee_publish(
    room: &Room,
    connection: ConnectionId,
    source: Source,
    paused: bool,
) -> Result<Foreseen, Refusal> {
    let member = room.member_at(connection).ok_or(Refusal::NotAMember)?;
    let most = room.created().map_or(0, |created| created.policy.max_publications as usize);
    match room.declared_by(member) {
        Some(declared) => Ok(Foreseen::if_changed(
            declared.phase != Phase::begun(paused)
                || declared.silent
                || declared.source != source
                || room.sounding_at(connection).is_none(),
        )),
        None if room.publications.len() >= most => Err(Refusal::SoundTaken),
        None => Ok(Foreseen::Change),
    }
}

/// Pauses a member's publication, or ends the pause.
pub(super) fn turn(room: &mut Room, paused: bool, connection: ConnectionId, effects: &mut Effects) {
    match foresee_turn(room, connection, paused) {
        Ok(_) => {
            if let Some(declared) = room.own_declared(connection) {
                declared.phase = Phase::begun(paused);
            }
        }
        Err(refusal) => effects.refuse(connection, refusal),
    }
}

/// The effect of a pause or of its end. A command that arrives twice, such as after a resume, has no further effect.
pub(super) fn foresee_turn(room: &Room, connection: ConnectionId, paused: bool) -> Result<Foreseen, Refusal> {
    match room.declared_at(connection).map(|declared| declared.phase) {
        Some(phase) if phase == Phase::begun(paused) => Ok(Foreseen::Nothing),
        Some(phase) if phase == Phase::begun(!paused) => Ok(Foreseen::Change),
        _ => Err(Refusal::StreamNotReady),
    }
}

/// A member's publication has no source for now.
pub(super) fn interrupt(room: &mut Room, member: MemberId, at: Timestamp) {
    for declared in room.publications.iter_mut().filter(|declared| declared.by == member) {
        if !matches!(declared.phase, Phase::Interrupted(_)) {
            declared.phase = Phase::Interrupted(at);
            declared.silent = false;
        }
    }
}

/// The effect of an interruption.
pub(super) fn foresee_interruption(room: &Room, connection: ConnectionId) -> Foreseen {
    let declared = room.declared_at(connection);
    Foreseen::if_changed(declared.is_some_and(|declared| !matches!(declared.phase, Phase::Interrupted(_))))
}

/// The source gives no sound, or gives sound again.
pub(super) fn declare_silence(room: &mut Room, connection: ConnectionId, silent: bool, effects: &mut Effects) {
    match foresee_silence(room, connection, silent) {
        Ok(_) => {
            if let Some(declared) = room.own_declared(connection) {
                declared.silent = silent;
            }
        }
        Err(refusal) => effects.refuse(connection, refusal),
    }
}

/// The effect of this declaration.
pub(super) fn foresee_silence(room: &Room, connection: ConnectionId, silent: bool) -> Result<Foreseen, Refusal> {
    match room.declared_at(connection) {
        Some(declared) if !matches!(declared.phase, Phase::Interrupted(_)) => {
            Ok(Foreseen::if_changed(declared.silent != silent))
        }
        _ => Err(Refusal::StreamNotReady),
    }
}

/// Ends a publication: one's own, or another's if one may moderate. Its member is told who has ended it.
pub(super) fn end(room: &mut Room, connection: ConnectionId, publication: PublicationId, effects: &mut Effects) {
    match foresee_end(room, connection, publication) {
        Ok(Foreseen::Change) => {}
        Ok(Foreseen::Nothing) => return,
        Err(refusal) => return effects.refuse(connection, refusal),
    }
    let by = room.member_at(connection).map(|member| member.id);
    let of = room.publications.iter().find(|declared| declared.id == publication).map(|declared| declared.by);
    if let (Some(by), Some(of)) = (by, of.filter(|of| Some(*of) != by)) {
        effects.announce(Audience::Member(of), RoomEvent::PublicationStopped { publication, by });
    }
    room.publications.retain(|declared| declared.id != publication);
}

/// The effect of such an end: none if it has ended.
pub(super) fn foresee_end(
    room: &Room,
    connection: ConnectionId,
    publication: PublicationId,
) -> Result<Foreseen, Refusal> {
    let member = room.member_at(connection).ok_or(Refusal::NotAMember)?;
    let of = room.publications.iter().find(|declared| declared.id == publication).map(|declared| declared.by);
    match of {
        None => Ok(Foreseen::Nothing),
        Some(of) if of == member.id || room.member_may(member, Permission::Moderate) => Ok(Foreseen::Change),
        Some(_) => Err(Refusal::NotAllowed),
    }
}

/// Ends a member's publication.
pub(super) fn end_of(room: &mut Room, member: MemberId) {
    room.publications.retain(|declared| declared.by != member);
}

/// Ends what has been interrupted for too long by `at`.
pub(super) fn end_interrupted(room: &mut Room, at: Timestamp) {
    let over: Vec<_> = interruptions(room).filter(|(_, due)| *due <= at).map(|(by, _)| by).collect();
    over.into_iter().for_each(|by| end_of(room, by));
}

/// When each interrupted publication ends, with its sender.
pub(super) fn interruptions(room: &Room) -> impl Iterator<Item = (MemberId, Timestamp)> {
    let grace_ms = room.created().map_or(0, |created| created.policy.publication_grace_ms);
    room.publications.iter().filter_map(move |declared| {
        let away_since = room.roster.find(declared.by).and_then(|member| member.page.away_since());
        declared.interrupted_at(away_since).map(|since| (declared.by, since.after_ms(grace_ms)))
    })
}

/// Announces the publications that have changed. The end of the room has its own event.
pub(super) fn announce(room: &Room, before: &[Publication], effects: &mut Effects) {
    let (Some(created), None) = (room.created(), room.ended) else { return };
    let audiences = created.policy.kind.audiences(Notice::Publication);
    let now = room.publications();
    for ended in before.iter().filter(|known| now.iter().all(|publication| publication.id != known.id)) {
        effects.announce_to(audiences.clone(), &RoomEvent::PublicationEnded { publication: ended.id });
    }
    for publication in now.into_iter().filter(|publication| !before.contains(publication)) {
        effects.announce_to(audiences.clone(), &RoomEvent::PublicationChanged { publication });
    }
}
