//! STUN binding requests (RFC 8489) as ICE sends them (RFC 8445): read without allocation, and answered. It keeps nothing.

mod answer;
mod integrity;
#[cfg(test)]
pub(crate) mod tests;

pub use answer::Answer;
use integrity::Integrity;

/// Which request an answer belongs to (RFC 8489, section 5).
pub type TransactionId = [u8; 12];

const HEADER_BYTES: usize = 20;
const MAGIC_COOKIE: [u8; 4] = 0x2112_A442_u32.to_be_bytes();
const BINDING_REQUEST: [u8; 2] = [0, 1];

/// Attribute types (RFC 8489, section 18.3; RFC 8445, section 20.1).
mod attribute {
    pub(super) const USERNAME: u16 = 0x0006;
    pub(super) const MESSAGE_INTEGRITY: u16 = 0x0008;
    pub(super) const ERROR_CODE: u16 = 0x0009;
    pub(super) const UNKNOWN_ATTRIBUTES: u16 = 0x000A;
    pub(super) const XOR_MAPPED_ADDRESS: u16 = 0x0020;
    pub(super) const PRIORITY: u16 = 0x0024;
    pub(super) const USE_CANDIDATE: u16 = 0x0025;
    pub(super) const FINGERPRINT: u16 = 0x8028;
    pub(super) const ICE_CONTROLLED: u16 = 0x8029;
    pub(super) const ICE_CONTROLLING: u16 = 0x802A;
    /// An attribute from here on may be passed over by who does not know it.
    pub(super) const OPTIONAL: u16 = 0x8000;
}

/// Why something is no binding request. Nobody answers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// It ends early, or its length is not the one it says.
    Length,
    /// It is another message, or none of STUN.
    NoBindingRequest,
    /// An attribute ends behind the message, or has a wrong length.
    Attribute,
    /// Its checksum is wrong.
    Fingerprint,
}

/// What the other side of ICE thinks it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It nominates the addresses that are used.
    Controlling,
    /// It expects that we nominate.
    Controlled,
}

/// A binding request. Nothing of it is proven before [`Request::is_signed_with`].
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    bytes: &'a [u8],
    transaction: TransactionId,
    username: Option<&'a [u8]>,
    /// The HMAC, and how many bytes stand before its attribute.
    integrity: Option<(usize, &'a [u8])>,
    has_fingerprint: bool,
    priority: Option<u32>,
    nominates: bool,
    role: Option<Role>,
    /// The first attribute that must be known and is not.
    unknown: Option<u16>,
}

impl<'a> Request<'a> {
    /// Reads a datagram.
    ///
    /// # Errors
    ///
    /// It is no well-formed binding request.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let (header, body) = bytes.split_at_checked(HEADER_BYTES).ok_or(Malformed::Length)?;
        if header[..2] != BINDING_REQUEST || header[4..8] != MAGIC_COOKIE {
            return Err(Malformed::NoBindingRequest);
        }
        let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
        if length != body.len() || !length.is_multiple_of(4) {
            return Err(Malformed::Length);
        }
        let mut transaction = [0; 12];
        transaction.copy_from_slice(&header[8..]);
        let mut request = Self {
            bytes,
            transaction,
            username: None,
            integrity: None,
            has_fingerprint: false,
            priority: None,
            nominates: false,
            role: None,
            unknown: None,
        };
        let mut at = HEADER_BYTES;
        while at < bytes.len() {
            at = request.read_attribute(at)?;
        }
        Ok(request)
    }

    /// Reads the attribute that starts here, and says where the next one starts.
    fn read_attribute(&mut self, at: usize) -> Result<usize, Malformed> {
        let bytes = self.bytes;
        let (head, rest) = bytes[at..].split_at_checked(4).ok_or(Malformed::Attribute)?;
        let kind = u16::from_be_bytes([head[0], head[1]]);
        let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
        let value = rest.get(..length).ok_or(Malformed::Attribute)?;
        let next = at + 4 + length.next_multiple_of(4);
        if next > bytes.len() {
            return Err(Malformed::Attribute);
        }
        if kind == attribute::FINGERPRINT {
            if next != bytes.len() || value != integrity::fingerprint(&bytes[..at]) {
                return Err(Malformed::Fingerprint);
            }
            self.has_fingerprint = true;
        } else if self.integrity.is_none() {
            // What follows the HMAC is not covered by it and does not count (RFC 8489, section 14.5).
            self.read_signed(kind, value, at)?;
        }
        Ok(next)
    }

    fn read_signed(&mut self, kind: u16, value: &'a [u8], at: usize) -> Result<(), Malformed> {
        match kind {
            attribute::USERNAME => self.username = Some(value),
            attribute::MESSAGE_INTEGRITY if value.len() == Integrity::BYTES => self.integrity = Some((at, value)),
            attribute::PRIORITY => {
                let priority = value.try_into().map_err(|_| Malformed::Attribute)?;
                self.priority = Some(u32::from_be_bytes(priority));
            }
            attribute::USE_CANDIDATE if value.is_empty() => self.nominates = true,
            attribute::ICE_CONTROLLING if value.len() == 8 => self.role = Some(Role::Controlling),
            attribute::ICE_CONTROLLED if value.len() == 8 => self.role = Some(Role::Controlled),
            attribute::MESSAGE_INTEGRITY
            | attribute::USE_CANDIDATE
            | attribute::ICE_CONTROLLING
            | attribute::ICE_CONTROLLED => return Err(Malformed::Attribute),
            kind if kind < attribute::OPTIONAL => self.unknown = self.unknown.or(Some(kind)),
            _ => {}
        }
        Ok(())
    }

    /// Which request this is.
    pub fn transaction(&self) -> TransactionId {
        self.transaction
    }

    /// The two halves of `USERNAME`: our user fragment and theirs (RFC 8445, section 7.2.2).
    pub fn user_fragments(&self) -> Option<(&'a [u8], &'a [u8])> {
        let username = self.username?;
        let colon = username.iter().position(|byte| *byte == b':')?;
        Some((&username[..colon], &username[colon + 1..]))
    }

    /// Whether it was signed with this password (the short-term credential of RFC 8489, section 9.1).
    pub fn is_signed_with(&self, password: &[u8]) -> bool {
        self.integrity.is_some_and(|(at, hmac)| Integrity::new(password, &self.bytes[..at]).is(hmac))
    }

    /// Whether it has a signature at all.
    pub fn is_signed(&self) -> bool {
        self.integrity.is_some()
    }

    /// `PRIORITY`, which each check of ICE has.
    pub fn priority(&self) -> Option<u32> {
        self.priority
    }

    /// Whether it nominates the address it came from (`USE-CANDIDATE`).
    pub fn nominates(&self) -> bool {
        self.nominates
    }

    /// What the sender thinks it is.
    pub fn role(&self) -> Option<Role> {
        self.role
    }

    /// An attribute that the sender says must be understood, and is not.
    pub fn unknown(&self) -> Option<u16> {
        self.unknown
    }
}
