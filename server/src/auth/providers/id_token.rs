//! Checks ID tokens (OpenID Connect Core 1.0, section 3.1.3.7). No claim is used before all checks have passed.

use heartogether::time::Timestamp;
use jsonwebtoken::{
    Algorithm, DecodingKey, Header, Validation, decode, decode_header,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse},
};
use serde::Deserialize;

use super::{
    claims::Claims,
    error::{SignInError, untrusted},
    metadata::Metadata,
};

/// Longest token that is read, in bytes.
const TOKEN_BYTES: usize = 32 * 1024;
/// Characters of a subject (section 2).
const SUBJECT_CHARS: usize = 255;
/// Seconds by which the provider's clock may differ from ours.
const LEEWAY_S: u64 = 60;

/// The claims that a token must have.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a Metadata,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now: Timestamp,
}

#[derive(Deserialize)]
struct Registered {
    iss: String,
    aud: Audience,
    azp: Option<String>,
    exp: u64,
    iat: u64,
    nbf: Option<u64>,
    nonce: Option<String>,
    #[serde(flatten)]
    claims: Claims,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    fn contains(&self, client_id: &str) -> bool {
        self.all().iter().any(|audience| audience == client_id)
    }

    fn all(&self) -> &[String] {
        match self {
            Self::One(audience) => std::slice::from_ref(audience),
            Self::Many(audiences) => audiences,
        }
    }
}

/// The signature algorithm that a token names, if it is one of these.
pub(super) fn header(token: &str, algorithms: &[Algorithm]) -> Result<Header, SignInError> {
    if token.len() > TOKEN_BYTES {
        return Err(untrusted("the ID token is too long"));
    }
    let header = decode_header(token).map_err(|error| untrusted(format!("the ID token: {error}")))?;
    // RFC 7515, section 4.1.11: a token with critical extensions is refused, as none is implemented.
    if header.crit.is_some() {
        return Err(untrusted("the ID token asks for more than is understood"));
    }
    match algorithms.contains(&header.alg) {
        true => Ok(header),
        false => Err(untrusted(format!("the ID token is signed with {:?}", header.alg))),
    }
}

/// Whether the key set has a key for this signature.
pub(super) fn names_one_of(header: &Header, keys: &JwkSet) -> bool {
    candidates(header, keys).next().is_some()
}

/// The claims of a token that is signed by one of the keys and meant for this sign-in.
pub(super) fn verify(
    token: &str,
    header: &Header,
    keys: &JwkSet,
    expected: &Expected<'_>,
) -> Result<Claims, SignInError> {
    let mut validation = Validation::new(header.alg);
    // The claims are checked below, by our own clock.
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.set_required_spec_claims::<&str>(&[]);
    let read = |key: &Jwk| decode::<Registered>(token, &DecodingKey::from_jwk(key).ok()?, &validation).ok();
    let token = candidates(header, keys).find_map(read).ok_or_else(|| untrusted("the ID token's signature"))?.claims;
    check(&token, expected)?;
    Ok(token.claims)
}

fn check(token: &Registered, expected: &Expected<'_>) -> Result<(), SignInError> {
    let now_s = expected.now.as_millis() / 1000;
    let is_sole = token.aud.all().len() == 1 && token.azp.is_none();
    let is_ours = is_sole || token.azp.as_deref() == Some(expected.client_id);
    let checks = [
        (expected.issuer.is_issuer(&token.iss), "issuer"),
        (token.aud.contains(expected.client_id) && is_ours, "audience"),
        (token.nonce.as_deref() == Some(expected.nonce), "nonce"),
        (now_s < token.exp.saturating_add(LEEWAY_S), "expiry"),
        (token.iat <= now_s.saturating_add(LEEWAY_S), "date"),
        (token.nbf.is_none_or(|nbf| nbf <= now_s.saturating_add(LEEWAY_S)), "beginning"),
        ((1..=SUBJECT_CHARS).contains(&token.claims.sub.chars().count()), "subject"),
    ];
    match checks.into_iter().find(|(holds, _)| !holds) {
        Some((_, what)) => Err(untrusted(format!("the ID token's {what}"))),
        None => Ok(()),
    }
}

/// The keys that may have made a signature: the one it names, or all if it names none.
fn candidates<'a>(header: &'a Header, keys: &'a JwkSet) -> impl Iterator<Item = &'a Jwk> {
    let is_named = |key: &&Jwk| header.kid.is_none() || key.common.key_id == header.kid;
    keys.keys.iter().filter(is_named).filter(|key| fits(key, header.alg))
}

fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let is_for_signatures = matches!(key.common.public_key_use, None | Some(PublicKeyUse::Signature));
    let is_for_algorithm = key.common.key_algorithm.is_none_or(|known| names(known, algorithm));
    let curve = match &key.algorithm {
        AlgorithmParameters::RSA(_) => None,
        AlgorithmParameters::EllipticCurve(curve) => Some(&curve.curve),
        AlgorithmParameters::OctetKeyPair(curve) => Some(&curve.curve),
        _ => return false,
    };
    let is_of_kind = match algorithm {
        Algorithm::ES256 => curve == Some(&EllipticCurve::P256),
        Algorithm::ES384 => curve == Some(&EllipticCurve::P384),
        Algorithm::EdDSA => curve == Some(&EllipticCurve::Ed25519),
        _ => curve.is_none(),
    };
    is_for_signatures && is_for_algorithm && is_of_kind
}

fn names(known: KeyAlgorithm, algorithm: Algorithm) -> bool {
    known.to_string().parse().ok() == Some(algorithm)
}
