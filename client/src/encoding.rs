//! Decides which descriptions a peer connection sets, and when, so that its encoder uses the wanted settings. The code
//! is pure: its user carries out one [`EncodingOrder`] after the other and reports the results.
//!
//! The *other* side's description controls the own encoder. So a change of the profile needs no message to the other
//! side: this side sets its descriptions again, and what the other side has agreed to covers both.

use super::{Profile, adaptation::Packets, sdp::opus};

/// Who has offered a peer connection, and what goes over it besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// This page offers and sends.
    Offering {
        /// Whether the other end may send, too.
        receives: bool,
    },
    /// The other end offers and sends.
    Answering {
        /// Whether this page sends, too.
        sends: bool,
    },
}

impl Side {
    /// Whether this page sends.
    pub const fn sends(self) -> bool {
        matches!(self, Self::Offering { .. } | Self::Answering { sends: true })
    }

    /// Whether the other end may send.
    pub const fn receives(self) -> bool {
        matches!(self, Self::Answering { .. } | Self::Offering { receives: true })
    }
}

/// What happens to a peer connection's descriptions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EncodingInput {
    /// The peer connection is to be offered.
    Begun,
    /// It is to look for another path.
    RestartWanted,
    /// The other side's offer has come, the first one or one that looks for another path.
    OfferCame(String),
    /// The other side's answer has come.
    AnswerCame(String),
    /// Encode like this from now on.
    ProfileChosen(Profile),
    /// Send such packets from now on.
    PacketsChosen(Packets),
    /// The last order is carried out.
    CarriedOut,
    /// The browser has failed to carry out the last order.
    Failed,
}

/// What is to be done next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EncodingOrder {
    /// Make an offer, set it, and tell the other side.
    Offer {
        /// Whether it looks for another path.
        restarts: bool,
    },
    /// Set the other side's answer.
    Accept {
        /// The answer, in the shape that is wanted.
        answer: String,
    },
    /// Make an offer, set it and this answer to it, and tell nobody.
    OfferAlone {
        /// The other side's answer, in the shape that is wanted.
        answer: String,
    },
    /// Set the other side's offer, make an answer, set it, and tell the other side.
    Answer {
        /// The offer; in the shape that is wanted, if anything is sent.
        offer: String,
    },
    /// Set the other side's offer again, make an answer, set it, and tell nobody.
    AnswerAlone {
        /// The offer, in the shape that is wanted.
        offer: String,
    },
}

/// What a description asks of the encoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shape {
    profile: Profile,
    packets: Packets,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing was said yet, or nothing of it counts.
    Fresh,
    /// An order is being carried out.
    Busy,
    /// An offer is being made.
    Offering,
    /// The offer is out.
    Awaiting,
    /// Both sides have said what they want.
    Settled,
}

/// The descriptions of one peer connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoding {
    side: Side,
    phase: Phase,
    wanted: Shape,
    /// What the other side's description asks for, as it is set here.
    described: Shape,
    /// The other side's last description as it came.
    theirs: String,
    /// An offer that came while an order was being carried out.
    waiting_offer: Option<String>,
    restart_wanted: bool,
}

impl Encoding {
    /// Nothing is described yet.
    pub const fn new(side: Side, profile: Profile) -> Self {
        let wanted = Shape { profile, packets: Packets::USUAL };
        Self {
            side,
            phase: Phase::Fresh,
            wanted,
            described: wanted,
            theirs: String::new(),
            waiting_offer: None,
            restart_wanted: false,
        }
    }

    /// Which side of the peer connection this is.
    pub const fn side(&self) -> Side {
        self.side
    }

    /// Takes in what happened, and says what to do now, if anything. There is no other order before
    /// [`EncodingInput::CarriedOut`] or [`EncodingInput::Failed`].
    pub fn step(&mut self, input: EncodingInput) -> Option<EncodingOrder> {
        match input {
            EncodingInput::Begun => self.offer(false),
            EncodingInput::RestartWanted => {
                self.restart_wanted = true;
                self.restart()
            }
            EncodingInput::OfferCame(offer) => {
                self.waiting_offer = Some(offer);
                self.answer()
            }
            EncodingInput::AnswerCame(answer) => self.accept(answer),
            EncodingInput::ProfileChosen(profile) => {
                self.wanted.profile = profile;
                self.reshape()
            }
            EncodingInput::PacketsChosen(packets) => {
                self.wanted.packets = packets;
                self.reshape()
            }
            EncodingInput::CarriedOut => {
                self.phase = if self.phase == Phase::Offering { Phase::Awaiting } else { Phase::Settled };
                self.answer().or_else(|| self.reshape()).or_else(|| self.restart())
            }
            EncodingInput::Failed => {
                // Nobody knows which descriptions are set. The next ones take the place of all of them.
                self.phase = Phase::Fresh;
                self.answer().or_else(|| self.restart())
            }
        }
    }

    /// A description of this page's own as it sets it. Without the parameter, Chromium decodes one channel.
    pub fn set_locally(&self, own: &str) -> String {
        if self.side.receives() { opus::answered(own) } else { own.to_owned() }
    }

    /// A description of this page's own, which is set, as the other side is to see it: an offer says what is coming.
    pub fn told(&self, own: &str) -> String {
        match self.side {
            Side::Offering { .. } => opus::offered(own, self.wanted.profile),
            Side::Answering { .. } => own.to_owned(),
        }
    }

    const fn is_free(&self) -> bool {
        !matches!(self.phase, Phase::Busy | Phase::Offering)
    }

    fn offer(&mut self, restarts: bool) -> Option<EncodingOrder> {
        self.phase = Phase::Offering;
        Some(EncodingOrder::Offer { restarts })
    }

    /// A restart takes the place of an offer that is out, and waits for what is being set.
    fn restart(&mut self) -> Option<EncodingOrder> {
        if !self.is_free() || !std::mem::take(&mut self.restart_wanted) {
            return None;
        }
        self.offer(true)
    }

    fn answer(&mut self) -> Option<EncodingOrder> {
        let offer = self.is_free().then(|| self.waiting_offer.take()).flatten()?;
        self.theirs = offer;
        let offer = self.shaped();
        Some(EncodingOrder::Answer { offer })
    }

    /// An answer to nothing, or a second one, would fail the peer connection.
    fn accept(&mut self, answer: String) -> Option<EncodingOrder> {
        if self.phase != Phase::Awaiting {
            return None;
        }
        self.theirs = answer;
        let answer = self.shaped();
        Some(EncodingOrder::Accept { answer })
    }

    /// Sets the descriptions anew until they say what is wanted.
    fn reshape(&mut self) -> Option<EncodingOrder> {
        if self.phase != Phase::Settled || !self.side.sends() || self.described == self.wanted {
            return None;
        }
        let theirs = self.shaped();
        Some(match self.side {
            Side::Offering { .. } => EncodingOrder::OfferAlone { answer: theirs },
            Side::Answering { .. } => EncodingOrder::AnswerAlone { offer: theirs },
        })
    }

    /// The other side's description as it is set here, from now on.
    fn shaped(&mut self) -> String {
        self.phase = Phase::Busy;
        self.described = self.wanted;
        match self.side.sends() {
            true => opus::accepted(&self.theirs, self.wanted.profile, self.wanted.packets),
            false => self.theirs.clone(),
        }
    }
}
