//! Takes in what other nodes say.

use std::{sync::Arc, time::Duration};

use heartogether::{
    id::AccountId,
    protocol::{FromRoom, ReceivedSignal, ServerMessage},
};
use tokio::{sync::Notify, time::sleep};

use super::{
    bus::{Inbox, Received, To},
    message::NodeMessage,
};
use crate::{state::Node, websocket::Frame};

/// The pause before sessions are looked up again that could not be.
const PAUSE: Duration = Duration::from_secs(1);

/// Takes in what other nodes say, until the bus is gone.
pub(crate) async fn receive(node: Arc<Node>, mut inbox: Inbox) {
    let interrupted = Notify::new();
    let hearing = async {
        while let Some(received) = inbox.recv().await {
            match received {
                Received::Message(NodeMessage::Blocked { account }) => {
                    drop(tokio::spawn(tell_blocked(node.clone(), account)))
                }
                Received::Message(message) => node.take_in(message),
                Received::Interrupted => interrupted.notify_one(),
            }
        }
    };
    tokio::select! {
        () = hearing => {}
        () = check_sessions(&node, &interrupted) => {}
    }
}

/// Looks up the sessions of connections each time messages may have been lost.
async fn check_sessions(node: &Node, interrupted: &Notify) {
    loop {
        interrupted.notified().await;
        while let Err(error) = node.check_sessions().await {
            error.report();
            sleep(PAUSE).await;
        }
    }
}

/// What cannot be read now, the account's pages learn when they come the next time.
async fn tell_blocked(node: Arc<Node>, account: AccountId) {
    if let Err(error) = node.tell_blocked_here(account).await {
        error.report();
    }
}

impl Node {
    fn take_in(&self, message: NodeMessage) {
        let sockets = &self.auth.sockets;
        match message {
            NodeMessage::Signal { room, to, from, signal } => {
                let signal = ServerMessage::from_room(room, FromRoom::Signal(ReceivedSignal { from, signal }));
                // A page asks again for what does not arrive.
                let _ = sockets.send_queue(to).map(|send_queue| send_queue.push_signal(from, &signal));
            }
            NodeMessage::Custom { room, to, event } => {
                let frame = Frame::custom(room, event);
                to.into_iter().filter_map(|to| sockets.send_queue(to)).for_each(|queue| queue.push(frame.clone()));
            }
            NodeMessage::Moment { room, to, moment } => {
                let frame = Frame::from_room(room, moment.into());
                to.into_iter().filter_map(|to| sockets.send_queue(to)).for_each(|queue| queue.push(frame.clone()));
            }
            NodeMessage::LoungesChanged { to, room, changed } => self.rooms.lists().tell_here(&to, room, &changed),
            NodeMessage::LoungesRead { read } => self.rooms.lists().take_reads(read),
            NodeMessage::Sessions { change } => self.auth.take_in(change),
            NodeMessage::StreamPosted { by, number, post } => {
                let (streams, bus) = (self.streams.clone(), self.bus.clone());
                // A stream's reader may be behind. Only its own posts wait for it.
                tokio::spawn(async move {
                    let refusal = streams.take(&post).await.err();
                    let _ = bus.tell(To::Node(by), NodeMessage::PostAnswered { number, refusal });
                });
            }
            NodeMessage::PostAnswered { number, refusal } => self.carried_posts.note_answer(number, refusal),
            NodeMessage::Blocked { .. } | NodeMessage::Unknown => {}
        }
    }
}
