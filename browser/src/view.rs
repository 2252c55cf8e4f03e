//! What a host's or a listener's page shows of a room.

use heartogether::{
    engagement::Reaction,
    id::{DisplayName, MemberId, MessageNumber, PublicationId},
    protocol::LoungesChanged,
    refusal::Refusal,
    room::{Message, RoomView, Source},
};
use heartogether_client::{
    Capabilities, ConversationEntry, HostState, IceServerProblem, ListenerRow, ListenerState, MicrophoneState, Mix,
    NoPath, OwnMessage, PlayerState, Profile, SignalingState, gathering::Gathering, statistics::PeerStatistics,
};

use crate::{CaptureError, Microphone, Shown, Speaker};

/// Everything that a page shows.
#[derive(Default)]
pub struct View {
    /// What a host's page shows.
    pub host_state: Shown<HostState>,
    /// What a listener's page shows.
    pub listener_state: Shown<ListenerState>,
    /// How the signaling connection is.
    pub signaling_state: Shown<SignalingState>,
    /// What keeps the server from doing what the page asks, if it has said so.
    pub trouble: Shown<Option<Refusal>>,
    /// The outline of the room as far as it is known; where members converse, with them.
    pub room: Shown<Option<RoomView>>,
    /// Whether the host's source gives no sound.
    pub host_silent: Shown<bool>,
    /// What is measured at the peer connections: a host's to each listener, a listener's to the host.
    pub statistics: Shown<Vec<(MemberId, PeerStatistics)>>,
    /// Who listens, in order of arrival. Written a few times a second at most, however much happens.
    pub audience: Shown<Vec<ListenerRow>>,
    /// What listeners wrote, oldest first, as far as it is known.
    pub messages: Shown<Vec<Message>>,
    /// Whether the room keeps older messages than those shown.
    pub has_earlier_messages: Shown<bool>,
    /// What a listener's page wrote, oldest first.
    pub own_messages: Shown<Vec<OwnMessage>>,
    /// Where members converse: the newest messages, oldest first, then those of this page that the room does not have.
    pub conversation: Shown<Vec<ConversationEntry>>,
    /// The older messages that the visitor looks at there, while they do not reach the newest ones; otherwise none.
    pub past: Shown<Vec<ConversationEntry>>,
    /// The names of the members who are writing there, the latest last.
    pub typing: Shown<Vec<DisplayName>>,
    /// The places there of those whom the member has blocked.
    pub blocked: Shown<Vec<MemberId>>,
    /// The latest message there that the member has seen, here or on another page since this one is open.
    pub read_up_to: Shown<MessageNumber>,
    /// Whether the visitor waits there until the owner lets them in.
    pub waits: Shown<bool>,
    /// Whom the owner cannot let in there, by the place that they would get, and why.
    pub refused_answer: Shown<Option<(MemberId, Refusal)>>,
    /// The place of the page's member there, while it has one.
    pub own_member: Shown<Option<MemberId>>,
    /// What has changed in the visitor's list of lounges since the page is there.
    pub lounges: Shown<ListNews>,
    /// What the page plays there, or is about to.
    pub heard: Shown<Vec<PublicationId>>,
    /// Why the room refused what the member wanted to share or to hear there.
    pub sound_refusal: Shown<Option<Refusal>>,
    /// The listener's last reaction.
    pub chosen_reaction: Shown<Option<Reaction>>,
    /// Why the last message or reaction did not go out at once, or a change was not made.
    pub engagement_notice: Shown<Option<Refusal>>,
    /// The reaction that has just come in, with its number.
    pub reaction: Shown<Option<(u32, Reaction)>>,
    /// Milliseconds that the room's clock is ahead of the page's.
    pub clock_ahead_ms: Shown<f64>,
    /// What is wrong with a TURN server.
    pub turn_problem: Shown<Option<IceServerProblem>>,
    /// Why somebody on the other side cannot be reached.
    pub no_path: Shown<Option<NoPath>>,
    /// What was found on the way to a path.
    pub gathering: Shown<Gathering>,
    /// The quality of the host's sound.
    pub profile: Shown<Profile>,
    /// The host's sound.
    pub sound: SoundView,
    /// A listener's loudspeakers.
    pub speakers: SpeakersView,
    /// What this browser offers.
    pub capabilities: Shown<Capabilities>,
    /// How loud the sound is that comes in, from 0 to 1.
    pub level: Shown<f32>,
    /// Whether a listener's player plays, and why not.
    pub player: Shown<PlayerState>,
}

/// What has changed in a list of lounges.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListNews {
    /// How often the list was to be asked for.
    pub asked: u32,
    /// What was told otherwise.
    pub changed: LoungesChanged,
}

impl ListNews {
    /// Adds what has changed later.
    pub(crate) fn add(&mut self, later: LoungesChanged) {
        self.changed.add(later);
        if std::mem::take(&mut self.changed.anew) {
            self.asked += 1;
        }
    }
}

/// What a host's page shows of its sound.
#[derive(Default)]
pub struct SoundView {
    /// Why this browser cannot share a tab's sound, if it cannot.
    pub display_obstacle: Shown<Option<CaptureError>>,
    /// Why this browser cannot use a microphone, if it cannot.
    pub microphone_obstacle: Shown<Option<CaptureError>>,
    /// The source that the browser is asking the visitor for.
    pub asking: Shown<Option<Source>>,
    /// Why the last attempt to capture failed.
    pub error: Shown<Option<CaptureError>>,
    /// What is sent.
    pub mix: Shown<Mix>,
    /// The source that went away by itself.
    pub lost: Shown<Option<Source>>,
    /// Why the open microphone gives no sound, if it gives none.
    pub microphone_problem: Shown<Option<MicrophoneState>>,
    /// The source that was live before a reload and waits for a click.
    pub again: Shown<Option<Source>>,
    /// How loud the tab is, from 0 to 1, before its fader.
    pub display_level: Shown<f32>,
    /// How loud the microphone is, from 0 to 1, before its fader.
    pub microphone_level: Shown<f32>,
    /// The microphones to choose from; none before the visitor has allowed one.
    pub microphones: Shown<Vec<Microphone>>,
    /// The id of the one that is open or would be opened.
    pub chosen_microphone: Shown<Option<String>>,
    /// Whether the host wears headphones.
    pub headphones: Shown<bool>,
    /// Whether the microphone is open, live or to be tried out.
    pub microphone_open: Shown<bool>,
}

impl SoundView {
    /// Why this browser cannot capture from `source`, if it cannot.
    pub(crate) fn obstacle(&self, source: Source) -> &Shown<Option<CaptureError>> {
        match source {
            Source::Display => &self.display_obstacle,
            Source::Microphone => &self.microphone_obstacle,
        }
    }

    /// How loud `source` is.
    pub(crate) fn level(&self, source: Source) -> &Shown<f32> {
        match source {
            Source::Display => &self.display_level,
            Source::Microphone => &self.microphone_level,
        }
    }
}

/// What a listener's page shows of its loudspeakers.
#[derive(Default)]
pub struct SpeakersView {
    /// Those that the browser names: none before it may, and none where it cannot play on another one.
    pub named: Shown<Vec<Speaker>>,
    /// Whether the browser has some that it names only once a microphone was allowed.
    pub unnamed: Shown<bool>,
    /// Whether the browser has a picker of its own.
    pub has_picker: Shown<bool>,
    /// The id of the one that was chosen, maybe on an earlier visit; empty for the system's own choice.
    pub chosen: Shown<String>,
    /// Whether the one that was just chosen could not be used.
    pub failed: Shown<bool>,
}
