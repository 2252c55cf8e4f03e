//! What this node has in common with others.

use std::{sync::Arc, time::Duration};

use heartogether::id::NodeId;

use crate::{
    auth::Keys,
    cluster::{
        RedisBus, SharedAllowances, SharedOpenRooms, SharedSignalTraces,
        bus::{Bus, Inbox, MemoryBus},
    },
    http::SharedLimits,
    room_lookup::RoomLookup,
    rooms::SIGNALS_KEPT,
    storage::log::redis::SharedRedis,
};

/// How long a room counts for its address after its node has said that it is open.
const OPEN_ROOMS: Duration = Duration::from_secs(180);

/// What this node has in common with others.
pub(super) struct OtherNodes {
    pub(super) bus: Arc<dyn Bus>,
    /// What they say; nothing where this node is alone.
    pub(super) inbox: Option<Inbox>,
    pub(super) look_up: Arc<RoomLookup>,
    redis: Option<SharedRedis>,
}

impl OtherNodes {
    /// Joins the nodes on this Redis; there are none without it.
    pub(super) async fn join(node: NodeId, redis: Option<SharedRedis>) -> Self {
        match redis {
            Some(redis) => {
                let (bus, inbox) = RedisBus::join(redis.clone(), node);
                // Whoever comes as soon as this node is ready can be told something. Where it cannot be heard now, it is later.
                let _ = redis.check().await;
                let look_up = Arc::new(RoomLookup::shared(redis.clone()));
                Self { bus: Arc::new(bus), inbox: Some(inbox), look_up, redis: Some(redis) }
            }
            None => {
                let (bus, _) = MemoryBus::default().join(node);
                Self { bus: Arc::new(bus), inbox: None, look_up: Arc::default(), redis: None }
            }
        }
    }

    /// The latest signals of rooms on all nodes.
    pub(super) fn signal_traces(&self) -> Option<Arc<SharedSignalTraces>> {
        let redis = self.redis.clone()?;
        Some(Arc::new(SharedSignalTraces::new(redis, SIGNALS_KEPT)))
    }

    /// Limits that nodes count together, if they have the same keys.
    pub(super) fn limits(&self, keys: &Keys) -> Option<SharedLimits> {
        let (redis, secret) = (self.redis.as_ref()?, keys.limits_secret());
        Some(SharedLimits {
            allowances: Arc::new(SharedAllowances::new(redis.clone(), &secret)),
            open_rooms: Arc::new(SharedOpenRooms::new(redis.clone(), &secret, OPEN_ROOMS)),
        })
    }
}
