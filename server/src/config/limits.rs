//! The limits that operators may set.

use clap::Args;
use heartogether::limits::{Limits, Quota};

#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Limits")]
pub(super) struct LimitSettings {
    /// Listeners in a room
    #[arg(long, env = "MAX_LISTENERS", default_value_t = Limits::default().max_listeners, value_parser = clap::value_parser!(u32).range(1..))]
    max_listeners: u32,

    /// Listeners in a room from one address (for IPv6 a /56), except the host's own address [default: nine tenths of
    /// MAX_LISTENERS]
    #[arg(long, env = "MAX_LISTENERS_PER_ADDRESS", value_parser = clap::value_parser!(u32).range(1..))]
    max_listeners_per_address: Option<u32>,

    /// Milliseconds without a live host or any activity after which a room ends
    #[arg(long, env = "ROOM_TTL_MS", default_value_t = Limits::default().room_idle_ms, value_parser = clap::value_parser!(u64).range(1..))]
    room_ttl_ms: u64,

    /// Milliseconds without the host after which a room ends
    #[arg(long, env = "ROOM_HOST_ABSENT_MS", default_value_t = Limits::default().room_host_absent_ms, value_parser = clap::value_parser!(u64).range(1..))]
    room_host_absent_ms: u64,

    /// Members of a lounge, present or not
    #[arg(long, env = "MAX_LOUNGE_MEMBERS", default_value_t = Limits::default().max_lounge_members, value_parser = clap::value_parser!(u32).range(1..))]
    max_lounge_members: u32,

    /// Milliseconds after the last message at which a lounge ends; so long its members keep their places while they are away
    #[arg(long, env = "LOUNGE_TTL_MS", default_value_t = Limits::default().lounge_idle_ms, value_parser = clap::value_parser!(u64).range(1..))]
    lounge_ttl_ms: u64,

    /// Milliseconds after the end of a room for which its owner can open it again
    #[arg(long, env = "ROOM_REOPEN_MS", default_value_t = Limits::default().room_reopen_ms)]
    room_reopen_ms: u64,

    /// Rooms that an account may open in RATE_LIMIT_WINDOW_MS
    #[arg(long, env = "RATE_LIMIT_REQUESTS", default_value_t = Limits::default().rooms_per_account.count)]
    rate_limit_requests: u32,

    /// Milliseconds for RATE_LIMIT_REQUESTS
    #[arg(long, env = "RATE_LIMIT_WINDOW_MS", default_value_t = Limits::default().rooms_per_account.window_ms, value_parser = clap::value_parser!(u64).range(1..))]
    rate_limit_window_ms: u64,

    /// Rooms that may be looked up from one address (for IPv6 a /64) in RATE_LIMIT_LOOKUP_WINDOW_MS
    #[arg(long, env = "RATE_LIMIT_LOOKUP_REQUESTS", default_value_t = Limits::default().look_ups_per_address.count)]
    rate_limit_lookup_requests: u32,

    /// Milliseconds for RATE_LIMIT_LOOKUP_REQUESTS
    #[arg(long, env = "RATE_LIMIT_LOOKUP_WINDOW_MS", default_value_t = Limits::default().look_ups_per_address.window_ms, value_parser = clap::value_parser!(u64).range(1..))]
    rate_limit_lookup_window_ms: u64,

    /// Guests who may sign in from one address in RATE_LIMIT_SIGN_IN_WINDOW_MS, counted for each room if they enter one
    /// [default: 120, or twice MAX_LISTENERS if that is more]
    #[arg(long, env = "RATE_LIMIT_SIGN_IN_REQUESTS")]
    rate_limit_sign_in_requests: Option<u32>,

    /// Milliseconds for RATE_LIMIT_SIGN_IN_REQUESTS
    #[arg(long, env = "RATE_LIMIT_SIGN_IN_WINDOW_MS", default_value_t = Limits::default().sign_ins_per_address.window_ms, value_parser = clap::value_parser!(u64).range(1..))]
    rate_limit_sign_in_window_ms: u64,

    /// Requests of any kind from one address in RATE_LIMIT_ADDRESS_WINDOW_MS, except requests for the site's code and
    /// styles [default: 1200, or 40 times MAX_LISTENERS if that is more]
    #[arg(long, env = "RATE_LIMIT_ADDRESS_REQUESTS")]
    rate_limit_address_requests: Option<u32>,

    /// Milliseconds for RATE_LIMIT_ADDRESS_REQUESTS
    #[arg(long, env = "RATE_LIMIT_ADDRESS_WINDOW_MS", default_value_t = Limits::default().requests_per_address.window_ms, value_parser = clap::value_parser!(u64).range(1..))]
    rate_limit_address_window_ms: u64,

    /// Messages a minute from one account
    #[arg(long, env = "RATE_LIMIT_MESSAGES", default_value_t = Limits::default().messages_per_account, value_parser = clap::value_parser!(u32).range(1..))]
    rate_limit_messages: u32,

