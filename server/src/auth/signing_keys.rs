//! The keys that sign sessions. They stay valid after a restart and after a change of the secret: a replaced key is
//! accepted until every session that it signed has expired.

use std::{fs, io, path::Path};

use heartogether::{
    id::{AddressMark, BrowserMark, DisplayName, NameMark, RoomId},
    time::Timestamp,
};
use jsonwebtoken::{DecodingKey, EncodingKey};
use ring::hmac;
use serde::{Deserialize, Serialize};

use crate::random;

/// The file in the data folder, which only the server may read.
const FILE: &str = "signing-keys.json";
/// Characters of a secret, at least.
pub(crate) const SECRET_CHARS: usize = 32;

/// The current key and the replaced ones.
pub(crate) struct Keys {
    current: Key,
    retired: Vec<Retired>,
    session_ttl_ms: u64,
}

/// 256 bits, as 64 hexadecimal digits: what RFC 7518, section 3.2 asks of HS256.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
struct Key(String);

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Retired {
    key: Key,
    at: Timestamp,
}

/// The content of the file: keys that are derived from a secret, never the secret itself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    current: Key,
    #[serde(default)]
    retired: Vec<Retired>,
}

impl Key {
    fn draw() -> Self {
        Self::write(&random::bytes::<32>())
    }

    fn derive(secret: &str) -> Self {
        let secret = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        Self::write(hmac::sign(&secret, b"heartogether sessions").as_ref())
    }

    fn write(bytes: &[u8]) -> Self {
        Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

impl Keys {
    /// The keys of a data folder. If there is a `secret`, the current key is derived from it; otherwise the last key
    /// stays, or a new one is drawn.
    ///
    /// # Errors
    /// Errors of the file.
    pub(crate) fn open(folder: &Path, secret: Option<&str>, now: Timestamp, session_ttl_ms: u64) -> io::Result<Self> {
        let path = folder.join(FILE);
        let before = read(&path)?;
        let wanted = secret.map(Key::derive);
        let is_drawn = before.is_none() && wanted.is_none();
        let mut kept = match (before.clone(), wanted) {
            (Some(kept), Some(wanted)) if kept.current != wanted => replace(kept, wanted, now),
            (Some(kept), _) => kept,
            (None, wanted) => Kept { current: wanted.unwrap_or_else(Key::draw), retired: Vec::new() },
        };
        kept.retired.retain(|retired| now < retired.at.after_ms(session_ttl_ms));
        if before.as_ref() != Some(&kept) {
            match write(&path, &kept) {
                // The next start derives the same keys from the file and the secret, so nothing needs to be written.
                Err(error) if !is_drawn => tracing::error!(%error, "the keys that sign sessions cannot be written"),
                outcome => outcome?,
            }
        }
        Ok(Self { current: kept.current, retired: kept.retired, session_ttl_ms })
    }

    /// The key that signs.
    pub(super) fn signing(&self) -> EncodingKey {
        EncodingKey::from_secret(self.current.0.as_bytes())
    }

    /// A room's hash of a browser.
    pub(crate) fn browser_mark(&self, room: RoomId, browser: u128) -> BrowserMark {
        BrowserMark::from_bits(self.mark("browser", room, &format!("{browser:032x}")))
    }

    /// A room's hash of an address.
    pub(crate) fn address_mark(&self, room: RoomId, address: &str) -> AddressMark {
        AddressMark::from_bits(self.mark("address", room, address))
    }

    /// A room's hash of what a name looks like.
    pub(crate) fn name_mark(&self, room: RoomId, name: &DisplayName) -> NameMark {
        NameMark::from_bits(self.mark("name", room, &name.looks()))
    }

    /// A secret by which nodes with the same keys name the same callers.
    pub(crate) fn limits_secret(&self) -> [u8; 32] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.current.0.as_bytes());
        let secret = hmac::sign(&key, b"heartogether limits");
        let mut bytes = [0; 32];
        bytes.copy_from_slice(secret.as_ref());
        bytes
    }

    /// A keyed hash for one room. Somebody who reads the database cannot try addresses against it, and the hashes of
    /// two rooms cannot be compared. A new secret changes it.
    fn mark(&self, kind: &str, room: RoomId, value: &str) -> u128 {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.current.0.as_bytes());
        let hash = hmac::sign(&key, format!("heartogether mark {kind} {room} {value}").as_bytes());
        hash.as_ref().iter().take(16).fold(0, |bits, byte| (bits << 8) | u128::from(*byte))
    }

    /// The accepted keys, the current one first.
    pub(super) fn accepted(&self, now: Timestamp) -> impl Iterator<Item = DecodingKey> {
        let is_accepted = move |retired: &&Retired| now < retired.at.after_ms(self.session_ttl_ms);
        let retired = self.retired.iter().filter(is_accepted).map(|retired| &retired.key);
        std::iter::once(&self.current).chain(retired).map(|key| DecodingKey::from_secret(key.0.as_bytes()))
    }
}

