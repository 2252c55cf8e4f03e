//! What a page sends. The page decides what it captures, and tells the room.

use heartogether::{
    protocol::{DeclareSilence, EndPublication, Publish, ToRoom},
    refusal::Refusal,
    role::Permission,
    room::{Source, StreamState},
};

use super::{
    Client, Fader, Mix, Output, Processing, Profile, ReloadState, Timer, links::is_sounding,
    microphone_state::Microphone,
};

/// Milliseconds after which the room accepts the next change of the stream, if there were too many.
const DECLARE_AGAIN_MS: u32 = 1_000;

/// What the page should send and what it captures.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Publishing {
    /// The captured sources, with their volumes.
    pub(super) mix: Mix,
    /// Whether a source is about to be captured.
    pub(super) expected: bool,
    /// The quality that was chosen, if any.
    pub(super) chosen: Option<Profile>,
    /// Whether the member wears headphones.
    pub(super) headphones: bool,
    /// Whether it is paused.
    pub(super) paused: bool,
    /// The source that ended by itself and was not shared again.
    pub(super) lost: Option<Source>,
    /// Whether the microphone gives sound.
    pub(super) microphone: Microphone,
    /// Whether the browser has stopped the mixer.
    pub(super) mixer_sleeps: bool,
    /// Why the room refused the publication.
    pub(super) refusal: Option<Refusal>,
    /// Whether the room has said that this page sends.
    pub(super) is_known: bool,
    /// Whether the member shares no more, and the room need not wait for another source.
    pub(super) ended: bool,
    /// Whether the room must be ended as soon as the server can be told.
    pub(super) stopping: bool,
}

impl Publishing {
    /// Whether there is sound to send.
    pub(super) fn is_capturing(&self) -> bool {
        self.mix.route().is_some()
    }

    /// Whether there is sound to send, or is about to be.
    pub(super) fn is_capturing_soon(&self) -> bool {
        self.expected || self.is_capturing()
    }

    /// The chosen profile, or the one that suits the sources: music if there is a tab, alone or in the mix.
    pub(super) fn profile(&self) -> Profile {
        self.chosen.or(self.mix.sources().next().map(Profile::of)).unwrap_or_default()
    }
}

/// Milliseconds that the mixer may be stopped before a source is sent without it: browsers take a moment to start it.
const MIXER_MS: u32 = 700;

impl Publishing {
    /// The browser's processing of the microphone's sound.
    pub(super) fn processing(&self) -> Processing {
        let may_hear_tab = self.mix.has(Source::Display) && !self.headphones;
        self.profile().processing(may_hear_tab)
    }
}

impl Publishing {
    /// The settings that come back after a reload. The sources do not come by themselves.
    fn recalled(ReloadState { mut mix, chosen, headphones, paused, .. }: ReloadState) -> Self {
        for source in [Source::Display, Source::Microphone] {
            mix.put(source, false);
        }
        Self { mix, chosen, headphones, paused, ..Self::default() }
    }
}

impl Client {
    /// The state to store before a reload; `None` while nothing is shared.
    pub fn keepsake(&self) -> Option<ReloadState> {
        let broadcast = &self.publishing;
        let Publishing { mix, chosen, headphones, paused, .. } = *broadcast;
        let keepsake = ReloadState { code: self.code, mix, chosen, headphones, paused };
        broadcast.is_capturing().then_some(keepsake)
    }

    /// How the page after a reload opens the microphone that is shared now; `None` while none is.
    pub fn microphone_after_reload(&self) -> Option<(Profile, Processing)> {
        let keepsake = self.keepsake().filter(|keepsake| keepsake.mix.has(Source::Microphone))?;
        let recalled = Publishing::recalled(keepsake);
        Some((recalled.profile(), recalled.processing()))
    }

    /// Whether captured sound is still wanted. Browsers ask the visitor, who may answer after the room has ended or the
    /// page has gone.
    pub fn may_capture(&self) -> bool {
        self.may(Permission::Publish) && !self.is_over() && !self.publishing.stopping && !self.has_left
    }

    /// A source is about to be captured, or is not any more. Negotiating takes as long as opening a microphone does, and choosing a tab
    /// takes longer, so both are done at the same time.
    pub(super) fn expect_capture(&mut self, expected: bool, out: &mut Vec<Output>) {
        self.publishing.expected = expected && self.may_capture() && !self.publishing.is_capturing();
        if self.publishing.expected {
            self.offer_to_all(out);
        } else {
            self.hang_up_idle(out);
        }
    }

