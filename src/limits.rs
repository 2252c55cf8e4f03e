//! All limits with their units. Limits that operators can set are in [`Limits`]; limits of the protocol or of forms are
//! constants.

/// Characters in a display name, at most.
pub const NAME_CHARS: usize = 40;
/// Characters a room code may be typed with, spaces and hyphens included.
pub const CODE_INPUT_CHARS: usize = 20;
/// Characters a link may have that is pasted in place of a code.
pub const LINK_INPUT_CHARS: usize = 2048;
/// Rooms that one connection may be in at once.
pub const ROOMS_PER_CONNECTION: usize = 50;
/// Bytes in a signaling frame, at most. A description with many candidates stays under 20 KiB.
pub const FRAME_BYTES: usize = 64 * 1024;
/// WebSocket frames (RFC 6455, section 5.4) that one message may be sent in, at most.
pub const FRAMES_PER_MESSAGE: u32 = 64;
/// Candidates in one signal, at most; a browser with many interfaces gathers a few dozen and sends them in several.
pub const CANDIDATES_PER_SIGNAL: usize = 32;
/// Bytes in one candidate's attribute (RFC 8839, section 5.1), at most. The longest that browsers make, with a host name and
/// every extension, stay under 300.
pub const CANDIDATE_BYTES: usize = 512;
/// Bytes in the name of a media section (RFC 5888), at most. Browsers number them.
pub const MEDIA_ID_BYTES: usize = 64;
/// Bytes in the name of an event that a room's owner makes up, at most.
pub const CUSTOM_NAME_BYTES: usize = 64;
/// Bytes in what such an event says, at most.
pub const CUSTOM_PAYLOAD_BYTES: usize = 4 * 1024;
/// Characters in a message, at most, in any kind of room.
pub const MESSAGE_CHARS: usize = 4_000;
/// Characters in a message to a broadcast's host, at most.
pub const MESSAGE_TO_HOST_CHARS: usize = 50;
/// Messages to the host from one account at once, which a page keeps to by itself.
pub const MESSAGE_BURST: u32 = 5;
/// Characters in a room's name, at most.
pub const ROOM_NAME_CHARS: usize = 60;
/// Pages that an account may have in a lounge at once.
pub const PAGES_PER_MEMBER: u32 = 8;
/// Members who may listen to one member at once where each chooses whether to: the sound goes to each of them directly, and a home's
/// uplink carries not many more.
pub const DIRECT_LISTENERS: u32 = 8;
/// Different emoji that members may put on one message.
pub const EMOJI_PER_MESSAGE: usize = 20;
/// Pictures in a message, at most.
pub const PICTURES_PER_MESSAGE: u32 = 9;
/// Bytes of a picture, at most.
pub const PICTURE_BYTES: usize = 10 * 1000 * 1000;
/// Pixels of a picture, at most: a browser that shows it takes four bytes for each.
pub const PICTURE_PIXELS: u64 = 40_000_000;
/// Milliseconds that a picture is kept which no message has.
pub const PICTURE_UNSENT_MS: u64 = 24 * 60 * 60 * 1000;
/// Messages of a room that may be pinned.
pub const PINS: u32 = 100;
/// Reports of messages that may wait for a room's owner.
pub const REPORTS: u32 = 100;
/// Of these, reports of one member, so that nobody takes all places.
pub const REPORTS_PER_MEMBER: u32 = 10;
/// Characters in the reason of a report, at most.
pub const REPORT_CHARS: usize = 200;
/// People who may wait until a room's owner lets them in.
pub const WAITING: u32 = 50;
/// Those of them with one browser, or from one network address: a household, and few of whoever makes up guests.
pub const WAITING_PER_ADDRESS: u32 = 5;
/// Milliseconds after which a request to come in ends without an answer.
pub const REQUEST_MS: u64 = 7 * 24 * 60 * 60 * 1000;
/// Milliseconds for which somebody whom the owner has declined cannot ask again.
pub const DECLINED_MS: u64 = 10 * 60 * 1000;
/// Times that an account may download its data in an hour: each reads all that it has written.
pub const EXPORTS: Quota = Quota { count: 6, window_ms: 60 * 60 * 1000 };
/// Milliseconds for which a member counts as writing after saying so.
pub const TYPING_MS: u32 = 6_000;
/// Messages sent at once, on arrival and on demand.
pub const MESSAGES_AT_ONCE: usize = 50;
/// Characters in a search, at most.
pub const SEARCH_CHARS: usize = 100;
/// Results of a search that are sent at once.
pub const RESULTS_AT_ONCE: usize = 20;
/// Changes of a list of lounges that are told at once, at most. With more of them, the list is to be asked for.
pub const LOUNGES_CHANGED_AT_ONCE: usize = 200;

