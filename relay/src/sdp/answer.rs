//! What a listener answers.

use heartogether::sdp::{Description, Media};

use super::Extension;
use crate::{
    dtls::{Fingerprint, Unreadable},
    leg::Peer,
    rtp::ExtensionMap,
};

/// Longer than any answer to an offer of one track.
const MOST_BYTES: usize = 32 * 1024;
/// A user fragment has 4 to 256 characters (RFC 8839, section 5.4).
const UFRAG_BYTES: std::ops::RangeInclusive<usize> = 4..=256;

/// What a listener has accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its end of the leg.
    pub peer: Peer,
    /// Its payload type of Opus.
    pub opus: u8,
    /// Its payload type of redundant sound, if it takes that.
    pub red: Option<u8>,
    /// Whether it asks for what is missing.
    pub nack: bool,
    /// The ids of the extensions that it knows.
    extensions: Vec<(Extension, u8)>,
}

/// Why an answer cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerRefused {
    /// It is too long.
    Length,
    /// It has no sound, or does not want ours.
    NoSound,
    /// It does not know Opus.
    NoOpus,
    /// It has no user fragment of ICE, or none that may be one.
    NoUfrag,
    /// It answers checks only, as we do. Somebody has to send them.
    TwiceLite,
    /// It wants to be the server of DTLS, too.
    NotActive,
    /// It wants another port for reports.
    NoMux,
    /// It has no fingerprint.
    NoFingerprint,
    /// Its fingerprint cannot be compared.
    Fingerprint(Unreadable),
}

impl Answer {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// It cannot be taken.
    pub fn parse(text: &str) -> Result<Self, AnswerRefused> {
        if text.len() > MOST_BYTES {
            return Err(AnswerRefused::Length);
        }
        let mut description = Description::parse(text);
        let session = description.clone();
        let sound = description.media().iter_mut().find(|media| media.kind() == "audio");
        let sound = sound.filter(|sound| !sound.is_refused() && receives(sound)).ok_or(AnswerRefused::NoSound)?;
        let peer = peer(&session, sound)?;
        let opus = number(sound, "opus/48000/2").ok_or(AnswerRefused::NoOpus)?;
        let nack = sound.values("rtcp-fb").any(|feedback| names_nack(feedback, opus));
        let extensions = extensions(sound);
        Ok(Self { peer, opus, red: number(sound, "red/48000/2"), nack, extensions })
    }

    /// What the listener calls elements that the host calls so.
    pub fn extension_map(&self, host: &[(Extension, u8)]) -> ExtensionMap {
        let mut map = ExtensionMap::default();
        for (extension, host_id) in host {
            if let Some((_, id)) = self.extensions.iter().find(|(known, _)| known == extension) {
                map.pass(*host_id, *id);
            }
        }
        map
    }
}

/// The extensions that we pass on, and how a section calls them.
pub(super) fn extensions(media: &Media<'_>) -> Vec<(Extension, u8)> {
    let read = |line: &str| {
        let (id, uri) = line.split_once(' ')?;
        // `3/recvonly`: directions do not matter here.
        let id = id.split('/').next()?.parse().ok()?;
        let uri = uri.split(' ').next()?;
        Extension::ALL.into_iter().find(|extension| extension.uri() == uri).map(|extension| (extension, id))
    };
    media.values("extmap").filter_map(read).collect()
}

/// Sections receive, unless they say otherwise (RFC 8866, section 6.7).
fn receives(sound: &Media<'_>) -> bool {
    sound.attribute("sendonly").is_none() && sound.attribute("inactive").is_none()
}

fn peer(session: &Description<'_>, sound: &Media<'_>) -> Result<Peer, AnswerRefused> {
    let attribute = |name| sound.attribute(name).or_else(|| session.attribute(name));
    if attribute("ice-lite").is_some() {
        return Err(AnswerRefused::TwiceLite);
    }
    if sound.attribute("rtcp-mux").is_none() {
        return Err(AnswerRefused::NoMux);
    }
    if attribute("setup") != Some("active") {
        return Err(AnswerRefused::NotActive);
    }
    let ufrag = attribute("ice-ufrag").filter(|ufrag| UFRAG_BYTES.contains(&ufrag.len()));
    let ufrag = ufrag.filter(|ufrag| ufrag.bytes().all(is_ice)).ok_or(AnswerRefused::NoUfrag)?.to_owned();
    let fingerprint = attribute("fingerprint").ok_or(AnswerRefused::NoFingerprint)?;
    let fingerprint = Fingerprint::parse(fingerprint).map_err(AnswerRefused::Fingerprint)?;
    Ok(Peer { ufrag, fingerprint })
}

fn is_ice(character: u8) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, b'+' | b'/')
}

/// The payload type of a codec, if packets can have it beside reports on the same port (RFC 5761, section 4).
fn number(sound: &Media<'_>, encoding: &str) -> Option<u8> {
    let payload_type = sound.codec(encoding)?;
    let is_listed = sound.payload_types().contains(&payload_type.as_str());
    payload_type.parse().ok().filter(|number| is_listed && matches!(number, 0..=63 | 96..=127))
}

fn names_nack(feedback: &str, opus: u8) -> bool {
    let mut words = feedback.split_ascii_whitespace();
    let of = words.next();
    (of == Some("*") || of.and_then(|of| of.parse().ok()) == Some(opus)) && words.eq(["nack"])
}
