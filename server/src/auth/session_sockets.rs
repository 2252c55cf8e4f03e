//! The open connections of each session and account. A log-out closes them at once, and no connection outlasts its
//! session.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::Duration,
};

use heartogether::{
    id::{AccountId, ConnectionId},
    refusal::Refusal,
};
use tokio::{sync::Notify, time::interval};

use crate::{
    storage::accounts::TokenHash,
    websocket::{CloseReason, SendQueue},
};

/// The connections of this node, with their sessions.
#[derive(Clone, Default)]
pub(crate) struct Sockets(Arc<Inner>);

#[derive(Default)]
struct Inner {
    open: Mutex<HashMap<ConnectionId, Open>>,
    /// Whether the server is stopping.
    are_stopping: AtomicBool,
    /// Signalled when a connection has ended.
    gone: Notify,
}

struct Open {
    session: TokenHash,
    account: AccountId,
    send_queue: SendQueue,
}

/// Keeps a connection registered until it is dropped.
pub(crate) struct Registration {
    sockets: Sockets,
    connection: ConnectionId,
}

impl Sockets {
    /// Registers a connection.
    pub(super) fn register(
        &self,
        session: TokenHash,
        account: AccountId,
        connection: ConnectionId,
        send_queue: SendQueue,
    ) -> Registration {
        self.open().insert(connection, Open { session, account, send_queue: send_queue.clone() });
        // Either this call sees that the server is stopping, or the call that stops it sees this connection.
        if self.are_stopping() {
            send_queue.close(CloseReason::STOPPING);
        }
        Registration { sockets: self.clone(), connection }
    }

    /// Tells the connections of this session that they are signed out, and closes them. This looks at every connection,
    /// as log-outs are rare.
    pub(super) fn close_session(&self, session: TokenHash) {
        self.close(|open| open.session == session, CloseReason::refused(Refusal::NotSignedIn));
    }

    /// The same for every connection of an account, whichever session it began with.
    pub(super) fn close_account(&self, account: AccountId) {
        self.close(|open| open.account == account, CloseReason::refused(Refusal::NotSignedIn));
    }

    /// Lets the connections of this session keep their places in rooms, but take no new ones.
    pub(super) fn confine(&self, session: TokenHash) {
        self.open().values().filter(|open| open.session == session).for_each(|open| open.send_queue.confine());
    }

    /// Closes the connections of this session without a refusal, so that their pages connect again with their new
    /// session.
    pub(super) fn drop_session(&self, session: TokenHash) {
        self.close(|open| open.session == session, CloseReason::GONE);
    }

    /// The sessions that connections began with.
    pub(super) fn sessions(&self) -> HashSet<TokenHash> {
        self.open().values().map(|open| open.session).collect()
    }

    /// The send queue of a connection; `None` if it is not of this node, or not any more.
    pub(crate) fn send_queue(&self, connection: ConnectionId) -> Option<SendQueue> {
        self.open().get(&connection).map(|open| open.send_queue.clone())
    }

    /// Stops the server's connections: tells all of them, also later ones, to connect again at once (RFC 6455, section
    /// 7.4.1, code 1001). Tells them one after the other over `spread`, in no particular order, so that not all of them reach
    /// another server in the same moment. Returns once all have ended.
    pub(crate) async fn stop(&self, spread: Duration) {
        self.0.are_stopping.store(true, SeqCst);
        let queues: Vec<SendQueue> = self.open().values().map(|open| open.send_queue.clone()).collect();
        let pause = spread.checked_div(u32::try_from(queues.len()).unwrap_or(u32::MAX)).unwrap_or_default();
        let mut due = (!pause.is_zero()).then(|| interval(pause));
        for queue in queues {
            if let Some(due) = &mut due {
                due.tick().await;
            }
            queue.close(CloseReason::STOPPING);
        }
        loop {
            let gone = self.0.gone.notified();
            if self.open().is_empty() {
                return;
            }
            gone.await;
        }
    }

    /// Whether [`Sockets::stop`] has been called.
    pub(crate) fn are_stopping(&self) -> bool {
        self.0.are_stopping.load(SeqCst)
    }

    fn close(&self, which: impl Fn(&Open) -> bool, ending: CloseReason) {
        self.open().values().filter(|open| which(open)).for_each(|open| open.send_queue.close(ending));
    }

    fn open(&self) -> MutexGuard<'_, HashMap<ConnectionId, Open>> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.sockets.open().remove(&self.connection);
        self.sockets.0.gone.notify_waiters();
    }
}
