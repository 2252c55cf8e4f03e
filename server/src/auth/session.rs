//! Sessions: a signed token in a browser's cookie holds an id, which the store knows. The signature keeps forged ids
//! away from the store. The store lets a log-out take effect at once.

use std::{convert::Infallible, fmt};

use axum::http::{HeaderMap, HeaderValue};
use heartogether::{
    id::{AccountId, ConnectionId},
    refusal::Refusal,
    role::Permission,
    time::Timestamp,
};
use heartogether_app::api::{Account, Caller};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    Registration,
    cookie::{self, Cookie, is_secure},
    token::{self, Dated, Purpose, Verified},
};
use crate::{
    cluster::message::{SessionChange, SessionHash},
    error::ServerError,
    random,
    state::Node,
    storage::accounts::{Session, TokenHash},
    websocket::{CloseReason, SendQueue},
};

/// A session is renewed after this part of its lifetime, so that a browser in use does not lose it and the store is
/// seldom written to.
const RENEWALS: u64 = 16;
/// Milliseconds after which the database is asked again for a session that it could not confirm.
const ASK_AGAIN_MS: u64 = 15_000;

/// The content of a session's token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Claims {
    /// The session's id: 128 bits from the operating system, as hexadecimal digits.
    jti: String,
}

impl Claims {
    fn draw() -> Self {
        Self { jti: format!("{:032x}", random::bits()) }
    }

    /// The hash of the session in the store.
    fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(&self.jti).into())
    }
}

/// The session a request came with.
#[derive(Clone)]
pub(crate) struct CurrentSession {
    claims: Claims,
    account: AccountId,
    is_due: bool,
}

impl CurrentSession {
    /// The session's hash in the store.
    pub(crate) fn hash(&self) -> TokenHash {
        self.claims.hash()
    }

    /// The session's account, even if guests are no longer allowed.
    pub(super) const fn account(&self) -> AccountId {
        self.account
    }

    /// Whether it is time to renew it.
    pub(super) const fn is_due(&self) -> bool {
        self.is_due
    }
}

/// A session that is not in the store yet.
pub(crate) struct NewSession {
    claims: Claims,
    begins_at: Timestamp,
    pub(super) token: TokenHash,
    pub(super) expires_at: Timestamp,
}

/// A session that has just begun.
pub(crate) struct Begun {
    /// The `Set-Cookie` header that carries it.
    pub(crate) cookie: HeaderValue,
}

impl fmt::Debug for CurrentSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CurrentSession(…)")
    }
}

impl Node {
    /// Begins a session for an account that is there.
    pub(crate) async fn begin_session(&self, account: &Account, caller: &Caller) -> Result<Begun, ServerError> {
        let new = self.draw_session();
        let session = Session { token: new.token, account: account.id, expires_at: new.expires_at };
        self.store.add_session(&session, new.begins_at).await?;
        self.hand_over(new, caller)
    }

    /// Draws the id of a new session.
    pub(super) fn draw_session(&self) -> NewSession {
        let (claims, now) = (Claims::draw(), self.clock.now());
        NewSession { token: claims.hash(), expires_at: self.session_end(now), begins_at: now, claims }
    }

    /// Makes the cookie of a session that the store has.
    pub(super) fn hand_over(&self, session: NewSession, caller: &Caller) -> Result<Begun, ServerError> {
        Ok(Begun { cookie: self.session_cookie(session.claims, session.begins_at, caller)? })
    }

    /// The session of a browser, and its account. If its cookie has the old name without a protected prefix, the
    /// session is renewed: the browser gets the protected cookie, and [`Node::outdated_cookies`] deletes the other one.
    pub(super) async fn find_browser_session(
        &self,
        headers: &HeaderMap,
        caller: &Caller,
    ) -> Result<Option<(Option<Account>, CurrentSession)>, ServerError> {
        let name = &self.config.cookie.session_cookie_name;
        if let Some(found) = self.find_session(cookie::guarded_values(headers, name)).await? {
            return Ok(Some(found));
        }
        let found = self.find_session(cookie::values(headers, name)).await?;
        let is_outdated = is_secure(&self.config, caller);
        Ok(found.map(|(account, session)| {
            let is_due = session.is_due || is_outdated && account.is_some();
            (account, CurrentSession { is_due, ..session })
        }))
    }

    /// The first of these tokens that belongs to a session, and the session's account; no account if guests may not
    /// even connect. All tokens are tried, because other sites may set cookies of this name. The limit of a request's
    /// head bounds their number.
    pub(super) async fn find_session(
        &self,
        tokens: impl Iterator<Item = &str> + Send,
    ) -> Result<Option<(Option<Account>, CurrentSession)>, ServerError> {
        let now = self.clock.now();
        for text in tokens.collect::<Vec<_>>() {
            let verified = token::verify::<Claims>(&self.auth.keys, Purpose::Session, text, now);
            let Some(Verified { token, is_by_retired_key }) = verified.filter(|found| found.token.is_current(now))
            else {
                continue;
            };
            let is_due = is_by_retired_key || self.is_due(&token, now);
            let claims = token.content;
            if let Some(account) = self.account_of(claims.hash(), now).await? {
                let is_welcome = account.kind(self.config.auth.guests()).allows(Permission::Connect);
                let session = CurrentSession { claims, account: account.id, is_due: is_due && is_welcome };
                return Ok(Some((is_welcome.then_some(account), session)));
            }
        }
        Ok(None)
    }

