//! The paths below `/auth`. Here are those about the visitor's account, for forms without a script and for other programs.

use std::sync::Arc;

use axum::{
    Extension, Form, Json, Router,
    extract::{State, rejection::FormRejection},
    http::{HeaderMap, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use heartogether::{id::AccountId, role::Permission, room::Event};
use heartogether_app::{
    api::{Account, Backend, Visitor},
    routes,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{CurrentSession, export::export, sign_in};
use crate::{
    cluster::message::SessionChange,
    error::{Answer, ServerError},
    pictures::show_portrait,
    rooms::append,
    state::{AppState, Node},
    storage::log::LogError,
    uncancelled::finish,
};

/// All paths below `/auth`.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/auth/status", get(status))
        .route("/auth/me", get(me))
        .route("/auth/picture", get(picture))
        .route("/auth/export", get(export))
        .route("/auth/logout", post(log_out))
        .route("/auth/delete", post(delete))
        .route("/auth/{provider}", get(sign_in::begin))
        .route("/auth/{provider}/ready", get(sign_in::ready))
        .route("/auth/{provider}/callback", get(sign_in::complete))
}

/// `GET /auth/status`: whether the visitor is signed in, and how they can sign in.
async fn status(State(node): State<Arc<Node>>, Extension(visitor): Extension<Visitor>) -> Json<Value> {
    Json(json!({
        "authenticated": visitor.account.is_some(),
        "guest": visitor.account.as_ref().map(Account::is_guest),
        "guests": node.guests(),
        "providers": node.providers(),
    }))
}

/// `GET /auth/me`: the visitor's account.
async fn me(Extension(visitor): Extension<Visitor>) -> Result<Json<Value>, Answer> {
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

/// `GET /auth/picture`: the visitor's own picture.
async fn picture(State(node): State<Arc<Node>>, Extension(visitor): Extension<Visitor>) -> Result<Response, Answer> {
    let account = visitor.permit(Permission::KeepAccount)?;
    let found = node.store.picture(account.id).await.map_err(ServerError::from)?;
    let Some(picture) = found else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    Ok(show_portrait(picture)?)
}

/// The form of a log-out.
#[derive(Deserialize)]
pub(super) struct LogOut {
    /// Whether the account's other sessions end too.
    #[serde(default)]
    pub(super) everywhere: bool,
}

/// `POST /auth/logout`.
pub(super) async fn log_out(
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

/// `POST /auth/delete`: deletes the account and all data about it.
pub(super) async fn delete(
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

/// Deletes the cookie, and redirects a browser to the landing page.
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
    /// Deletes an account with its keys and messages. Then ends its rooms, and removes it from the rooms of others. A
    /// room that cannot store this does not stop the rest; [`Node::finish_departures`] tells it again.
    pub(in crate::auth) async fn delete_account(&self, account: AccountId) -> Result<(), ServerError> {
        {
            let _turn = self.auth.changing.lock().await;
            // From now on none of the old sessions is valid, and their connections are closed.
            self.store.begin_deletion(account).await?;
            self.announce(SessionChange::AccountSignedOut(account));
            self.store.delete_account(account).await?;
            self.sealer.forget_keys();
        }
        // Without the lock: there may be many rooms, and others want to sign in meanwhile.
        let deleted = Event::AccountDeleted { account };
        let told = self.tell_rooms(account, &deleted).await;
        self.announce(SessionChange::AccountSignedOut(account));
        self.archive.delete_account(account).await?;
        self.store.erase_deleted().await?;
        told?;
        // A message that was under way when the connections were closed may have reached a room only now.
        self.tell_rooms(account, &deleted).await?;
        Ok(self.store.end_departure(account).await?)
    }

    /// Appends an event about an account to all rooms that know the account.
    ///
    /// # Errors
    /// [`ServerError::RoomNotTold`] with the last error, after all rooms were tried. Each was logged the first time.
    pub(super) async fn tell_rooms(&self, account: AccountId, event: &Event) -> Result<(), ServerError> {
        let mut failures = Vec::new();
        for room in self.log.naming(account).await? {
            match append(&*self.log, room, event.clone()).await {
                // The room has ended meanwhile, and its log is deleted.
                Ok(_) | Err(LogError::NoSuchRoom) => {}
                Err(error) => failures.push((room, error)),
            }
        }
        self.auth.untold_rooms.note(account, &failures);
        failures.pop().map_or(Ok(()), |(_, error)| Err(ServerError::RoomNotTold(error)))
    }
}
