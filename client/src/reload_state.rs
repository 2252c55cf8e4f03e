//! What a host's page stores for itself before a reload, as one line of text.

use std::fmt;

use heartogether::{id::RoomCode, room::Source};

use super::{Fader, Mix, Profile};

/// The state of a live page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReloadState {
    /// The room.
    pub code: RoomCode,
    /// The sources, with their volumes.
    pub mix: Mix,
    /// The quality that the host chose, if any.
    pub chosen: Option<Profile>,
    /// Whether the host wore headphones.
    pub headphones: bool,
    /// Whether it was paused.
    pub paused: bool,
}

/// How what was live comes back after a reload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ComeBack {
    /// Whether the microphone is opened and shared at once.
    pub opens_microphone: bool,
    /// The source that waits for a click.
    pub waits: Option<Source>,
}

impl fmt::Display for ReloadState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.paused { "paused" } else { "live" };
        write!(f, "{} {state} {}", self.code, self.chosen.map_or("auto", Profile::name))?;
        for source in [Source::Display, Source::Microphone] {
            let Fader { volume_percent, muted } = self.mix.fader(source);
            let (is_in, muted) = (u8::from(self.mix.has(source)), u8::from(muted));
            write!(f, " {is_in} {volume_percent} {muted}")?;
        }
        write!(f, " {}", u8::from(self.headphones))
    }
}

impl ReloadState {
    /// Reads what [`Display`](fmt::Display) wrote; `None` for anything else.
    pub fn parse(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let code = words.next()?.parse().ok()?;
        let paused = words.next()? == "paused";
        let chosen = Profile::named(words.next()?);
        let mut mix = Mix::default();
        for source in [Source::Display, Source::Microphone] {
            let is_in = words.next()? == "1";
            let volume_percent = words.next()?.parse().ok()?;
            let muted = words.next()? == "1";
            mix.put(source, is_in);
            mix.set(source, Fader { volume_percent, muted });
        }
        // Older pages did not store this.
        let headphones = words.next() == Some("1");
        Some(Self { code, mix, chosen, headphones, paused })
    }
}

impl ReloadState {
    /// A microphone comes back by itself where the visitor's permission stands, and only on a page that is back from a reload: in a
    /// tab that was duplicated nobody asks for it. A tab needs a click: browsers demand one.
    pub fn come_back(&self, is_back: bool, may_open: bool) -> ComeBack {
        let has_microphone = self.mix.has(Source::Microphone);
        let opens_microphone = is_back && may_open && has_microphone;
        let waits = match self.mix.has(Source::Display) {
            true => Some(Source::Display),
            false => (has_microphone && !opens_microphone).then_some(Source::Microphone),
        };
        ComeBack { opens_microphone, waits }
    }
}
