//! The server's side of the pages' server functions.

mod finding;
mod room_opening;

use std::cmp::Reverse;

use async_trait::async_trait;
use heartogether::{
    engagement::MessageText,
    id::{AccountId, DisplayName, MessageNumber, RoomCode, RoomName},
    limits::RESULTS_AT_ONCE,
    protocol::LoungesChanged,
    refusal::Refusal,
    role::{AccountKind, Guests, Permission},
    room::{Event, Foreseen, Policy, Reading},
};
use heartogether_app::{
    api::{
        Account, ApiError, Backend, Caller, FoundMessages, IceConfiguration, JoinLink, NewSession, ProgramToken,
        Provider, RecentRoom, RoomSummary, SavedLounge, Scope, SessionKey, Visitor,
    },
    locale::{Language, guest_name},
};

use crate::{
    error::ServerError,
    random,
    rooms::{Reader, append},
    search::{Query, found},
    state::Node,
    storage::{accounts::TokenHash, log::LogError},
    uncancelled::finish,
};
use room_opening::{RoomOpening, check_database};

/// Milliseconds after which every node knows that an account has become a member.
const KNOWN_EVERYWHERE_MS: u64 = 60_000;

#[async_trait]
impl Backend for Node {
    async fn sign_in_guest(
        &self,
        name: DisplayName,
        visitor: &Visitor,
        room: Option<RoomCode>,
    ) -> Result<NewSession, ApiError> {
        AccountKind::Guest(self.guests()).check(Permission::Connect)?;
        let now = self.clock.now();
        let room = match room {
            // Whoever has guessed too many codes learns no more of them here.
            Some(code) if !self.rate_limits.has_no_look_ups(&visitor.caller, now).await => {
                let found = self.log.find(code).await.map_err(ServerError::from)?;
                let found = match found {
                    Some(room) if self.rooms.has_live(room).await => Some(code),
                    _ => None,
                };
                if found.is_none() {
                    self.rate_limits.take_look_up(&visitor.caller, now).await?;
                }
                found
            }
            _ => None,
        };
        self.rate_limits.take_sign_in(room, &visitor.caller, now).await?;
        let usage = check_database(&*self.store, self.limits.database_bytes).await?;
        if usage.guests >= u64::from(self.limits.guests) {
            return Err(Refusal::ServerFull.into());
        }
        Ok(self.welcome_guest(name, visitor).await?)
    }

    fn warm_up_ms(&self) -> u64 {
        self.config.auth.auth_warm_up_timeout_ms
    }

    fn renew_in_s(&self) -> u64 {
        self.session_renewal_s()
    }

    fn guests(&self) -> Guests {
        self.config.auth.guests()
    }

    fn providers(&self) -> Vec<Provider> {
        let known = self.auth.providers.iter().map(|provider| provider.settings());
        known.map(|known| Provider { id: known.id.clone(), name: known.name.clone() }).collect()
    }

    fn guest_name(&self, language: Language) -> DisplayName {
        guest_name(language, u64::from_le_bytes(random::bytes()))
    }

    async fn set_email_shown(&self, account: &Account, shown: bool) -> Result<(), ApiError> {
        Ok(self.store.set_email_shown(account.id, shown).await.map_err(ServerError::from)?)
    }

    async fn create_room(&self, owner: &Account, caller: &Caller) -> Result<RoomCode, ApiError> {
        self.open_room(owner, None, Policy::broadcast(&self.limits), caller).await
    }

    async fn open_lounge(
        &self,
        owner: &Account,
        name: Option<RoomName>,
        caller: &Caller,
    ) -> Result<RoomCode, ApiError> {
        self.open_room(owner, name, Policy::lounge(&self.limits), caller).await
    }

    async fn saved_lounges(&self, account: &Account) -> Result<Vec<SavedLounge>, ApiError> {
        let mut saved = Vec::new();
        for membership in self.store.memberships(account.id).await.map_err(ServerError::from)? {
            let room = self.rooms.open(membership.room);
            match room.save(account.id).await {
                Some(room) => saved.push(room.with(&membership)),
                // What cannot be read now may be read later, and this node may not know yet that another has let the account in.
                None if room.check_readable().is_err() || !self.log.may_let_go() => {}
                None if self.clock.now().since_ms(membership.since) < KNOWN_EVERYWHERE_MS => {}
                None => self.store.end_membership(account.id, membership.room).await.map_err(ServerError::from)?,
            }
        }
        saved.sort_by_key(|lounge| Reverse(lounge.written_at));
        Ok(saved)
    }

