//! Removes names, texts and e-mail addresses from values before they are stored, and seals them with the keys of their
//! accounts. Stored values are never rewritten: once a key is deleted, readers get a placeholder in place of the text.

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};
use heartogether::{
    id::AccountId,
    room::{Event, Message, PersonalText, Room, Visit},
};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    StorageError,
    keys::{AccountKey, AccountKeys},
};
use crate::random;

/// The largest number of keys in the cache.
const KEYS_AT_HAND: usize = 10_000;
/// Stored in place of a text for which there is no key.
const UNSEALED: &str = "-";

/// A value that holds names, texts or e-mail addresses of people.
pub(super) trait Personal: Clone + Serialize + DeserializeOwned {
    /// Calls `visit` with each of these texts, always in the same order.
    fn visit_personal(&mut self, visit: &mut Visit<'_>);
}

impl Personal for Event {
    fn visit_personal(&mut self, visit: &mut Visit<'_>) {
        Self::visit_personal(self, visit);
    }
}

impl Personal for Room {
    fn visit_personal(&mut self, visit: &mut Visit<'_>) {
        Self::visit_personal(self, visit);
    }
}

/// A message with the account whose key seals it.
#[derive(Clone, Serialize, serde::Deserialize)]
pub(super) struct OwnedMessage {
    pub(super) sealed_by: AccountId,
    pub(super) message: Message,
}

impl Personal for OwnedMessage {
    fn visit_personal(&mut self, visit: &mut Visit<'_>) {
        self.message.visit_personal(Some(self.sealed_by), visit);
    }
}

/// A value as it is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sealed {
    /// JSON, with placeholders in place of what people wrote.
    pub(super) value: String,
    /// The sealed texts in base64, separated by spaces.
    pub(super) texts: String,
}

/// Seals and opens.
pub struct Sealer {
    keys: Arc<dyn AccountKeys>,
    at_hand: Mutex<AtHand>,
}

/// Cached keys.
#[derive(Default)]
struct AtHand {
    keys: HashMap<AccountId, AccountKey>,
    /// How many times the cache was emptied. A key that was looked up before the last time may be deleted, so it is not
    /// cached.
    forgotten: u64,
}

impl Sealer {
    /// Seals with these keys.
    pub fn new(keys: Arc<dyn AccountKeys>) -> Self {
        Self { keys, at_hand: Mutex::default() }
    }

    /// Empties the cache, because a key was deleted.
    pub fn forget_keys(&self) {
        let mut at_hand = self.at_hand();
        at_hand.keys.clear();
        at_hand.forgotten += 1;
    }

    /// Replaces the personal texts of a value with placeholders, and seals them.
    pub(super) async fn seal<T: Personal>(&self, value: &T) -> Result<Sealed, StorageError> {
        let mut value = value.clone();
        let keys = self.keys_for(accounts_in(&mut value), true).await?;
        let mut texts = Vec::new();
        value.visit_personal(&mut |account, mut text| {
            let Some(account) = account else { return text.forget() };
            let sealed = keys.get(&account).and_then(|key| seal(key, account, text.as_str()));
            texts.push(sealed.unwrap_or_else(|| UNSEALED.to_owned()));
            text.hide();
        });
        let json = serde_json::to_string(&value).map_err(StorageError::new)?;
        Ok(Sealed { value: json, texts: texts.join(" ") })
    }

    /// Opens sealed values. A value that cannot be read is `None`; a text whose key is deleted stays a placeholder.
    pub(super) async fn open<T: Personal>(&self, stored: &[Sealed]) -> Result<Vec<Option<T>>, StorageError> {
        let mut values: Vec<Option<T>> = stored.iter().map(|one| serde_json::from_str(&one.value).ok()).collect();
        let accounts = values.iter_mut().flatten().flat_map(accounts_in).collect();
        let keys = self.keys_for(accounts, false).await?;
        for (value, stored) in values.iter_mut().zip(stored) {
            let Some(value) = value else { continue };
            let mut texts = stored.texts.split(' ');
            value.visit_personal(&mut |account, text| restore(text, account, &mut texts, &keys));
        }
        Ok(values)
    }

    /// The keys of these accounts, from the cache where it has them.
    async fn keys_for(
        &self,
        accounts: BTreeSet<AccountId>,
        makes: bool,
    ) -> Result<HashMap<AccountId, AccountKey>, StorageError> {
        let (mut keys, forgotten) = self.find_at_hand(&accounts);
        let missing: BTreeSet<_> = accounts.into_iter().filter(|account| !keys.contains_key(account)).collect();
        if !missing.is_empty() {
            let found = match makes {
                true => self.keys.find_or_make(&missing).await?,
                false => self.keys.find(&missing).await?,
            };
            let mut at_hand = self.at_hand();
            if at_hand.keys.len() >= KEYS_AT_HAND {
                at_hand.keys.clear();
            }
            if at_hand.forgotten == forgotten {
                at_hand.keys.extend(found.clone());
            }
            keys.extend(found);
        }
        Ok(keys)
    }

    fn find_at_hand(&self, accounts: &BTreeSet<AccountId>) -> (HashMap<AccountId, AccountKey>, u64) {
        let at_hand = self.at_hand();
        let key = |account: &AccountId| Some((*account, at_hand.keys.get(account)?.clone()));
        (accounts.iter().filter_map(key).collect(), at_hand.forgotten)
    }

    fn at_hand(&self) -> MutexGuard<'_, AtHand> {
        self.at_hand.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The accounts whose texts a value holds.
fn accounts_in(value: &mut impl Personal) -> BTreeSet<AccountId> {
    let mut accounts = BTreeSet::new();
    value.visit_personal(&mut |account, _| accounts.extend(account));
    accounts
}

fn restore<'a>(
    mut text: PersonalText<'_>,
    account: Option<AccountId>,
    texts: &mut impl Iterator<Item = &'a str>,
    keys: &HashMap<AccountId, AccountKey>,
) {
    let Some(account) = account else { return };
    let opened = texts.next().and_then(|sealed| open(keys.get(&account)?, account, sealed));
    match opened {
        Some(opened) => text.restore(&opened),
        None => text.forget(),
    }
}

fn cipher(key: &AccountKey) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, &key.0).ok().map(LessSafeKey::new)
}

/// AES-256-GCM with a random nonce of 96 bits before the sealed text. One key is good for 2^32 texts (NIST SP 800-38D,
/// section 8.3).
fn seal(key: &AccountKey, account: AccountId, text: &str) -> Option<String> {
    let nonce: [u8; NONCE_LEN] = random::bytes();
    let mut bytes = text.as_bytes().to_vec();
    let aad = Aad::from(account.to_string());
    cipher(key)?.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut bytes).ok()?;
    Some(BASE64_STANDARD_NO_PAD.encode([&nonce[..], &bytes].concat()))
}

fn open(key: &AccountKey, account: AccountId, sealed: &str) -> Option<String> {
    let mut bytes = BASE64_STANDARD_NO_PAD.decode(sealed).ok()?;
    let nonce = <[u8; NONCE_LEN]>::try_from(bytes.get(..NONCE_LEN)?).ok()?;
    let aad = Aad::from(account.to_string());
    let text = cipher(key)?.open_within(Nonce::assume_unique_for_key(nonce), aad, &mut bytes, NONCE_LEN..).ok()?;
    String::from_utf8(text.to_vec()).ok()
}
