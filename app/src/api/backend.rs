//! The trait that the server functions use to reach the server.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use heartogether::{
    engagement::MessageText,
    id::{DisplayName, MessageNumber, RoomCode, RoomName},
    refusal::Refusal,
    role::{AccountKind, Guests, Permission, Standing, permit},
    time::Timestamp,
};
use heartogether_headers::authority::Authority;
use http::{HeaderValue, header::SET_COOKIE};

use crate::{locale::Language, prelude::*};

use super::{
    Account, ApiError, FoundMessages, IceConfiguration, JoinLink, ProgramToken, Provider, RecentRoom, RoomSummary,
    SavedLounge, Scope,
};

/// The server's side of the server functions.
#[async_trait]
pub trait Backend: Send + Sync {
    /// Makes a guest account and a session for it. Who comes into a room whose code they know is counted by that room.
    async fn sign_in_guest(
        &self,
        name: DisplayName,
        visitor: &Visitor,
        room: Option<RoomCode>,
    ) -> Result<NewSession, ApiError>;

    /// What guests may do here.
    fn guests(&self) -> Guests;

    /// The ways to sign in, for those who are or would be no guests.
    fn providers(&self) -> Vec<Provider>;

    /// How long a page waits for a server or a provider that wakes up, in milliseconds.
    fn warm_up_ms(&self) -> u64;

    /// Seconds after which a session that is used has to be renewed.
    fn renew_in_s(&self) -> u64;

    /// A name for a guest who has not said theirs.
    fn guest_name(&self, language: Language) -> DisplayName;

    /// Keeps whether hosts see an account's e-mail address, for every place it takes from now on.
    async fn set_email_shown(&self, account: &Account, shown: bool) -> Result<(), ApiError>;

    /// Opens a room.
    async fn create_room(&self, owner: &Account, caller: &Caller) -> Result<RoomCode, ApiError>;

    /// Opens a lounge.
    async fn open_lounge(&self, owner: &Account, name: Option<RoomName>, caller: &Caller)
    -> Result<RoomCode, ApiError>;

    /// The lounges that an account is a member of, the one with the latest message first.
    async fn saved_lounges(&self, account: &Account) -> Result<Vec<SavedLounge>, ApiError>;

    /// Turns an account's notifications from a lounge off or on.
    async fn mute_lounge(&self, account: &Account, code: RoomCode, muted: bool) -> Result<(), ApiError>;

    /// What a text would look like as a message of this account in a room. `None` where it would be shown as it is.
    async fn preview_message(
        &self,
        account: &Account,
        code: RoomCode,
        text: &MessageText,
    ) -> Result<Option<String>, ApiError>;

    /// Finds messages before `before` in a room that an account is a member of, the latest first.
    async fn search_messages(
        &self,
        account: &Account,
        code: RoomCode,
        sought: &str,
        before: Option<MessageNumber>,
        caller: &Caller,
    ) -> Result<FoundMessages, ApiError>;

    /// The messages of these numbers in a room that an account is a member of, the latest first, without those that are deleted.
    async fn messages_at(
        &self,
        account: &Account,
        code: RoomCode,
        numbers: &[MessageNumber],
        caller: &Caller,
    ) -> Result<FoundMessages, ApiError>;

    /// The tokens of an account's programs, the latest first.
    async fn program_tokens(&self, account: &Account) -> Result<Vec<ProgramToken>, ApiError>;

    /// Makes a token for a program of an account's. It is told this once.
    async fn make_program_token(
        &self,
        account: &Account,
        label: DisplayName,
        scopes: Vec<Scope>,
    ) -> Result<String, ApiError>;

    /// Revokes one of them.
    async fn revoke_program_token(&self, account: &Account, id: &str) -> Result<(), ApiError>;

    /// Opens a room again that has ended a short time ago, if it is this account's.
    async fn reopen_room(&self, owner: &Account, code: RoomCode) -> Result<(), ApiError>;

    /// The rooms an account can come back to, the latest first.
    async fn recent_rooms(&self, account: &Account) -> Result<Vec<RecentRoom>, ApiError>;

    /// Finds a live room. To its owner, one that can be opened again is [`Refusal::RoomEnded`].
    async fn look_up_room(&self, code: RoomCode, visitor: &Visitor) -> Result<Option<RoomSummary>, ApiError>;

    /// The link that leads others to a room.
    fn link(&self, code: RoomCode, visitor: &Visitor) -> JoinLink;

    /// The STUN servers, for everybody.
    fn public_ice_servers(&self) -> IceConfiguration;

