//! What the host's page sends. The page is the authority on what it captures; the room is told.

use heartogether::{
    role::Role,
    wire::{ClientMessage, Source, StartStream, StreamState},
};

use super::{Client, Command, Profile};

/// What the host wants and has.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Broadcast {
    /// Where the captured sound comes from; `None` while nothing is captured.
    pub(super) source: Option<Source>,
    /// The quality that the host chose, if any.
    pub(super) chosen: Option<Profile>,
    /// Whether it is silenced on purpose.
    pub(super) paused: bool,
    /// Whether the room is to be ended as soon as the server can be told.
    pub(super) stopping: bool,
}

impl Broadcast {
    /// The choice, or what suits the source.
    pub(super) fn profile(&self) -> Profile {
        self.chosen.or(self.source.map(Profile::of)).unwrap_or_default()
    }
}

impl Client {
    pub(super) fn begin(&mut self, source: Source, out: &mut Vec<Command>) {
        if self.role != Role::Host || self.is_over() {
            return out.push(Command::StopCapture);
        }
        self.broadcast.source = Some(source);
        self.broadcast.paused = false;
        out.push(Command::ApplyProfile(self.profile()));
        self.retune(out);
        out.push(Command::SetSending(true));
        self.declare(out);
        self.offer_to_all(out);
    }

    pub(super) fn interrupt(&mut self, out: &mut Vec<Command>) {
        if self.broadcast.source.take().is_some() {
            self.hang_up_all(out);
            out.push(Command::StopCapture);
            self.declare(out);
        }
    }

    pub(super) fn choose_profile(&mut self, profile: Profile, out: &mut Vec<Command>) {
        if self.role == Role::Host && self.broadcast.chosen != Some(profile) {
            self.broadcast.chosen = Some(profile);
            out.push(Command::ApplyProfile(profile));
            self.retune(out);
        }
    }

    pub(super) fn pause(&mut self, paused: bool, out: &mut Vec<Command>) {
        if self.broadcast.source.is_some() {
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

    /// Tells the room what this page really does, where the room believes something else.
    pub(super) fn declare(&self, out: &mut Vec<Command>) {
        if self.role != Role::Host || !self.link.is_attached() {
            return;
        }
        let Broadcast { source, paused, stopping, .. } = self.broadcast;
        let says = self.stream();
        let message = match source {
            _ if stopping => ClientMessage::StopRoom,
            Some(_) if paused && says == StreamState::Live => ClientMessage::PauseStream,
            Some(_) if !paused && says == StreamState::Paused => ClientMessage::ResumeStream,
            Some(source) if !matches!(says, StreamState::Live | StreamState::Paused) => {
                ClientMessage::StartStream(StartStream { source, paused })
            }
            None if matches!(says, StreamState::Live | StreamState::Paused) => ClientMessage::InterruptStream,
            _ => return,
        };
        out.push(Command::Send(message));
    }
}
