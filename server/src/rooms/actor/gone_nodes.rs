//! Nodes that are gone: their members lose their connections by an entry of the log, as by a lost socket.

use std::{collections::BTreeSet, time::Duration};

use heartogether::{id::NodeId, room::Event};
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::RoomActor;
use crate::{
    error::report_storage,
    rooms::{
        dependencies::Dependencies,
        retry::{append_surely_once, measured},
    },
    storage::log::AppendNonce,
};

impl RoomActor<'_> {
    /// Appends which nodes are gone that pages were connected to. Where this node alone serves the log, these are the nodes of
    /// earlier runs, and their entries come before all others of this run, unless the storage fails.
    pub(super) async fn report_gone_nodes(&mut self) {
        let Dependencies { id, log, .. } = self.dependencies;
        let others = self.room.pages().map(|connection| connection.node);
        let others: BTreeSet<_> = others.filter(|node| *node != self.dependencies.node).collect();
        self.gone.retain(|node| others.contains(node));
        if others.is_empty() {
            return;
        }
        match log.gone(others).await {
            Ok(gone) => self.gone = gone,
            // It is asked again.
            Err(error) => return report_storage(&error),
        }
        for node in self.gone.clone() {
            let (nonce, lost) = (self.nonce_of_loss(node), Event::NodeLost { node });
            if measured(*id, log.append_once(*id, nonce, lost.clone())).await.is_err() {
                append_surely_once(log.clone(), *id, nonce, lost);
            }
        }
    }

    /// Whether pages were connected to a node that is gone, and the log does not tell it yet.
    pub(super) fn waits_for_loss(&self) -> bool {
        !self.gone.is_empty() && self.room.pages().any(|connection| self.gone.contains(&connection.node))
    }

    /// Connections are lost once, whichever nodes notice. A node that was stopped and goes on can be lost again, with other
    /// connections.
    fn nonce_of_loss(&self, node: NodeId) -> AppendNonce {
        let lost = self.room.pages().filter(|connection| connection.node == node);
        let lost: BTreeSet<_> = lost.map(|connection| connection.id.to_string()).collect();
        let lost: String = lost.into_iter().collect();
        AppendNonce::of(&[b"node lost", node.to_string().as_bytes(), lost.as_bytes()])
    }
}

/// When to look for nodes that are gone.
pub(super) struct Look(Option<Interval>);

impl Look {
    /// Looks this often; never if `None`.
    pub(super) fn every(period: Option<Duration>) -> Self {
        Self(period.map(|period| {
            let mut interval = interval(period);
            interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
            interval
        }))
    }

    /// Returns when it is time to look.
    pub(super) async fn next(&mut self) {
        match &mut self.0 {
            Some(interval) => _ = interval.tick().await,
            None => std::future::pending().await,
        }
    }
}