    /// Messages a minute from one address (for IPv6 a /56) [default: 60, or twice MAX_LISTENERS if that is more]
    #[arg(long, env = "RATE_LIMIT_MESSAGES_PER_ADDRESS", value_parser = clap::value_parser!(u32).range(1..))]
    rate_limit_messages_per_address: Option<u32>,

    /// Rooms opened from one address that are open at the same time
    #[arg(long, env = "MAX_ROOMS_PER_ADDRESS", default_value_t = Limits::default().rooms_per_address)]
    max_rooms_per_address: u32,

    /// Rooms that may be opened from one address in RATE_LIMIT_WINDOW_MS
    #[arg(long, env = "RATE_LIMIT_ROOMS_PER_ADDRESS", default_value_t = Limits::default().new_rooms_per_address.count)]
    rate_limit_rooms_per_address: u32,

    /// Rooms that are open at the same time
    #[arg(long, env = "MAX_ROOMS", default_value_t = Limits::default().rooms, value_parser = clap::value_parser!(u32).range(1..))]
    max_rooms: u32,

    /// Guests whose accounts are kept
    #[arg(long, env = "MAX_GUESTS", default_value_t = Limits::default().guests, value_parser = clap::value_parser!(u32).range(1..))]
    max_guests: u32,

    /// Size of the database in bytes at which the server refuses new rooms and new guests; an eighth above it, nobody
    /// can join an open room or write there; 0 means no limit
    #[arg(long, env = "MAX_DATABASE_BYTES", default_value_t = Limits::default().database_bytes)]
    max_database_bytes: u64,

    /// Bytes of the pictures in one lounge; 0 means no pictures
    #[arg(long, env = "MAX_PICTURE_BYTES_PER_ROOM", default_value_t = Limits::default().picture_bytes_per_room)]
    max_picture_bytes_per_room: u64,

    /// Bytes of the pictures of one account, in all lounges
    #[arg(long, env = "MAX_PICTURE_BYTES_PER_ACCOUNT", default_value_t = Limits::default().picture_bytes_per_account)]
    max_picture_bytes_per_account: u64,

    /// Connections at the same time, if the system allows as many open files; the last tenth is for addresses with few
    /// connections [default: 16384, or 16 times MAX_LISTENERS if that is more]
    #[arg(long, env = "MAX_CONNECTIONS", value_parser = clap::value_parser!(u32).range(1..))]
    max_connections: Option<u32>,

    /// Connections from one address at the same time, except for TRUSTED_PROXIES [default: 512, or 8 times
    /// MAX_LISTENERS if that is more]
    #[arg(long, env = "MAX_CONNECTIONS_PER_ADDRESS", value_parser = clap::value_parser!(u32).range(1..))]
    max_connections_per_address: Option<u32>,

    /// Members' connections from one address at the same time [default: 128, or twice MAX_LISTENERS if that is more]
    #[arg(long, env = "MAX_SOCKETS_PER_ADDRESS", value_parser = clap::value_parser!(u32).range(1..))]
    max_sockets_per_address: Option<u32>,
}

impl LimitSettings {
    /// The limits as they are set.
    pub(super) fn read(&self) -> Limits {
        let defaults = Limits::for_listeners(self.max_listeners);
        let sign_ins = self.rate_limit_sign_in_requests.unwrap_or(defaults.sign_ins_per_address.count);
        let requests = self.rate_limit_address_requests.unwrap_or(defaults.requests_per_address.count);
        Limits {
            max_listeners_per_address: self.max_listeners_per_address.unwrap_or(defaults.max_listeners_per_address),
            room_idle_ms: self.room_ttl_ms,
            room_host_absent_ms: self.room_host_absent_ms,
            max_lounge_members: self.max_lounge_members,
            lounge_idle_ms: self.lounge_ttl_ms,
            room_reopen_ms: self.room_reopen_ms,
            rooms_per_account: quota(self.rate_limit_requests, self.rate_limit_window_ms),
            rooms_per_address: self.max_rooms_per_address,
            new_rooms_per_address: quota(self.rate_limit_rooms_per_address, self.rate_limit_window_ms),
            rooms: self.max_rooms,
            guests: self.max_guests,
            database_bytes: self.max_database_bytes,
            picture_bytes_per_room: self.max_picture_bytes_per_room,
            picture_bytes_per_account: self.max_picture_bytes_per_account,
            look_ups_per_address: quota(self.rate_limit_lookup_requests, self.rate_limit_lookup_window_ms),
            sign_ins_per_address: quota(sign_ins, self.rate_limit_sign_in_window_ms),
            requests_per_address: quota(requests, self.rate_limit_address_window_ms),
            messages_per_account: self.rate_limit_messages,
            messages_per_address: self.rate_limit_messages_per_address.unwrap_or(defaults.messages_per_address),
            connections: self.max_connections.unwrap_or(defaults.connections),
            connections_per_address: self.max_connections_per_address.unwrap_or(defaults.connections_per_address),
            sockets_per_address: self.max_sockets_per_address.unwrap_or(defaults.sockets_per_address),
            ..defaults
        }
    }
}

const fn quota(count: u32, window_ms: u64) -> Quota {
    Quota { count, window_ms }
}