    /// A source was captured: the first one, one more, or one in place of the same kind.
    pub(super) fn begin(&mut self, source: Source, out: &mut Vec<Output>) {
        if !self.may_capture() {
            return out.push(Output::StopCapture);
        }
        let before = self.publishing.is_capturing().then(|| self.quality());
        let publishing = &mut self.publishing;
        if source == Source::Display && !publishing.mix.has(source) && publishing.chosen == Some(Profile::Voice) {
            // The speech profile was chosen before there was a tab.
            publishing.chosen = None;
        }
        publishing.mix.put(source, true);
        publishing.expected = false;
        (publishing.lost, publishing.refusal, publishing.ended) = (None, None, false);
        self.take_sound();
        self.apply(before, out);
        out.push(Output::SetSending(!self.publishing.paused));
        self.declare(out);
        self.offer_to_all(out);
    }

    /// A source has ended by itself: the device was unplugged, or sharing was stopped in the browser's own bar.
    pub(super) fn lose_source(&mut self, source: Source, out: &mut Vec<Output>) {
        if self.publishing.mix.has(source) {
            self.publishing.lost = Some(source);
        }
        self.drop_source(source, out);
    }

    /// The member removes a source from the mix.
    pub(super) fn remove_source(&mut self, source: Source, out: &mut Vec<Output>) {
        self.publishing.lost = None;
        self.drop_source(source, out);
    }

    fn drop_source(&mut self, source: Source, out: &mut Vec<Output>) {
        let was_in = self.publishing.mix.has(source);
        if source == Source::Microphone {
            self.publishing.microphone = Microphone::default();
        }
        let before = Some(self.quality());
        self.publishing.mix.put(source, false);
        if self.publishing.is_capturing() {
            // The other sources are sent before this one ends.
            self.apply(before, out);
            self.declare(out);
        } else if was_in {
            self.publishing.paused = false;
            self.hang_up_idle(out);
            self.declare(out);
        }
        out.push(Output::ReleaseSource(source));
    }

    pub(super) fn move_fader(&mut self, source: Source, fader: Fader, out: &mut Vec<Output>) {
        let needed_mixer = self.publishing.mix.needs_mixer();
        self.publishing.mix.set(source, fader);
        out.push(Output::ApplyMix(self.publishing.mix));
        self.declare(out);
        if !needed_mixer {
            self.wake_mixer(out);
        }
    }

    /// The browser has stopped the mixer (Web Audio, `AudioContextState`: a call, sleep, no tap yet), or started it.
    pub(super) fn change_mixer(&mut self, runs: bool, out: &mut Vec<Output>) {
        self.publishing.mixer_sleeps = !runs;
        if runs {
            out.push(Output::StopTimer(Timer::Mixer));
            self.stall_mixer(false, out);
        } else {
            self.wake_mixer(out);
        }
    }

    /// Asks the browser for the mixer, and gives it a moment.
    pub(super) fn wake_mixer(&self, out: &mut Vec<Output>) {
        if self.publishing.mixer_sleeps && self.publishing.mix.needs_mixer() {
            out.push(Output::WakeMixer);
            out.push(Output::StartTimer { timer: Timer::Mixer, after_ms: MIXER_MS });
        }
    }

    pub(super) fn give_up_mixer(&mut self, out: &mut Vec<Output>) {
        if self.publishing.mixer_sleeps {
            self.stall_mixer(true, out);
        }
    }

    fn stall_mixer(&mut self, is_stalled: bool, out: &mut Vec<Output>) {
        let before = self.publishing.mix;
        self.publishing.mix.stall(is_stalled);
        out.extend((self.publishing.mix != before).then_some(Output::ApplyMix(self.publishing.mix)));
    }

    pub(super) fn choose_profile(&mut self, profile: Profile, out: &mut Vec<Output>) {
        if self.may(Permission::Publish) && self.publishing.chosen != Some(profile) {
            let before = self.publishing.processing();
            self.publishing.chosen = Some(profile);
            out.push(Output::ApplyProfile(profile));
            self.retune(out);
            self.apply_processing(before, out);
        }
    }

    pub(super) fn choose_headphones(&mut self, worn: bool, out: &mut Vec<Output>) {
        let before = self.publishing.processing();
        self.publishing.headphones = worn;
        self.apply_processing(before, out);
    }

