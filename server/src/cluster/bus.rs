//! How nodes reach each other: each message arrives at most once, or not at all.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use heartogether::id::NodeId;
use tokio::sync::mpsc;

use super::message::NodeMessage;

/// Who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// One node.
    Node(NodeId),
    /// All nodes but the one that tells.
    Others,
}

/// What comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// What another node says.
    Message(NodeMessage),
    /// Messages may have been lost. What they would have said is to be looked up.
    Interrupted,
}

/// Where it comes in.
pub type Inbox = mpsc::UnboundedReceiver<Received>;

/// The other nodes.
pub trait Bus: Send + Sync {
    /// Tells them something, without waiting. Returns whether it is on its way; it may still be lost.
    fn tell(&self, to: To, message: NodeMessage) -> bool;
}

/// Nodes in one process: one that is alone, or several in a test.
#[derive(Clone, Default)]
pub struct MemoryBus(Arc<Mutex<HashMap<NodeId, mpsc::UnboundedSender<Received>>>>);

/// A node's place on a [`MemoryBus`].
pub struct MemoryNode {
    node: NodeId,
    bus: MemoryBus,
}

impl MemoryBus {
    /// Adds a node.
    pub fn join(&self, node: NodeId) -> (MemoryNode, Inbox) {
        let (sender, inbox) = mpsc::unbounded_channel();
        self.nodes().insert(node, sender);
        (MemoryNode { node, bus: self.clone() }, inbox)
    }

    fn nodes(&self) -> MutexGuard<'_, HashMap<NodeId, mpsc::UnboundedSender<Received>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Bus for MemoryNode {
    fn tell(&self, to: To, message: NodeMessage) -> bool {
        let nodes = self.bus.nodes();
        match to {
            To::Node(node) => {
                let is_other = |sender: &&mpsc::UnboundedSender<_>| node != self.node && !sender.is_closed();
                let sender = nodes.get(&node).filter(is_other);
                sender.is_some_and(|sender| sender.send(Received::Message(message)).is_ok())
            }
            To::Others => {
                let others = nodes.iter().filter(|(node, _)| **node != self.node);
                // Whoever has gone hears nothing.
                others.for_each(|(_, sender)| _ = sender.send(Received::Message(message.clone())));
                true
            }
        }
    }
}