fn replace(kept: Kept, wanted: Key, now: Timestamp) -> Kept {
    tracing::info!("the secret has changed; sessions that the one before has signed go on until they run out");
    let before = Retired { key: kept.current, at: now };
    let retired = kept.retired.into_iter().filter(|retired| retired.key != wanted).chain([before]).collect();
    Kept { current: wanted, retired }
}

fn read(path: &Path) -> io::Result<Option<Kept>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes a draft beside the file and renames it: a server that is killed meanwhile keeps its keys.
fn write(path: &Path, kept: &Kept) -> io::Result<()> {
    let draft = path.with_extension("draft");
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    serde_json::to_writer(&mut file, kept)?;
    file.sync_all()?;
    fs::rename(draft, path)
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    const TTL_MS: u64 = 60_000;
    const FIRST: &str = "the first secret, of 32 characters or more";
    const SECOND: &str = "the second secret, of 32 characters or more";

    fn at(ms: u64) -> Timestamp {
        Timestamp::from_millis(ms)
    }

    fn open(folder: &TempDir, secret: Option<&str>, now: u64) -> Keys {
        Keys::open(folder.path(), secret, at(now), TTL_MS).expect("keys")
    }

    fn accepted(keys: &Keys, now: u64) -> usize {
        keys.accepted(at(now)).count()
    }

    #[test]
    fn a_key_is_drawn_once_and_kept() {
        let folders = [(); 2].map(|()| TempDir::new().expect("a folder"));
        let drawn = open(&folders[0], None, 0);
        assert!(open(&folders[0], None, 1).current == drawn.current);
        assert!(open(&folders[1], None, 0).current != drawn.current);
    }

    #[test]
    fn unchanged_keys_are_not_written_again() {
        let folder = TempDir::new().expect("a folder");
        let drawn = open(&folder, None, 0);
        // A folder in the place of the draft makes writing fail.
        fs::create_dir(folder.path().join(FILE).with_extension("draft")).expect("something in the way");
        assert!(open(&folder, None, 1).current == drawn.current);
        assert!(open(&folder, Some(FIRST), 2).current == Key::derive(FIRST), "what is derived need not be kept");
        let other = TempDir::new().expect("a folder");
        fs::create_dir(other.path().join(FILE).with_extension("draft")).expect("something in the way");
        assert!(Keys::open(other.path(), None, at(0), TTL_MS).is_err(), "a key that was drawn has to be");
    }

    #[test]
    fn a_replaced_key_is_accepted_for_as_long_as_a_session_lasts() {
        let folder = TempDir::new().expect("a folder");
        let before = open(&folder, Some(FIRST), 0);
        let after = open(&folder, Some(SECOND), 1_000);
        assert!(after.current != before.current && after.retired[0].key == before.current);
        assert_eq!((accepted(&after, 1_000 + TTL_MS - 1), accepted(&after, 1_000 + TTL_MS)), (2, 1));
        let later = open(&folder, Some(SECOND), 2_000);
        assert_eq!((accepted(&later, 2_000), accepted(&later, 1_000 + TTL_MS)), (2, 1));
    }

    #[test]
    fn a_secret_that_is_used_again_is_only_the_current_one() {
        let folder = TempDir::new().expect("a folder");
        for (secret, now) in [(FIRST, 0), (SECOND, 1_000), (FIRST, 2_000)] {
            open(&folder, Some(secret), now);
        }
        let keys = open(&folder, None, 3_000);
        assert!(keys.current == Key::derive(FIRST));
        assert_eq!(keys.retired.len(), 1);
    }

    #[test]
    fn a_mark_depends_on_the_room_and_the_key() {
        let folders = [(); 2].map(|()| TempDir::new().expect("a folder"));
        let (keys, others) = (open(&folders[0], Some(FIRST), 0), open(&folders[1], Some(SECOND), 0));
        let (one, other) = (RoomId::from_bits(1), RoomId::from_bits(2));
        let mark = keys.address_mark(one, "192.0.2.1");
        assert_eq!(mark, keys.address_mark(one, "192.0.2.1"));
        for different in [
            keys.address_mark(other, "192.0.2.1"),
            keys.address_mark(one, "192.0.2.2"),
            others.address_mark(one, "192.0.2.1"),
        ] {
            assert_ne!(mark, different);
        }
        assert_ne!(keys.browser_mark(one, 1), keys.browser_mark(one, 2));
    }

    #[cfg(unix)]
    #[test]
    fn only_the_server_can_read_the_file_and_it_contains_no_secret() {
        use std::os::unix::fs::PermissionsExt;
        let folder = TempDir::new().expect("a folder");
        open(&folder, Some(FIRST), 0);
        let path = folder.path().join(FILE);
        assert_eq!(fs::metadata(&path).expect("the file").permissions().mode() & 0o777, 0o600);
        assert!(!fs::read_to_string(&path).expect("the file").contains(FIRST));
    }
}
