//! Sound quality: the settings of the codec and of the microphone for each profile. Plain values that other modules
//! read.

use heartogether::room::Source;

/// The kind of sound, which decides how it is captured and encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Profile {
    /// Speech.
    #[default]
    Voice,
    /// Music or a film.
    Music,
    /// The best quality that a good connection carries.
    Studio,
}

/// The Opus settings of a profile (RFC 7587, section 6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Codec {
    /// One, or two for stereo (`stereo`, `sprop-stereo`).
    pub channels: u8,
    /// The bitrate below which adaptation does not go.
    pub min_bitrate_bps: u32,
    /// The bitrate above which it does not go either (`maxaveragebitrate`).
    pub max_bitrate_bps: u32,
    /// The shortest packet, where the profile wants a shorter one than usual (`minptime`).
    pub min_packet_ms: Option<u8>,
    /// Whether a packet contains a coarse copy of the one before, in case that is lost (`useinbandfec`).
    pub fec: bool,
    /// Whether nothing is sent during silence (`usedtx`).
    pub dtx: bool,
}

/// The browser's processing of a microphone's sound (W3C Media Capture and Streams, section 4.3.8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Processing {
    /// Takes out what the microphone hears of the loudspeakers (`echoCancellation`).
    pub echo_cancellation: bool,
    /// Takes out noise (`noiseSuppression`).
    pub noise_suppression: bool,
    /// Evens the volume out (`autoGainControl`).
    pub gain_control: bool,
}

impl Profile {
    /// All profiles, lowest quality first.
    pub const ALL: [Self; 3] = [Self::Voice, Self::Music, Self::Studio];

    /// The codec's settings.
    pub const fn codec(self) -> Codec {
        match self {
            Self::Voice => Codec {
                channels: 1,
                min_bitrate_bps: 20_000,
                max_bitrate_bps: 64_000,
                min_packet_ms: Some(10),
                fec: true,
                dtx: true,
            },
            Self::Music => Codec {
                channels: 2,
                min_bitrate_bps: 64_000,
                max_bitrate_bps: 256_000,
                min_packet_ms: None,
                fec: true,
                dtx: false,
            },
            // 510 kbit/s is the most that Opus can (RFC 6716, section 2.1.1).
            Self::Studio => Codec {
                channels: 2,
                min_bitrate_bps: 510_000,
                max_bitrate_bps: 510_000,
                min_packet_ms: None,
                fec: true,
                dtx: false,
            },
        }
    }

    /// The browser's processing of a microphone's sound. If the microphone may hear a tab over the loudspeakers, echo
    /// cancellation is on in every profile: otherwise listeners would hear the tab twice.
    pub const fn processing(self, may_hear_tab: bool) -> Processing {
        let is_talk = matches!(self, Self::Voice);
        Processing { echo_cancellation: is_talk || may_hear_tab, noise_suppression: is_talk, gain_control: is_talk }
    }

    /// The encoder's hint about the sound (W3C MediaStreamTrack Content Hints, section 4.1).
    pub const fn content_hint(self) -> &'static str {
        match self {
            Self::Voice => "speech",
            Self::Music | Self::Studio => "music",
        }
    }

    /// The profile of a source if none was chosen.
    pub const fn of(source: Source) -> Self {
        match source {
            Source::Display => Self::Music,
            Source::Microphone => Self::Voice,
        }
    }

    /// Its name, for tools and for the browser's memory.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Voice => "voice",
            Self::Music => "music",
            Self::Studio => "studio",
        }
    }

    /// The profile with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.name() == name)
    }
}
