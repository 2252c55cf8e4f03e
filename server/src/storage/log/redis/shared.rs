//! What nodes share on the same servers beside logs: channels of their own, and keys that say how they live.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use heartogether::id::RoomId;
use redis::{Cmd, FromRedisValue, Pipeline, PushInfo};
use tokio::sync::mpsc;

use super::{
    Links, keys,
    partitions::{PARTITIONS, partition_of, tag_of},
    scripts::Scripts,
    server::RedisServer,
};
use crate::storage::log::replicated::server::{Fault, LogServer};

/// Milliseconds for which the sign that a node is subscribed stands.
const SUBSCRIBED_MS: u64 = 10_000;

/// The servers, for what nodes share beside logs.
#[derive(Clone)]
pub struct SharedRedis(Arc<Links>);

/// What comes in on a node's channels.
#[derive(Debug)]
pub(crate) enum Heard {
    /// A message.
    Text(String),
    /// Messages may have been lost.
    Interrupted,
}

/// The channels on which this node is told something.
#[derive(Default)]
pub(super) struct NodeChannels(Mutex<Listening>);

#[derive(Default)]
struct Listening {
    names: Vec<String>,
    out: Option<mpsc::UnboundedSender<Heard>>,
    /// The server at which they are subscribed.
    at: String,
}

impl NodeChannels {
    pub(super) fn pass_on(&self, text: String) {
        self.send(Heard::Text(text));
    }

    pub(super) fn note_interruption(&self) {
        self.send(Heard::Interrupted);
    }

    /// Subscribes to them at a server.
    pub(super) async fn subscribe(&self, server: &RedisServer) -> Result<(), Fault> {
        let names = self.listening().names.clone();
        for name in &names {
            server.ask::<redis::Value>(redis::cmd("SSUBSCRIBE").arg(name)).await?;
        }
        if !names.is_empty() {
            server.id().clone_into(&mut self.listening().at);
        }
        Ok(())
    }

    /// A cluster has given channels to another server: if they are a node's, the server is connected anew.
    pub(super) fn note_lost(&self, push: PushInfo, server: &RedisServer) {
        let names = self.listening().names.clone();
        let mut lost = push.data.into_iter().filter_map(|value| redis::from_redis_value::<String>(value).ok());
        if lost.any(|channel| names.contains(&channel)) {
            server.give_up();
        }
    }

    fn send(&self, heard: Heard) {
        if let Some(out) = &self.listening().out {
            // Where nobody listens, nothing is lost.
            let _ = out.send(heard);
        }
    }

    fn listening(&self) -> MutexGuard<'_, Listening> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SharedRedis {
    pub(super) const fn new(links: Arc<Links>) -> Self {
        Self(links)
    }

    /// From now on what is told in these channels comes in, once [`check`](Self::check) has succeeded.
    pub(crate) fn hear(&self, channels: [String; 2], out: mpsc::UnboundedSender<Heard>) {
        let mut listening = self.0.node_channels.listening();
        listening.names = channels.into();
        listening.out = Some(out);
    }

    /// Sees that this node is subscribed at the server that others tell it something at. Where that has become another one, and
    /// where it cannot be written to, it is looked for anew.
    pub(crate) async fn check(&self) -> Result<(), Fault> {
        let checked = self.try_check().await;
        if checked.is_err() {
            self.0.find_again().await;
        }
        checked
    }

    async fn try_check(&self) -> Result<(), Fault> {
        let (server, channels) = (self.0.server_of(0).await?, &self.0.node_channels);
        let (is_elsewhere, name) = {
            let listening = channels.listening();
            (listening.at != server.id(), listening.names.first().cloned().unwrap_or_default())
        };
        if is_elsewhere {
            channels.subscribe(&server).await?;
            channels.note_interruption();
        }
        // A server that was replaced still takes messages, but no writes.
        let mut sign = redis::cmd("SET");
        sign.arg(keys::subscribed(&name)).arg(1).arg("PX").arg(SUBSCRIBED_MS);
        server.ask::<redis::Value>(&sign).await.map(drop)
    }

    /// Publishes messages of channels of nodes, in order.
    pub(crate) async fn publish<'a>(&self, messages: impl Iterator<Item = (&'a str, &'a str)>) -> Result<(), Fault> {
        let mut pipeline = redis::pipe();
        messages.for_each(|(channel, text)| _ = pipeline.cmd("SPUBLISH").arg(channel).arg(text));
        self.0.server_of(0).await?.ask_all::<redis::Value>(&pipeline).await.map(drop)
    }

    /// The mark of what belongs to a room.
    pub(crate) fn mark(room: RoomId) -> u128 {
        partition_of(room) as u128
    }

    /// The name of a key that lies with all others of the same mark.
    pub(crate) fn key(mark: u128, name: &str) -> String {
        format!("{{{}}}:{name}", tag_of(partition(mark)))
    }

    /// The scripts that servers have.
    pub(crate) fn scripts(&self) -> &Scripts {
        &self.0.scripts
    }

    /// Asks for something about keys of a mark.
    pub(crate) async fn ask<T: FromRedisValue>(&self, mark: u128, command: &Cmd) -> Result<T, Fault> {
        self.0.server_of(partition(mark)).await?.ask(command).await
    }

    /// Does several things with keys of a mark.
    pub(crate) async fn ask_all<T: FromRedisValue>(&self, mark: u128, pipeline: &Pipeline) -> Result<T, Fault> {
        self.0.server_of(partition(mark)).await?.ask_all(pipeline).await
    }
}

/// The partition of a mark.
fn partition(mark: u128) -> usize {
    usize::try_from(mark % PARTITIONS as u128).unwrap_or_default()
}
