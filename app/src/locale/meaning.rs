//! The texts for the refusals and findings of the core and the client, which carry only codes.

use heartogether::refusal::Refusal;
use heartogether_client::{IceServerProblem, NoPath};

use super::{Key, Phrase};
use crate::text::{self, diagnostics};

/// What happened, and what to do.
#[expect(clippy::too_many_lines, reason = "each refusal has a line")]
pub(crate) const fn refusal(refusal: Refusal) -> Key {
    use text::refusal as text;

    match refusal {
        Refusal::CodeMalformed => text::CODE_MALFORMED,
        Refusal::RoomNotFound => text::ROOM_NOT_FOUND,
        Refusal::RoomFull => text::ROOM_FULL,
        Refusal::AddressFull => text::ADDRESS_FULL,
        Refusal::RoomEnded => text::ROOM_ENDED,
        Refusal::NotOwner => text::NOT_OWNER,
        Refusal::HostElsewhere => text::HOST_ELSEWHERE,
        Refusal::SessionReplaced => text::SESSION_REPLACED,
        Refusal::Removed => text::REMOVED,
        Refusal::SentOut => text::SENT_OUT,
        Refusal::LeftElsewhere => text::LEFT_ELSEWHERE,
        Refusal::NotSignedIn => text::NOT_SIGNED_IN,
        Refusal::CookieNotKept => text::COOKIE_NOT_KEPT,
        Refusal::GuestsListenOnly => text::GUESTS_LISTEN_ONLY,
        Refusal::GuestsOff => text::GUESTS_OFF,
        Refusal::ScopeMissing => text::SCOPE_MISSING,
        Refusal::TooManyTokens => text::TOO_MANY_TOKENS,
        Refusal::Banned => text::BANNED,
        Refusal::SignInCancelled => text::SIGN_IN_CANCELLED,
        Refusal::SignInFailed => text::SIGN_IN_FAILED,
        Refusal::SignInExpired => text::SIGN_IN_EXPIRED,
        Refusal::ProviderUnreachable => text::PROVIDER_UNREACHABLE,
        Refusal::ProviderUnknown => text::PROVIDER_UNKNOWN,
        Refusal::NameEmpty => text::NAME_EMPTY,
        Refusal::NameTooLong => text::NAME_TOO_LONG,
        Refusal::NameControlCharacter => text::NAME_CONTROL_CHARACTER,
        Refusal::NameTaken => text::NAME_TAKEN,
        Refusal::RoomNameEmpty => text::ROOM_NAME_EMPTY,
        Refusal::RoomNameTooLong => text::ROOM_NAME_TOO_LONG,
        Refusal::RoomNameControlCharacter => text::ROOM_NAME_CONTROL_CHARACTER,
        Refusal::MessageEmpty => text::MESSAGE_EMPTY,
        Refusal::MessageTooLong => text::MESSAGE_TOO_LONG,
        Refusal::MessageControlCharacter => text::MESSAGE_CONTROL_CHARACTER,
        Refusal::SearchEmpty => text::SEARCH_EMPTY,
        Refusal::SearchTooLong => text::SEARCH_TOO_LONG,
        Refusal::TooManyMessages => text::TOO_MANY_MESSAGES,
        Refusal::TooManyReactions => text::TOO_MANY_REACTIONS,
        Refusal::EmojiUnknown => text::EMOJI_UNKNOWN,
        Refusal::TooManyEmoji => text::TOO_MANY_EMOJI,
        Refusal::TooManyPictures => text::TOO_MANY_PICTURES,
        Refusal::PictureNotFound => text::PICTURE_NOT_FOUND,
        Refusal::PictureUnreadable => text::PICTURE_UNREADABLE,
        Refusal::PictureTooLarge => text::PICTURE_TOO_LARGE,
        Refusal::PictureSpaceUsedUp => text::PICTURE_SPACE_USED_UP,
        Refusal::TooManyPins => text::TOO_MANY_PINS,
        Refusal::TooManyReports => text::TOO_MANY_REPORTS,
        Refusal::Declined => text::DECLINED,
        Refusal::DeclinedLately => text::DECLINED_LATELY,
        Refusal::NotAnswered => text::NOT_ANSWERED,
        Refusal::TooManyWaiting => text::TOO_MANY_WAITING,
        Refusal::TooManyBlocked => text::TOO_MANY_BLOCKED,
        Refusal::MessageNotFound => text::MESSAGE_NOT_FOUND,
        Refusal::TooManyPlaces => text::TOO_MANY_PLACES,
        Refusal::ReopenTooLate => text::REOPEN_TOO_LATE,
        Refusal::FrameMalformed => text::FRAME_MALFORMED,
        Refusal::FrameTooLarge => text::FRAME_TOO_LARGE,
        Refusal::TooManyFrames => text::TOO_MANY_FRAMES,
        Refusal::TooManyRequests => text::TOO_MANY_REQUESTS,
        Refusal::TooManyRooms => text::TOO_MANY_ROOMS,
        Refusal::ServerFull => text::SERVER_FULL,
        Refusal::TooManyConnections => text::TOO_MANY_CONNECTIONS,
        Refusal::VersionUnsupported => text::VERSION_UNSUPPORTED,
        Refusal::HelloMissing => text::HELLO_MISSING,
        Refusal::ConnectionNotFound => text::CONNECTION_NOT_FOUND,
        Refusal::OutOfOrder => text::OUT_OF_ORDER,
        Refusal::NotAllowed => text::NOT_ALLOWED,
        Refusal::NotAMember => text::NOT_A_MEMBER,
        Refusal::MemberNotFound => text::MEMBER_NOT_FOUND,
        Refusal::StreamNotReady => text::STREAM_NOT_READY,
        Refusal::SoundTaken => text::SOUND_TAKEN,
        Refusal::SoundFull => text::SOUND_FULL,
        Refusal::SoundStopped => text::SOUND_STOPPED,
        Refusal::TooSlow => text::TOO_SLOW,
        Refusal::PlaybackBlocked => text::PLAYBACK_BLOCKED,
        Refusal::Network => text::NETWORK,
        Refusal::WebRtcMissing => text::WEB_RTC_MISSING,
        Refusal::WebSocketMissing => text::WEB_SOCKET_MISSING,
        Refusal::CookiesBlocked => text::COOKIES_BLOCKED,
        Refusal::StorageUnavailable => text::STORAGE_UNAVAILABLE,
        Refusal::RoomUnreadable => text::ROOM_UNREADABLE,
        Refusal::ServerStarting => text::SERVER_STARTING,
        Refusal::OriginNotAllowed => text::ORIGIN_NOT_ALLOWED,
        Refusal::HostMalformed => text::HOST_MALFORMED,
        Refusal::HostUnknown => text::HOST_UNKNOWN,
    }
}

