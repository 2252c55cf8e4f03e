//! What the host sends, put together: which sources are in it, how loud each is, and what goes out because of that.

use heartogether::protocol::Source;

/// The volume of a fader that leaves the sound as it is.
pub const FULL_PERCENT: u8 = 100;

/// How loud a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fader {
    /// From 0 to [`FULL_PERCENT`].
    pub volume_percent: u8,
    /// Whether it is silenced, whatever its volume.
    pub muted: bool,
}

impl Default for Fader {
    fn default() -> Self {
        Self { volume_percent: FULL_PERCENT, muted: false }
    }
}

impl Fader {
    /// The factor for the sound's amplitude. It falls with the square of the volume, since ears hear ratios: half way
    /// down is a quarter, 12 dB less.
    pub fn gain(self) -> f32 {
        let share = f32::from(self.volume_percent.min(FULL_PERCENT)) / f32::from(FULL_PERCENT);
        if self.muted { 0.0 } else { share * share }
    }

    fn is_open(self) -> bool {
        self.volume_percent >= FULL_PERCENT && !self.muted
    }
}

/// A source's place at the desk. Its fader stays where it is while the source is away.
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

/// Which sound goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// The source's own track: nothing stands between it and the encoder.
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

    /// A source comes in, at the volume it last had, or goes out.
    pub fn put(&mut self, source: Source, is_in: bool) {
        self.strip_mut(source).is_in = is_in;
    }

    /// Moves a source's fader.
    pub fn set(&mut self, source: Source, fader: Fader) {
        self.strip_mut(source).fader = fader;
    }

    /// Whether a source is in it.
    pub const fn has(&self, source: Source) -> bool {
        self.strip(source).is_in
    }

    /// Where a source's fader stands.
    pub const fn fader(&self, source: Source) -> Fader {
        self.strip(source).fader
    }

    /// The sources in it, the tab first.
    pub fn sources(&self) -> impl Iterator<Item = Source> {
        Self::SOURCES.into_iter().filter(|source| self.has(*source))
    }

    /// The factor for a source's amplitude; nothing of a source that is not in the mix goes out.
    pub fn gain(&self, source: Source) -> f32 {
        if self.has(source) { self.fader(source).gain() } else { 0.0 }
    }

    /// The mixer has stopped, or works again.
    pub fn stall(&mut self, is_stalled: bool) {
        self.is_stalled = is_stalled;
    }

    /// The source that goes out alone because the mixer has stopped.
    pub fn substitute(&self) -> Option<Source> {
        self.loudest().filter(|_| self.is_stalled && self.needs_mixer())
    }

    /// What goes out, if anything: one source at full volume as it is, for the lowest latency; else the mix, and while the
    /// mixer has stopped the loudest source as it is.
    pub fn route(&self) -> Option<Route> {
        let mut sources = self.sources();
        let first = sources.next()?;
        Some(match self.substitute() {
            _ if !self.needs_mixer() => Route::Untouched(first),
            Some(substitute) => Route::Untouched(substitute),
            None => Route::Mixed,
        })
    }

    /// Whether what is wanted needs the mixer: more than one source, or one that is not as loud as it comes.
    pub fn needs_mixer(&self) -> bool {
        let mut sources = self.sources();
        match (sources.next(), sources.next()) {
            (Some(only), None) => !self.fader(only).is_open(),
            (None, _) => false,
            (Some(_), Some(_)) => true,
        }
    }

    /// The tab, if both are as loud. What is silenced is nobody's to hear.
    fn loudest(&self) -> Option<Source> {
        let audible = self.sources().filter(|source| self.gain(*source) > 0.0);
        audible.reduce(|first, second| if self.gain(second) > self.gain(first) { second } else { first })
    }
}
