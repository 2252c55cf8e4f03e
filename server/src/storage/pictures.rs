//! The pictures in messages. What they are and where they belong is in the database, their bytes are in an object store. The archive of
//! messages says which message has which picture, in the transaction in which it writes the message.

mod messages;
mod place;

use std::sync::Arc;

use futures::StreamExt;
use heartogether::{
    id::{AccountId, MessageNumber, PictureId, RoomId},
    limits::PICTURE_UNSENT_MS,
    refusal::Refusal,
    room::{Picture, PictureFormat},
    time::Timestamp,
};
use object_store::{Error as ObjectError, ObjectStore, ObjectStoreExt, PutPayload, path::Path};

pub(in crate::storage) use messages::{delete_of_account, delete_of_room, follow, give_to};
pub use place::{PicturePlace, S3};

use super::{
    StorageError,
    database::{Database, Durability, Error, Row, WriteTransaction, from_sql, statement, to_sql, unreadable},
};

/// Deleted pictures that are read at once.
const AT_ONCE: i64 = 100;
/// A picture can be sent until so many milliseconds before it is deleted as one that nobody sends.
const SENT_BEFORE_MS: u64 = 60 * 60 * 1000;

/// The bytes of a picture as they come.
pub struct PictureBytes {
    /// How it is encoded.
    pub format: PictureFormat,
    /// How many there are.
    pub length: u64,
    /// They themselves.
    pub stream: futures::stream::BoxStream<'static, Result<axum::body::Bytes, StorageError>>,
}

/// Where a picture belongs.
#[derive(Clone, Copy, Debug)]
pub struct Belonging {
    /// The room.
    pub room: RoomId,
    /// Who has uploaded it.
    pub account: AccountId,
}

/// The most bytes of pictures.
#[derive(Clone, Copy, Debug)]
pub struct Space {
    /// In a room.
    pub room: u64,
    /// Of an account.
    pub account: u64,
}

/// Where a picture is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whereabouts {
    /// The room that it was uploaded for.
    pub room: RoomId,
    /// The message that has it, if one has.
    pub message: Option<MessageNumber>,
    /// Whether it is deleted, and only its bytes may still be there.
    pub is_deleted: bool,
}

/// The pictures in a database and an object store.
pub struct Pictures {
    database: Database,
    objects: Arc<dyn ObjectStore>,
}

impl Pictures {
    /// The pictures of a database whose bytes are in this store.
    pub fn new(database: impl Into<Database>, objects: Arc<dyn ObjectStore>) -> Self {
        Self { database: database.into(), objects }
    }

    /// Adds a picture, if there is space for it. It is noted before its bytes are written, so that no bytes are kept that nobody knows of.
    /// Several at the same moment may take a little more space than there is.
    ///
    /// # Errors
    /// [`StorageError`]; inside, [`Refusal::PictureSpaceUsedUp`].
    pub async fn add(
        &self,
        to: Belonging,
        picture: Picture,
        bytes: Vec<u8>,
        space: Space,
        now: Timestamp,
    ) -> Result<Result<(), Refusal>, StorageError> {
        let length = bytes.len() as u64;
        let (in_room, of_account) = self.space_taken(to).await?;
        if in_room.saturating_add(length) > space.room || of_account.saturating_add(length) > space.account {
            return Ok(Err(Refusal::PictureSpaceUsedUp));
        }
        let insert = "INSERT INTO pictures (id, room, account, format, width, height, bytes, uploaded_at, message, deleted) \
                      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0)";
        let insert = statement(insert).bind(picture.id.to_string()).bind(to.room.to_string());
        let insert = insert.bind(to.account.to_string()).bind(picture.format.extension().to_owned());
        let insert = insert.bind(i64::from(picture.width)).bind(i64::from(picture.height)).bind(to_sql(length));
        insert.bind(to_sql(now.as_millis())).execute(&self.database).await?;
        if let Err(error) = self.objects.put(&path(to.room, picture.id), PutPayload::from(bytes)).await {
            self.delete(picture.id).await?;
            return Err(StorageError::out_of_service(error));
        }
        Ok(Ok(()))
    }

    /// The bytes of the pictures in a room, and of an account's.
    async fn space_taken(&self, of: Belonging) -> Result<(u64, u64), Error> {
        let sum = "SELECT (SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM pictures WHERE room = $1 AND deleted = 0) AS room, \
                   (SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM pictures WHERE account = $2 AND deleted = 0) AS account";
        let sum = statement(sum).bind(of.room.to_string()).bind(of.account.to_string());
        let row = sum.fetch_one(&self.database).await?;
        Ok((from_sql(row.try_get("room")?), from_sql(row.try_get("account")?)))
    }

