//! Changes that are written in one transaction. Their results are computed first, so that each message is sealed and
//! written once.

use std::collections::BTreeMap;

use heartogether::{
    id::{MessageNumber, RoomId},
    room::ArchiveChange,
};

use super::index::Index;
use crate::{
    search::TERMS_VERSION,
    storage::{
        StorageError,
        database::{Connection, Durability, Error, statement, to_sql},
        messages::apply,
        sealing::{OwnedMessage, Sealed, Sealer},
    },
};

/// The messages that a batch of changes names.
pub(super) fn named(changes: &[ArchiveChange]) -> Vec<MessageNumber> {
    let number = |change: &ArchiveChange| match change {
        ArchiveChange::Write { message, .. } => Some(message.number),
        ArchiveChange::Edit { number, .. }
        | ArchiveChange::Delete(number)
        | ArchiveChange::Pin { number, .. }
        | ArchiveChange::RemovePicture { number, .. }
        | ArchiveChange::React { number, .. } => Some(*number),
        ArchiveChange::Deliver { .. } | ArchiveChange::Forget { .. } => None,
    };
    changes.iter().filter_map(number).collect()
}

/// What a batch of changes makes of a room's messages. It is written in this order: what becomes of all that are stored, then each
/// message that the batch names.
#[derive(Default)]
pub(super) struct Batch {
    delivered_up_to: MessageNumber,
    forgotten_up_to: MessageNumber,
    messages: BTreeMap<MessageNumber, Named>,
    deletes: bool,
}

/// A message as it was read.
pub(super) struct Stored {
    pub(super) owned: OwnedMessage,
    /// How it is stored: unless it still is when it is written, another node has changed it meanwhile.
    pub(super) sealed: Sealed,
}

/// A message that a batch names.
struct Named {
    owned: OwnedMessage,
    /// How it was stored; `None` if it was not.
    before: Option<Sealed>,
    is_changed: bool,
    /// Whether its text is another one.
    is_reworded: bool,
}

impl Named {
    fn stored(Stored { owned, sealed }: Stored) -> Self {
        Self { owned, before: Some(sealed), is_changed: false, is_reworded: false }
    }

    const fn new(owned: OwnedMessage) -> Self {
        Self { owned, before: None, is_changed: true, is_reworded: true }
    }

    fn take(&mut self, change: &ArchiveChange) {
        let before = self.owned.message.clone();
        apply(&mut self.owned.message, change);
        self.is_changed |= self.owned.message != before;
        self.is_reworded |= self.owned.message.text != before.text;
    }
}

impl Batch {
    /// What changes make of the messages that they name, one after the other. Of these, some are stored already.
    pub(super) fn new<'a>(changes: impl Iterator<Item = &'a ArchiveChange>, stored: Vec<Stored>) -> Self {
        let messages = stored.into_iter().map(|stored| (stored.owned.message.number, Named::stored(stored))).collect();
        let mut batch = Self { messages, ..Self::default() };
        changes.for_each(|change| batch.take(change));
        batch
    }

    fn take(&mut self, change: &ArchiveChange) {
        match change {
            ArchiveChange::Write { account, message } => {
                let written = || Named::new(OwnedMessage { sealed_by: *account, message: message.clone() });
                self.messages.entry(message.number).or_insert_with(written);
                return;
            }
            ArchiveChange::Forget { up_to } => {
                self.forgotten_up_to = self.forgotten_up_to.max(*up_to);
                self.messages.retain(|number, _| number > up_to);
            }
            ArchiveChange::Deliver { up_to } => self.delivered_up_to = self.delivered_up_to.max(*up_to),
            ArchiveChange::Delete(_) | ArchiveChange::RemovePicture { .. } => self.deletes = true,
            ArchiveChange::Edit { .. } | ArchiveChange::Pin { .. } | ArchiveChange::React { .. } => {}
        }
        self.messages.values_mut().for_each(|named| named.take(change));
    }

    /// Seals what is to be written, before the transaction begins: a new key is a transaction of its own.
    pub(super) async fn seal(self, sealer: &Sealer) -> Result<SealedBatch, StorageError> {
        let mut messages = Vec::new();
        for named in self.messages.into_values().filter(|named| named.is_changed) {
            let sealed = sealer.seal(&named.owned).await?;
            messages.push((named, sealed));
        }
        let (delivered_up_to, forgotten_up_to) = (self.delivered_up_to, self.forgotten_up_to);
        Ok(SealedBatch { delivered_up_to, forgotten_up_to, messages, deletes: self.deletes })
    }
}

