//! Every typed "no". A refusal is expected and travels by its code; what people read of it is the application's, in their
//! language.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Defines the refusals with their code, so that none can be forgotten.
macro_rules! refusals {
    ($($(#[$meta:meta])* $name:ident $code:literal;)*) => {
        /// Why something was not done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Refusal {
            $($(#[$meta])* #[serde(rename = $code)] $name,)*
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
    /// As many listen as the room allows.
    RoomFull "room_full";
    /// As many listen from this address as the room gives to one.
    AddressFull "address_full";
    /// The room has ended.
    RoomEnded "room_ended";
    /// Only the account that created a room hosts it.
    NotOwner "not_owner";
    /// The owner hosts this room on another page.
    HostElsewhere "host_elsewhere";
    /// The same account took its place over on another page.
    SessionReplaced "session_replaced";
    /// The host has removed this account from the room.
    Removed "removed";
    /// The request carries no valid session.
    NotSignedIn "not_signed_in";
    /// The browser did not keep the cookie of a session that has just begun. Said by the page itself, never by the server.
    CookieNotKept "cookie_not_kept";
    /// Guests may listen on this server, and open no rooms.
    GuestsListenOnly "guests_listen_only";
    /// This server has no guests.
    GuestsOff "guests_off";
    /// The visitor turned back at the sign-in provider.
    SignInCancelled "sign_in_cancelled";
    /// The sign-in provider's answer was not what it has to be.
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
    /// The message has no visible character.
    MessageEmpty "message_empty";
    /// The message has more than 50 characters.
    MessageTooLong "message_too_long";
    /// The message contains a control character.
    MessageControlCharacter "message_control_character";
    /// Messages came faster than the limit.
    TooManyMessages "too_many_messages";
    /// Reactions came faster than the limit.
    TooManyReactions "too_many_reactions";
    /// The message was deleted, or never was.
    MessageNotFound "message_not_found";
    /// A connection is in as many rooms as one may be.
    TooManyPlaces "too_many_places";
    /// The time in which the room could be opened again is over.
    ReopenTooLate "reopen_too_late";
    /// The frame is no message of this protocol.
    FrameMalformed "frame_malformed";
    /// The frame is longer than 64 KiB.
    FrameTooLarge "frame_too_large";
    /// Frames came faster than the limit.
    TooManyFrames "too_many_frames";
    /// Requests from this account or address came faster than the limit.
    TooManyRequests "too_many_requests";
    /// As many rooms are open that were opened from this address as may be.
    TooManyRooms "too_many_rooms";
    /// As many rooms or guests are there as this server takes, or its database is as large as it may be.
    ServerFull "server_full";
    /// As many connections come from this address as may be.
    TooManyConnections "too_many_connections";
    /// The client speaks another version of the protocol.
    VersionUnsupported "version_unsupported";
    /// The connection did not say hello in time.
    HelloMissing "hello_missing";
    /// The message came before what it needs: hello before all else, a room before its commands.
    OutOfOrder "out_of_order";
    /// The role does not allow it.
    NotAllowed "not_allowed";
    /// The connection belongs to no member of the room, or no longer.
    NotAMember "not_a_member";
    /// The member a signal is meant for is not there.
    MemberNotFound "member_not_found";
    /// The stream is not in a state in which this can be done.
    StreamNotReady "stream_not_ready";
    /// The connection reads slower than the room speaks.
    TooSlow "too_slow";
    /// The browser wants a tap before it plays. Said by the page itself, never by the server.
    PlaybackBlocked "playback_blocked";
    /// Attempts to connect the two browsers come to nothing. Said by the page itself, never by the server.
    Network "network";
    /// The browser offers no peer connections. Said by the page itself, never by the server.
    WebRtcMissing "web_rtc_missing";
    /// The browser offers no WebSockets. Said by the page itself, never by the server.
    WebSocketMissing "web_socket_missing";
    /// The browser keeps no cookies. Said by the page itself, never by the server.
    CookiesBlocked "cookies_blocked";
    /// The server cannot store anything, such as while its disk is full.
    StorageUnavailable "storage_unavailable";
    /// The server has just been started, and does not know its rooms yet.
    ServerStarting "server_starting";
    /// The page's origin is not one this server serves.
    OriginNotAllowed "origin_not_allowed";
    /// The request names no host as one is written, or several.
    HostMalformed "host_malformed";
    /// The request is for a host that is not this server.
    HostUnknown "host_unknown";
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl std::error::Error for Refusal {}
