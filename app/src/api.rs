//! The server functions that pages call instead of a REST API, and the [`Backend`] that carries them out.

use heartogether::{
    id::{DisplayName, RoomCode, RoomId, RoomName},
    room::{RoomKind, StreamState},
};
use serde::{Deserialize, Serialize};

mod asked;
#[cfg(feature = "ssr")]
mod backend;
mod error;
mod found_messages;
mod identity;
mod join_link;
mod json_text;
mod lounges;
mod programs;
mod saved_lounge;
pub(crate) use asked::{Asked, ask};
#[cfg(feature = "ssr")]
pub use backend::{Backend, Caller, NewSession, Remainder, SessionKey, Told, Visitor};
pub use error::ApiError;
pub use found_messages::{FoundMessage, FoundMessages};
pub use heartogether::ice::{IceConfiguration, IceServer, Relay};
pub use identity::{Account, Profile, ProgramToken, Provider, Scope, SessionView};
pub use join_link::{JoinLink, Way};
use json_text::JsonText;
pub use lounges::*;
pub use programs::*;
pub use saved_lounge::SavedLounge;
#[cfg(feature = "ssr")]
use {
    crate::{
        locale,
        routes::{self, Destination},
    },
    heartogether::{
        refusal::Refusal,
        role::{Guests, Permission},
    },
};

use crate::prelude::*;

/// What everybody who knows a room's code may know of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomSummary {
    /// The room.
    pub id: RoomId,
    /// Its code.
    pub code: RoomCode,
    /// Its kind.
    pub kind: RoomKind,
    /// What it is called, if it has a name.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "RoomName::told_or_none")]
    pub name: Option<RoomName>,
    /// The host's name.
    #[serde(deserialize_with = "DisplayName::told")]
    pub host_name: DisplayName,
    /// Whether the host's connection is there.
    pub host_connected: bool,
    /// What the host sends.
    pub stream: StreamState,
    /// How many listen.
    pub listener_count: u32,
    /// How many may listen.
    pub max_listeners: u32,
    /// Whether the visitor who asked owns it.
    pub is_owner: bool,
    /// Whether the visitor who asked has a listener's place, which a full room keeps for them.
    pub has_place: bool,
    /// Milliseconds after the last message at which it ends, if it is a lounge. A server of before does not say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_after_ms: Option<u64>,
    /// Whether the owner is asked before somebody comes in.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub asks_first: bool,
}

impl RoomSummary {
    /// Whether as many listen as may.
    pub const fn is_full(&self) -> bool {
        self.listener_count >= self.max_listeners
    }

    /// Whether it is full for the visitor who asked.
    pub const fn is_full_for_visitor(&self) -> bool {
        self.is_full() && !self.has_place
    }
}

/// A room that the visitor was in of late and can come back to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecentRoom {
    /// Its code.
    pub code: RoomCode,
    /// The host's name.
    #[serde(deserialize_with = "DisplayName::told")]
    pub host_name: DisplayName,
    /// Its kind.
    pub kind: RoomKind,
    /// Whether the visitor owns it; then it may have ended, and can be opened again.
    pub is_owner: bool,
    /// What the host sends.
    pub stream: StreamState,
}

/// What a host's and a listener's page need before they begin: the room, and the ICE servers, known before joining.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entrance {
    /// The room.
    pub room: RoomSummary,
    /// The STUN servers, and whether there will be TURN servers: those come with a place in the room.
    pub ice_servers: IceConfiguration,
}

/// Who the visitor is, and how they could be somebody else.
///
/// # Errors
/// A fault.
#[server(prefix = "/api/fn", endpoint = "current_session", output = JsonText)]
pub async fn current_session() -> Result<SessionView, ApiError> {
    let backend = backend::backend()?;
    Ok(SessionView {
        account: backend::visitor().account,
        guests: backend.guests(),
        providers: backend.providers(),
        warm_up_ms: backend.warm_up_ms(),
        renew_in_s: backend.renew_in_s(),
    })
}

