//! Decides about requests for a microphone: which request is still wanted, for which device, and what to do with the
//! answer. The code is pure: its user carries out the [`MicrophoneOrder`]s and reports the browser's answers.

use heartogether::room::Source;

use super::{Mix, Processing};

/// What a microphone is wanted for, the more the later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MicrophonePurpose {
    /// To have the visitor's permission: it is closed again.
    Permission,
    /// To be tried out, or in place of the one that is open.
    Trial,
    /// To be shared.
    Share,
}

/// A microphone that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenMicrophone {
    /// The browser's id for the device, if it says which one it has opened.
    pub device: Option<String>,
    /// What the browser does to its sound.
    pub processing: Processing,
}

/// What the browser answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MicrophoneAnswer {
    /// Here it is.
    Opened(OpenMicrophone),
    /// There is no device of that id.
    DeviceMissing,
    /// It cannot be had.
    Failed,
}

/// What happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MicrophoneInput {
    /// This device was chosen on an earlier visit.
    Remembered(Option<String>),
    /// A microphone is wanted.
    Wanted(MicrophonePurpose),
    /// The member chooses a device: what is shared goes on from there, else it is tried out.
    DeviceChosen(String),
    /// The browser is to do this to the sound of a microphone.
    ProcessingWanted(Processing),
    /// Nobody tries a microphone out any more.
    TrialOver,
    /// The browser has answered the question of this number.
    Answered(u32, MicrophoneAnswer),
    /// The microphone is closed, or is to be. One that is still being asked for is not wanted any more either.
    Closed,
}

/// A question for the browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MicrophoneQuestion {
    /// Which. The answer names it.
    pub number: u32,
    /// The device's id; any device where there is none.
    pub device: Option<String>,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MicrophoneOrder {
    /// Ask the browser.
    Ask(MicrophoneQuestion),
    /// Share the open microphone.
    Share,
    /// Close it.
    Close,
    /// Remember this device for later visits.
    Remember(String),
}

/// What is known of the microphone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MicrophoneRequests {
    open: Option<OpenMicrophone>,
    /// The device that is open or would be opened.
    chosen: Option<String>,
    remembered: Option<String>,
    /// How often there was a question: an answer to an older one is not used.
    asked: u32,
    /// What the last question is for, until it is answered.
    pending: Option<MicrophonePurpose>,
}

impl MicrophoneRequests {
    /// The id of the device that is open or would be opened.
    pub fn chosen(&self) -> Option<&str> {
        self.chosen.as_deref()
    }

    /// Whether an answer to this question is still of use.
    pub const fn is_wanted(&self, number: u32) -> bool {
        self.pending.is_some() && self.asked == number
    }

    /// Whether the browser is being asked.
    pub const fn is_asking(&self) -> bool {
        self.pending.is_some()
    }

    /// Takes in what happened, with what is shared at the moment, and says what to do, in order.
    pub fn step(&mut self, input: MicrophoneInput, shared: &Mix) -> Vec<MicrophoneOrder> {
        match input {
            MicrophoneInput::Remembered(device) => {
                self.remembered.clone_from(&device);
                self.chosen = device;
                Vec::new()
            }
            // What was tried out is used as it is.
            MicrophoneInput::Wanted(MicrophonePurpose::Share) if self.open.is_some() => vec![MicrophoneOrder::Share],
            MicrophoneInput::Wanted(MicrophonePurpose::Permission) if self.open.is_some() => Vec::new(),
            MicrophoneInput::Wanted(purpose) => vec![self.ask(purpose)],
            MicrophoneInput::DeviceChosen(device) => {
                self.chosen = Some(device);
                vec![self.ask(MicrophonePurpose::Trial)]
            }
            MicrophoneInput::ProcessingWanted(wanted) => {
                let is_other = self.open.as_ref().is_some_and(|open| open.processing != wanted);
                is_other.then(|| self.ask(MicrophonePurpose::Trial)).into_iter().collect()
            }
            MicrophoneInput::TrialOver => self.end_trial(shared),
            MicrophoneInput::Answered(number, answer) if self.is_wanted(number) => self.take(answer, shared),
            MicrophoneInput::Answered(..) => Vec::new(),
            MicrophoneInput::Closed => {
                (self.open, self.pending) = (None, None);
                Vec::new()
            }
        }
    }

    /// A new question takes the place of the one before, and is for all that the one before was for.
    fn ask(&mut self, purpose: MicrophonePurpose) -> MicrophoneOrder {
        self.pending = self.pending.max(Some(purpose));
        self.ask_for(self.chosen.clone())
    }

    fn ask_for(&mut self, device: Option<String>) -> MicrophoneOrder {
        self.asked = self.asked.wrapping_add(1);
        MicrophoneOrder::Ask(MicrophoneQuestion { number: self.asked, device })
    }

    fn take(&mut self, answer: MicrophoneAnswer, shared: &Mix) -> Vec<MicrophoneOrder> {
        match answer {
            MicrophoneAnswer::Opened(open) => self.take_open(open, shared),
            // The one that was chosen is not there today.
            MicrophoneAnswer::DeviceMissing => vec![self.ask_for(None)],
            MicrophoneAnswer::Failed => {
                self.pending = None;
                let open = self.open.as_ref().and_then(|open| open.device.clone());
                self.chosen = open.or_else(|| self.remembered.clone());
                Vec::new()
            }
        }
    }

    fn take_open(&mut self, open: OpenMicrophone, shared: &Mix) -> Vec<MicrophoneOrder> {
        let mut orders = Vec::new();
        if open.device.is_some() && open.device == self.chosen && self.chosen != self.remembered {
            self.remembered.clone_from(&self.chosen);
            orders.extend(self.chosen.clone().map(MicrophoneOrder::Remember));
        }
        self.chosen = open.device.clone().or(self.chosen.take());
        self.open = Some(open);
        match self.pending.take() {
            Some(MicrophonePurpose::Share) => orders.push(MicrophoneOrder::Share),
            Some(MicrophonePurpose::Permission) => orders.extend(self.end_trial(shared)),
            Some(MicrophonePurpose::Trial) | None => {}
        }
        orders
    }

    /// Closes a microphone that nobody else hears, or is about to hear.
    fn end_trial(&self, shared: &Mix) -> Vec<MicrophoneOrder> {
        let is_there = self.open.is_some() || self.is_asking();
        let is_for_others = shared.has(Source::Microphone) || self.pending == Some(MicrophonePurpose::Share);
        (is_there && !is_for_others).then_some(MicrophoneOrder::Close).into_iter().collect()
    }
}
