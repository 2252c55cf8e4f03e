//! The lists of lounges on the pages of accounts, on this node and on others: what changes in them is told to pages of other
//! lounges. Pages that are in the lounge itself know it.
//!
//! A page is told at most once in [`PAUSE`]. What changes meanwhile waits in one place for each lounge, however much it is.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use heartogether::{
    id::{AccountId, ConnectionId, MessageNumber, RoomCode, RoomId},
    protocol::{LoungeRead, LoungesChanged},
    time::Timestamp,
};
use tokio::time::sleep;

use crate::{
    cluster::{
        bus::{Bus, To},
        message::{AccountRead, NodeMessage, RECEIVERS},
    },
    storage::{StorageError, accounts::Memberships},
    websocket::{Frame, SendQueue},
};

/// The time between two frames to a page.
const PAUSE: Duration = Duration::from_secs(1);
/// How long other nodes wait for what accounts have read: members who read along do so all the time.
const READ_PAUSE: Duration = Duration::from_millis(500);

/// The pages of lounges on this node, and the way to those on others.
pub(crate) struct Lists {
    bus: Arc<dyn Bus>,
    memberships: Arc<dyn Memberships>,
    pages: Mutex<HashMap<AccountId, Vec<Page>>>,
    /// What other nodes are to be told.
    read: Mutex<BTreeMap<(AccountId, RoomCode), MessageNumber>>,
}

/// A connection that has a place in lounges.
struct Page {
    connection: ConnectionId,
    send_queue: SendQueue,
    /// These lounges.
    rooms: Vec<RoomCode>,
    /// What it is to be told.
    waiting: LoungesChanged,
    /// Whether it was told something a moment ago.
    is_paused: bool,
}

/// A page's place in a lounge, until it is dropped.
pub(super) struct Entered {
    lists: Arc<Lists>,
    account: AccountId,
    connection: ConnectionId,
    room: RoomCode,
}

impl Lists {
    pub(super) fn new(bus: Arc<dyn Bus>, memberships: Arc<dyn Memberships>) -> Arc<Self> {
        Arc::new(Self { bus, memberships, pages: Mutex::default(), read: Mutex::default() })
    }

    /// Adds a lounge to an account's list, and tells the account's pages if it is new there. It is so too where the account was a
    /// member before, and was none meanwhile.
    ///
    /// # Errors
    /// [`StorageError`].
    pub(crate) async fn add(
        self: &Arc<Self>,
        account: AccountId,
        room: RoomId,
        since: Timestamp,
        was_member: bool,
    ) -> Result<(), StorageError> {
        let is_new = self.memberships.add_membership(account, room, since).await?;
        if is_new || !was_member {
            self.tell(&[account], None, &LoungesChanged::anew());
        }
        Ok(())
    }

    /// A page has a place in a lounge: from now on it is told of the account's other ones.
    pub(super) fn enter(
        self: &Arc<Self>,
        account: AccountId,
        connection: ConnectionId,
        send_queue: &SendQueue,
        room: RoomCode,
    ) -> Entered {
        let mut pages = self.pages();
        let pages = pages.entry(account).or_default();
        match pages.iter_mut().find(|page| page.connection == connection) {
            Some(page) => page.rooms.push(room),
            None => pages.push(Page {
                connection,
                send_queue: send_queue.clone(),
                rooms: vec![room],
                waiting: LoungesChanged::default(),
                is_paused: false,
            }),
        }
        Entered { lists: self.clone(), account, connection, room }
    }

    /// Tells the pages of accounts on all nodes what has changed in a lounge.
    pub(crate) fn tell(self: &Arc<Self>, accounts: &[AccountId], room: Option<RoomCode>, changed: &LoungesChanged) {
        self.tell_here(accounts, room, changed);
        for to in accounts.chunks(RECEIVERS) {
            // What is lost, pages learn when they ask for the list the next time.
            let _ = self
                .bus
                .tell(To::Others, NodeMessage::LoungesChanged { to: to.to_vec(), room, changed: changed.clone() });
        }
    }

