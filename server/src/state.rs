//! What every request can reach.

use std::sync::Arc;

use axum::extract::FromRef;
use heartogether::{id::NodeId, limits::Limits};
use leptos::config::LeptosOptions;

use crate::{
    clock::Clock,
    config::Config,
    edge::{Hints, Places, Quotas},
    identity::Identity,
    invitation::Reach,
    log::RoomLog,
    readiness::Readiness,
    report::Reports,
    rooms::Rooms,
    signalling::{Allowances, Origins},
    store::Store,
};

/// This run of this server.
pub(crate) struct Node {
    pub(crate) id: NodeId,
    pub(crate) config: Config,
    pub(crate) limits: Limits,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) log: Arc<dyn RoomLog>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) rooms: Arc<Rooms>,
    pub(crate) identity: Identity,
    pub(crate) origins: Origins,
    pub(crate) reach: Reach,
    pub(crate) quotas: Quotas,
    pub(crate) allowances: Allowances,
    pub(crate) sockets: Places,
    pub(crate) reports: Reports,
    pub(crate) hints: Hints,
    pub(crate) readiness: Readiness,
}

/// The router's state.
#[derive(Clone, FromRef)]
pub(crate) struct AppState {
    pub(crate) node: Arc<Node>,
    pub(crate) options: LeptosOptions,
}
