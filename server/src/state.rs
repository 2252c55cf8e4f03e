//! The state that all requests share.

use std::sync::Arc;

use axum::extract::FromRef;
use heartogether::{id::NodeId, limits::Limits};
use heartogether_app::page_code::CodeFiles;
use leptos::config::LeptosOptions;
use tokio::sync::Semaphore;

use crate::{
    auth::Auth,
    clock::Clock,
    cluster::bus::Bus,
    config::Config,
    database_limit::DatabaseLimit,
    http::{ConnectionLimit, RateLimits, SetupHints},
    invitation::Reach,
    markup::Renderer,
    readiness::Readiness,
    room_lookup::RoomLookup,
    rooms::Rooms,
    storage::{
        accounts::Store,
        log::{RoomLog, redis::RedisServers},
        messages::{MessageArchive, MessageSearch},
        orders::Orders,
        pictures::Pictures,
        sealing::Sealer,
    },
    websocket::{CarriedPosts, CommandLimits, Origins, Streams},
};

/// This run of this server.
pub(crate) struct Node {
    pub(crate) id: NodeId,
    pub(crate) config: Config,
    pub(crate) limits: Limits,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) log: Arc<dyn RoomLog>,
    /// The other nodes.
    pub(crate) bus: Arc<dyn Bus>,
    pub(crate) archive: Arc<dyn MessageArchive>,
    pub(crate) pictures: Pictures,
    /// The KiB that uploads may take.
    pub(crate) uploads: Semaphore,
    pub(crate) search: Arc<dyn MessageSearch>,
    pub(crate) sealer: Arc<Sealer>,
    /// What whoever runs the server orders.
    pub(crate) orders: Orders,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) rooms: Arc<Rooms>,
    pub(crate) auth: Auth,
    pub(crate) origins: Origins,
    pub(crate) reach: Reach,
    pub(crate) rate_limits: RateLimits,
    pub(crate) command_limits: CommandLimits,
    pub(crate) socket_limit: ConnectionLimit,
    /// What stands in for WebSockets on this node.
    pub(crate) streams: Streams,
    /// What was posted here for streams of other nodes.
    pub(crate) carried_posts: CarriedPosts,
    pub(crate) room_lookup: Arc<RoomLookup>,
    pub(crate) setup_hints: SetupHints,
    pub(crate) readiness: Readiness,
    pub(crate) database_limit: DatabaseLimit,
    pub(crate) markup: Renderer,
    /// Where the rooms' logs are, if several nodes share them.
    pub(crate) redis: Option<Arc<RedisServers>>,
}

/// The router's state.
#[derive(Clone, FromRef)]
pub(crate) struct AppState {
    pub(crate) node: Arc<Node>,
    pub(crate) options: LeptosOptions,
    /// The names of the pages' code, if there is a site.
    pub(crate) code_files: Option<Arc<CodeFiles>>,
}
