//! The index of words in a database. Words are hashed with a key of their room's: no word can be read in the database's files, also not
//! what a deletion leaves there.

use base64::{Engine, prelude::BASE64_STANDARD};
use heartogether::id::{MessageNumber, RoomId};
use ring::hmac;

use crate::{
    random,
    search::index_terms,
    storage::database::{Connection, Error, Row, statement, to_sql, unreadable},
};

/// Rows that one statement writes. Their number is in its text, which stays the same so that it is prepared once.
const ROWS_AT_ONCE: usize = 16;

/// A room's index.
pub(super) struct Index {
    pub(super) place: i64,
    key: hmac::Key,
}

/// The statement that finds a room's index.
pub(super) const FIND: &str = "SELECT place, hash_key FROM word_keys WHERE room = $1";

impl Index {
    /// The index of a room, made if there is none.
    pub(super) async fn of(db: &mut Connection, room: RoomId) -> Result<Self, Error> {
        let make = "INSERT INTO word_keys (room, place, hash_key) VALUES ($1, $2, $3) ON CONFLICT (room) DO NOTHING";
        let make = statement(make).bind(room.to_string()).bind(i64::from_le_bytes(random::bytes()));
        make.bind(BASE64_STANDARD.encode(random::bytes::<32>())).execute(&mut *db).await?;
        Self::parse(&statement(FIND).bind(room.to_string()).fetch_one(db).await?)
    }

    /// Reads a row of [`FIND`].
    pub(super) fn parse(row: &Row) -> Result<Self, Error> {
        let key = BASE64_STANDARD.decode(row.try_get::<&str>("hash_key")?).map_err(unreadable)?;
        Ok(Self { place: row.try_get("place")?, key: hmac::Key::new(hmac::HMAC_SHA256, &key) })
    }

    /// A term as it is stored: the first 64 bits of its HMAC. Two that are the same do no harm, as messages that are found are
    /// looked at.
    pub(super) fn hash(&self, term: &str) -> i64 {
        let tag = hmac::sign(&self.key, term.as_bytes());
        tag.as_ref().first_chunk().map_or(0, |bytes| i64::from_le_bytes(*bytes))
    }

    /// Indexes a message anew, with its text; without one, takes it out of the index.
    pub(super) async fn replace(
        &self,
        db: &mut Connection,
        number: MessageNumber,
        text: Option<&str>,
        is_new: bool,
    ) -> Result<(), Error> {
        if !is_new {
            let delete = statement("DELETE FROM message_words WHERE place = $1 AND number = $2").bind(self.place);
            delete.bind(to_sql(number.0)).execute(&mut *db).await?;
        }
        let mut words: Vec<i64> = text.map(index_terms).iter().flatten().map(|term| self.hash(term)).collect();
        words.sort_unstable();
        for some in words.chunks(ROWS_AT_ONCE) {
            // The last word stands in for those that are missing.
            let padded = some.iter().chain(some.last().into_iter().cycle()).take(ROWS_AT_ONCE);
            let insert = "INSERT INTO message_words (place, number, word) VALUES \
                          ($1, $2, $3), ($1, $2, $4), ($1, $2, $5), ($1, $2, $6), ($1, $2, $7), ($1, $2, $8), \
                          ($1, $2, $9), ($1, $2, $10), ($1, $2, $11), ($1, $2, $12), ($1, $2, $13), ($1, $2, $14), \
                          ($1, $2, $15), ($1, $2, $16), ($1, $2, $17), ($1, $2, $18) \
                          ON CONFLICT (place, word, number) DO NOTHING";
            let insert = statement(insert).bind(self.place).bind(to_sql(number.0));
            padded.fold(insert, |insert, word| insert.bind(*word)).execute(&mut *db).await?;
        }
        Ok(())
    }
}
