//! Opens the rooms' logs: in the database, or on Redis where several nodes share them.

use std::sync::Arc;

use heartogether::id::NodeId;
use tokio::time::sleep;

use super::{listening::Listening, storage::ASK_EVERY};
use crate::{
    clock::Clock,
    config::Config,
    error::report_storage,
    storage::{
        database::Database,
        epochs::SqlEpochs,
        log::{
            LogError, RoomLog, SqlLog,
            redis::{RedisServers, RedisSettings, RedisState},
            replicated::{Parts, ReplicatedLog, SqlDirectory, server::LogServers},
        },
        sealing::Sealer,
    },
};

/// The rooms' logs.
pub(super) struct Logs {
    pub(super) log: Arc<dyn RoomLog>,
    /// Dates entries.
    pub(super) clock: Arc<dyn Clock>,
    /// Where they are, if not in the database.
    pub(super) redis: Option<Arc<RedisServers>>,
}

impl Logs {
    /// Opens the logs. A Redis that is away is awaited: whoever asks whether the server is ready is told so meanwhile.
    pub(super) async fn open(
        (config, node): (&Config, NodeId),
        (database, sealer): (&Database, &Arc<Sealer>),
        clock: Arc<dyn Clock>,
        listening: &Listening,
    ) -> Result<Self, LogError> {
        let clock: Arc<dyn Clock> = Arc::new(SqlLog::clock(database, clock).await?);
        let Some(settings) = config.redis.settings() else {
            let log = Arc::new(SqlLog::new(database.clone(), clock.clone(), sealer.clone()));
            return Ok(Self { log, clock, redis: None });
        };
        let (servers, incoming) = RedisServers::new(settings.clone());
        let servers = Arc::new(servers);
        reach(&servers, settings, node, listening).await;
        let log = ReplicatedLog::start(Parts {
            node,
            servers: servers.clone(),
            incoming,
            epochs: Arc::new(SqlEpochs::new(database.clone())),
            directory: Arc::new(SqlDirectory::new(database.clone())),
            sealer: sealer.clone(),
            clock: clock.clone(),
        });
        Ok(Self { log: Arc::new(log), clock, redis: Some(servers) })
    }
}

/// Says to Redis, until it hears it, that this node lives.
async fn reach(servers: &RedisServers, settings: &RedisSettings, node: NodeId, listening: &Listening) {
    tracing::info!("this is node {node}, and rooms are shared by {}", settings.shown());
    while let Err(fault) = servers.beat(node).await {
        listening.report_redis(Some(if servers.is_refused() { RedisState::Refused } else { RedisState::Down }));
        report_storage(&fault);
        sleep(ASK_EVERY).await;
    }
    listening.report_redis(None);
}
