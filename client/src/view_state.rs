//! The state that a page shows, derived from its client.

use heartogether::{
    refusal::Refusal,
    role::Permission,
    room::{EndReason, StreamState},
};

use super::{Client, NoPath, links::is_sounding};

/// How a room ended, as far as the page knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The room said why.
    Told(EndReason),
    /// The page was not connected, and found the room ended when it came back.
    Missed,
    /// The host has ended it on this page, and the room does not say so yet.
    Asked,
}

/// What a host's page shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HostState {
    /// Nothing is shared.
    #[default]
    Idle,
    /// Sound is sent.
    Live,
    /// The host has paused.
    Paused,
    /// It was live; the source has to be shared again.
    Interrupted,
    /// The room has ended.
    Ended(Ending),
    /// Not possible, and why.
    Refused(Refusal),
}

/// What a listener's page shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListenerState {
    /// Connecting, or waiting for the host.
    #[default]
    Connecting,
    /// Sound is heard.
    Listening,
    /// The host pauses.
    Paused,
    /// The connection was there, and is being restored.
    Reconnecting,
    /// No path to the host was found; the page keeps trying.
    OutOfReach(NoPath),
    /// The room has ended.
    Ended(Ending),
    /// Not possible, and why.
    Refused(Refusal),
}

impl HostState {
    /// The value of `data-state`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Live => "live",
            Self::Paused => "paused",
            Self::Interrupted => "interrupted",
            Self::Ended(_) => "ended",
            Self::Refused(_) => "refused",
        }
    }
}

impl ListenerState {
    /// The value of `data-state`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Listening => "listening",
            Self::Paused => "paused",
            Self::Reconnecting => "reconnecting",
            Self::Ended(_) => "ended",
            Self::OutOfReach(_) | Self::Refused(_) => "refused",
        }
    }
}

impl Client {
    /// What a host's page shows.
    pub fn host_state(&self) -> HostState {
        if let Some(refusal) = self.refusal {
            return HostState::Refused(refusal);
        }
        if let Some(ending) = self.ending() {
            return HostState::Ended(ending);
        }
        if self.publishing.stopping {
            return HostState::Ended(Ending::Asked);
        }
        match (self.publishing.is_capturing(), self.own_stream()) {
            (true, _) if self.publishing.paused => HostState::Paused,
            (true, _) => HostState::Live,
            (false, StreamState::Live | StreamState::Paused | StreamState::Interrupted) => HostState::Interrupted,
            (false, _) => HostState::Idle,
        }
    }

    /// What a listener's page shows. Sound that flows is being listened to, whatever signaling is doing meanwhile. A connection that a
    /// host makes before there is something to hear brings nothing.
    pub fn listener_state(&self) -> ListenerState {
        if let Some(refusal) = self.refusal {
            return ListenerState::Refused(refusal);
        }
        if let Some(ending) = self.ending() {
            return ListenerState::Ended(ending);
        }
        let stream = self.heard_stream();
        let is_heard = if is_sounding(stream) { self.peers.any_connected() } else { self.peers.any_flows() };
        match (stream, is_heard, self.no_path()) {
            (StreamState::Paused, true, _) => ListenerState::Paused,
            (_, true, _) => ListenerState::Listening,
            (StreamState::Interrupted, false, _) => ListenerState::Reconnecting,
            (_, false, Some(why)) => ListenerState::OutOfReach(why),
            (_, false, None) if self.peers.was_connected() && stream != StreamState::Idle => {
                ListenerState::Reconnecting
            }
            (_, false, None) => ListenerState::Connecting,
        }
    }

    /// Whether the first sound will come, to a listener or from a host: an offer may come or be made, or its connection is not ready
    /// yet.
    pub fn awaits_first_sound(&self) -> bool {
        let may_come = self.room.is_none() || is_sounding(self.heard_stream()) || self.may(Permission::Publish);
        !self.is_over() && may_come && !self.peers.any_connected()
    }
}
