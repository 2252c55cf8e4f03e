//! Writes the Opus settings of each [`Profile`] (RFC 7587, section 6.1), and the packets that are wanted, into a
//! description.
//!
//! A sender encodes as the description of the *other* side says, because the parameters tell what a receiver wants. So
//! the host's offer announces the sound, the listener's answer accepts two channels, and the host changes the answer to
//! what the profile wants before it applies it. The host can change that later without a message to the listener, who
//! accepts everything that both sides have agreed on.

use super::{Description, Parameters};
use crate::{Profile, adaptation::Packets};

const OPUS: &str = "opus/48000/2";
/// Redundant audio data (RFC 2198): each packet contains a copy of the one before.
const RED: &str = "red/48000/2";

/// The host's offer for a listener.
pub fn offered(offer: &str, profile: Profile) -> String {
    edit(offer, |parameters| shape(parameters, profile), Packets::USUAL)
}

/// The listener's answer, which accepts two channels for any sound. Without that, Chromium decodes one.
pub fn answered(answer: &str) -> String {
    edit(answer, |parameters| parameters.set("stereo", "1"), Packets::USUAL)
}

/// The listener's answer as the host applies it, which controls the host's encoder. Chromium sends redundant data if
/// that format stands before Opus, and packets as long as `a=ptime` says (RFC 8866, section 6.4).
pub fn accepted(answer: &str, profile: Profile, packets: Packets) -> String {
    edit(answer, |parameters| shape(parameters, profile), packets)
}

fn edit(sdp: &str, change: impl Fn(&mut Parameters), packets: Packets) -> String {
    let mut description = Description::parse(sdp);
    for media in description.media() {
        let (Some(opus), red) = (media.codec(OPUS), media.codec(RED)) else { continue };
        let mut parameters = media.parameters(&opus).unwrap_or_default();
        change(&mut parameters);
        media.set_parameters(&opus, &parameters);
        match red.as_deref() {
            Some(red) if packets.redundancy => media.prefer(&[red, &opus]),
            Some(red) => media.prefer(&[&opus, red]),
            None => media.prefer(&[&opus]),
        }
        if packets.length_ms != Packets::USUAL.length_ms {
            media.set_attribute("ptime", &packets.length_ms.to_string());
        }
    }
    description.write()
}

fn shape(parameters: &mut Parameters, profile: Profile) {
    let codec = profile.codec();
    let flag = |is_set: bool| is_set.then(|| "1".to_owned());
    let is_stereo = codec.channels > 1;
    for (name, value) in [
        ("minptime", codec.min_packet_ms.map(|ms| ms.to_string())),
        ("useinbandfec", flag(codec.fec)),
        ("usedtx", flag(codec.dtx)),
        ("stereo", flag(is_stereo)),
        ("sprop-stereo", flag(is_stereo)),
        ("maxaveragebitrate", Some(codec.max_bitrate_bps.to_string())),
    ] {
        match value {
            Some(value) => parameters.set(name, &value),
            None => parameters.remove(name),
        }
    }
}
