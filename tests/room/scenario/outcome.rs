//! What one entry ordered, as the tests ask for it.

use heartogether::{
    id::{ConnectionId, MemberId},
    refusal::Refusal,
    role::Role,
    room::{ArchiveChange, Audience, Effect, Joined, Resumed, RoomEvent, RoomMessage},
    time::Timestamp,
};

use super::{HOST, connection};

/// What one entry ordered.
#[derive(Debug, PartialEq)]
pub(crate) struct Outcome(pub(crate) Vec<Effect>);

impl Outcome {
    /// What the connection alone was told.
    pub(crate) fn answers(&self, at: u128) -> Vec<&RoomMessage> {
        self.sent(Audience::Connection(connection(at).id))
    }

    /// The one refusal, which is all that the entry ordered but a time to wake at.
    pub(crate) fn refusal(&self, at: u128) -> Refusal {
        let orders: Vec<_> = self.0.iter().filter(|effect| is_told(effect)).collect();
        match (orders.as_slice(), self.answers(at).as_slice()) {
            ([_], [RoomMessage::Refused { refusal }]) => *refusal,
            other => panic!("a refusal and nothing else was expected: {other:?}"),
        }
    }

    pub(crate) fn joined(&self, at: u128) -> Joined {
        match self.answers(at).as_slice() {
            [RoomMessage::Joined(joined)] => joined.clone(),
            other => panic!("a place was expected: {other:?}"),
        }
    }

    pub(crate) fn resumed(&self, at: u128) -> Resumed {
        match self.answers(at).as_slice() {
            [RoomMessage::Resumed(resumed)] => resumed.clone(),
            other => panic!("the place of before was expected: {other:?}"),
        }
    }

    /// What an audience was told to have happened.
    pub(crate) fn events(&self, audience: Audience) -> Vec<&RoomEvent> {
        self.sent_to(|to| to == audience)
    }

    fn sent_to(&self, is_meant: impl Fn(Audience) -> bool) -> Vec<&RoomEvent> {
        let events = self.0.iter().filter_map(|effect| match effect {
            Effect::Send { to, message } if is_meant(*to) => match message.as_ref() {
                RoomMessage::Event(event) => Some(&event.event),
                _ => None,
            },
            _ => None,
        });
        events.collect()
    }

    /// Links apart.
    pub(crate) fn host_learns(&self) -> Vec<&RoomEvent> {
        let events = self.sent_to(|to| to == Audience::Role(Role::Host) || to == Audience::Member(HOST));
        events.into_iter().filter(|event| !is_link(event)).collect()
    }

    /// Warnings of the end and the size of the audience apart.
    pub(crate) fn everyone_learns(&self) -> Vec<&RoomEvent> {
        let is_other =
            |event: &&RoomEvent| !matches!(event, RoomEvent::EndExpected { .. } | RoomEvent::AttendanceChanged { .. });
        self.events(Audience::Everyone).into_iter().filter(is_other).collect()
    }

    /// How large everyone learns that the audience is.
    pub(crate) fn attendance(&self) -> Vec<u32> {
        let told = self.events(Audience::Everyone).into_iter().filter_map(|event| match event {
            RoomEvent::AttendanceChanged { attendance } => Some(*attendance),
            _ => None,
        });
        told.collect()
    }

    /// What a member alone learns of links.
    pub(crate) fn links(&self, member: MemberId) -> Vec<&RoomEvent> {
        self.events(Audience::Member(member)).into_iter().filter(|event| is_link(event)).collect()
    }

    /// The warnings that the end is near, or no longer.
    pub(crate) fn warnings(&self) -> Vec<Option<Timestamp>> {
        let warnings = self.events(Audience::Everyone).into_iter().filter_map(|event| match event {
            RoomEvent::EndExpected { ends_at } => Some(*ends_at),
            _ => None,
        });
        warnings.collect()
    }

    /// The connections that are closed, and why.
    pub(crate) fn closed(&self) -> Vec<(ConnectionId, Refusal)> {
        let closed = self.0.iter().filter_map(|effect| match effect {
            Effect::Disconnect { connection, refusal } => refusal.map(|refusal| (*connection, refusal)),
            _ => None,
        });
        closed.collect()
    }

    /// The connections that are closed after the room's last words.
    pub(crate) fn dismissed(&self) -> Vec<ConnectionId> {
        let dismissed = self.0.iter().filter_map(|effect| match effect {
            Effect::Disconnect { connection, refusal: None } => Some(*connection),
            _ => None,
        });
        dismissed.collect()
    }

    /// What becomes of the archive of messages.
    pub(crate) fn archived(&self) -> Vec<&ArchiveChange> {
        let changes = self.0.iter().filter_map(|effect| match effect {
            Effect::Archive(change) => Some(change),
            _ => None,
        });
        changes.collect()
    }

    pub(crate) fn wake_at(&self) -> Option<Timestamp> {
        self.0.iter().find_map(|effect| match effect {
            Effect::WakeAt(time) => Some(*time),
            _ => None,
        })
    }

    /// Whether nobody was told anything, warnings of the end apart, and no connection was closed.
    pub(crate) fn is_silent(&self) -> bool {
        self.0.iter().all(|effect| match effect {
            Effect::WakeAt(_) => true,
            Effect::Send { message, .. } => is_warning(message),
            _ => false,
        })
    }

    fn sent(&self, audience: Audience) -> Vec<&RoomMessage> {
        let sent = self.0.iter().filter_map(|effect| match effect {
            Effect::Send { to, message } if *to == audience => Some(message.as_ref()),
            _ => None,
        });
        sent.collect()
    }
}

fn is_link(event: &RoomEvent) -> bool {
    matches!(event, RoomEvent::LinkOpened { .. } | RoomEvent::LinkClosed { .. })
}

fn is_warning(message: &RoomMessage) -> bool {
    matches!(message, RoomMessage::Event(event) if matches!(event.event, RoomEvent::EndExpected { .. }))
}

fn is_told(effect: &Effect) -> bool {
    !matches!(effect, Effect::WakeAt(_)) && !matches!(effect, Effect::Send { message, .. } if is_warning(message))
}
