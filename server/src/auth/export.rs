//! `GET /auth/export`: everything that the server has of the visitor's account, as one JSON document. It holds nothing that others have
//! written. It is written while it is sent, because somebody may have written much.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Extension,
    body::Body,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use futures::{StreamExt, stream};
use heartogether::{
    id::{MessageNumber, RoomId},
    role::Permission,
    room::{Message, Reading},
};
use heartogether_app::api::{Account, Visitor};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::{
    error::{Answer, ServerError},
    state::Node,
    storage::accounts::{Membership, StoredToken},
};

/// Messages that are read at once.
const PAGE: usize = 200;
/// Pieces that are written before the visitor has taken them.
const AHEAD: usize = 4;
const FILE: HeaderValue = HeaderValue::from_static("attachment; filename=\"heartogether.json\"");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A piece of the document. After an error the download breaks off.
type Piece = Result<String, ServerError>;

pub(super) async fn export(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
) -> Result<Response, Answer> {
    let account = visitor.permit(Permission::KeepAccount)?.clone();
    node.rate_limits.take_export(account.id, &visitor.caller, node.clock.now()).await?;
    let head = node.data_of(&account).await?;
    let rooms = node.rooms_with(&account).await?;
    let (pieces, written) = mpsc::channel::<Piece>(AHEAD);
    tokio::spawn(async move {
        if let Err(error) = node.write_data(&account, &head, rooms, &pieces).await {
            // Whoever has gone does not need it.
            _ = pieces.send(Err(error)).await;
        }
    });
    let pieces = stream::unfold(written, |mut written| async move { Some((written.recv().await?, written)) });
    // What compresses the document asks once more after its end.
    let pieces = pieces.fuse();
    let headers = [(header::CONTENT_TYPE, JSON), (header::CONTENT_DISPOSITION, FILE)];
    Ok((headers, Body::from_stream(Box::pin(pieces))).into_response())
}

impl Node {
    /// What is stored of an account besides rooms.
    async fn data_of(&self, account: &Account) -> Result<Value, ServerError> {
        let (store, now) = (&self.store, self.clock.now());
        let record = store.account_record(account.id).await?;
        let identities = record.iter().flat_map(|record| &record.identities);
        let identities = identities.map(|(issuer, subject)| json!({ "issuer": issuer, "subject": subject }));
        let profile = account.profile.as_ref();
        let picture = store.picture(account.id).await?.map(
            |picture| json!({ "media_type": picture.media_type, "base64": BASE64_STANDARD.encode(picture.bytes) }),
        );
        let ends = store.session_ends(account.id, now).await?;
        let tokens = store.program_tokens(account.id).await?;
        Ok(json!({
            "exported_at": now,
            "account": {
                "id": account.id,
                "name": account.name,
                "guest": account.is_guest(),
                "created_at": record.as_ref().map(|record| record.created_at),
                "seen_at": record.as_ref().and_then(|record| record.seen_at),
                "provider": profile.map(|profile| &profile.provider),
                "email": profile.and_then(|profile| profile.email.as_ref()),
                "email_shown": profile.and_then(|profile| profile.email_shown),
                "identities": identities.collect::<Vec<_>>(),
                "picture": picture,
            },
            "sessions": ends.into_iter().map(|end| json!({ "expires_at": end })).collect::<Vec<_>>(),
            "programs": tokens.iter().map(program).collect::<Vec<_>>(),
            "blocked": store.blocked(account.id).await?,
        }))
    }

    /// The rooms that may have something of an account, with what is stored of its membership.
    async fn rooms_with(&self, account: &Account) -> Result<BTreeMap<RoomId, Option<Membership>>, ServerError> {
        let mut rooms: BTreeMap<RoomId, Option<Membership>> =
            self.log.naming(account.id).await?.into_iter().map(|room| (room, None)).collect();
        rooms.extend(self.store.visits(account.id).await?.into_iter().map(|room| (room, None)));
        let memberships = self.store.memberships(account.id).await?.into_iter();
        rooms.extend(memberships.map(|membership| (membership.room, Some(membership))));
        Ok(rooms)
    }

    /// Writes the document, until it is written or nobody wants it any more.
    async fn write_data(
        &self,
        account: &Account,
        head: &Value,
        rooms: BTreeMap<RoomId, Option<Membership>>,
        pieces: &mpsc::Sender<Piece>,
    ) -> Result<(), ServerError> {
        let visited = self.store.visits(account.id).await?;
        let mut before = format!("{},\"rooms\":[", open_ended(head));
        for (room, membership) in rooms {
            let Some(data) = self.rooms.open(room).own_data(account.id).await? else {
                continue;
            };
            let membership = membership.map(|known| json!({ "read_up_to": known.read_up_to, "muted": known.muted }));
            let is_recent = visited.contains(&room);
            let about = json!({ "room": data, "membership": membership, "is_recent": is_recent });
            if pieces.send(Ok(format!("{before}{},\"messages\":[", open_ended(&about)))).await.is_err() {
                return Ok(());
            }
            self.write_messages(account, room, pieces).await?;
            before = "]},".to_owned();
        }
        // After the last room no comma stands.
        let end = if before == "]}," { "]}]}".to_owned() } else { format!("{before}]}}") };
        _ = pieces.send(Ok(end)).await;
        Ok(())
    }

    /// Writes what an account has written in a room, the latest first.
    async fn write_messages(
        &self,
        account: &Account,
        room: RoomId,
        pieces: &mpsc::Sender<Piece>,
    ) -> Result<(), ServerError> {
        let (mut before, mut comma) = (MessageNumber(u64::MAX), "");
        loop {
            let page = self.archive.before(room, Reading::Own(account.id), before, PAGE).await?;
            for message in page.messages.iter().rev() {
                if pieces.send(Ok(format!("{comma}{}", own(message)))).await.is_err() {
                    return Ok(());
                }
                comma = ",";
            }
            match page.messages.first().filter(|_| page.has_earlier) {
                Some(first) => before = first.number,
                None => return Ok(()),
            }
        }
    }
}

/// An object to which more is written.
fn open_ended(object: &Value) -> String {
    let mut text = object.to_string();
    text.pop();
    text
}

/// What is known of a program's token. Of the token itself, only a hash is there.
fn program(StoredToken { label, scopes, created_at, used_at, .. }: &StoredToken) -> Value {
    json!({ "label": label, "scopes": scopes, "created_at": created_at, "used_at": used_at })
}

/// A message without what others have put on it. Its pictures are at `/pictures/CODE/ID`.
fn own(message: &Message) -> Value {
    json!({
        "number": message.number,
        "text": message.text,
        "pictures": message.pictures,
        "sent_at": message.sent_at,
        "name": message.name,
        "changes": message.version,
        "reply_to": message.reply_to,
        "pinned": message.pinned,
    })
}
