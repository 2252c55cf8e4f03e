//! The bus on Redis: a channel for each node, and one for all. Sharded pub/sub (`SPUBLISH`), so that a cluster does not pass each
//! message on to all of its servers.

use std::time::Duration;

use heartogether::id::NodeId;
use tokio::{
    sync::mpsc,
    task::JoinHandle,
    time::{MissedTickBehavior, interval, sleep},
};

use super::{
    bus::{Bus, Inbox, Received, To},
    message::{Envelope, NodeMessage},
};
use crate::{
    metrics::{NodeTraffic, count_node_messages},
    storage::log::redis::{Heard, SharedRedis, node_channel, nodes_channel},
};

/// Messages that may wait to be sent. One more is lost.
const WAITING: usize = 4_096;
/// Messages in one batch, at most.
const BATCH: usize = 256;
/// How often it is made sure that messages come in.
const CHECK: Duration = Duration::from_secs(1);
/// How often this node assumes that it has missed messages: a sender that is cut off, or whose messages wait for too long, tells
/// nobody that one is lost.
const DOUBT: Duration = Duration::from_secs(60);
/// The pause before messages that have to arrive are sent again.
const PAUSE: Duration = Duration::from_millis(250);
/// How many times such a message is sent at most: for about a minute.
const ATTEMPTS: u32 = 240;

/// A node's place on the bus. What has not been sent when it is dropped is lost.
pub struct RedisBus {
    node: NodeId,
    waiting: mpsc::Sender<Outgoing>,
    tasks: [JoinHandle<()>; 4],
}

struct Outgoing {
    channel: String,
    text: String,
    /// How many times it may be sent.
    attempts: u32,
}

impl RedisBus {
    /// Joins the bus. If Redis is away, messages come in once it is back. Needs a tokio runtime.
    pub fn join(redis: SharedRedis, node: NodeId) -> (Self, Inbox) {
        let (waiting, outgoing) = mpsc::channel(WAITING);
        let (out, inbox) = mpsc::unbounded_channel();
        let (heard_out, heard) = mpsc::unbounded_channel();
        redis.hear([node_channel(node), nodes_channel()], heard_out);
        let tasks = [
            tokio::spawn(send(redis.clone(), outgoing)),
            tokio::spawn(receive(node, heard, out.clone())),
            tokio::spawn(doubt(out)),
            tokio::spawn(stay_connected(redis)),
        ];
        (Self { node, waiting, tasks }, inbox)
    }
}

impl Bus for RedisBus {
    fn tell(&self, to: To, message: NodeMessage) -> bool {
        let channel = match to {
            To::Node(node) => node_channel(node),
            To::Others => nodes_channel(),
        };
        let attempts = if message.is_repeatable() { ATTEMPTS } else { 1 };
        let text = Envelope { from: self.node, message }.encode();
        let is_taken = self.waiting.try_send(Outgoing { channel, text, attempts }).is_ok();
        if !is_taken {
            count_node_messages(NodeTraffic::Unsent, 1);
        }
        is_taken
    }
}

impl Drop for RedisBus {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// Sends what waits, in order. What could not be sent and has to arrive is sent again before what comes after it.
async fn send(redis: SharedRedis, mut outgoing: mpsc::Receiver<Outgoing>) {
    let mut batch = Vec::new();
    loop {
        if !batch.is_empty() {
            sleep(PAUSE).await;
            while batch.len() < BATCH
                && let Ok(next) = outgoing.try_recv()
            {
                batch.push(next);
            }
        } else if outgoing.recv_many(&mut batch, BATCH).await == 0 {
            return;
        }
        let count = batch.len();
        match redis.publish(batch.iter().map(|message| (&*message.channel, &*message.text))).await {
            Ok(()) => {
                batch.clear();
                count_node_messages(NodeTraffic::Sent, count);
            }
            Err(fault) => {
                tracing::debug!(%fault, "messages to other nodes could not be sent");
                batch.iter_mut().for_each(|message| message.attempts -= 1);
                batch.retain(|message| message.attempts > 0);
                count_node_messages(NodeTraffic::Unsent, count - batch.len());
            }
        }
    }
}

/// Takes in what other nodes say. What cannot be read is counted and dropped.
async fn receive(node: NodeId, mut heard: mpsc::UnboundedReceiver<Heard>, out: mpsc::UnboundedSender<Received>) {
    while let Some(heard) = heard.recv().await {
        let received = match heard {
            Heard::Interrupted => Received::Interrupted,
            Heard::Text(text) => match Envelope::decode(&text) {
                Ok(Envelope { from, .. }) if from == node => continue,
                Ok(Envelope { message: NodeMessage::Unknown, .. }) => {
                    count_node_messages(NodeTraffic::Unknown, 1);
                    continue;
                }
                Ok(Envelope { message, .. }) => {
                    count_node_messages(NodeTraffic::Received, 1);
                    Received::Message(message)
                }
                Err(error) => {
                    count_node_messages(NodeTraffic::Unreadable, 1);
                    tracing::debug!(%error, "a message from another node is dropped");
                    continue;
                }
            },
        };
        if out.send(received).is_err() {
            return;
        }
    }
}

/// Says again and again that messages may have been lost.
async fn doubt(out: mpsc::UnboundedSender<Received>) {
    loop {
        sleep(DOUBT).await;
        if out.send(Received::Interrupted).is_err() {
            return;
        }
    }
}

/// Sees that this node is subscribed at the right server, also where nothing else needs that server.
async fn stay_connected(redis: SharedRedis) {
    let mut interval = interval(CHECK);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        if let Err(fault) = redis.check().await {
            tracing::debug!(%fault, "other nodes cannot be heard");
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

    use super::*;
    use crate::storage::log::redis::{RedisServers, RedisSettings};

    #[tokio::test(start_paused = true)]
    async fn sessions_are_looked_up_again_each_minute_whatever_comes_in() {
        // Nothing listens there.
        let settings = RedisSettings::parse("redis://127.0.0.1:1", None, true, CHECK).expect("an address");
        let (servers, _incoming) = RedisServers::new(settings);
        let (_bus, mut inbox) = RedisBus::join(servers.shared(), NodeId::from_bits(1));
        for _ in 0..3 {
            assert_eq!(timeout(DOUBT - CHECK, inbox.recv()).await.ok(), None);
            assert_eq!(timeout(2 * CHECK, inbox.recv()).await, Ok(Some(Received::Interrupted)));
        }
    }
}