    /// The STUN and TURN servers for an account that has a place in the room; for others, those for everybody, whether there
    /// is such a room or not.
    async fn ice_servers(&self, account: &Account, code: RoomCode) -> Result<IceConfiguration, ApiError>;
}

/// A session that has just begun.
pub struct NewSession {
    /// Whose.
    pub account: Account,
    /// The whole value of the `Set-Cookie` header that carries it.
    pub cookie: HeaderValue,
}

/// What a session is kept under. It is of no use for signing in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionKey(pub [u8; 32]);

/// Who a request comes from. The server puts it into the request's extensions.
#[derive(Clone, Debug, Default)]
pub struct Visitor {
    /// The account, if the request carries a valid session.
    pub account: Option<Account>,
    /// That session, whatever its account may do.
    pub session: Option<SessionKey>,
    /// What guests may do here.
    pub guests: Guests,
    /// From where they ask.
    pub caller: Caller,
}

/// Where a request comes from, as far as it can be believed.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The address, that of trusted proxies left out.
    pub address: IpAddr,
    /// Whether they came over HTTPS.
    pub is_secure: bool,
    /// Whether their browser is on HTTPS: it came so, or it says so where a proxy that nobody has declared stands in between.
    /// Good for what harms nobody but the caller where it is not true.
    pub is_on_https: bool,
    /// The host and port under which they asked (RFC 9110, section 7.2), if they said.
    pub authority: Option<Authority>,
    /// The random bits that their browser keeps in a cookie, if it does.
    pub browser: Option<u128>,
    /// What the answer tells them of limits.
    pub told: Told,
}

impl Default for Caller {
    fn default() -> Self {
        let address = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        Self { address, is_secure: false, is_on_https: false, authority: None, browser: None, told: Told::default() }
    }
}

/// How much a caller has left of a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remainder {
    /// Requests in a window.
    pub limit: u32,
    /// Requests left in this one.
    pub remaining: u32,
    /// When the next window begins.
    pub reset_at: Timestamp,
    /// Whether this request was one too many.
    pub is_exceeded: bool,
}

/// The limits that one request was counted under; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Told(Arc<Mutex<Option<Remainder>>>);

impl Told {
    /// Keeps what is tightest.
    pub fn note(&self, quota: Remainder) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_tighter =
            |before: &Remainder| (quota.is_exceeded, before.remaining) > (before.is_exceeded, quota.remaining);
        if noted.as_ref().is_none_or(is_tighter) {
            *noted = Some(quota);
        }
    }

    /// The tightest, if there was any.
    pub fn quota(&self) -> Option<Remainder> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Visitor {
    /// The account, where the table of permissions allows it this outside of any room.
    ///
    /// # Errors
    /// The table's reason.
    pub fn permit(&self, permission: Permission) -> Result<&Account, Refusal> {
        let account = self.account.as_ref().ok_or(Refusal::NotSignedIn)?;
        permit(Standing::Account, self.kind_of(account), permission)?;
        Ok(account)
    }

    /// What an account is to this server.
    pub const fn kind_of(&self, account: &Account) -> AccountKind {
        account.kind(self.guests)
    }
}

/// The backend that the server provides to every server function.
pub(super) fn backend() -> Result<Arc<dyn Backend>, ApiError> {
    use_context::<Arc<dyn Backend>>().ok_or_else(|| ApiError::Fault("no backend".to_owned()))
}

/// Who asks.
pub(super) fn visitor() -> Visitor {
    let parts = use_context::<http::request::Parts>();
    parts.and_then(|parts| parts.extensions.get::<Visitor>().cloned()).unwrap_or_default()
}

/// Whether the browser itself sent a form, without a script of ours: then it wants a page.
pub(super) fn is_plain_form() -> bool {
    let accepts = |parts: http::request::Parts| parts.headers.get(http::header::ACCEPT).cloned();
    let accepted = use_context::<http::request::Parts>().and_then(accepts);
    accepted.is_some_and(|accepted| accepted.as_bytes().starts_with(b"text/html"))
}

/// Opens a room for an account.
pub(super) async fn open_room(owner: &Account) -> Result<RoomCode, ApiError> {
    backend()?.create_room(owner, &visitor().caller).await
}

/// Begins a session and hands its cookie to the browser.
pub(super) async fn sign_in(name: DisplayName, room: Option<RoomCode>) -> Result<Account, ApiError> {
    let session = backend()?.sign_in_guest(name, &visitor(), room).await?;
    let response = use_context::<leptos_axum::ResponseOptions>().ok_or(Refusal::NotSignedIn)?;
    response.append_header(SET_COOKIE, session.cookie);
    Ok(session.account)
}
