//! The server functions about lounges.

use super::{ApiError, found_messages::FoundMessages, json_text::JsonText, saved_lounge::SavedLounge};
use crate::prelude::*;
#[cfg(feature = "ssr")]
use {
    super::{backend, identity::Account},
    crate::routes::{self, Destination},
    heartogether::{
        engagement::MessageText,
        id::{MessageNumber, RoomCode, RoomName},
        limits::PINS,
        refusal::Refusal,
        role::Permission,
    },
};

/// Opens a lounge of the visitor's own and leads to it; who is not signed in is asked for a name first.
///
/// # Errors
/// The refusals of [`RoomName::parse`], or a refusal or a fault of the backend.
#[server(prefix = "/api/fn", endpoint = "open_lounge", output = JsonText)]
pub async fn open_lounge(
    /// What it is to be called; nothing for no name.
    name: Option<String>,
) -> Result<(), ApiError> {
    let name = match name.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
        Some(name) => Some(RoomName::parse(name)?),
        None => None,
    };
    let path = match backend::visitor().permit(Permission::CreateRoom) {
        Ok(account) => new_lounge(account, name).await?,
        Err(Refusal::NotSignedIn) => routes::login_then(Destination::NewLounge),
        Err(why @ Refusal::GuestsListenOnly) => routes::login_because(why, Destination::NewLounge),
        Err(refusal) => return Err(refusal.into()),
    };
    leptos_axum::redirect(&path);
    Ok(())
}

/// The way to a new lounge of an account's own; guests who may not open rooms are asked to sign in first.
#[cfg(feature = "ssr")]
pub(super) async fn new_lounge(account: &Account, name: Option<RoomName>) -> Result<String, ApiError> {
    match backend::backend()?.open_lounge(account, name, &backend::visitor().caller).await {
        Err(ApiError::Refused(why @ Refusal::GuestsListenOnly)) => {
            Ok(routes::login_because(why, Destination::NewLounge))
        }
        opened => opened.map(routes::lounge),
    }
}

/// The lounges that the visitor is a member of, the one with the latest message first.
///
/// # Errors
/// A fault.
#[server(prefix = "/api/fn", endpoint = "saved_lounges", output = JsonText)]
pub async fn saved_lounges() -> Result<Vec<SavedLounge>, ApiError> {
    match backend::visitor().permit(Permission::KeepAccount) {
        Ok(account) => backend::backend()?.saved_lounges(account).await,
        Err(_) => Ok(Vec::new()),
    }
}

/// Turns notifications from a lounge off or on, on every page of the account.
///
/// # Errors
/// [`Refusal::CodeMalformed`], [`Refusal::NotSignedIn`] or a fault.
#[server(prefix = "/api/fn", endpoint = "mute_lounge", output = JsonText)]
pub async fn mute_lounge(
    /// Its code.
    code: String,
    /// Whether it is quiet from now on.
    muted: bool,
) -> Result<(), ApiError> {
    let visitor = backend::visitor();
    let account = visitor.permit(Permission::KeepAccount)?;
    backend::backend()?.mute_lounge(account, RoomCode::parse(&code)?, muted).await
}

/// What a text would look like as a message: safe HTML, or nothing where it would be shown as it is. Nobody else sees it. Each
/// `<img class="diagram">` stands for a picture that the message would have.
///
/// # Errors
/// The refusals of [`MessageText::parse`], [`Refusal::CodeMalformed`], [`Refusal::NotSignedIn`], [`Refusal::NotAMember`],
/// [`Refusal::TooManyRequests`], or a fault.
#[server(prefix = "/api/fn", endpoint = "preview_message", output = JsonText)]
pub async fn preview_message(
    /// The lounge's code.
    code: String,
    /// The text.
    text: String,
) -> Result<Option<String>, ApiError> {
    let visitor = backend::visitor();
    let account = visitor.permit(Permission::Connect)?;
    let text = MessageText::parse(&text)?;
    backend::backend()?.preview_message(account, RoomCode::parse(&code)?, &text).await
}

/// Finds messages in a room that the visitor is a member of, the latest first.
///
/// # Errors
/// [`Refusal::CodeMalformed`], [`Refusal::NotSignedIn`], [`Refusal::RoomNotFound`], [`Refusal::NotAMember`],
/// [`Refusal::SearchEmpty`], [`Refusal::SearchTooLong`], [`Refusal::TooManyRequests`] or a fault.
#[server(prefix = "/api/fn", endpoint = "search_messages", output = JsonText)]
pub async fn search_messages(
    /// The room's code.
    code: String,
    /// What is looked for, as it was typed.
    sought: String,
    /// Only messages before this one; nothing for all.
    before: Option<u64>,
) -> Result<FoundMessages, ApiError> {
    let visitor = backend::visitor();
    let account = visitor.permit(Permission::Connect)?;
    let (code, before) = (RoomCode::parse(&code)?, before.map(MessageNumber));
    backend::backend()?.search_messages(account, code, &sought, before, &visitor.caller).await
}

/// The messages of these numbers in a room that the visitor is a member of, the latest first, without those that are deleted.
///
/// # Errors
/// [`Refusal::CodeMalformed`], [`Refusal::FrameMalformed`] if these are too many, [`Refusal::NotSignedIn`], [`Refusal::RoomNotFound`],
/// [`Refusal::NotAMember`], [`Refusal::TooManyRequests`] or a fault.
#[server(prefix = "/api/fn", endpoint = "messages_at", output = JsonText)]
pub async fn messages_at(
    /// The room's code.
    code: String,
    /// The numbers, with commas between.
    numbers: String,
) -> Result<FoundMessages, ApiError> {
    let visitor = backend::visitor();
    let account = visitor.permit(Permission::Connect)?;
    let parsed: Option<Vec<_>> = numbers.split(',').map(|number| number.parse().ok().map(MessageNumber)).collect();
    let numbers = parsed.filter(|numbers| numbers.len() <= PINS as usize).ok_or(Refusal::FrameMalformed)?;
    backend::backend()?.messages_at(account, RoomCode::parse(&code)?, &numbers, &visitor.caller).await
}
