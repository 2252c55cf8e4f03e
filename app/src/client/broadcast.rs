//! What the host's page sends. The page is the authority on what it captures; the room is told.

use heartogether::{
    protocol::{ClientMessage, DeclareSilence, Source, StartStream, StreamState},
    role::Role,
};

use super::{Client, Command, Fader, Keepsake, Mix, Processing, Profile, Timer, silence::Microphone};

/// Milliseconds after which the room takes the next change of the stream, where there were too many.
const DECLARE_AGAIN_MS: u32 = 1_000;

/// What the host wants and has.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Broadcast {
    /// What is captured, and how loud.
    pub(super) mix: Mix,
    /// The quality that the host chose, if any.
    pub(super) chosen: Option<Profile>,
    /// Whether the host wears headphones.
    pub(super) headphones: bool,
    /// Whether it is silenced on purpose.
    pub(super) paused: bool,
    /// The source that went away by itself and was not shared again.
    pub(super) lost: Option<Source>,
    /// Whether the microphone gives sound.
    pub(super) microphone: Microphone,
    /// Whether the browser has stopped the mixer.
    pub(super) mixer_sleeps: bool,
    /// Whether the room is to be ended as soon as the server can be told.
    pub(super) stopping: bool,
}

impl Broadcast {
    /// Whether there is sound to send.
    pub(super) fn is_capturing(&self) -> bool {
        self.mix.route().is_some()
    }

    /// The choice, or what suits the sources: a tab wants music, alone or in the mix.
    pub(super) fn profile(&self) -> Profile {
        self.chosen.or(self.mix.sources().next().map(Profile::of)).unwrap_or_default()
    }
}

/// Milliseconds that the mixer may stand still before a source goes out without it: browsers take a moment to start one.
const MIXER_MS: u32 = 700;

impl Broadcast {
    /// What the browser does to the microphone's sound.
    pub(super) fn processing(&self) -> Processing {
        let may_hear_tab = self.mix.has(Source::Display) && !self.headphones;
        self.profile().processing(may_hear_tab)
    }
}

impl Client {
    /// Whether sound that is captured now would be of use. Browsers ask the visitor, who may answer when the room has ended or
    /// the page has gone.
    pub fn may_capture(&self) -> bool {
        self.role == Role::Host && !self.is_over() && !self.broadcast.stopping && !self.has_left
    }

    /// A source is there: the first one, one more, or another one in place of the same kind.
    pub(super) fn begin(&mut self, source: Source, out: &mut Vec<Command>) {
        if !self.may_capture() {
            return out.push(Command::StopCapture);
        }
        let before = self.broadcast.is_capturing().then(|| self.quality());
        let broadcast = &mut self.broadcast;
        if source == Source::Display && !broadcast.mix.has(source) && broadcast.chosen == Some(Profile::Voice) {
            // A choice for talk was made before there was a tab.
            broadcast.chosen = None;
        }
        broadcast.mix.put(source, true);
        broadcast.lost = None;
        self.apply(before, out);
        out.push(Command::SetSending(!self.broadcast.paused));
        self.declare(out);
        self.offer_to_all(out);
    }

    /// A source is gone by itself: unplugged, or stopped in the browser's own bar.
    pub(super) fn lose_source(&mut self, source: Source, out: &mut Vec<Command>) {
        if self.broadcast.mix.has(source) {
            self.broadcast.lost = Some(source);
        }
        self.drop_source(source, out);
    }

    /// The host takes a source out of the mix.
    pub(super) fn remove_source(&mut self, source: Source, out: &mut Vec<Command>) {
        self.broadcast.lost = None;
        self.drop_source(source, out);
    }

    fn drop_source(&mut self, source: Source, out: &mut Vec<Command>) {
        let was_in = self.broadcast.mix.has(source);
        if source == Source::Microphone {
            self.broadcast.microphone = Microphone::default();
        }
        let before = Some(self.quality());
        self.broadcast.mix.put(source, false);
        if self.broadcast.is_capturing() {
            // The others' sound goes out before this one's ends.
            self.apply(before, out);
            self.declare(out);
        } else if was_in {
            self.broadcast.paused = false;
            self.hang_up_all(out);
            self.declare(out);
        }
        out.push(Command::ReleaseSource(source));
    }

    pub(super) fn move_fader(&mut self, source: Source, fader: Fader, out: &mut Vec<Command>) {
        let needed_mixer = self.broadcast.mix.needs_mixer();
        self.broadcast.mix.set(source, fader);
        out.push(Command::ApplyMix(self.broadcast.mix));
        self.declare(out);
        if !needed_mixer {
            self.wake_mixer(out);
        }
    }

    /// The browser has stopped the mixer (Web Audio, `AudioContextState`: a call, sleep, no tap yet), or started it.
    pub(super) fn change_mixer(&mut self, runs: bool, out: &mut Vec<Command>) {
        self.broadcast.mixer_sleeps = !runs;
        if runs {
            out.push(Command::StopTimer(Timer::Mixer));
            self.stall_mixer(false, out);
        } else {
            self.wake_mixer(out);
        }
    }