    fn apply_processing(&self, before: Processing, out: &mut Vec<Output>) {
        let now = self.publishing.processing();
        out.extend((now != before).then_some(Output::ApplyProcessing(now)));
    }

    fn quality(&self) -> (Profile, Processing) {
        (self.publishing.profile(), self.publishing.processing())
    }

    /// The page was reloaded. What is shared again gets its earlier settings.
    pub(super) fn recall(&mut self, keepsake: ReloadState) {
        if self.may(Permission::Publish) && keepsake.code == self.code {
            self.publishing = Publishing::recalled(keepsake);
        }
    }

    /// The member does not want the earlier settings. The next share begins without them.
    pub(super) fn begin_anew(&mut self) {
        if !self.publishing.is_capturing() {
            self.publishing = Publishing::default();
        }
    }

    fn apply(&mut self, before: Option<(Profile, Processing)>, out: &mut Vec<Output>) {
        let now = self.profile();
        if before.is_none_or(|(before, _)| before != now) {
            out.push(Output::ApplyProfile(now));
            self.retune(out);
        }
        if let Some((_, before)) = before {
            self.apply_processing(before, out);
        }
        out.push(Output::ApplyMix(self.publishing.mix));
        self.wake_mixer(out);
    }

    pub(super) fn pause(&mut self, paused: bool, out: &mut Vec<Output>) {
        if self.publishing.is_capturing() {
            self.publishing.paused = paused;
            out.push(Output::SetSending(!paused));
            self.declare(out);
        }
    }

    /// Why the room refused the sound that was captured last.
    pub fn publishing_refusal(&self) -> Option<Refusal> {
        self.publishing.refusal
    }

    /// The member shares no more: the sound ends at once, and the publication as soon as the room can be told.
    pub(super) fn share_no_more(&mut self, out: &mut Vec<Output>) {
        if self.own_publication().is_some() || self.publishing.is_capturing() {
            self.publishing = Publishing { ended: true, ..Publishing::default() };
            self.hang_up_all(out);
            out.push(Output::StopCapture);
            self.take_sound();
            self.declare(out);
        }
    }

    /// The sound ends at once, even if the server cannot be told yet.
    pub(super) fn stop(&mut self, out: &mut Vec<Output>) {
        self.hang_up_all(out);
        out.push(Output::StopCapture);
        self.publishing = Publishing { stopping: true, ..Publishing::default() };
        self.declare(out);
    }

    /// The last changes may have been too many at once.
    pub(super) fn declare_later(&self, out: &mut Vec<Output>) {
        if self.may(Permission::Publish) || self.may(Permission::Hear) {
            out.push(Output::StartTimer { timer: Timer::Declaration, after_ms: DECLARE_AGAIN_MS });
        }
    }

    /// Tells the room what this page really sends, if the room has another state.
    pub(super) fn declare(&mut self, out: &mut Vec<Output>) {
        if self.signaling.is_attached() && (self.has_sound() || self.publishing.stopping) {
            self.declare_stream(out);
        }
        // Who begins to share takes the member's sound to this page, and only this page can say what it hears from then on.
        self.declare_listening(out);
    }

    fn declare_stream(&mut self, out: &mut Vec<Output>) {
        let Publishing { ref mix, paused, stopping, .. } = self.publishing;
        let says = self.own_stream();
        let (silent, says_silent) = (self.publishing.is_silent(), self.own_publication().is_some_and(|own| own.silent));
        let message = match mix.sources().next() {
            _ if stopping => ToRoom::Stop,
            Some(source) if self.is_sound_untold() => ToRoom::Publish(Publish { source, paused }),
            Some(_) if paused && says == StreamState::Live => ToRoom::Pause,
            Some(_) if !paused && says == StreamState::Paused => ToRoom::Resume,
            Some(source) if !is_sounding(says) => ToRoom::Publish(Publish { source, paused }),
            None if self.publishing.ended => match self.own_publication() {
                Some(own) => ToRoom::EndPublication(EndPublication { publication: own.id }),
                None => return,
            },
            None if is_sounding(says) => ToRoom::Interrupt,
            Some(_) if silent != says_silent => ToRoom::DeclareSilence(DeclareSilence { silent }),
            _ => return,
        };
        if matches!(message, ToRoom::Publish(_)) {
            self.note_told(true);
        }
        self.say(message, out);
    }
}
