//! Accounts and sessions in memory, for tests.

mod blocks;
mod programs;

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use heartogether::{
    id::{AccountId, MessageNumber, RoomId},
    time::Timestamp,
};
use heartogether_app::api::{Account, Profile};

use super::{
    AccountRecord, Accounts, MEMBERSHIPS_LISTED, Membership, Memberships, Picture, ReturnedSignIn, Session, Sessions,
    SignedIn, StoredToken, TokenHash, Usage, VISITS_KEPT, VerifiedPerson, Visits,
};
use crate::storage::StorageError;

/// Accounts and sessions in memory.
#[derive(Default)]
pub struct MemoryStore(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    accounts: HashMap<AccountId, Account>,
    /// When accounts were made.
    created: HashMap<AccountId, Timestamp>,
    /// When people were there last.
    seen: HashMap<AccountId, Timestamp>,
    identities: HashMap<(String, String), AccountId>,
    pictures: HashMap<AccountId, Picture>,
    sessions: HashMap<TokenHash, Session>,
    visits: HashMap<AccountId, Vec<RoomId>>,
    memberships: HashMap<AccountId, Vec<Membership>>,
    /// Who has blocked whom, the latest first.
    blocks: Vec<(AccountId, AccountId)>,
    programs: HashMap<TokenHash, StoredToken>,
    bans: HashMap<AccountId, HashSet<(String, String)>>,
    spent: HashSet<TokenHash>,
    departures: HashMap<AccountId, Option<AccountId>>,
}

impl MemoryStore {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn account(&self, id: AccountId) -> Option<Account> {
        let mut account = self.accounts.get(&id)?.clone();
        if let Some(profile) = &mut account.profile {
            profile.has_picture = self.pictures.contains_key(&id);
        }
        Some(account)
    }

    fn identify(&mut self, person: &VerifiedPerson, candidate: AccountId) -> Account {
        let VerifiedPerson { issuer, subject, provider, name, email } = person.clone();
        let id = *self.identities.entry((issuer, subject)).or_insert(candidate);
        let known = self.accounts.get(&id).and_then(|account| account.profile.as_ref());
        let email_shown = known.and_then(|profile| profile.email_shown);
        let profile = Profile { provider, email, email_shown, has_picture: self.pictures.contains_key(&id) };
        let account = Account { id, name, profile: Some(profile) };
        self.accounts.insert(id, account.clone());
        account
    }

    /// The guest who began the sign-in, if the session is still theirs.
    fn guest_of(&self, session: Option<TokenHash>, guest: Option<AccountId>, now: Timestamp) -> Option<AccountId> {
        let session = self.sessions.get(&session?).filter(|session| session.expires_at > now)?;
        let account = self.account(session.account).filter(Account::is_guest)?;
        guest.filter(|guest| *guest == account.id)
    }

    fn add_visit(&mut self, account: AccountId, room: RoomId) {
        let visits = self.visits.entry(account).or_default();
        visits.retain(|visited| *visited != room);
        visits.insert(0, room);
        visits.truncate(VISITS_KEPT);
    }

    /// Adds a membership, or reads on in the one that is there. Returns whether it is new.
    fn take_membership(&mut self, account: AccountId, membership: Membership) -> bool {
        let known = self.membership(account, membership.room);
        let is_new = known.is_none();
        match known {
            Some(known) => known.read_up_to = known.read_up_to.max(membership.read_up_to),
            None => self.memberships.entry(account).or_default().insert(0, membership),
        }
        is_new
    }

    fn membership(&mut self, account: AccountId, room: RoomId) -> Option<&mut Membership> {
        self.memberships.get_mut(&account)?.iter_mut().find(|known| known.room == room)
    }

    /// Gives the blocks of an account and those of others to another one.
    fn rename_in_blocks(&mut self, from: AccountId, to: AccountId) {
        let renamed = |account: AccountId| if account == from { to } else { account };
        let before = std::mem::take(&mut self.blocks);
        for (account, other) in before.into_iter().map(|(account, other)| (renamed(account), renamed(other))) {
            if account != other && !self.blocks.contains(&(account, other)) {
                self.blocks.push((account, other));
            }
        }
    }

    fn end_sessions(&mut self, account: AccountId) -> Vec<TokenHash> {
        self.sessions.extract_if(|_, session| session.account == account).map(|(token, _)| token).collect()
    }
}

#[async_trait]
impl Accounts for MemoryStore {
    async fn add_account(&self, account: &Account, created_at: Timestamp) -> Result<(), StorageError> {
        let mut kept = self.kept();
        kept.created.insert(account.id, created_at);
        kept.accounts.insert(account.id, account.clone());
        Ok(())
    }