/// What a listener is told who finds no way to the host.
pub(crate) const fn no_path(why: NoPath) -> Key {
    match why {
        NoPath::Blocked => text::refusal::NETWORK,
        NoPath::NamesOnly => text::no_path::NAMES_ONLY,
        NoPath::RelayInVain => text::no_path::RELAY_IN_VAIN,
        NoPath::NothingGathered => text::no_path::NOTHING_GATHERED,
    }
}

/// What the host is told of a listener who finds no way.
pub(crate) const fn no_path_at_host(why: NoPath) -> Key {
    match why {
        NoPath::Blocked => text::no_path::HOST_BLOCKED,
        NoPath::NamesOnly => text::no_path::HOST_NAMES_ONLY,
        NoPath::RelayInVain => text::no_path::HOST_RELAY_IN_VAIN,
        NoPath::NothingGathered => text::no_path::HOST_NOTHING_GATHERED,
    }
}

/// What is wrong with a TURN server.
pub(crate) fn turn_problem(problem: &IceServerProblem) -> Phrase {
    match problem {
        IceServerProblem::PasswordRefused { url } => diagnostics::turn_password(url.as_str()),
        IceServerProblem::Refused { url, code } => diagnostics::turn_refused(url.as_str(), code.to_string()),
        IceServerProblem::Unreachable { url } => diagnostics::turn_unreachable(url.as_str()),
    }
}
