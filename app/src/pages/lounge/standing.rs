//! How the visitor stands to the lounge, from the room client's state.

use heartogether::refusal::Refusal;
use heartogether_client::{Ending, HostState, ListenerState};

/// How the visitor stands to the lounge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// No member, and has not asked to be one.
    Outside,
    /// On the way in.
    Joining,
    /// The same, where the owner may have to be asked.
    Asking,
    /// The owner is asked.
    Waiting,
    /// In the room.
    Open,
    /// The room has ended.
    Ended(Ending),
    /// Not in the room, and why.
    Refused(Refusal),
}

/// What the page draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A card with a way in.
    Card,
    /// The conversation.
    Chat,
    /// That it is over.
    Over,
}

impl Standing {
    /// `has_asked` says whether the visitor has asked for a place, or had one when the page came.
    /// `may_have_to_wait` says whether the owner may have to be asked, as far as the page knew when it came.
    /// `waits` says whether the owner is asked.
    pub(super) fn of(
        has_asked: bool,
        (may_have_to_wait, waits): (bool, bool),
        client: ListenerState,
        as_owner: HostState,
        knows_room: bool,
    ) -> Self {
        match (has_asked, client, as_owner) {
            (false, ..) => Self::Outside,
            (_, ListenerState::Refused(refusal), _) => Self::Refused(refusal),
            (_, ListenerState::Ended(ending), _) | (_, _, HostState::Ended(ending)) => Self::Ended(ending),
            _ if knows_room => Self::Open,
            _ if waits => Self::Waiting,
            _ if may_have_to_wait => Self::Asking,
            _ => Self::Joining,
        }
    }

    /// The value of `data-state`.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Outside => "outside",
            Self::Joining | Self::Asking => "joining",
            Self::Waiting => "waiting",
            Self::Open => "open",
            Self::Ended(_) => "ended",
            Self::Refused(_) => "refused",
        }
    }

    pub(super) const fn refusal(self) -> Option<Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    pub(super) const fn shape(self) -> Shape {
        match self {
            Self::Outside | Self::Asking | Self::Waiting | Self::Refused(_) => Shape::Card,
            Self::Joining | Self::Open => Shape::Chat,
            Self::Ended(_) => Shape::Over,
        }
    }
}

/// What a visitor can do about a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WayIn {
    /// Ask for a place, under a name.
    Ask,
    /// Ask for the place again.
    TryAgain,
    /// Open the lounge here, and no longer on another page.
    OpenHere,
    /// Say who they are first.
    SignIn,
    /// Fetch a page that speaks the server's language.
    Reload,
    /// Go elsewhere.
    None,
}

impl WayIn {
    pub(super) const fn after(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NameTaken
            | Refusal::SentOut
            | Refusal::LeftElsewhere
            | Refusal::NotAMember
            | Refusal::NotAnswered => Self::Ask,
            Refusal::SessionReplaced => Self::OpenHere,
            Refusal::NotSignedIn | Refusal::GuestsOff => Self::SignIn,
            Refusal::VersionUnsupported
            | Refusal::FrameMalformed
            | Refusal::FrameTooLarge
            | Refusal::ConnectionNotFound
            | Refusal::OutOfOrder
            | Refusal::WebRtcMissing
            | Refusal::WebSocketMissing
            | Refusal::CookiesBlocked => Self::Reload,
            Refusal::RoomNotFound
            | Refusal::RoomEnded
            | Refusal::CodeMalformed
            | Refusal::Removed
            | Refusal::Declined
            | Refusal::NotAllowed
            | Refusal::OriginNotAllowed => Self::None,
            _ => Self::TryAgain,
        }
    }
}

#[cfg(test)]
mod tests {
    use heartogether::room::EndReason;

    use super::*;
    use crate::locale::{self, Language, Table};

    const CONNECTING: ListenerState = ListenerState::Connecting;
    const NOT_ASKED: (bool, bool) = (false, false);
    const WAITS: (bool, bool) = (true, true);

    #[test]
    fn a_visitor_is_outside_until_they_ask() {
        assert_eq!(Standing::of(false, NOT_ASKED, CONNECTING, HostState::Idle, false), Standing::Outside);
        assert_eq!(Standing::of(true, NOT_ASKED, CONNECTING, HostState::Idle, false), Standing::Joining);
        assert_eq!(Standing::of(true, NOT_ASKED, CONNECTING, HostState::Idle, true), Standing::Open);
    }

    #[test]
    fn who_waits_sees_the_card_until_the_owner_has_answered() {
        let waiting = Standing::of(true, WAITS, CONNECTING, HostState::Idle, false);
        assert_eq!((waiting.name(), waiting.shape(), waiting.refusal()), ("waiting", Shape::Card, None));
        assert_eq!(Standing::of(false, WAITS, CONNECTING, HostState::Idle, false), Standing::Outside);
        assert_eq!(Standing::of(true, WAITS, CONNECTING, HostState::Idle, true), Standing::Open);
        let declined = ListenerState::Refused(Refusal::Declined);
        assert_eq!(Standing::of(true, WAITS, declined, HostState::Idle, false), Standing::Refused(Refusal::Declined));
        assert_eq!(WayIn::after(Refusal::Declined), WayIn::None);
        assert_eq!(WayIn::after(Refusal::DeclinedLately), WayIn::TryAgain);
        assert_eq!(WayIn::after(Refusal::NotAnswered), WayIn::Ask);
        assert_eq!(WayIn::after(Refusal::TooManyWaiting), WayIn::TryAgain);
    }

    #[test]
    fn nobody_reads_that_the_owner_is_asked_before_it_is_so() {
        let asking = Standing::of(true, (true, false), CONNECTING, HostState::Idle, false);
        assert_eq!((asking, asking.name(), asking.shape()), (Standing::Asking, "joining", Shape::Card));
        let let_in_before = Standing::of(true, (true, false), CONNECTING, HostState::Idle, true);
        assert_eq!(let_in_before, Standing::Open);
        assert_eq!(Standing::of(true, (false, true), CONNECTING, HostState::Idle, false), Standing::Waiting);
    }

    #[test]
    fn an_end_outweighs_what_is_known_of_the_room() {
        let ended = ListenerState::Ended(Ending::Told(EndReason::Stopped));
        let told = Standing::of(true, NOT_ASKED, ended, HostState::Idle, true);
        assert_eq!((told.name(), told.shape()), ("ended", Shape::Over));
        let asked = Standing::of(true, NOT_ASKED, CONNECTING, HostState::Ended(Ending::Asked), true);
        assert_eq!(asked, Standing::Ended(Ending::Asked));
    }

    #[test]
    fn every_refusal_offers_what_can_help() {
        let says_reload = |refusal| Table::of(Language::English).say(locale::refusal(refusal)).contains("reload");
        for refusal in Refusal::ALL {
            assert!(!says_reload(*refusal) || WayIn::after(*refusal) == WayIn::Reload, "{refusal:?}");
            assert_eq!(Standing::Refused(*refusal).shape(), Shape::Card);
        }
        assert_eq!(WayIn::after(Refusal::RoomFull), WayIn::TryAgain);
        assert_eq!(WayIn::after(Refusal::Removed), WayIn::None);
        assert_eq!(WayIn::after(Refusal::NameTaken), WayIn::Ask);
        assert_eq!(WayIn::after(Refusal::NotAMember), WayIn::Ask, "nobody comes in again by themselves");
    }
}