    async fn usage(&self) -> Result<Usage, StorageError> {
        let kept = self.kept();
        let guests = kept.accounts.keys().filter(|account| !kept.identities.values().any(|known| known == *account));
        Ok(Usage { guests: guests.count() as u64, bytes: 0 })
    }

    async fn sign_in(&self, arrival: &ReturnedSignIn, now: Timestamp) -> Result<Option<SignedIn>, StorageError> {
        let mut kept = self.kept();
        if !kept.spent.insert(arrival.proof) {
            return Ok(None);
        }
        let guest = kept.guest_of(arrival.before, arrival.guest, now);
        let account = kept.identify(&arrival.person, guest.unwrap_or(arrival.candidate));
        kept.created.entry(account.id).or_insert(now);
        kept.seen.insert(account.id, now);
        let ended = match guest {
            Some(guest) => kept.end_sessions(guest),
            None => arrival.before.filter(|before| kept.sessions.remove(before).is_some()).into_iter().collect(),
        };
        if let Some(guest) = guest.filter(|guest| *guest != account.id) {
            let visits = kept.visits.remove(&guest).unwrap_or_default();
            visits.into_iter().rev().for_each(|room| kept.add_visit(account.id, room));
            let memberships = kept.memberships.remove(&guest).unwrap_or_default();
            memberships.into_iter().rev().for_each(|membership| _ = kept.take_membership(account.id, membership));
            kept.rename_in_blocks(guest, account.id);
            let programs = kept.programs.values_mut().filter(|token| token.account == guest);
            programs.for_each(|token| token.account = account.id);
            kept.departures.insert(guest, Some(account.id));
        }
        let ReturnedSignIn { session: token, expires_at, .. } = *arrival;
        kept.sessions.insert(token, Session { token, account: account.id, expires_at });
        Ok(Some(SignedIn { account, guest, ended }))
    }

    async fn begin_deletion(&self, account: AccountId) -> Result<(), StorageError> {
        let mut kept = self.kept();
        kept.end_sessions(account);
        kept.programs.retain(|_, token| token.account != account);
        kept.departures.insert(account, None);
        Ok(())
    }

    async fn erase_deleted(&self) -> Result<(), StorageError> {
        Ok(())
    }

    async fn departures(&self) -> Result<Vec<(AccountId, Option<AccountId>)>, StorageError> {
        Ok(self.kept().departures.iter().map(|(account, successor)| (*account, *successor)).collect())
    }

    async fn end_departure(&self, account: AccountId) -> Result<(), StorageError> {
        self.kept().departures.remove(&account);
        Ok(())
    }

    async fn delete_account(&self, account: AccountId) -> Result<(), StorageError> {
        let mut kept = self.kept();
        kept.accounts.remove(&account);
        kept.pictures.remove(&account);
        kept.visits.remove(&account);
        kept.memberships.remove(&account);
        kept.blocks.retain(|(by, other)| *by != account && *other != account);
        kept.identities.retain(|_, owner| *owner != account);
        kept.programs.retain(|_, token| token.account != account);
        kept.end_sessions(account);
        Ok(())
    }

    async fn ban_account(&self, account: AccountId, _at: Timestamp) -> Result<bool, StorageError> {
        let mut kept = self.kept();
        if !kept.accounts.contains_key(&account) {
            return Ok(false);
        }
        let people = kept.identities.iter().filter(|(_, owner)| **owner == account).map(|(person, _)| person.clone());
        let people: Vec<_> = people.collect();
        kept.bans.entry(account).or_default().extend(people);
        kept.end_sessions(account);
        kept.programs.retain(|_, token| token.account != account);
        Ok(true)
    }

    async fn lift_ban(&self, account: AccountId) -> Result<bool, StorageError> {
        Ok(self.kept().bans.remove(&account).is_some())
    }

    async fn is_banned(&self, issuer: &str, subject: &str) -> Result<bool, StorageError> {
        let person = (issuer.to_owned(), subject.to_owned());
        Ok(self.kept().bans.values().any(|people| people.contains(&person)))
    }

    async fn set_email_shown(&self, account: AccountId, shown: bool) -> Result<(), StorageError> {
        let mut kept = self.kept();
        let profile = kept.accounts.get_mut(&account).and_then(|account| account.profile.as_mut());
        profile.into_iter().for_each(|profile| profile.email_shown = Some(shown));
        Ok(())
    }

    async fn set_picture(&self, account: AccountId, picture: Option<&Picture>) -> Result<(), StorageError> {
        match picture {
            Some(picture) => self.kept().pictures.insert(account, picture.clone()),
            None => self.kept().pictures.remove(&account),
        };
        Ok(())
    }

