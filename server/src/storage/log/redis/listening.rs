//! Takes in what servers push.

use std::sync::{Arc, Weak};

use heartogether::id::RoomId;
use redis::{PushInfo, PushKind};
use tokio::sync::mpsc::UnboundedReceiver;

use super::{
    Links, keys,
    partitions::{PARTITIONS, partition_of},
    server::RedisServer,
    topology::Topology,
    wire,
};
use crate::storage::log::replicated::server::{Fault, Message};

/// Passes on what a server pushes, until its connection ends or is given up.
pub(super) async fn hear(links: Weak<Links>, server: Arc<RedisServer>, mut pushed: UnboundedReceiver<PushInfo>) {
    loop {
        let push = tokio::select! {
            push = pushed.recv() => push,
            () = server.given_up() => None,
        };
        let Some(push) = push else { break };
        let Some(links) = links.upgrade() else { return };
        match push.kind {
            PushKind::SMessage => links.pass_on(push),
            // A cluster has given the channel's slot to another server.
            PushKind::SUnsubscribe => links.node_channels.note_lost(push, &server),
            PushKind::Disconnection => break,
            _ => {}
        }
    }
    server.give_up();
    // The last one who holds it closes the connection: its subscriptions would be heard twice, and counted as another node.
    drop(server);
    let Some(links) = links.upgrade() else { return };
    links.find_again().await;
    links.note_interruption();
}

impl Links {
    fn pass_on(&self, push: PushInfo) {
        let mut data = push.data.into_iter().map(redis::from_redis_value::<String>);
        let (Some(Ok(channel)), Some(Ok(text))) = (data.next(), data.next()) else { return };
        if channel.starts_with(&keys::node_channels()) {
            return self.node_channels.pass_on(text);
        }
        let parsed = match channel.split_once("}:r:") {
            Some((_, room)) => room.parse::<RoomId>().ok().zip(wire::message(&text).ok()),
            None => text.split_once(' ').and_then(|(room, call)| room.parse().ok().zip(wire::message(call).ok())),
        };
        match parsed {
            Some((room, message)) => _ = self.out.send((Some(room), message)),
            None => tracing::warn!(channel, "a message on Redis cannot be read"),
        }
    }

    /// Subscribes on a new connection to all that comes from this server.
    pub(super) async fn listen_again(&self, server: &RedisServer, topology: &Topology) -> Result<(), Fault> {
        let is_there = |partition: &usize| topology.primary(*partition) == Some(&server.address);
        for partition in (0..PARTITIONS).filter(is_there) {
            server.ask::<redis::Value>(redis::cmd("SSUBSCRIBE").arg(keys::calls(partition))).await?;
        }
        if is_there(&0) {
            self.node_channels.subscribe(server).await?;
        }
        let rooms: Vec<RoomId> = self.rooms().iter().filter(|room| is_there(&partition_of(**room))).copied().collect();
        for room in rooms {
            server.ask::<redis::Value>(redis::cmd("SSUBSCRIBE").arg(keys::channel(room))).await?;
        }
        self.note_interruption();
        Ok(())
    }

    /// Messages may have been lost.
    fn note_interruption(&self) {
        let _ = self.out.send((None, Message::Interrupted));
        self.node_channels.note_interruption();
    }
}
