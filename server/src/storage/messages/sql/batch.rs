//! Changes that are written in one transaction. Their results are computed first, so that each message is sealed and
//! written once.

use std::collections::BTreeMap;

use heartogether::{
    id::{MessageNumber, RoomId},
    room::ArchiveChange,
};

use crate::storage::{
    StorageError,
    database::{Connection, Durability, Error, statement, to_sql},
    messages::apply,
    sealing::{OwnedMessage, Sealed, Sealer},
};

/// The messages that a batch of changes names.
pub(super) fn named(changes: &[ArchiveChange]) -> Vec<MessageNumber> {
    let number = |change: &ArchiveChange| match change {
        ArchiveChange::Write { message, .. } => Some(message.number),
        ArchiveChange::Edit { number, .. } | ArchiveChange::Delete(number) | ArchiveChange::Pin { number, .. } => {
            Some(*number)
        }
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

/// A message that a batch names.
struct Named {
    owned: OwnedMessage,
    is_new: bool,
    is_changed: bool,
}

impl Named {
    const fn stored(owned: OwnedMessage) -> Self {
        Self { owned, is_new: false, is_changed: false }
    }

    const fn new(owned: OwnedMessage) -> Self {
        Self { owned, is_new: true, is_changed: true }
    }

    fn take(&mut self, change: &ArchiveChange) {
        let before = self.owned.message.clone();
        apply(&mut self.owned.message, change);
        self.is_changed |= self.owned.message != before;
    }
}

impl Batch {
    /// What changes make of the messages that they name, one after the other. Of these, some are stored already.
    pub(super) fn new(changes: &[ArchiveChange], stored: Vec<OwnedMessage>) -> Self {
        let messages = stored.into_iter().map(|owned| (owned.message.number, Named::stored(owned))).collect();
        let mut batch = Self { messages, ..Self::default() };
        changes.iter().for_each(|change| batch.take(change));
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
            ArchiveChange::Delete(_) => self.deletes = true,
            ArchiveChange::Edit { .. } | ArchiveChange::Pin { .. } => {}
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

    /// Writes it within a transaction.
    pub(super) async fn write(self, db: &mut Connection, room: RoomId) -> Result<(), Error> {
        let none = MessageNumber::default();
        for (change, up_to) in [
            (
                "UPDATE messages SET delivered = 1 WHERE room = $1 AND number <= $2 AND delivered = 0",
                self.delivered_up_to,
            ),
            ("DELETE FROM messages WHERE room = $1 AND number <= $2", self.forgotten_up_to),
        ] {
            if up_to > none {
                statement(change).bind(room.to_string()).bind(to_sql(up_to.0)).execute(&mut *db).await?;
            }
        }
        for (Named { owned: OwnedMessage { sealed_by, message }, is_new, .. }, sealed) in self.messages {
            // Whoever owns the key now owns the message: the account that a guest has become, or nobody.
            let write = match is_new {
                true => {
                    "INSERT INTO messages (room, number, account, sealed_by, nonce, sent_at, delivered, message, sealed) \
                     SELECT $1, $2, owner, account, $6, $7, $8, $3, $4 FROM account_keys WHERE account = $5 \
                     ON CONFLICT (room, number) DO NOTHING"
                }
                false => "UPDATE messages SET message = $3, sealed = $4 WHERE room = $1 AND number = $2",
            };
            let mut query = statement(write).bind(room.to_string()).bind(to_sql(message.number.0));
            query = query.bind(sealed.value).bind(sealed.texts);
            if is_new {
                query = query.bind(sealed_by.to_string()).bind(i64::from(message.nonce));
                query = query.bind(to_sql(message.sent_at.as_millis())).bind(message.delivered);
            }
            query.execute(&mut *db).await?;
        }
        Ok(())
    }
}