/// The limits that an operator can set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Listeners in a room who are served directly by the host.
    pub max_listeners: u32,
    /// Listeners in a room who come from one address, unless it is the host's own: a household or a class that sits together has
    /// all places, and one stranger with many guests cannot fill a room.
    pub max_listeners_per_address: u32,
    /// Milliseconds without a live host or any activity after which a room ends.
    pub room_idle_ms: u64,
    /// Milliseconds without the host after which a room ends.
    pub room_host_absent_ms: u64,
    /// Members of a lounge, present or not.
    pub max_lounge_members: u32,
    /// Milliseconds after the last message at which a lounge ends.
    pub lounge_idle_ms: u64,
    /// Milliseconds after its end that the owner can open a room again under the same code.
    pub room_reopen_ms: u64,
    /// Rooms an account may open in a window, and how long that is.
    pub rooms_per_account: Quota,
    /// Rooms that were opened from one address and are open at once.
    pub rooms_per_address: u32,
    /// Rooms that may be opened from one address in a window, and how long that is.
    pub new_rooms_per_address: Quota,
    /// Rooms that are open at once.
    pub rooms: u32,
    /// Guests whose accounts are kept.
    pub guests: u32,
    /// Bytes of the database from which on nobody is new: no room is opened and no guest comes. 0 is no limit.
    pub database_bytes: u64,
    /// Rooms that may be looked up from one address in a window, and how long that is.
    pub look_ups_per_address: Quota,
    /// Guests who may sign in from one address in a window, and how long that is.
    pub sign_ins_per_address: Quota,
    /// Requests from one address in a window, those for the site's files apart, and how long that is.
    pub requests_per_address: Quota,
    /// Connections from one address at once; proxies that are trusted have as many as they need.
    pub connections_per_address: u32,
    /// Of these, signaling connections from one address at once.
    pub sockets_per_address: u32,
    /// Connections at once.
    pub connections: u32,
    /// Milliseconds a listener who lost the connection keeps their place.
    pub listener_grace_ms: u64,
    /// Milliseconds a host who lost the connection is announced as reconnecting.
    pub host_grace_ms: u64,
    /// Signaling frames a second from one connection, sustained.
    pub frames_per_second: u32,
    /// Signaling frames from one connection at once.
    pub frames_burst: u32,
    /// Bytes of signals a second from one account to one member, sustained. A page that tries to connect anew every 1.2 s, with
    /// dozens of candidates each time, sends less.
    pub signal_bytes_per_second: u32,
    /// Bytes of signals from one account to one member at once.
    pub signal_bytes_burst: u32,
    /// Requests for a place, for an offer or for older messages a second from one account to a room, sustained: each costs
    /// others more than a frame, a line in the room's log, a peer connection or many frames at once. A page needs one of the
    /// former, and one of the latter every 1.2 s.
    pub requests_per_second: u32,
    /// Such requests from one account to a room at once.
    pub requests_burst: u32,
    /// Changes of the stream (begun, paused, gone on with, interrupted) a second from one account to a room, sustained: each
    /// takes a line in the room's log, and the next one can take it back.
    pub stream_commands_per_second: u32,
    /// Such changes from one account to a room at once.
    pub stream_commands_burst: u32,
    /// Messages to the host a second from one account to a room, sustained.
    pub messages_per_second: u32,
    /// Messages to the host from one account to a room at once.
    pub messages_burst: u32,
    /// Bytes of the pictures in a room.
    pub picture_bytes_per_room: u64,
    /// Bytes of an account's pictures in all rooms.
    pub picture_bytes_per_account: u64,
    /// Pictures a second from one account to a room, sustained.
    pub pictures_per_second: u32,
    /// Pictures from one account to a room at once.
    pub pictures_burst: u32,
    /// Messages a minute from one account to all rooms together, and as many at once.
    pub messages_per_account: u32,
    /// Messages a minute from one address (for IPv6 a /56) to all rooms together, and as many at once.
    pub messages_per_address: u32,
    /// Requests for a place in any room a minute from one account, and as many at once: a page that has lost all its places asks
    /// for each of them again.
    pub joins_per_account: u32,
    /// Moments (that somebody is writing, or has read) a second from one account to a room, sustained.
    pub moments_per_second: u32,
    /// Moments from one account to a room at once.
    pub moments_burst: u32,
    /// Reactions a second from one account to a room, sustained.
    pub reactions_per_second: u32,
    /// Reactions from one account to a room at once.
    pub reactions_burst: u32,
    /// Events of their own that an owner sends a second to a room, sustained. Each goes to every member.
    pub custom_events_per_second: u32,
    /// Such events to a room at once.
    pub custom_events_burst: u32,
    /// Texts that one account in a room wants to see as messages, a second, sustained.
    pub previews_per_second: u32,
    /// Such texts at once.
    pub previews_burst: u32,
    /// Searches a second in a room from one account, sustained.
    pub searches_per_second: u32,
    /// Searches in a room from one account at once.
    pub searches_burst: u32,
    /// Milliseconds within which a connection has to say hello.
    pub hello_ms: u64,
    /// Milliseconds between two heartbeats of the server.
    pub heartbeat_ms: u64,
    /// Milliseconds of silence after which a connection counts as lost, three heartbeats.
    pub silence_ms: u64,
    /// Frames that may wait for one connection; one more, and that connection is closed.
    pub send_queue_frames: usize,
}

