//! The plain routes about who somebody is. Forms without a script use them, and other programs.

use std::sync::Arc;

use axum::{
    Extension, Form, Json,
    extract::{State, rejection::FormRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
};
use heartogether::{id::AccountId, role::Permission, room::Event};
use heartogether_app::{
    api::{Account, Backend, Visitor},
    routes,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::CurrentSession;
use crate::{
    error::{Answer, ServerError},
    state::Node,
    storage::log::LogError,
    uncancelled::finish,
};

/// A picture is shown and does nothing else, whatever is in the file.
const PICTURE_ALONE: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox");

/// `GET /auth/status`: whether the visitor is signed in, and how they could be.
pub(crate) async fn status(State(node): State<Arc<Node>>, Extension(visitor): Extension<Visitor>) -> Json<Value> {
    Json(json!({
        "authenticated": visitor.account.is_some(),
        "guest": visitor.account.as_ref().map(Account::is_guest),
        "guests": node.guests(),
        "providers": node.providers(),
    }))
}

/// `GET /auth/me`: who the visitor is.
pub(crate) async fn me(Extension(visitor): Extension<Visitor>) -> Result<Json<Value>, Answer> {
    let account = visitor.permit(Permission::KeepAccount)?;
    let profile = account.profile.as_ref();
    Ok(Json(json!({
        "id": account.id,
        "name": account.name,
        "guest": account.is_guest(),
        "provider": profile.map(|profile| &profile.provider),
        "email": profile.and_then(|profile| profile.email.as_ref()),
        "picture": profile.filter(|profile| profile.has_picture).map(|_| routes::PICTURE),
    })))
}

/// `GET /auth/picture`: the visitor's own.
pub(crate) async fn picture(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
) -> Result<Response, Answer> {
    let account = visitor.permit(Permission::KeepAccount)?;
    let found = node.store.picture(account.id).await.map_err(ServerError::from)?;
    let Some(picture) = found else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    let media_type = HeaderValue::try_from(picture.media_type).map_err(ServerError::from)?;
    let headers = [(header::CONTENT_TYPE, media_type), (header::CONTENT_SECURITY_POLICY, PICTURE_ALONE)];
    Ok((headers, picture.bytes).into_response())
}

/// What a log-out can say.
#[derive(Deserialize)]
pub(crate) struct LogOut {
    /// Whether the account's other sessions end too.
    #[serde(default)]
    pub(super) everywhere: bool,
}

/// `POST /auth/logout`.
pub(crate) async fn log_out(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
    session: Option<Extension<CurrentSession>>,
    headers: HeaderMap,
    form: Result<Form<LogOut>, FormRejection>,
) -> Result<Response, Answer> {
    let everywhere = form.is_ok_and(|Form(form)| form.everywhere);
    if let Some(Extension(session)) = session {
        let node = node.clone();
        let end = async move {
            match everywhere {
                true => node.end_sessions(session.account()).await,
                false => node.end_session(&session).await,
            }
        };
        finish(end).await??;
    }
    farewell(&node, &visitor, &headers)
}

/// `POST /auth/delete`: the account and all that is known of it.
pub(crate) async fn delete(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
) -> Result<Response, Answer> {
    let account = visitor.permit(Permission::KeepAccount)?.id;
    let deletion = {
        let node = node.clone();
        async move { node.delete_account(account).await }
    };
    finish(deletion).await??;
    farewell(&node, &visitor, &headers)
}

/// Takes the cookie back, and leads a browser home.
fn farewell(node: &Node, visitor: &Visitor, headers: &HeaderMap) -> Result<Response, Answer> {
    let cookies = node.farewell_cookies(headers, &visitor.caller)?;
    let cookies = AppendHeaders(cookies.into_iter().map(|cookie| (header::SET_COOKIE, cookie)));
    let accepts = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    Ok(match accepts.contains("text/html") {
        true => (cookies, Redirect::to(routes::HOME)).into_response(),
        false => (cookies, StatusCode::NO_CONTENT).into_response(),
    })
}

impl Node {
    /// Deletes an account with its keys and messages, and then ends its rooms and takes it out of those of others. A room that
    /// cannot be told keeps nothing else from happening; [`Node::finish_departures`] tells the rooms again.
    pub(in crate::auth) async fn delete_account(&self, account: AccountId) -> Result<(), ServerError> {
        {
            let _turn = self.auth.changing.lock().await;
            // Nobody comes back with one of the old sessions, or writes another word on one of their connections.
            self.store.begin_deletion(account).await?;
            self.auth.sockets.close_account(account);
            self.store.delete_account(account).await?;
            self.sealer.forget_keys();
        }
        // Logs may be long, and nobody else who signs in meanwhile waits for them.
        let deleted = Event::AccountDeleted { account };
        let told = self.tell_rooms(account, &deleted).await;
        self.auth.sockets.close_account(account);
        self.archive.delete_account(account).await?;
        self.store.erase_deleted().await?;
        told?;
        // What was said before the connections were closed may have reached a room only now.
        self.tell_rooms(account, &deleted).await?;
        Ok(self.store.end_departure(account).await?)
    }

    /// Appends an event about an account to the rooms that know it.
    ///
    /// # Errors
    /// The last of those with which rooms refuse it. All others have it by then.
    pub(super) async fn tell_rooms(&self, account: AccountId, event: &Event) -> Result<(), ServerError> {
        let mut told = Ok(());
        for room in self.log.naming(account).await? {
            match self.log.append(room, event.clone()).await {
                // It has ended meanwhile, and its log with it.
                Ok(_) | Err(LogError::NoSuchRoom) => {}
                Err(error) => told = Err(error.into()),
            }
        }
        told
    }
}