    /// Whether these are pictures that the account has uploaded for the room, each once, and that no message has.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn can_send(&self, from: Belonging, pictures: &[Picture], now: Timestamp) -> Result<bool, StorageError> {
        let since = now.as_millis().saturating_sub(PICTURE_UNSENT_MS - SENT_BEFORE_MS);
        for (place, picture) in pictures.iter().enumerate() {
            let select = "SELECT format, width, height FROM pictures \
                          WHERE id = $1 AND room = $2 AND account = $3 AND message = 0 AND deleted = 0 AND uploaded_at >= $4";
            let select = statement(select).bind(picture.id.to_string()).bind(from.room.to_string());
            let select = select.bind(from.account.to_string()).bind(to_sql(since));
            let found = select.fetch_optional(&self.database).await?;
            let known = found.map(|row| described(picture.id, &row)).transpose()?;
            if known != Some(*picture) || pictures[..place].contains(picture) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// A picture of a room, if it is there.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn read(&self, room: RoomId, id: PictureId) -> Result<Option<PictureBytes>, StorageError> {
        let select = statement("SELECT format FROM pictures WHERE id = $1 AND room = $2 AND deleted = 0");
        let select = select.bind(id.to_string()).bind(room.to_string());
        let Some(row) = select.fetch_optional(&self.database).await? else { return Ok(None) };
        let format = format_of(&row)?;
        match self.objects.get(&path(room, id)).await {
            Ok(found) => {
                let length = found.meta.size;
                let stream = found.into_stream().map(|bytes| bytes.map_err(StorageError::out_of_service)).boxed();
                Ok(Some(PictureBytes { format, length, stream }))
            }
            Err(ObjectError::NotFound { .. }) => Ok(None),
            Err(error) => Err(StorageError::out_of_service(error)),
        }
    }

    /// Where a picture is; `None` if nothing is known of it.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn find(&self, id: PictureId) -> Result<Option<Whereabouts>, StorageError> {
        let select = statement("SELECT room, message, deleted FROM pictures WHERE id = $1").bind(id.to_string());
        let Some(row) = select.fetch_optional(&self.database).await? else { return Ok(None) };
        let message = MessageNumber(from_sql(row.try_get("message")?));
        Ok(Some(Whereabouts {
            room: row.try_get::<&str>("room")?.parse().map_err(unreadable)?,
            message: Some(message).filter(|number| *number > MessageNumber::default()),
            is_deleted: row.try_get::<i64>("deleted")? != 0,
        }))
    }

    /// Deletes a picture. Its bytes are there until [`Pictures::erase_deleted`].
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn delete(&self, id: PictureId) -> Result<(), StorageError> {
        let mut transaction = WriteTransaction::begin(&self.database, Durability::Full).await?;
        let delete = statement("UPDATE pictures SET deleted = 1 WHERE id = $1").bind(id.to_string());
        delete.execute(&mut *transaction).await?;
        Ok(transaction.commit().await?)
    }

    /// Deletes the pictures that were uploaded a day ago and that no message has.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn delete_unsent(&self, now: Timestamp) -> Result<(), StorageError> {
        let until = now.as_millis().saturating_sub(PICTURE_UNSENT_MS);
        let delete =
            statement("UPDATE pictures SET deleted = 1 WHERE message = 0 AND deleted = 0 AND uploaded_at <= $1");
        delete.bind(to_sql(until)).slow().execute(&self.database).await?;
        Ok(())
    }

    /// Removes the bytes of deleted pictures, and then what is known of them.
    ///
    /// # Errors
    /// [`StorageError`]. What is left is removed the next time.
    pub async fn erase_deleted(&self) -> Result<(), StorageError> {
        loop {
            let select = statement("SELECT id, room FROM pictures WHERE deleted = 1 LIMIT $1").bind(AT_ONCE);
            let rows = select.fetch_all(&self.database).await?;
            if rows.is_empty() {
                return Ok(());
            }
            for row in &rows {
                let id: PictureId = row.try_get::<&str>("id")?.parse().map_err(unreadable)?;
                let room: RoomId = row.try_get::<&str>("room")?.parse().map_err(unreadable)?;
                match self.objects.delete(&path(room, id)).await {
                    Ok(()) | Err(ObjectError::NotFound { .. }) => {}
                    Err(error) => return Err(StorageError::out_of_service(error)),
                }
                let mut transaction = WriteTransaction::begin(&self.database, Durability::AsSet).await?;
                let delete = statement("DELETE FROM pictures WHERE id = $1").bind(id.to_string());
                delete.execute(&mut *transaction).await?;
                transaction.commit().await?;
            }
        }
    }
}

/// Where the bytes of a picture are.
fn path(room: RoomId, id: PictureId) -> Path {
    Path::from_iter([room.to_string(), id.to_string()])
}

fn described(id: PictureId, row: &Row) -> Result<Picture, Error> {
    let length = |column| Ok::<_, Error>(u32::try_from(row.try_get::<i64>(column)?).unwrap_or_default());
    Ok(Picture { id, format: format_of(row)?, width: length("width")?, height: length("height")? })
}

fn format_of(row: &Row) -> Result<PictureFormat, Error> {
    let stored: &str = row.try_get("format")?;
    let found = PictureFormat::ALL.iter().find(|format| format.extension() == stored);
    found.copied().ok_or_else(|| unreadable(Refusal::PictureUnreadable))
}