/// A [`Batch`] that is ready to be written.
pub(super) struct SealedBatch {
    delivered_up_to: MessageNumber,
    forgotten_up_to: MessageNumber,
    messages: Vec<(Named, Sealed)>,
    deletes: bool,
}

impl SealedBatch {
    /// A deletion outlasts a power cut, whatever level is set.
    pub(super) const fn durability(&self) -> Durability {
        if self.deletes { Durability::Full } else { Durability::AsSet }
    }

    /// Writes it within a transaction. Returns whether all is as it was read: if not, another node has written meanwhile, and the
    /// transaction must not be committed.
    pub(super) async fn write(self, db: &mut Connection, room: RoomId) -> Result<bool, Error> {
        let none = MessageNumber::default();
        for (change, up_to) in [
            (
                "UPDATE messages SET delivered = 1 WHERE room = $1 AND number <= $2 AND delivered = 0",
                self.delivered_up_to,
            ),
            (
                "DELETE FROM message_words WHERE place = (SELECT place FROM word_keys WHERE room = $1) AND number <= $2",
                self.forgotten_up_to,
            ),
            ("DELETE FROM messages WHERE room = $1 AND number <= $2", self.forgotten_up_to),
        ] {
            if up_to > none {
                statement(change).bind(room.to_string()).bind(to_sql(up_to.0)).execute(&mut *db).await?;
            }
        }
        let is_reworded = self.messages.iter().any(|(named, _)| named.is_reworded);
        let index = if is_reworded { Some(Index::of(db, room).await?) } else { None };
        for (Named { owned, before, is_reworded, .. }, sealed) in self.messages {
            let (number, is_new) = (owned.message.number, before.is_none());
            let text = owned.message.text.clone();
            let written = match before {
                Some(before) => replace(db, (room, number), before, sealed).await?,
                None => add(db, room, owned, sealed).await?,
            };
            match (written, &index) {
                (Written::Done, Some(index)) if is_reworded => {
                    index.replace(db, number, text.as_ref().map(|text| text.as_str()), is_new).await?;
                }
                (Written::Done | Written::AuthorGone, _) => {}
                (Written::NotAsRead, _) => return Ok(false),
            }
        }
        Ok(true)
    }
}

/// What became of a message that was to be written.
enum Written {
    Done,
    /// Nothing is written of a deleted account.
    AuthorGone,
    /// Another node has written meanwhile.
    NotAsRead,
}

/// Writes a message in place of an earlier state of it, if it is still in that state.
async fn replace(
    db: &mut Connection,
    (room, number): (RoomId, MessageNumber),
    before: Sealed,
    after: Sealed,
) -> Result<Written, Error> {
    let update = "UPDATE messages SET message = $3, sealed = $4 WHERE room = $1 AND number = $2 \
                  AND message = $5 AND sealed = $6";
    let update = statement(update).bind(room.to_string()).bind(to_sql(number.0));
    let update = update.bind(after.value).bind(after.texts).bind(before.value).bind(before.texts);
    Ok(if update.execute(db).await? == 1 { Written::Done } else { Written::NotAsRead })
}

/// Writes a new message, unless its author is gone, or it is not new.
async fn add(db: &mut Connection, room: RoomId, owned: OwnedMessage, sealed: Sealed) -> Result<Written, Error> {
    let OwnedMessage { sealed_by, message } = owned;
    // Whoever owns the key now owns the message: the account that a guest has become, or nobody.
    let insert = "INSERT INTO messages (room, number, account, sealed_by, nonce, sent_at, delivered, message, sealed, indexed) \
                  SELECT $1, $2, owner, account, $6, $7, $8, $3, $4, $9 FROM account_keys WHERE account = $5 \
                  ON CONFLICT (room, number) DO NOTHING";
    let insert = statement(insert).bind(room.to_string()).bind(to_sql(message.number.0));
    let insert = insert.bind(sealed.value).bind(sealed.texts).bind(sealed_by.to_string());
    let insert = insert.bind(i64::from(message.nonce)).bind(to_sql(message.sent_at.as_millis()));
    let insert = insert.bind(message.delivered).bind(i64::from(TERMS_VERSION));
    if insert.execute(&mut *db).await? == 1 {
        return Ok(Written::Done);
    }
    let found = statement("SELECT 1 FROM messages WHERE room = $1 AND number = $2").bind(room.to_string());
    let found = found.bind(to_sql(message.number.0)).fetch_optional(db).await?;
    Ok(if found.is_some() { Written::NotAsRead } else { Written::AuthorGone })
}
