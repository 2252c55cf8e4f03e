//! Every typed "no". A refusal is expected, travels on the wire by its code and has a text for people.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Defines the refusals with their code and their text, so that neither can be forgotten.
macro_rules! refusals {
    ($($(#[$meta:meta])* $name:ident $code:literal $text:literal;)*) => {
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

            /// What a person is told: what happened and what to do.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

refusals! {
    /// The code is not six characters of the alphabet.
    CodeMalformed "code_malformed" "A room code has six letters or digits, such as ABC234. Please check it.";
    /// No live room has this code.
    RoomNotFound "room_not_found" "There is no room with this code. Please check it, or ask the host for a new one.";
    /// As many listen as the room allows.
    RoomFull "room_full" "This room is full. Try again when somebody has left.";
    /// As many listen from this address as the room gives to one.
    AddressFull "address_full" "Many people listen from your network already, and this room keeps some places for others. Try again when somebody has left.";
    /// The room has ended.
    RoomEnded "room_ended" "This room has ended.";
    /// Only the account that created a room hosts it.
    NotOwner "not_owner" "Only the person who created this room can host it.";
    /// The owner hosts this room on another page.
    HostElsewhere "host_elsewhere" "You are hosting this room in another tab.";
    /// The same account took its place over on another page.
    SessionReplaced "session_replaced" "This room was opened in another tab, so this one has let go.";
    /// The host has removed this account from the room.
    Removed "removed" "The host has removed you from this room.";
    /// The request carries no valid session.
    NotSignedIn "not_signed_in" "Please tell us your name first.";
    /// The browser did not keep the cookie of a session that has just begun. Said by the page itself, never by the server.
    CookieNotKept "cookie_not_kept" "Your browser did not keep what tells us that it is you (a cookie). Please allow cookies for this site. If they are allowed, open it under its https address, or ask whoever runs this server.";
    /// Guests may listen on this server, and open no rooms.
    GuestsListenOnly "guests_listen_only" "Guests can listen here. To open a room of your own, please sign in.";
    /// This server has no guests.
    GuestsOff "guests_off" "This server is for people who sign in.";
    /// The visitor turned back at the sign-in provider.
    SignInCancelled "sign_in_cancelled" "You turned back before signing in. Nothing has changed.";
    /// The sign-in provider's answer was not what it has to be.
    SignInFailed "sign_in_failed" "Signing in did not work. Please try again.";
    /// The sign-in took too long, or its answer came a second time.
    SignInExpired "sign_in_expired" "That took too long, so we stopped waiting. Please sign in again.";
    /// The sign-in provider does not answer.
    ProviderUnreachable "provider_unreachable" "The sign-in service does not answer. Please try again in a moment.";
    /// This server has no such sign-in provider.
    ProviderUnknown "provider_unknown" "This server does not offer that way to sign in.";
    /// The name has no visible character.
    NameEmpty "name_empty" "Please enter a name.";
    /// The name has more than 40 characters.
    NameTooLong "name_too_long" "A name has at most 40 characters.";
    /// The name contains a control character.
    NameControlCharacter "name_control_character" "A name cannot contain control characters.";
    /// The message has no visible character.
    MessageEmpty "message_empty" "Please write something first.";
    /// The message has more than 50 characters.
    MessageTooLong "message_too_long" "A message has at most 50 characters.";
    /// The message contains a control character.
    MessageControlCharacter "message_control_character" "A message cannot contain control characters.";
    /// Messages came faster than the limit.
    TooManyMessages "too_many_messages" "That was quick. Your message goes out in a moment.";
    /// Reactions came faster than the limit.
    TooManyReactions "too_many_reactions" "So much joy! Please give the others a moment to catch up.";
    /// The message was deleted, or never was.
    MessageNotFound "message_not_found" "This message is not there any more.";
    /// A connection is in as many rooms as one may be.
    TooManyPlaces "too_many_places" "This page is in as many rooms as it can be. Please leave one first.";
    /// The time in which the room could be opened again is over.
    ReopenTooLate "reopen_too_late" "This room ended too long ago to be opened again. Please create a new one.";
    /// The frame is no message of this protocol.
    FrameMalformed "frame_malformed" "This page sent something the server does not understand. Please reload it.";
    /// The frame is longer than 64 KiB.
    FrameTooLarge "frame_too_large" "This page sent a message that is too large.";
    /// Frames came faster than the limit.
    TooManyFrames "too_many_frames" "This page sent too many messages at once.";
    /// Requests from this account or address came faster than the limit.
    TooManyRequests "too_many_requests" "That was a lot in a short time. Please wait a few minutes and try again.";
    /// As many rooms are open that were opened from this address as may be.
    TooManyRooms "too_many_rooms" "Many rooms are open that were opened from your network. Please end one first.";
    /// As many rooms or guests are there as this server takes, or its database is as large as it may be.
    ServerFull "server_full" "This server is full at the moment. Please try again later.";
    /// As many connections come from this address as may be.
    TooManyConnections "too_many_connections" "Too many pages in your network are connected. Please close one and try again.";
    /// The client speaks another version of the protocol.
    VersionUnsupported "version_unsupported" "This page is out of date. Please reload it.";
    /// The connection did not say hello in time.
    HelloMissing "hello_missing" "The connection was not used in time.";
    /// The message came before what it needs: hello before all else, a room before its commands.
    OutOfOrder "out_of_order" "This page sent a message at the wrong time. Please reload it.";
    /// The role does not allow it.
    NotAllowed "not_allowed" "Your role in this room does not allow that.";
    /// The connection belongs to no member of the room, or no longer.
    NotAMember "not_a_member" "You are no longer in this room.";
    /// The member a signal is meant for is not there.
    MemberNotFound "member_not_found" "The other side has left this room.";
    /// The stream is not in a state in which this can be done.
    StreamNotReady "stream_not_ready" "There is nothing to pause or resume right now.";
    /// The connection reads slower than the room speaks.
    TooSlow "too_slow" "The connection was too slow to keep up.";
    /// The browser wants a tap before it plays. Said by the page itself, never by the server.
    PlaybackBlocked "playback_blocked" "Your browser plays sound only after a tap.";
    /// Attempts to connect the two browsers come to nothing. Said by the page itself, never by the server.
    Network "network" "No way to the host was found through this network. Try another one, such as mobile data, or ask whoever runs this server to set up a relay (TURN). This page keeps trying.";
    /// The browser offers no peer connections. Said by the page itself, never by the server.
    WebRtcMissing "web_rtc_missing" "This browser has no WebRTC, over which the sound travels, or a setting or an extension has switched it off. Allow it for this site, or use another browser, and reload this page.";
    /// The browser offers no WebSockets. Said by the page itself, never by the server.
    WebSocketMissing "web_socket_missing" "This browser has no WebSocket, over which the room is reached, or a setting or an extension has switched it off. Allow it for this site, or use another browser, and reload this page.";
    /// The browser keeps no cookies. Said by the page itself, never by the server.
    CookiesBlocked "cookies_blocked" "This browser keeps no cookies for this site, and the one that says who you are is needed. Allow cookies for this site and reload this page.";
    /// The server cannot store anything, such as while its disk is full.
    StorageUnavailable "storage_unavailable" "The server cannot store anything right now. Your own network is fine; please give it a moment.";
    /// The server has just been started, and does not know its rooms yet.
    ServerStarting "server_starting" "The server is starting. Please try again in a moment.";
    /// The page's origin is not one this server serves.
    OriginNotAllowed "origin_not_allowed" "This page’s address is not the one the server knows as its own. If you opened it at the right place, whoever runs this server has to set its address (PUBLIC_URL), or its proxy has to pass the address on.";
    /// The request names no host as one is written, or several.
    HostMalformed "host_malformed" "The address you used is not a valid one.";
    /// The request is for a host that is not this server.
    HostUnknown "host_unknown" "This server is not known under the address you used.";
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl std::error::Error for Refusal {}