    /// Asks the browser for the mixer, and gives it a moment.
    pub(super) fn wake_mixer(&self, out: &mut Vec<Command>) {
        if self.broadcast.mixer_sleeps && self.broadcast.mix.needs_mixer() {
            out.push(Command::WakeMixer);
            out.push(Command::StartTimer { timer: Timer::Mixer, after_ms: MIXER_MS });
        }
    }

    pub(super) fn give_up_mixer(&mut self, out: &mut Vec<Command>) {
        if self.broadcast.mixer_sleeps {
            self.stall_mixer(true, out);
        }
    }

    fn stall_mixer(&mut self, is_stalled: bool, out: &mut Vec<Command>) {
        let before = self.broadcast.mix;
        self.broadcast.mix.stall(is_stalled);
        out.extend((self.broadcast.mix != before).then_some(Command::ApplyMix(self.broadcast.mix)));
    }

    pub(super) fn choose_profile(&mut self, profile: Profile, out: &mut Vec<Command>) {
        if self.role == Role::Host && self.broadcast.chosen != Some(profile) {
            let before = self.broadcast.processing();
            self.broadcast.chosen = Some(profile);
            out.push(Command::ApplyProfile(profile));
            self.retune(out);
            self.apply_processing(before, out);
        }
    }

    pub(super) fn choose_headphones(&mut self, worn: bool, out: &mut Vec<Command>) {
        let before = self.broadcast.processing();
        self.broadcast.headphones = worn;
        self.apply_processing(before, out);
    }

    fn apply_processing(&self, before: Processing, out: &mut Vec<Command>) {
        let now = self.broadcast.processing();
        out.extend((now != before).then_some(Command::ApplyProcessing(now)));
    }

    fn quality(&self) -> (Profile, Processing) {
        (self.broadcast.profile(), self.broadcast.processing())
    }

    /// The page was reloaded: what is shared again is as it was.
    pub(super) fn recall(&mut self, keepsake: Keepsake) {
        let Keepsake { code, mut mix, chosen, headphones, paused } = keepsake;
        if self.role == Role::Host && code == self.code {
            for source in [Source::Display, Source::Microphone] {
                mix.put(source, false);
            }
            self.broadcast = Broadcast { mix, chosen, headphones, paused, ..Broadcast::default() };
        }
    }

    /// The host does not want that back: what is shared next is like the first time.
    pub(super) fn begin_anew(&mut self) {
        if !self.broadcast.is_capturing() {
            self.broadcast = Broadcast::default();
        }
    }

    fn apply(&mut self, before: Option<(Profile, Processing)>, out: &mut Vec<Command>) {
        let now = self.profile();
        if before.is_none_or(|(before, _)| before != now) {
            out.push(Command::ApplyProfile(now));
            self.retune(out);
        }
        if let Some((_, before)) = before {
            self.apply_processing(before, out);
        }
        out.push(Command::ApplyMix(self.broadcast.mix));
        self.wake_mixer(out);
    }

    pub(super) fn pause(&mut self, paused: bool, out: &mut Vec<Command>) {
        if self.broadcast.is_capturing() {
            self.broadcast.paused = paused;
            out.push(Command::SetSending(!paused));
            self.declare(out);
        }
    }

    /// The sound ends at once, even where the server cannot be told yet.
    pub(super) fn stop(&mut self, out: &mut Vec<Command>) {
        self.hang_up_all(out);
        out.push(Command::StopCapture);
        self.broadcast = Broadcast { stopping: true, ..Broadcast::default() };
        self.declare(out);
    }

    /// What was told may have been too much at once.
    pub(super) fn declare_later(&self, out: &mut Vec<Command>) {
        if self.role == Role::Host {
            out.push(Command::StartTimer { timer: Timer::Declaration, after_ms: DECLARE_AGAIN_MS });
        }
    }

    /// Tells the room what this page really does, where the room believes something else.
    pub(super) fn declare(&self, out: &mut Vec<Command>) {
        if self.role != Role::Host || !self.link.is_attached() {
            return;
        }
        let Broadcast { ref mix, paused, stopping, .. } = self.broadcast;
        let says = self.stream();
        let (silent, says_silent) = (self.broadcast.is_silent(), self.room.as_ref().is_some_and(|room| room.silent));
        let message = match mix.sources().next() {
            _ if stopping => ClientMessage::StopRoom,
            Some(_) if paused && says == StreamState::Live => ClientMessage::PauseStream,
            Some(_) if !paused && says == StreamState::Paused => ClientMessage::ResumeStream,
            Some(source) if !matches!(says, StreamState::Live | StreamState::Paused) => {
                ClientMessage::StartStream(StartStream { source, paused })
            }
            None if matches!(says, StreamState::Live | StreamState::Paused) => ClientMessage::InterruptStream,
            Some(_) if silent != says_silent => ClientMessage::DeclareSilence(DeclareSilence { silent }),
            _ => return,
        };
        out.push(Command::Send(message));
    }
}