    async fn picture(&self, account: AccountId) -> Result<Option<Picture>, StorageError> {
        Ok(self.kept().pictures.get(&account).cloned())
    }

    async fn account_record(&self, account: AccountId) -> Result<Option<AccountRecord>, StorageError> {
        let kept = self.kept();
        let theirs = kept.identities.iter().filter(|(_, owner)| **owner == account);
        let mut identities: Vec<_> = theirs.map(|(identity, _)| identity.clone()).collect();
        identities.sort();
        let seen_at = kept.seen.get(&account).copied();
        let created_at = kept.created.get(&account).filter(|_| kept.accounts.contains_key(&account));
        Ok(created_at.map(|created_at| AccountRecord { created_at: *created_at, seen_at, identities }))
    }

    async fn forget_expired(&self, now: Timestamp) -> Result<(), StorageError> {
        self.kept().sessions.retain(|_, known| known.expires_at > now);
        Ok(())
    }
}

#[async_trait]
impl Sessions for MemoryStore {
    async fn add_session(&self, session: &Session, now: Timestamp) -> Result<(), StorageError> {
        self.forget_expired(now).await?;
        self.kept().sessions.insert(session.token, session.clone());
        Ok(())
    }

    async fn find_session(&self, token: TokenHash, now: Timestamp) -> Result<Option<Account>, StorageError> {
        let kept = self.kept();
        let session = kept.sessions.get(&token).filter(|session| session.expires_at > now);
        Ok(session.and_then(|session| kept.account(session.account)))
    }

    async fn session_end(&self, token: TokenHash, now: Timestamp) -> Result<Option<Timestamp>, StorageError> {
        let end = self.kept().sessions.get(&token).map(|session| session.expires_at);
        Ok(end.filter(|end| *end > now))
    }

    async fn session_ends(&self, account: AccountId, now: Timestamp) -> Result<Vec<Timestamp>, StorageError> {
        let kept = self.kept();
        let theirs = kept.sessions.values().filter(|session| session.account == account);
        let mut ends: Vec<_> = theirs.map(|session| session.expires_at).filter(|end| *end > now).collect();
        ends.sort_unstable();
        Ok(ends)
    }

    async fn extend_session(
        &self,
        token: TokenHash,
        expires_at: Timestamp,
        _now: Timestamp,
    ) -> Result<bool, StorageError> {
        let mut kept = self.kept();
        let session = kept.sessions.get_mut(&token);
        Ok(session.map(|session| session.expires_at = expires_at).is_some())
    }

    async fn end_session(&self, token: TokenHash) -> Result<(), StorageError> {
        self.kept().sessions.remove(&token);
        Ok(())
    }

    async fn end_sessions(&self, account: AccountId) -> Result<Vec<TokenHash>, StorageError> {
        Ok(self.kept().end_sessions(account))
    }
}

#[async_trait]
impl Visits for MemoryStore {
    async fn add_visit(&self, account: AccountId, room: RoomId, _at: Timestamp) -> Result<(), StorageError> {
        self.kept().add_visit(account, room);
        Ok(())
    }

    async fn visits(&self, account: AccountId) -> Result<Vec<RoomId>, StorageError> {
        Ok(self.kept().visits.get(&account).cloned().unwrap_or_default())
    }
}

#[async_trait]
impl Memberships for MemoryStore {
    async fn add_membership(&self, account: AccountId, room: RoomId, since: Timestamp) -> Result<bool, StorageError> {
        let membership = Membership { room, since, read_up_to: MessageNumber::default(), muted: false };
        Ok(self.kept().take_membership(account, membership))
    }

    async fn end_membership(&self, account: AccountId, room: RoomId) -> Result<(), StorageError> {
        self.kept().memberships.entry(account).or_default().retain(|known| known.room != room);
        Ok(())
    }

    async fn mark_read(&self, account: AccountId, room: RoomId, up_to: MessageNumber) -> Result<(), StorageError> {
        let mut kept = self.kept();
        let known = kept.membership(account, room);
        known.into_iter().for_each(|known| known.read_up_to = known.read_up_to.max(up_to));
        Ok(())
    }

    async fn mute(&self, account: AccountId, room: RoomId, muted: bool) -> Result<(), StorageError> {
        self.kept().membership(account, room).into_iter().for_each(|known| known.muted = muted);
        Ok(())
    }

    async fn memberships(&self, account: AccountId) -> Result<Vec<Membership>, StorageError> {
        let mut listed = self.kept().memberships.get(&account).cloned().unwrap_or_default();
        listed.truncate(MEMBERSHIPS_LISTED);
        Ok(listed)
    }
}