/// Makes the visitor a guest with this name and leads on to where they were going.
///
/// # Errors
/// A refusal of the name.
#[server(prefix = "/api/fn", endpoint = "sign_in_as_guest", output = JsonText)]
pub async fn sign_in_as_guest(
    /// What others shall see.
    name: String,
    /// Where the visitor was going, a path of ours.
    next: Option<String>,
) -> Result<(), ApiError> {
    let (name, destination) = (DisplayName::parse(&name)?, Destination::parse(&next.unwrap_or_default()));
    let room = match &destination {
        Destination::Listen(code) => Some(*code),
        _ => None,
    };
    let account = backend::sign_in(name, room).await?;
    let path = match destination {
        Destination::NewRoom => new_room(&account).await?,
        Destination::NewLounge => new_lounge(&account, None).await?,
        elsewhere => elsewhere.path(),
    };
    match backend::is_plain_form() {
        true => leptos_axum::redirect(&routes::login_done(Destination::parse(&path))),
        false => leptos_axum::redirect(&path),
    }
    Ok(())
}

/// The way to a new room of an account's own; guests who may only listen are asked to sign in first.
#[cfg(feature = "ssr")]
async fn new_room(account: &Account) -> Result<String, ApiError> {
    match backend::open_room(account).await {
        Err(ApiError::Refused(why @ Refusal::GuestsListenOnly)) => Ok(routes::login_because(why, Destination::NewRoom)),
        created => created.map(routes::host),
    }
}

/// Lets hosts see the visitor's e-mail address, or no longer. It holds for every place that the visitor takes from now on.
///
/// # Errors
/// [`Refusal::NotSignedIn`] or a fault.
#[server(prefix = "/api/fn", endpoint = "show_email", output = JsonText)]
pub async fn show_email(
    /// Whether hosts may see it.
    shown: bool,
) -> Result<(), ApiError> {
    let visitor = backend::visitor();
    backend::backend()?.set_email_shown(visitor.permit(Permission::KeepAccount)?, shown).await
}

/// Opens a room of the visitor's own and leads to it; who is not signed in is asked for a name first.
///
/// # Errors
/// A refusal or a fault of the backend.
#[server(prefix = "/api/fn", endpoint = "create_room", output = JsonText)]
pub async fn create_room() -> Result<(), ApiError> {
    let path = match backend::visitor().permit(Permission::CreateRoom) {
        Ok(account) => new_room(account).await?,
        Err(Refusal::NotSignedIn) => routes::login_then(Destination::NewRoom),
        Err(why @ Refusal::GuestsListenOnly) => routes::login_because(why, Destination::NewRoom),
        Err(refusal) => return Err(refusal.into()),
    };
    leptos_axum::redirect(&path);
    Ok(())
}

/// Leads to a room's player, for a form that is sent before the wasm is there: the same as [`enter_room`].
///
/// # Errors
/// [`Refusal::CodeMalformed`], [`Refusal::RoomNotFound`] or a fault.
#[server(prefix = "/api/fn", endpoint = "listen", output = JsonText)]
pub async fn listen(
    /// The code as it was typed.
    code: String,
) -> Result<(), ApiError> {
    let path = match enter_room(code.clone()).await {
        Err(ApiError::Refused(Refusal::NotSignedIn)) => {
            routes::login_then(Destination::Listen(RoomCode::parse(&code)?))
        }
        entered => routes::listen(entered?.room.code),
    };
    leptos_axum::redirect(&path);
    Ok(())
}

/// Leads to the preview of the room whose code was typed, or whose link was pasted.
///
/// # Errors
/// [`Refusal::CodeMalformed`], [`Refusal::RoomNotFound`] or a fault.
#[server(prefix = "/api/fn", endpoint = "find_room", output = JsonText)]
pub async fn find_room(
    /// The code or link as it was typed or pasted.
    code: String,
) -> Result<(), ApiError> {
    let room = look_up_room(RoomCode::find_in(&code)?.to_string()).await?;
    leptos_axum::redirect(&if room.kind.members_stay() { routes::lounge(room.code) } else { routes::room(room.code) });
    Ok(())
}

/// What everybody may know of a room.
///
/// # Errors
/// [`Refusal::CodeMalformed`], [`Refusal::RoomNotFound`] or a fault.
#[server(prefix = "/api/fn", endpoint = "look_up_room", output = JsonText)]
pub async fn look_up_room(
    /// The code as it was typed.
    code: String,
) -> Result<RoomSummary, ApiError> {
    let code = RoomCode::parse(&code)?;
    let found = backend::backend()?.look_up_room(code, &backend::visitor()).await?;
    found.ok_or(ApiError::Refused(Refusal::RoomNotFound))
}