/// A count in a window of time. A window begins with the first request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// How many.
    pub count: u32,
    /// Milliseconds a window lasts.
    pub window_ms: u64,
}

impl Limits {
    /// The defaults where rooms have so many listeners: a whole room may sit behind one address.
    pub fn for_listeners(max_listeners: u32) -> Self {
        let defaults = Self::default();
        let at_least = |limit: u32, times: u32| limit.max(max_listeners.saturating_mul(times));
        let quota = |quota: Quota, times: u32| Quota { count: at_least(quota.count, times), ..quota };
        Self {
            max_listeners,
            max_listeners_per_address: max_listeners - max_listeners / 10,
            // Some reload, and some come again with another account.
            sign_ins_per_address: quota(defaults.sign_ins_per_address, 2),
            // A page with its files, and what it asks for while it waits for its host.
            requests_per_address: quota(defaults.requests_per_address, 40),
            // Each of them may write twice.
            messages_per_address: at_least(defaults.messages_per_address, 2),
            // A browser opens up to six connections for requests beside its socket.
            connections_per_address: at_least(defaults.connections_per_address, 8),
            connections: at_least(defaults.connections, 16),
            sockets_per_address: at_least(defaults.sockets_per_address, 2),
            // A host who comes back offers to everybody at once, in a few frames each, and all of them answer.
            frames_burst: at_least(defaults.frames_burst, FRAMES_PER_OFFER),
            send_queue_frames: defaults.send_queue_frames.max(max_listeners.saturating_mul(4) as usize),
            ..defaults
        }
    }
}

/// An offer and its candidates, generously.
const FRAMES_PER_OFFER: u32 = 6;

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_listeners: 30,
            max_listeners_per_address: 27,
            room_idle_ms: 60 * 60 * 1000,
            room_host_absent_ms: 6 * 60 * 60 * 1000,
            max_lounge_members: 1_000,
            lounge_idle_ms: 30 * 24 * 60 * 60 * 1000,
            room_reopen_ms: 10 * 60 * 1000,
            rooms_per_account: Quota { count: 30, window_ms: 10 * 60 * 1000 },
            rooms_per_address: 100,
            new_rooms_per_address: Quota { count: 120, window_ms: 10 * 60 * 1000 },
            rooms: 10_000,
            guests: 200_000,
            database_bytes: 8 << 30,
            look_ups_per_address: Quota { count: 120, window_ms: 5 * 60 * 1000 },
            sign_ins_per_address: Quota { count: 120, window_ms: 10 * 60 * 1000 },
            requests_per_address: Quota { count: 1_200, window_ms: 60 * 1000 },
            connections_per_address: 512,
            sockets_per_address: 128,
            connections: 16_384,
            listener_grace_ms: 10_000,
            host_grace_ms: 120_000,
            frames_per_second: 50,
            frames_burst: 200,
            signal_bytes_per_second: 16 * 1024,
            signal_bytes_burst: 128 * 1024,
            requests_per_second: 1,
            requests_burst: 5,
            stream_commands_per_second: 2,
            stream_commands_burst: 10,
            messages_per_second: 1,
            messages_burst: MESSAGE_BURST,
            picture_bytes_per_room: 1 << 30,
            picture_bytes_per_account: 512 << 20,
            pictures_per_second: 1,
            pictures_burst: 3 * PICTURES_PER_MESSAGE,
            messages_per_account: 60,
            messages_per_address: 60,
            joins_per_account: 60,
            moments_per_second: 2,
            moments_burst: 10,
            reactions_per_second: 5,
            reactions_burst: 10,
            custom_events_per_second: 5,
            custom_events_burst: 20,
            previews_per_second: 3,
            previews_burst: 10,
            searches_per_second: 1,
            searches_burst: 10,
            hello_ms: 10_000,
            heartbeat_ms: 10_000,
            silence_ms: 30_000,
            send_queue_frames: 256,
        }
    }
}
