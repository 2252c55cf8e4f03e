//! What becomes of pictures with their messages, rooms and accounts, and where one is removed. Each is one statement within the transaction of the archive.

use heartogether::{
    id::{AccountId, MessageNumber, RoomId},
    room::ArchiveChange,
};

use crate::storage::database::{Connection, Error, statement, to_sql};

/// Notes which messages have which pictures, and deletes the pictures of messages that are gone. What was deleted before stays so.
pub(in crate::storage) async fn follow(
    db: &mut Connection,
    room: RoomId,
    changes: &[ArchiveChange],
) -> Result<(), Error> {
    for change in changes {
        match change {
            ArchiveChange::Write { message, .. } => {
                for picture in &message.pictures {
                    let note =
                        statement("UPDATE pictures SET message = $3 WHERE id = $1 AND room = $2 AND message = 0");
                    let note = note.bind(picture.id.to_string()).bind(room.to_string());
                    note.bind(to_sql(message.number.0)).execute(&mut *db).await?;
                }
            }
            ArchiveChange::Delete(number) => delete_of_messages(db, room, *number, *number).await?,
            ArchiveChange::Forget { up_to } => delete_of_messages(db, room, MessageNumber(1), *up_to).await?,
            ArchiveChange::RemovePicture { picture, .. } => {
                let delete = statement("UPDATE pictures SET deleted = 1 WHERE id = $1 AND room = $2");
                delete.bind(picture.to_string()).bind(room.to_string()).execute(&mut *db).await?;
            }
            ArchiveChange::Edit { .. }
            | ArchiveChange::Pin { .. }
            | ArchiveChange::React { .. }
            | ArchiveChange::Deliver { .. } => {}
        }
    }
    Ok(())
}

async fn delete_of_messages(
    db: &mut Connection,
    room: RoomId,
    first: MessageNumber,
    last: MessageNumber,
) -> Result<(), Error> {
    let delete = statement("UPDATE pictures SET deleted = 1 WHERE room = $1 AND message >= $2 AND message <= $3");
    delete.bind(room.to_string()).bind(to_sql(first.0)).bind(to_sql(last.0)).execute(db).await?;
    Ok(())
}

/// Gives an account's pictures to another one.
pub(in crate::storage) async fn give_to(db: &mut Connection, from: AccountId, to: AccountId) -> Result<(), Error> {
    let give = statement("UPDATE pictures SET account = $2 WHERE account = $1");
    give.bind(from.to_string()).bind(to.to_string()).slow().execute(db).await?;
    Ok(())
}

/// Deletes an account's pictures.
pub(in crate::storage) async fn delete_of_account(db: &mut Connection, account: AccountId) -> Result<(), Error> {
    let delete = statement("UPDATE pictures SET deleted = 1 WHERE account = $1");
    delete.bind(account.to_string()).slow().execute(db).await?;
    Ok(())
}

/// Deletes a room's pictures.
pub(in crate::storage) async fn delete_of_room(db: &mut Connection, room: RoomId) -> Result<(), Error> {
    let delete = statement("UPDATE pictures SET deleted = 1 WHERE room = $1");
    delete.bind(room.to_string()).slow().execute(db).await?;
    Ok(())
}