/// The link to a room's preview that reaches this server from elsewhere, whether there is such a room or not.
///
/// # Errors
/// [`Refusal::CodeMalformed`].
#[server(prefix = "/api/fn", endpoint = "room_link", output = JsonText)]
pub async fn room_link(
    /// The code as it was typed.
    code: String,
) -> Result<JoinLink, ApiError> {
    Ok(backend::backend()?.link(RoomCode::parse(&code)?, &backend::visitor()))
}

/// Opens a room of the visitor's own again, a short time after its end, and leads to it.
///
/// # Errors
/// [`Refusal::NotSignedIn`], [`Refusal::GuestsListenOnly`], [`Refusal::CodeMalformed`], [`Refusal::ReopenTooLate`] or a fault.
#[server(prefix = "/api/fn", endpoint = "reopen_room", output = JsonText)]
pub async fn reopen_room(
    /// Its code.
    code: String,
) -> Result<(), ApiError> {
    let code = RoomCode::parse(&code)?;
    let visitor = backend::visitor();
    backend::backend()?.reopen_room(visitor.permit(Permission::KeepAccount)?, code).await?;
    let is_lounge = look_up_room(code.to_string()).await.is_ok_and(|room| room.kind.members_stay());
    leptos_axum::redirect(&if is_lounge { routes::lounge(code) } else { routes::host(code) });
    Ok(())
}

/// The rooms the visitor was in of late, the latest first: live ones, and their own that can be opened again.
///
/// # Errors
/// A fault.
#[server(prefix = "/api/fn", endpoint = "recent_rooms", output = JsonText)]
pub async fn recent_rooms() -> Result<Vec<RecentRoom>, ApiError> {
    match backend::visitor().permit(Permission::KeepAccount) {
        Ok(account) => backend::backend()?.recent_rooms(account).await,
        Err(_) => Ok(Vec::new()),
    }
}

/// What the visitor needs to be in a room, in one answer, so that joining waits for no other.
///
/// # Errors
/// [`Refusal::CodeMalformed`], [`Refusal::RoomNotFound`], [`Refusal::NotSignedIn`] or a fault.
#[server(prefix = "/api/fn", endpoint = "find_entrance", output = JsonText)]
pub async fn find_entrance(
    /// The room's code as it was typed.
    code: String,
) -> Result<Entrance, ApiError> {
    let room = look_up_room(code).await?;
    let visitor = backend::visitor();
    visitor.permit(Permission::FetchIceServers)?;
    Ok(Entrance { room, ice_servers: backend::backend()?.public_ice_servers() })
}

/// Lets the visitor into a room: the same as [`find_entrance`], but who is not signed in becomes a guest with a name of the
/// server's choice, so that nothing stands between a scanned code and the first sound.
///
/// # Errors
/// [`Refusal::CodeMalformed`], [`Refusal::RoomNotFound`], [`Refusal::NotSignedIn`] where there are no guests, or a fault.
#[server(prefix = "/api/fn", endpoint = "enter_room", output = JsonText)]
pub async fn enter_room(
    /// The room's code as it was typed.
    code: String,
) -> Result<Entrance, ApiError> {
    let room = look_up_room(code).await?;
    match (backend::visitor().permit(Permission::FetchIceServers), backend::backend()?.guests()) {
        (Ok(_), _) => {}
        (Err(Refusal::NotSignedIn), Guests::Host | Guests::Listen) => {
            backend::sign_in(backend::backend()?.guest_name(locale::asked_for()), Some(room.code)).await?;
        }
        (Err(refusal), _) => return Err(refusal.into()),
    }
    Ok(Entrance { room, ice_servers: backend::backend()?.public_ice_servers() })
}

/// The STUN and TURN servers for the visitor's peer connections, anew: the passwords that came with their place in a room run
/// out. Without a place there, STUN servers alone.
///
/// # Errors
/// [`Refusal::NotSignedIn`], [`Refusal::CodeMalformed`] or a fault.
#[server(prefix = "/api/fn", endpoint = "ice_servers", output = JsonText)]
pub async fn ice_servers(
    /// The room's code.
    code: Option<String>,
) -> Result<IceConfiguration, ApiError> {
    let (backend, visitor) = (backend::backend()?, backend::visitor());
    let account = visitor.permit(Permission::FetchIceServers)?;
    match code {
        Some(code) => backend.ice_servers(account, RoomCode::parse(&code)?).await,
        None => Ok(backend.public_ice_servers()),
    }
}
