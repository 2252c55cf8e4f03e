//! Answers to binding requests. None is larger than its question, so nobody gets more traffic by our hand than was sent.

use std::net::{IpAddr, SocketAddr};

use super::{
    HEADER_BYTES, MAGIC_COOKIE, Request, attribute,
    integrity::{FINGERPRINT_HEAD, INTEGRITY_HEAD, Integrity, fingerprint, head},
};

const SUCCESS: [u8; 2] = 0x0101_u16.to_be_bytes();
const ERROR: [u8; 2] = 0x0111_u16.to_be_bytes();
/// Header, an address of IPv6, the signature and the checksum.
const MOST_BYTES: usize = HEADER_BYTES + 24 + 24 + 8;

/// An answer to a binding request.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    bytes: [u8; MOST_BYTES],
    length: usize,
}

impl Answer {
    /// The request is well, and this is the address we see (`XOR-MAPPED-ADDRESS`).
    pub fn success(request: &Request<'_>, from: SocketAddr, password: &[u8]) -> Option<Self> {
        let mut answer = Self::new(SUCCESS, request);
        answer.push_address(from, request);
        answer.finish(request, Some(password))
    }

    /// 400 (Bad Request): it lacks what every check of ICE has.
    pub fn bad_request(request: &Request<'_>) -> Option<Self> {
        Self::error(request, 400, None)
    }

    /// 401 (Unauthenticated): its signature or its name is wrong.
    pub fn unauthenticated(request: &Request<'_>) -> Option<Self> {
        Self::error(request, 401, None)
    }

    /// 420 (Unknown Attribute): it has an attribute that must be understood, and is not.
    pub fn unknown_attribute(request: &Request<'_>, kind: u16, password: &[u8]) -> Option<Self> {
        let mut answer = Self::new(ERROR, request);
        answer.push_error(420);
        answer.push(&head(attribute::UNKNOWN_ATTRIBUTES, 2));
        answer.push(&kind.to_be_bytes());
        answer.push(&[0, 0]);
        answer.finish(request, Some(password))
    }

    /// 487 (Role Conflict): both sides think that the other one nominates (RFC 8445, section 7.3.1.1).
    pub fn role_conflict(request: &Request<'_>, password: &[u8]) -> Option<Self> {
        Self::error(request, 487, Some(password))
    }

    /// The datagram.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    fn error(request: &Request<'_>, code: u16, password: Option<&[u8]>) -> Option<Self> {
        let mut answer = Self::new(ERROR, request);
        answer.push_error(code);
        answer.finish(request, password)
    }

    fn new(kind: [u8; 2], request: &Request<'_>) -> Self {
        let mut answer = Self { bytes: [0; MOST_BYTES], length: 0 };
        answer.push(&kind);
        answer.push(&[0, 0]);
        answer.push(&MAGIC_COOKIE);
        answer.push(&request.transaction);
        answer
    }

    fn push(&mut self, bytes: &[u8]) {
        let end = self.length + bytes.len();
        self.bytes[self.length..end].copy_from_slice(bytes);
        self.length = end;
    }

    /// `ERROR-CODE` without words, which nobody would read.
    fn push_error(&mut self, code: u16) {
        self.push(&head(attribute::ERROR_CODE, 4));
        self.push(&[0, 0, (code / 100) as u8, (code % 100) as u8]);
    }

    fn push_address(&mut self, address: SocketAddr, request: &Request<'_>) {
        let mut mask = [0; 16];
        mask[..4].copy_from_slice(&MAGIC_COOKIE);
        mask[4..].copy_from_slice(&request.transaction);
        let port = (address.port() ^ u16::from_be_bytes([mask[0], mask[1]])).to_be_bytes();
        match address.ip().to_canonical() {
            IpAddr::V4(ip) => {
                self.push(&head(attribute::XOR_MAPPED_ADDRESS, 8));
                self.push(&[0, 1, port[0], port[1]]);
                self.push_masked(&ip.octets(), &mask);
            }
            IpAddr::V6(ip) => {
                self.push(&head(attribute::XOR_MAPPED_ADDRESS, 20));
                self.push(&[0, 2, port[0], port[1]]);
                self.push_masked(&ip.octets(), &mask);
            }
        }
    }

    fn push_masked(&mut self, octets: &[u8], mask: &[u8; 16]) {
        for (octet, mask) in octets.iter().zip(mask) {
            self.push(&[octet ^ mask]);
        }
    }

    /// Signs it, adds the checksum where the question had one, and says how long it is.
    fn finish(mut self, request: &Request<'_>, password: Option<&[u8]>) -> Option<Self> {
        if let Some(password) = password {
            let hmac = Integrity::new(password, &self.bytes[..self.length]).bytes();
            self.push(&INTEGRITY_HEAD);
            self.push(&hmac);
        }
        if request.has_fingerprint {
            let checksum = fingerprint(&self.bytes[..self.length]);
            self.push(&FINGERPRINT_HEAD);
            self.push(&checksum);
        }
        let length = (self.length - HEADER_BYTES) as u16;
        self.bytes[2..4].copy_from_slice(&length.to_be_bytes());
        (self.length <= request.bytes.len()).then_some(self)
    }
}