    /// The account of a session. While the database is out of service, that of one which it has confirmed of late.
    async fn account_of(&self, session: TokenHash, now: Timestamp) -> Result<Option<Account>, ServerError> {
        let remembered = &self.auth.remembered;
        let asking = remembered.begin();
        match self.store.find_session(session, now).await.map_err(ServerError::from) {
            Ok(Some(account)) => {
                remembered.remember(asking, session, &account, now);
                Ok(Some(account))
            }
            Err(error) if error.is_storage_down() => match remembered.find(session, now) {
                Some(account) => Ok(Some(account)),
                None => Err(error),
            },
            found => found,
        }
    }

    fn is_due(&self, token: &Dated<Claims>, now: Timestamp) -> bool {
        let age_s = (now.as_millis() / 1000).saturating_sub(token.iat);
        age_s >= self.session_renewal_s()
    }

    /// Seconds after which a session that is used is renewed.
    pub(crate) fn session_renewal_s(&self) -> u64 {
        (self.config.cookie.session_ttl_seconds / RENEWALS).max(1)
    }

    /// Renews a session for its whole lifetime; `None` if it has ended meanwhile.
    pub(super) async fn renew(
        &self,
        session: &CurrentSession,
        caller: &Caller,
    ) -> Result<Option<HeaderValue>, ServerError> {
        let now = self.clock.now();
        match self.store.extend_session(session.hash(), self.session_end(now), now).await? {
            true => Ok(Some(self.session_cookie(session.claims.clone(), now, caller)?)),
            false => Ok(None),
        }
    }

    /// Registers a connection under its session, if the session is still valid. A log-out before this call is seen
    /// here; a later one finds the connection.
    ///
    /// # Errors
    /// The reason to close the connection with.
    pub(crate) async fn admit(
        &self,
        session: &CurrentSession,
        account: AccountId,
        connection: ConnectionId,
        send_queue: SendQueue,
    ) -> Result<Registration, CloseReason> {
        let registration = self.auth.sockets.register(session.hash(), account, connection, send_queue);
        self.find_end(session.hash()).await?;
        Ok(registration)
    }

    /// When a session ends.
    ///
    /// # Errors
    /// The reason to close a connection with, if the session has ended.
    async fn find_end(&self, session: TokenHash) -> Result<Timestamp, CloseReason> {
        match self.store.session_end(session, self.clock.now()).await {
            Ok(end) => end.ok_or(CloseReason::refused(Refusal::NotSignedIn)),
            Err(error) => {
                let error = ServerError::from(error);
                error.report();
                let now = self.clock.now();
                if error.is_storage_down() && self.auth.remembered.find(session, now).is_some() {
                    return Ok(now.after_ms(ASK_AGAIN_MS));
                }
                Err(if error.is_storage_down() {
                    CloseReason::refused(Refusal::StorageUnavailable)
                } else {
                    CloseReason::FAULT
                })
            }
        }
    }

    /// Closes a connection when its session has expired, unless the session was renewed elsewhere.
    pub(crate) async fn outlive(&self, session: &CurrentSession, send_queue: &SendQueue) -> Infallible {
        loop {
            match self.find_end(session.hash()).await {
                Ok(end) => self.clock.sleep_until(end).await,
                Err(ending) => {
                    send_queue.close(ending);
                    return std::future::pending().await;
                }
            }
        }
    }

    /// Ends a session, and the connections that began with it.
    pub(super) async fn end_session(&self, session: &CurrentSession) -> Result<(), ServerError> {
        self.end_session_of(session.hash()).await
    }

    /// Ends the session with this hash, and the connections that began with it.
    pub(crate) async fn end_session_of(&self, session: TokenHash) -> Result<(), ServerError> {
        self.store.end_session(session).await?;
        self.announce(SessionChange::Ended(SessionHash(session)));
        Ok(())
    }

    /// Ends every session of an account, and its connections.
    pub(super) async fn end_sessions(&self, account: AccountId) -> Result<(), ServerError> {
        self.store.end_sessions(account).await?;
        self.announce(SessionChange::AccountSignedOut(account));
        Ok(())
    }

    /// Deletes the session's cookies in a browser.
    pub(super) fn farewell_cookies(
        &self,
        headers: &HeaderMap,
        caller: &Caller,
    ) -> Result<Vec<HeaderValue>, ServerError> {
        let outdated = self.outdated_cookies(headers, caller)?;
        Ok(outdated.into_iter().chain([self.cookie("", 0, caller)?]).collect())
    }

    /// Deletes the cookie of the unprotected name, if the session has a protected one.
    pub(super) fn outdated_cookies(
        &self,
        headers: &HeaderMap,
        caller: &Caller,
    ) -> Result<Option<HeaderValue>, ServerError> {
        let name = &self.config.cookie.session_cookie_name;
        let has_one = cookie::values(headers, name).next().is_some() && is_secure(&self.config, caller);
        let outdated = Cookie { name, value: "", max_age_s: 0, secure: false, base: self.config.base_path() };
        has_one.then(|| outdated.header()).transpose()
    }

    fn session_cookie(&self, claims: Claims, now: Timestamp, caller: &Caller) -> Result<HeaderValue, ServerError> {
        let ttl_s = self.config.cookie.session_ttl_seconds;
        let token = Dated::new(Purpose::Session, claims, now, ttl_s);
        self.cookie(&token::sign(&self.auth.keys, &token)?, ttl_s, caller)
    }

    fn cookie(&self, value: &str, max_age_s: u64, caller: &Caller) -> Result<HeaderValue, ServerError> {
        Cookie::new(&self.config, caller, &self.config.cookie.session_cookie_name, value, max_age_s).header()
    }

    fn session_end(&self, now: Timestamp) -> Timestamp {
        now.after_ms(self.config.cookie.session_ttl_seconds.saturating_mul(1000))
    }
}
