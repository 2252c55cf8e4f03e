//! All refusals. A refusal is an expected answer and is sent as a code. The application shows its text in the reader's
//! language.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Defines the refusals with their code, so that none can be forgotten.
macro_rules! refusals {
    ($($(#[$meta:meta])* $name:ident $code:literal;)*) => {
        /// Why something was not done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Refusal {
            $($(#[$meta])* $name,)*
        }

        impl Refusal {
            /// Every refusal there is.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its name on the wire and in `data-refusal`.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }
        }
    };
}

refusals! {
    /// The code is not six characters of the alphabet.
    CodeMalformed "code_malformed";
    /// No live room has this code.
    RoomNotFound "room_not_found";
    /// The room has as many listeners as it allows.
    RoomFull "room_full";
    /// The room has as many listeners from this address as it allows.
    AddressFull "address_full";
    /// The room has ended.
    RoomEnded "room_ended";
    /// Only the account that created a room may host it.
    NotOwner "not_owner";
    /// The owner hosts this room on another page.
    HostElsewhere "host_elsewhere";
    /// The same account continued on another page.
    SessionReplaced "session_replaced";
    /// The host has removed this account.
    Removed "removed";
    /// The owner has sent this account out of the room. It may come again.
    SentOut "sent_out";
    /// The owner does not let this account in. It may ask again after a while.
    Declined "declined";
    /// The owner has declined this account or browser a moment ago. It may ask again after a while.
    DeclinedLately "declined_lately";
    /// The owner has not answered the request to come in for so long that it has ended. The account may ask again.
    NotAnswered "not_answered";
    /// As many people wait for the owner's answer as may, in all or with this browser or from this address.
    TooManyWaiting "too_many_waiting";
    /// The account has given up its place on another page.
    LeftElsewhere "left_elsewhere";
    /// The request carries no valid session.
    NotSignedIn "not_signed_in";
    /// The browser did not store the cookie of a new session. Only pages use this, never the server.
    CookieNotKept "cookie_not_kept";
    /// Guests may listen on this server, and open no rooms.
    GuestsListenOnly "guests_listen_only";
    /// This server has no guests.
    GuestsOff "guests_off";
    /// The program's token does not allow this.
    ScopeMissing "scope_missing";
    /// The account has as many tokens for programs as it may have.
    TooManyTokens "too_many_tokens";
    /// Whoever runs this server has banned the account.
    Banned "banned";
    /// The visitor cancelled the sign-in at the provider.
    SignInCancelled "sign_in_cancelled";
    /// The sign-in provider's response was not valid.
    SignInFailed "sign_in_failed";
    /// The sign-in took too long, or its answer came a second time.
    SignInExpired "sign_in_expired";
    /// The sign-in provider does not answer.
    ProviderUnreachable "provider_unreachable";
    /// This server has no such sign-in provider.
    ProviderUnknown "provider_unknown";
    /// The name has no visible character.
    NameEmpty "name_empty";
    /// The name has more than 40 characters.
    NameTooLong "name_too_long";
    /// The name contains a control character.
    NameControlCharacter "name_control_character";
    /// Another member has this name, or one that looks like it.
    NameTaken "name_taken";
    /// The room's name has no visible character.
    RoomNameEmpty "room_name_empty";
    /// The room's name has more than 60 characters.
    RoomNameTooLong "room_name_too_long";
    /// The room's name contains a control character.
    RoomNameControlCharacter "room_name_control_character";
    /// The message has no visible character.
    MessageEmpty "message_empty";
    /// The message has more characters than the room allows.
    MessageTooLong "message_too_long";
    /// The message contains a control character.
    MessageControlCharacter "message_control_character";
    /// There is nothing in the search that could be looked for.
    SearchEmpty "search_empty";
    /// The search has more than 100 characters.
    SearchTooLong "search_too_long";
    /// Messages came faster than the limit.
    TooManyMessages "too_many_messages";
    /// Reactions came faster than the limit.
    TooManyReactions "too_many_reactions";
    /// This is not one emoji.
    EmojiUnknown "emoji_unknown";
    /// The message has as many different emoji as it may have.
    TooManyEmoji "too_many_emoji";
    /// The message has more pictures than the room allows.
    TooManyPictures "too_many_pictures";
    /// The picture is not there, or not there any more.
    PictureNotFound "picture_not_found";
    /// This is no whole picture in PNG, JPEG, GIF or WebP.
    PictureUnreadable "picture_unreadable";
    /// The picture has more than 10 MB or more than 40 megapixels.
    PictureTooLarge "picture_too_large";
    /// The room's or the account's pictures take as much space as they may.
    PictureSpaceUsedUp "picture_space_used_up";
    /// The message was deleted or does not exist.
    MessageNotFound "message_not_found";
    /// As many messages of the room are pinned as may be.
    TooManyPins "too_many_pins";
    /// As many reports wait for the room's owner as may, or as many of this member.
    TooManyReports "too_many_reports";
    /// The account has blocked as many others as it may.
    TooManyBlocked "too_many_blocked";
    /// The connection is in as many rooms as one may be in.
    TooManyPlaces "too_many_places";
    /// The time in which the owner could open the room again is over.
    ReopenTooLate "reopen_too_late";
    /// The frame is not a message of this protocol.
    FrameMalformed "frame_malformed";
    /// The frame is longer than 64 KiB, or an event of a room's owner says more than 4 KiB.
    FrameTooLarge "frame_too_large";
    /// Frames came faster than the limit.
    TooManyFrames "too_many_frames";
    /// Requests from this account or address came faster than the limit.
    TooManyRequests "too_many_requests";
    /// As many rooms from this address are open as are allowed.
    TooManyRooms "too_many_rooms";
    /// The server has as many rooms or guests as it allows, or its database has reached its limit.
    ServerFull "server_full";
    /// As many connections from this address are open as are allowed.
    TooManyConnections "too_many_connections";
    /// The client speaks another version of the protocol.
    VersionUnsupported "version_unsupported";
    /// The connection did not say hello in time.
    HelloMissing "hello_missing";
    /// The connection has ended, or belongs to another session.
    ConnectionNotFound "connection_not_found";
    /// The message came too early: hello must come first, and joining a room before its commands.
    OutOfOrder "out_of_order";
    /// The role does not allow it.
    NotAllowed "not_allowed";
    /// The connection does not belong to a member of the room.
    NotAMember "not_a_member";
    /// The receiver of the signal is not in the room.
    MemberNotFound "member_not_found";
    /// The stream is in a state in which this is not possible.
    StreamNotReady "stream_not_ready";
    /// Another member shares sound already.
    SoundTaken "sound_taken";
    /// As many members listen as can.
    SoundFull "sound_full";
    /// The room's owner has stopped the sound that this member shared.
    SoundStopped "sound_stopped";
    /// The connection reads more slowly than the room sends.
    TooSlow "too_slow";
    /// The browser needs a tap before it plays sound. Only pages use this, never the server.
    PlaybackBlocked "playback_blocked";
    /// All attempts to connect the two browsers failed. Only pages use this, never the server.
    Network "network";
    /// The browser has no peer connections. Only pages use this, never the server.
    WebRtcMissing "web_rtc_missing";
    /// The browser has no WebSockets. Only pages use this, never the server.
    WebSocketMissing "web_socket_missing";
    /// The browser stores no cookies. Only pages use this, never the server.
    CookiesBlocked "cookies_blocked";
    /// The server cannot store anything, such as while its disk is full.
    StorageUnavailable "storage_unavailable";
    /// The server does not understand what is stored of the room, which stays as it is.
    RoomUnreadable "room_unreadable";
    /// The server has just started and has not opened its rooms yet.
    ServerStarting "server_starting";
    /// The page's origin is not allowed.
    OriginNotAllowed "origin_not_allowed";
    /// The request names no valid host, or several.
    HostMalformed "host_malformed";
    /// The request is for a host that is not this server.
    HostUnknown "host_unknown";
}

impl Refusal {
    /// The refusal with this code; `None` if there is no such refusal.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|refusal| refusal.code() == code)
    }
}

// Written by hand: what is derived compares with each code in code of its own, three times, which every page would load.
impl Serialize for Refusal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Refusal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::parse(&code).ok_or_else(|| de::Error::custom("no refusal has this code"))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl std::error::Error for Refusal {}
