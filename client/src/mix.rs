//! The mix that the host sends: its sources, their volumes, and the resulting sound.

use heartogether::room::Source;

/// The fader position that leaves the sound unchanged.
pub const FULL_PERCENT: u8 = 100;

/// The volume of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fader {
    /// From 0 to [`FULL_PERCENT`].
    pub volume_percent: u8,
    /// Whether it is muted, whatever its volume.
    pub muted: bool,
}

impl Default for Fader {
    fn default() -> Self {
        Self { volume_percent: FULL_PERCENT, muted: false }
    }
}

impl Fader {
    /// The factor for the sound's amplitude. It is the square of the volume, because people hear ratios: half the
    /// volume is a quarter of the amplitude, 12 dB less.
    pub fn gain(self) -> f32 {
        let share = f32::from(self.volume_percent.min(FULL_PERCENT)) / f32::from(FULL_PERCENT);
        if self.muted { 0.0 } else { share * share }
    }

    fn is_open(self) -> bool {
        self.volume_percent >= FULL_PERCENT && !self.muted
    }
}

/// A source and its fader, which keeps its position while the source is away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Strip {
    fader: Fader,
    is_in: bool,
}

/// The sources and their faders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mix {
    display: Strip,
    microphone: Strip,
    is_stalled: bool,
}

/// The sound that is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// The source's own track, which goes straight to the encoder.
    Untouched(Source),
    /// All sources, each through its fader.
    Mixed,
}

impl Mix {
    const SOURCES: [Source; 2] = [Source::Display, Source::Microphone];

    const fn strip(&self, source: Source) -> &Strip {
        match source {
            Source::Display => &self.display,
            Source::Microphone => &self.microphone,
        }
    }

    const fn strip_mut(&mut self, source: Source) -> &mut Strip {
        match source {
            Source::Display => &mut self.display,
            Source::Microphone => &mut self.microphone,
        }
    }

    /// Adds a source, at the volume that it had last, or removes it.
    pub fn put(&mut self, source: Source, is_in: bool) {
        self.strip_mut(source).is_in = is_in;
    }

    /// Moves a source's fader.
    pub fn set(&mut self, source: Source, fader: Fader) {
        self.strip_mut(source).fader = fader;
    }

    /// Whether a source is in the mix.
    pub const fn has(&self, source: Source) -> bool {
        self.strip(source).is_in
    }

    /// The position of a source's fader.
    pub const fn fader(&self, source: Source) -> Fader {
        self.strip(source).fader
    }

    /// The sources in the mix, the tab first.
    pub fn sources(&self) -> impl Iterator<Item = Source> {
        Self::SOURCES.into_iter().filter(|source| self.has(*source))
    }

    /// The factor for a source's amplitude; 0 for a source that is not in the mix.
    pub fn gain(&self, source: Source) -> f32 {
        if self.has(source) { self.fader(source).gain() } else { 0.0 }
    }

    /// Records whether the mixer is running.
    pub fn stall(&mut self, is_stalled: bool) {
        self.is_stalled = is_stalled;
    }

    /// The source that is sent alone because the mixer has stopped.
    pub fn substitute(&self) -> Option<Source> {
        self.loudest().filter(|_| self.is_stalled && self.needs_mixer())
    }

    /// The sound that is sent, if any. A single source at full volume is sent unchanged, for the lowest latency;
    /// otherwise the mix is sent. While the mixer has stopped, the loudest source is sent unchanged.
    pub fn route(&self) -> Option<Route> {
        let mut sources = self.sources();
        let first = sources.next()?;
        Some(match self.substitute() {
            _ if !self.needs_mixer() => Route::Untouched(first),
            Some(substitute) => Route::Untouched(substitute),
            None => Route::Mixed,
        })
    }

    /// Whether the mixer is needed: for more than one source, or for one below full volume.
    pub fn needs_mixer(&self) -> bool {
        let mut sources = self.sources();
        match (sources.next(), sources.next()) {
            (Some(only), None) => !self.fader(only).is_open(),
            (None, _) => false,
            (Some(_), Some(_)) => true,
        }
    }

    /// The tab, if both are as loud. A muted source is not chosen.
    fn loudest(&self) -> Option<Source> {
        let audible = self.sources().filter(|source| self.gain(*source) > 0.0);
        audible.reduce(|first, second| if self.gain(second) > self.gain(first) { second } else { first })
    }
}
