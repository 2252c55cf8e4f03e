//! Messages of rooms, for members' programs: the same messages with the same numbers, order and limits as on pages.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::StatusCode,
};
use heartogether::{
    engagement::MessageText,
    id::{MemberId, MessageNumber, RoomCode},
    limits::MESSAGES_AT_ONCE,
    protocol::Write,
    refusal::Refusal,
    role::Permission,
    room::{Message, Picture},
    time::Timestamp,
};
use heartogether_app::api::{Scope, Visitor};
use serde::{Deserialize, Serialize};

use crate::{
    auth::{Program, acting_for},
    error::{Answer, ServerError},
    rooms::Reader,
    state::Node,
};

/// Which messages `GET /api/rooms/{code}/messages` is asked for: the latest, or those before or after a number.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    before: Option<u64>,
    after: Option<u64>,
    limit: Option<usize>,
}

/// A page of messages, oldest first.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Page {
    messages: Vec<ToldMessage>,
    /// Whether there are older ones than these.
    has_earlier: bool,
    /// Up to which number this answer knows all that was asked for: the next `after`.
    up_to: MessageNumber,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ToldMessage {
    number: MessageNumber,
    author: MemberId,
    name: String,
    /// Nothing once it is deleted, and empty where pictures stand alone.
    text: Option<String>,
    sent_at: Timestamp,
    version: u32,
    pinned: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<MessageNumber>,
    emoji: Vec<ToldEmoji>,
    pictures: Vec<Picture>,
}

#[derive(Serialize)]
struct ToldEmoji {
    emoji: String,
    count: usize,
}

impl From<Message> for ToldMessage {
    fn from(message: Message) -> Self {
        let emoji = message.emoji.iter().map(|on| ToldEmoji { emoji: on.emoji.to_string(), count: on.by.len() });
        Self {
            number: message.number,
            author: message.author,
            name: message.name.to_string(),
            sent_at: message.sent_at,
            version: message.version,
            pinned: message.pinned,
            reply_to: message.reply_to,
            emoji: emoji.collect(),
            pictures: message.pictures,
            text: message.text.map(|text| text.to_string()),
        }
    }
}

/// `GET /api/rooms/{code}/messages`.
pub(crate) async fn read(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
    program: Option<Extension<Program>>,
    Path(code): Path<String>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<Page>, Answer> {
    let account = acting_for(&visitor, program.as_deref(), Scope::ReadMessages, Permission::Connect)?;
    let Query(Wanted { before, after, limit }) = wanted.map_err(|_| Refusal::FrameMalformed)?;
    let limit = limit.unwrap_or(MESSAGES_AT_ONCE);
    if before.is_some() && after.is_some() || !(1..=MESSAGES_AT_ONCE).contains(&limit) {
        return Err(Refusal::FrameMalformed.into());
    }
    let room = node.room_of_member(&account, RoomCode::parse(&code)?, &visitor.caller).await?;
    if !node.command_limits.requests.take(account.id, room.id(), node.clock.now()).await {
        return Err(Refusal::TooManyRequests.into());
    }
    let reading = room.reading(Reader::Account(account.id)).await?;
    // Numbers follow each other, but those of deleted accounts are missing.
    let end = after.map(|after| after.saturating_add(limit as u64).saturating_add(1)).or(before);
    let end = MessageNumber(end.unwrap_or(u64::MAX));
    let page = node.archive.before(room.id(), reading, end, limit).await.map_err(ServerError::from)?;
    let first = MessageNumber(after.unwrap_or_default());
    let (older, messages): (Vec<_>, Vec<_>) = page.messages.into_iter().partition(|message| message.number <= first);
    let last = room.last_message().await.unwrap_or_default();
    Ok(Json(Page {
        has_earlier: page.has_earlier || !older.is_empty(),
        up_to: MessageNumber(end.0.saturating_sub(1)).min(last),
        messages: messages.into_iter().map(ToldMessage::from).collect(),
    }))
}

/// What `POST /api/rooms/{code}/messages` is told.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewMessage {
    /// The same for a message that is sent again.
    nonce: u32,
    /// It may be left out beside pictures.
    #[serde(default)]
    text: String,
    #[serde(default)]
    reply_to: Option<u64>,
    /// What the answers to the uploads say, in the order in which they are shown.
    #[serde(default)]
    pictures: Vec<Picture>,
}

/// The number under which the room keeps a message.
#[derive(Serialize)]
pub(crate) struct Sent {
    number: MessageNumber,
}

/// `POST /api/rooms/{code}/messages`: 201 for a new message, 200 for one that was sent before.
pub(crate) async fn send(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
    program: Option<Extension<Program>>,
    Path(code): Path<String>,
    body: String,
) -> Result<(StatusCode, Json<Sent>), Answer> {
    let account = acting_for(&visitor, program.as_deref(), Scope::SendMessages, Permission::Connect)?;
    let NewMessage { nonce, text, reply_to, pictures } = super::parse(&body)?;
    let text = match MessageText::parse(&text) {
        Err(Refusal::MessageEmpty) if !pictures.is_empty() => MessageText::none(),
        read => read?,
    };
    let message = Write { nonce, text, pictures, reply_to: reply_to.map(MessageNumber) };
    let room = node.room_of_member(&account, RoomCode::parse(&code)?, &visitor.caller).await?;
    let (number, is_new) = node.write_for(&account, &room, message, &visitor.caller).await?;
    Ok((if is_new { StatusCode::CREATED } else { StatusCode::OK }, Json(Sent { number })))
}
