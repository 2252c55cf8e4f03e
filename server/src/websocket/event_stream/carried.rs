//! Gets to another node what was posted here for one of its streams. The bus may lose it: then there is no answer, and the client
//! opens another stream, as after every lost connection.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use heartogether::{id::NodeId, refusal::Refusal};
use tokio::{sync::oneshot, time::timeout};

use crate::cluster::{
    bus::{Bus, To},
    message::{NodeMessage, StreamPost},
};

/// How long the other node may take.
const ANSWER: Duration = Duration::from_secs(5);

type Answer = Option<Refusal>;

/// Posts that wait for another node's answer.
#[derive(Default)]
pub(crate) struct CarriedPosts {
    last: AtomicU64,
    waiting: Arc<Mutex<HashMap<u64, oneshot::Sender<Answer>>>>,
}

/// Forgets a post that is not waited for any more.
struct Waiting<'a> {
    posts: &'a CarriedPosts,
    number: u64,
}

impl CarriedPosts {
    /// Carries a post to a node, and gives its answer.
    ///
    /// # Errors
    /// Those of [`Streams::take`](super::Streams::take), and [`Refusal::ConnectionNotFound`] if the node does not answer.
    pub(super) async fn carry(&self, bus: &dyn Bus, by: NodeId, to: NodeId, post: StreamPost) -> Result<(), Refusal> {
        let number = self.last.fetch_add(1, Relaxed);
        let (answer, answered) = oneshot::channel();
        self.waiting().insert(number, answer);
        let _waiting = Waiting { posts: self, number };
        if !bus.tell(To::Node(to), NodeMessage::StreamPosted { by, number, post }) {
            return Err(Refusal::ConnectionNotFound);
        }
        match timeout(ANSWER, answered).await {
            Ok(Ok(answer)) => answer.map_or(Ok(()), Err),
            _ => Err(Refusal::ConnectionNotFound),
        }
    }

    /// The other node has answered.
    pub(crate) fn note_answer(&self, number: u64, refusal: Answer) {
        let waiting = self.waiting().remove(&number);
        // Otherwise it is not waited for any more.
        let _ = waiting.map(|answer| answer.send(refusal));
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<u64, oneshot::Sender<Answer>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.posts.waiting().remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use heartogether::id::ConnectionId;

    use super::*;
    use crate::{
        cluster::{
            bus::{MemoryBus, Received},
            message::SessionHash,
        },
        storage::accounts::TokenHash,
    };

    const HERE: NodeId = NodeId::from_bits(1);
    const THERE: NodeId = NodeId::from_bits(2);

    fn post(frames: &str) -> StreamPost {
        let (stream, session) = (ConnectionId::from_bits(7), SessionHash(TokenHash([1; 32])));
        StreamPost { stream, session, first: 0, frames: frames.to_owned() }
    }

    #[tokio::test(start_paused = true)]
    async fn each_post_gets_its_own_answer_or_is_refused() {
        let bus = MemoryBus::default();
        let ((here, _), (_there, mut inbox)) = (bus.join(HERE), bus.join(THERE));
        let posts = CarriedPosts::default();
        let answering = async {
            let mut asked = Vec::new();
            while asked.len() < 3 {
                let Some(Received::Message(NodeMessage::StreamPosted { by: HERE, number, post })) = inbox.recv().await
                else {
                    panic!("posts are carried");
                };
                asked.push((number, post.frames));
            }
            // In another order, and one gets no answer.
            posts.note_answer(asked[1].0, Some(Refusal::OutOfOrder));
            posts.note_answer(asked[0].0, None);
            posts.note_answer(999, None);
        };
        let carry = |frames| posts.carry(&here, HERE, THERE, post(frames));
        let (first, second, third, ()) = tokio::join!(carry("a"), carry("b"), carry("c"), answering);
        assert_eq!([first, second, third], [Ok(()), Err(Refusal::OutOfOrder), Err(Refusal::ConnectionNotFound)]);
        assert!(posts.waiting().is_empty());
        let nowhere = posts.carry(&here, HERE, NodeId::from_bits(3), post("d")).await;
        assert_eq!((nowhere, posts.waiting().len()), (Err(Refusal::ConnectionNotFound), 0));
    }
}