    async fn mute_lounge(&self, account: &Account, code: RoomCode, muted: bool) -> Result<(), ApiError> {
        if let Some(room) = self.log.find(code).await.map_err(ServerError::from)? {
            self.store.mute(account.id, room, muted).await.map_err(ServerError::from)?;
            self.rooms.lists().tell(&[account.id], None, &LoungesChanged::anew());
        }
        Ok(())
    }

    async fn preview_message(
        &self,
        account: &Account,
        code: RoomCode,
        text: &MessageText,
    ) -> Result<Option<String>, ApiError> {
        let found = self.log.find(code).await.map_err(ServerError::from)?;
        let room = self.rooms.open(found.ok_or(Refusal::RoomNotFound)?);
        if !room.has_place(account.id).await {
            return Err(Refusal::NotAMember.into());
        }
        if !self.command_limits.previews.take(account.id, room.id(), self.clock.now()).await {
            return Err(Refusal::TooManyRequests.into());
        }
        Ok(self.markup.render(&room, text).await.map(|markup| markup.html))
    }

    async fn search_messages(
        &self,
        account: &Account,
        code: RoomCode,
        sought: &str,
        before: Option<MessageNumber>,
        caller: &Caller,
    ) -> Result<FoundMessages, ApiError> {
        let query = Query::parse(sought)?;
        let room = self.room_of_member(account, code, caller).await?;
        if !self.command_limits.searches.take(account.id, room.id(), self.clock.now()).await {
            return Err(Refusal::TooManyRequests.into());
        }
        let reading = room.reading(Reader::Account(account.id)).await?;
        let before = before.unwrap_or(MessageNumber(u64::MAX));
        let page = self.search.search(room.id(), reading, &query, before, RESULTS_AT_ONCE).await;
        let page = page.map_err(ServerError::from)?;
        let result = |message| found(message, |text| query.hits(text));
        let messages = page.messages.into_iter().filter_map(result).collect();
        Ok(FoundMessages { messages, more_before: page.more_before })
    }

    async fn messages_at(
        &self,
        account: &Account,
        code: RoomCode,
        numbers: &[MessageNumber],
        caller: &Caller,
    ) -> Result<FoundMessages, ApiError> {
        let room = self.room_of_member(account, code, caller).await?;
        if !self.command_limits.searches.take(account.id, room.id(), self.clock.now()).await {
            return Err(Refusal::TooManyRequests.into());
        }
        if room.reading(Reader::Account(account.id)).await? != Reading::All {
            return Ok(FoundMessages::default());
        }
        let messages = self.archive.at(room.id(), numbers).await.map_err(ServerError::from)?;
        let result = |message| found(message, |_| Some(Vec::new()));
        Ok(FoundMessages { messages: messages.into_iter().rev().filter_map(result).collect(), more_before: None })
    }

    async fn program_tokens(&self, account: &Account) -> Result<Vec<ProgramToken>, ApiError> {
        self.tokens(account).await
    }

    async fn make_program_token(
        &self,
        account: &Account,
        label: DisplayName,
        scopes: Vec<Scope>,
    ) -> Result<String, ApiError> {
        self.make_token(account, label, scopes).await
    }

    async fn revoke_program_token(&self, account: &Account, id: &str) -> Result<(), ApiError> {
        self.revoke_token(account, id).await
    }

    async fn look_up_room(&self, code: RoomCode, visitor: &Visitor) -> Result<Option<RoomSummary>, ApiError> {
        let now = self.clock.now();
        self.rate_limits.take_page_look_up(code, &visitor.caller, now).await?;
        let found = self.find_room(code, visitor.account.as_ref().map(|account| account.id)).await?;
        if found.is_some() {
            self.rate_limits.note_found(code, &visitor.caller, now).await;
        }
        Ok(found)
    }

    fn link(&self, code: RoomCode, visitor: &Visitor) -> JoinLink {
        self.reach.link(code, &visitor.caller)
    }

    async fn reopen_room(&self, owner: &Account, code: RoomCode) -> Result<(), ApiError> {
        let kind = owner.kind(self.guests());
        kind.check(Permission::ReopenRoom)?;
        let found = self.log.find(code).await.map_err(ServerError::from)?;
        let room = self.rooms.open(found.ok_or(Refusal::ReopenTooLate)?);
        let request = Event::ReopenRequested { account: owner.id, kind };
        if room.foresee(&request).await.map_err(too_late)? == Foreseen::Change {
            let appended = match append(&*self.log, room.id(), request.clone()).await {
                Ok(entry) => entry.seq,
                Err(LogError::NoSuchRoom) => return Err(Refusal::ReopenTooLate.into()),
                Err(error) => return Err(ServerError::from(error).into()),
            };
            // What the room made of it: where it is open by now, to ask again would change nothing.
            room.at(appended).foresee(&request).await.map_err(too_late)?;
        }
        Ok(())
    }

