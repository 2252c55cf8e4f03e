//! Search in a database: the index gives candidates, and the messages themselves decide.

use async_trait::async_trait;
use heartogether::{
    id::{MessageNumber, RoomId},
    room::Reading,
};

use super::{
    SqlArchive,
    index::{FIND, Index},
    sealed,
};
use crate::{
    search::{Query, TERMS_VERSION},
    storage::{
        StorageError,
        database::{Durability, Error, Row, WriteTransaction, from_sql, statement, to_sql, unreadable},
        messages::{Found, MessageSearch},
        sealing::OwnedMessage,
    },
};

/// Words that one statement looks for. The message itself decides about others.
const WORDS: usize = 8;
/// How often candidates are looked at for one page, before the page is given as it is.
const ROUNDS: usize = 8;
/// Messages that are indexed in one transaction.
const INDEXED_AT_ONCE: i64 = 50;

#[async_trait]
impl MessageSearch for SqlArchive {
    async fn search(
        &self,
        room: RoomId,
        reading: Reading,
        query: &Query,
        mut before: MessageNumber,
        limit: usize,
    ) -> Result<Found, StorageError> {
        let mut found = Found::default();
        let index = statement(FIND).bind(room.to_string()).fetch_optional(&self.database).await?;
        let Some(index) = index.as_ref().map(Index::parse).transpose()? else { return Ok(found) };
        let words: Vec<i64> = query.terms().iter().map(|term| index.hash(term)).collect();
        for _ in 0..ROUNDS {
            // One more than asked for tells whether there are older ones.
            let rows = self.candidates((room, index.place), reading, &words, before, limit + 1).await?;
            for message in self.open(&rows).await?.into_iter().map(|stored| stored.owned.message) {
                let is_hit = message.text.as_ref().is_some_and(|text| query.hits(text.as_str()).is_some());
                if is_hit && found.messages.len() == limit {
                    found.more_before = found.messages.last().map(|last| last.number);
                    return Ok(found);
                }
                found.messages.extend(is_hit.then_some(message));
            }
            let Some(last) = rows.last().filter(|_| rows.len() > limit) else { return Ok(found) };
            before = MessageNumber(from_sql(last.try_get("number")?));
        }
        found.more_before = Some(before);
        Ok(found)
    }

    async fn index_earlier(&self) -> Result<(), StorageError> {
        let mut after = (String::new(), 0);
        loop {
            let select = "SELECT room, number, delivered, message, sealed FROM messages \
                          WHERE (room, number) > ($1, $2) AND indexed <> $3 ORDER BY room, number LIMIT $4";
            let select = statement(select).bind(after.0.clone()).bind(after.1).bind(i64::from(TERMS_VERSION));
            let rows = select.bind(INDEXED_AT_ONCE).slow().fetch_all(&self.database).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = (last.try_get::<&str>("room")?.to_owned(), last.try_get("number")?);
            self.index(&rows).await?;
        }
    }
}

impl SqlArchive {
    /// Messages of a room that may have these words, the latest first.
    async fn candidates(
        &self,
        (room, place): (RoomId, i64),
        reading: Reading,
        words: &[i64],
        before: MessageNumber,
        limit: usize,
    ) -> Result<Vec<Row>, Error> {
        // Everybody's, or those of one account.
        let select = "SELECT messages.number, account, delivered, message, sealed FROM message_words AS found \
                      JOIN messages ON messages.room = $1 AND messages.number = found.number \
                      WHERE found.place = $2 AND found.number < $3 AND ($4 = '' OR account = $4) \
                      AND found.word = $6 \
                      AND EXISTS (SELECT 1 FROM message_words WHERE place = $2 AND word = $7 AND number = found.number) \
                      AND EXISTS (SELECT 1 FROM message_words WHERE place = $2 AND word = $8 AND number = found.number) \
                      AND EXISTS (SELECT 1 FROM message_words WHERE place = $2 AND word = $9 AND number = found.number) \
                      AND EXISTS (SELECT 1 FROM message_words WHERE place = $2 AND word = $10 AND number = found.number) \
                      AND EXISTS (SELECT 1 FROM message_words WHERE place = $2 AND word = $11 AND number = found.number) \
                      AND EXISTS (SELECT 1 FROM message_words WHERE place = $2 AND word = $12 AND number = found.number) \
                      AND EXISTS (SELECT 1 FROM message_words WHERE place = $2 AND word = $13 AND number = found.number) \
                      ORDER BY found.number DESC LIMIT $5";
        let author = match reading {
            Reading::All => String::new(),
            Reading::Own(account) => account.to_string(),
        };
        let select = statement(select).bind(room.to_string()).bind(place).bind(to_sql(before.0)).bind(author);
        // The last word stands in for those that are missing.
        let padded = words.iter().chain(words.last().into_iter().cycle()).take(WORDS);
        let select = padded.fold(select.bind(to_sql(limit as u64)), |select, word| select.bind(*word));
        select.fetch_all(&self.database).await
    }

    /// Indexes messages as they were read, unless they have changed meanwhile: then they are in the index already. What another
    /// version has written stays as it is.
    async fn index(&self, rows: &[Row]) -> Result<(), StorageError> {
        let stored = rows.iter().map(sealed).collect::<Result<Vec<_>, _>>()?;
        let opened = self.sealer.open::<OwnedMessage>(&stored).await?;
        let mut transaction = WriteTransaction::begin(&self.database, Durability::AsSet).await?;
        for ((row, before), owned) in rows.iter().zip(stored).zip(opened) {
            let Some(OwnedMessage { message, .. }) = owned else { continue };
            let room: &str = row.try_get("room")?;
            // Made before the message is locked, as whoever changes a message does.
            let index = Index::of(&mut transaction, room.parse().map_err(unreadable)?).await?;
            let mark =
                "UPDATE messages SET indexed = $3 WHERE room = $1 AND number = $2 AND message = $4 AND sealed = $5";
            let mark = statement(mark).bind(room.to_owned()).bind(to_sql(message.number.0));
            let mark = mark.bind(i64::from(TERMS_VERSION)).bind(before.value).bind(before.texts);
            if mark.execute(&mut *transaction).await? == 1 {
                let text = message.text.as_ref().map(|text| text.as_str());
                index.replace(&mut transaction, message.number, text, false).await?;
            }
        }
        Ok(transaction.commit().await?)
    }
}