    /// Tells the pages of accounts on this node, but not those that are in this lounge.
    pub(crate) fn tell_here(
        self: &Arc<Self>,
        accounts: &[AccountId],
        room: Option<RoomCode>,
        changed: &LoungesChanged,
    ) {
        let mut pages = self.pages();
        for account in accounts {
            let meant = pages.get_mut(account).into_iter().flatten();
            for page in meant.filter(|page| room.is_none_or(|room| !page.rooms.contains(&room))) {
                page.waiting.add(changed.clone());
                if !std::mem::replace(&mut page.is_paused, true) {
                    page.send();
                    tokio::spawn(go_on(self.clone(), *account, page.connection));
                }
            }
        }
    }

    /// Tells the account's other pages how far it has read in a lounge.
    pub(crate) fn note_read(self: &Arc<Self>, account: AccountId, read: LoungeRead) {
        self.tell_here(&[account], Some(read.room), &LoungesChanged::read(read));
        let mut waiting = self.waiting_reads();
        let is_first = waiting.is_empty();
        let known = waiting.entry((account, read.room)).or_default();
        *known = read.up_to.max(*known);
        if is_first {
            tokio::spawn(tell_reads(self.clone()));
        }
    }

    /// Tells pages on this node what accounts have read on others.
    pub(crate) fn take_reads(self: &Arc<Self>, reads: Vec<AccountRead>) {
        for AccountRead { account, read } in reads {
            self.tell_here(&[account], Some(read.room), &LoungesChanged::read(read));
        }
    }

    fn leave(&self, account: AccountId, connection: ConnectionId, room: RoomCode) {
        let mut pages = self.pages();
        let Some(of_account) = pages.get_mut(&account) else { return };
        if let Some(page) = of_account.iter_mut().find(|page| page.connection == connection) {
            page.rooms.retain(|known| *known != room);
        }
        of_account.retain(|page| !page.rooms.is_empty());
        if of_account.is_empty() {
            pages.remove(&account);
        }
    }

    /// Tells a page what waits. Returns whether there is another pause.
    fn go_on(&self, account: AccountId, connection: ConnectionId) -> bool {
        let mut pages = self.pages();
        let page = pages.get_mut(&account).into_iter().flatten().find(|page| page.connection == connection);
        let Some(page) = page else { return false };
        page.is_paused = !page.waiting.is_empty();
        if page.is_paused {
            page.send();
        }
        page.is_paused
    }

    fn pages(&self) -> MutexGuard<'_, HashMap<AccountId, Vec<Page>>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn waiting_reads(&self) -> MutexGuard<'_, BTreeMap<(AccountId, RoomCode), MessageNumber>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Page {
    /// Sends what waits. What a slow page does not take yet goes on waiting.
    fn send(&mut self) {
        if !self.send_queue.is_crowded() {
            self.send_queue.push(Frame::lounges_changed(&std::mem::take(&mut self.waiting)));
        }
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.lists.leave(self.account, self.connection, self.room);
    }
}

/// Waits for a page's pauses, until nothing is to be told in one of them, or the page is gone.
async fn go_on(lists: Arc<Lists>, account: AccountId, connection: ConnectionId) {
    loop {
        sleep(PAUSE).await;
        if !lists.go_on(account, connection) {
            return;
        }
    }
}

/// Tells other nodes what accounts have read, together.
async fn tell_reads(lists: Arc<Lists>) {
    sleep(READ_PAUSE).await;
    let waiting = std::mem::take(&mut *lists.waiting_reads());
    let read = |((account, room), up_to)| AccountRead { account, read: LoungeRead { room, up_to } };
    let reads: Vec<AccountRead> = waiting.into_iter().map(read).collect();
    for read in reads.chunks(RECEIVERS) {
        let _ = lists.bus.tell(To::Others, NodeMessage::LoungesRead { read: read.to_vec() });
    }
}

#[cfg(test)]
mod tests;
