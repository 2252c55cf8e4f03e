//! Requests microphones: carries out the decisions of [`MicrophoneRequests`](heartogether_client::MicrophoneRequests).

use heartogether::room::Source;
use wasm_bindgen_futures::spawn_local;

use crate::{
    Page, Reporter,
    capture::{Capture, CaptureError},
    microphones,
};
use heartogether_client::{
    Input, MicrophoneAnswer, MicrophoneInput, MicrophoneOrder, MicrophonePurpose, MicrophoneQuestion, OpenMicrophone,
};

impl Page {
    /// Opens the microphone for the host alone, to see whether it hears, or closes it again.
    pub fn try_microphone(&self, open: bool) {
        self.request_microphone(match open {
            true => MicrophoneInput::Wanted(MicrophonePurpose::Trial),
            false => MicrophoneInput::TrialOver,
        });
    }

    /// Asks for the permission to use a microphone, and uses none. Call it from a click.
    pub fn allow_microphone(&self) {
        self.request_microphone(MicrophoneInput::Wanted(MicrophonePurpose::Permission));
    }

    /// Takes this microphone from now on, if it can be opened. What is live goes on from there; else it is opened for
    /// trying it out.
    pub fn choose_microphone(&self, id: String) {
        self.request_microphone(MicrophoneInput::DeviceChosen(id));
    }

    /// Takes in what happened to the microphone, and does what follows from it.
    pub(crate) fn request_microphone(&self, input: MicrophoneInput) {
        let shared = self.0.client.borrow().mix();
        let (orders, chosen) = {
            let Some(sources) = self.sources() else { return };
            let mut requests = sources.requests.borrow_mut();
            let orders = requests.step(input, &shared);
            (orders, requests.chosen().map(str::to_owned))
        };
        self.0.view.sound.chosen_microphone.show(chosen);
        for order in orders {
            match order {
                MicrophoneOrder::Ask(question) => self.ask_for_microphone(question),
                MicrophoneOrder::Share => self.begin_sharing(Source::Microphone),
                MicrophoneOrder::Close => self.release_source(Source::Microphone),
                MicrophoneOrder::Remember(device) => microphones::remember_choice(&device),
            }
        }
    }

    fn ask_for_microphone(&self, question: MicrophoneQuestion) {
        self.begin_asking(Source::Microphone);
        let page = self.clone();
        spawn_local(async move {
            let (profile, processing) = {
                let client = page.0.client.borrow();
                (client.profile(), client.processing())
            };
            let device = question.device.as_deref();
            let captured = Capture::microphone(profile, processing, device, page.reporter()).await;
            page.take_answer(&question, captured);
        });
    }

    fn take_answer(&self, question: &MicrophoneQuestion, captured: Result<Capture, CaptureError>) {
        if !self.sources().is_some_and(|sources| sources.requests.borrow().is_wanted(question.number)) {
            return self.stop_asking();
        }
        let open = captured
            .as_ref()
            .ok()
            .map(|capture| OpenMicrophone { device: capture.device(), processing: capture.processing() });
        let answer = match captured {
            Err(CaptureError::NoDevice) if question.device.is_some() => MicrophoneAnswer::DeviceMissing,
            captured => {
                let is_taken = self.take_in(captured);
                open.filter(|_| is_taken).map_or(MicrophoneAnswer::Failed, MicrophoneAnswer::Opened)
            }
        };
        let is_open = matches!(answer, MicrophoneAnswer::Opened(_));
        self.request_microphone(MicrophoneInput::Answered(question.number, answer));
        if is_open {
            list_microphones(&self.reporter());
        } else {
            self.expect_no_microphone();
        }
    }

    /// Nothing comes, unless the browser is asked once more.
    fn expect_no_microphone(&self) {
        if !self.sources().is_some_and(|sources| sources.requests.borrow().is_asking()) {
            self.input(Input::CaptureExpected(false));
        }
    }

    /// The last question has been answered in vain.
    fn stop_asking(&self) {
        let asking = &self.0.view.sound.asking;
        let is_asking = self.sources().is_some_and(|sources| sources.requests.borrow().is_asking());
        if !is_asking && asking.get() == Some(Source::Microphone) {
            asking.set(None);
        }
        self.expect_no_microphone();
    }
}

/// Shows the microphones that there are.
pub(crate) fn list_microphones(report: &Reporter) {
    let report = report.clone();
    spawn_local(async move {
        let microphones = microphones::list().await;
        if let Some(page) = report.page() {
            page.0.view.sound.microphones.show(microphones);
        }
    });
}
