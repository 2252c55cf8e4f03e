//! Fingerprints of certificates in descriptions (`a=fingerprint`, RFC 8122, section 5).

use std::fmt;

use ring::digest::{self, Algorithm, SHA256, SHA384, SHA512};

/// The fingerprint of a certificate.
#[derive(Clone, PartialEq, Eq)]
pub struct Fingerprint {
    hash: &'static Hash,
    digest: Vec<u8>,
}

/// Why a fingerprint cannot be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// Its hash is unknown, or too weak: SHA-1 and MD5.
    Hash,
    /// It is no list of pairs of hexadecimal digits, or has another length than its hash.
    Digits,
}

struct Hash {
    name: &'static str,
    algorithm: &'static Algorithm,
}

const HASHES: [&Hash; 3] = [
    &Hash { name: "sha-256", algorithm: &SHA256 },
    &Hash { name: "sha-384", algorithm: &SHA384 },
    &Hash { name: "sha-512", algorithm: &SHA512 },
];

impl PartialEq for Hash {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Hash {}

impl Fingerprint {
    /// That of a certificate (DER), with SHA-256.
    pub fn of(certificate: &[u8]) -> Self {
        let hash = HASHES[0];
        Self { hash, digest: digest::digest(hash.algorithm, certificate).as_ref().to_vec() }
    }

    /// Reads `sha-256 12:34:…`.
    ///
    /// # Errors
    ///
    /// It cannot be compared.
    pub fn parse(text: &str) -> Result<Self, Unreadable> {
        let (name, digits) = text.trim().split_once(' ').ok_or(Unreadable::Digits)?;
        let hash = HASHES.iter().find(|hash| hash.name.eq_ignore_ascii_case(name)).ok_or(Unreadable::Hash)?;
        let pair = |pair: &str| match pair.len() {
            2 => u8::from_str_radix(pair, 16).ok().filter(|_| !pair.starts_with('+')),
            _ => None,
        };
        let digest: Option<Vec<u8>> = digits.trim().split(':').map(pair).collect();
        let digest = digest.filter(|digest| digest.len() == hash.algorithm.output_len());
        Ok(Self { hash, digest: digest.ok_or(Unreadable::Digits)? })
    }

    /// Whether it is that of a certificate (DER).
    pub fn is_of(&self, certificate: &[u8]) -> bool {
        digest::digest(self.hash.algorithm, certificate).as_ref() == self.digest
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ", self.hash.name)?;
        for (at, byte) in self.digest.iter().enumerate() {
            let colon = if at > 0 { ":" } else { "" };
            write!(formatter, "{colon}{byte:02X}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Fingerprint({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_that_of_its_certificate() {
        let fingerprint = Fingerprint::of(b"certificate");
        let read = Fingerprint::parse(&fingerprint.to_string().to_lowercase().replace("sha", "SHA"));
        assert_eq!(read, Ok(fingerprint.clone()));
        assert!(fingerprint.is_of(b"certificate") && !fingerprint.is_of(b"another"));
    }

    #[test]
    fn longer_hashes_are_compared_too() {
        let digest = digest::digest(&SHA512, b"certificate");
        let digits: Vec<_> = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        let fingerprint = Fingerprint::parse(&format!("sha-512 {}", digits.join(":"))).expect("a fingerprint");
        assert!(fingerprint.is_of(b"certificate"));
    }

    #[test]
    fn what_cannot_be_compared_is_refused() {
        assert_eq!(Fingerprint::parse("sha-1 00:11"), Err(Unreadable::Hash));
        assert_eq!(Fingerprint::parse("sha-256"), Err(Unreadable::Digits));
        assert_eq!(Fingerprint::parse("sha-256 00:11"), Err(Unreadable::Digits));
        let digits = ["+1"; 32].join(":");
        assert_eq!(Fingerprint::parse(&format!("sha-256 {digits}")), Err(Unreadable::Digits));
    }
}