    async fn recent_rooms(&self, account: &Account) -> Result<Vec<RecentRoom>, ApiError> {
        let mut recent = Vec::new();
        for room in self.store.visits(account.id).await.map_err(ServerError::from)? {
            recent.extend(self.rooms.open(room).revisit(account.id).await);
        }
        // Those are in a list of their own.
        recent.retain(|room| !room.kind.members_stay());
        Ok(recent)
    }

    fn public_ice_servers(&self) -> IceConfiguration {
        self.config.ice.public_servers()
    }

    async fn ice_servers(&self, account: &Account, code: RoomCode) -> Result<IceConfiguration, ApiError> {
        let found = self.log.find(code).await.map_err(ServerError::from)?;
        let is_member = match found {
            Some(room) => self.rooms.open(room).has_place(account.id).await,
            None => false,
        };
        Ok(match is_member {
            // The TURN server goes by its own date.
            true => self.config.ice.servers(account.id, self.clock.date()),
            false => self.config.ice.public_servers(),
        })
    }
}

/// A room that is over for good answers nobody any more.
fn too_late(refusal: Refusal) -> Refusal {
    if refusal == Refusal::RoomEnded { Refusal::ReopenTooLate } else { refusal }
}

impl Node {
    /// Opens a room of an account's own.
    async fn open_room(
        &self,
        owner: &Account,
        name: Option<RoomName>,
        policy: Policy,
        caller: &Caller,
    ) -> Result<RoomCode, ApiError> {
        owner.kind(self.guests()).check(Permission::CreateRoom)?;
        self.rate_limits.take_room(owner.id, caller, self.clock.now()).await?;
        let opening = RoomOpening {
            store: self.store.clone(),
            database_bytes: self.limits.database_bytes,
            log: self.log.clone(),
            rooms: self.rooms.clone(),
            clock: self.clock.clone(),
            open: self.rate_limits.open_rooms(),
            address: caller.address,
            limit: self.limits.rooms as usize,
            owner: owner.clone(),
            name,
            policy,
        };
        let opened = finish(opening.run()).await?;
        if matches!(
            opened,
            Err(ApiError::Fault(_) | ApiError::Refused(Refusal::StorageUnavailable | Refusal::ServerFull))
        ) {
            // It is not the owner's doing.
            self.rate_limits.give_room_back(owner.id, caller, self.clock.now()).await;
        }
        opened
    }

    async fn welcome_guest(&self, name: DisplayName, visitor: &Visitor) -> Result<NewSession, ServerError> {
        let account = Account { id: AccountId::from_bits(random::bits()), name, profile: None };
        self.store.add_account(&account, self.clock.now()).await?;
        let cookie = self.begin_session(&account, &visitor.caller).await?.cookie;
        // The browser keeps one session: that of before would stay open without anybody who could end it.
        if let Some(SessionKey(before)) = visitor.session {
            self.end_session_of(TokenHash(before)).await?;
        }
        Ok(NewSession { account, cookie })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures::FutureExt;
    use heartogether::{limits::Limits, time::Timestamp};

    use super::*;
    use crate::{clock::ManualClock, config::Config, startup::Server};

    #[tokio::test]
    async fn rooms_of_disconnected_callers_are_counted() {
        let data = tempfile::TempDir::new().expect("a folder");
        let folder = data.path().to_str().expect("a path in UTF-8");
        let arguments = ["heartogether-server", "--port", "0", "--host", "127.0.0.1", "--data-dir", folder];
        let config = Config::from_arguments(arguments).expect("valid flags");
        let limits = Limits { rooms_per_address: 1, ..Limits::default() };
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_800_000_000_000)));
        let server = Server::bind(config, limits, clock).await.expect("a server");
        let (node, caller) = (server.node.clone(), Caller::default());
        let ada = Account { id: AccountId::from_bits(1), name: node.guest_name(Language::English), profile: None };
        for _ in 0..3 {
            assert!(node.create_room(&ada, &caller).now_or_never().is_none(), "nobody waits for it");
        }
        // Whoever comes last comes after all of them.
        assert_eq!(node.create_room(&ada, &caller).await, Err(Refusal::TooManyRooms.into()));
        assert_eq!(node.log.live().await.expect("looked up").len(), 1);
    }
}
