//! What a page has that may send: the devices that it captures from. A listener's page has none, and does not load the code
//! for them: the page knows it by this trait alone.

use std::any::Any;

use heartogether::room::Source;
use heartogether_client::{Client, Processing};
use web_sys::MediaStreamTrack;

use crate::Page;

/// Opens what a page may capture from.
pub type OpenDevices = fn() -> Box<dyn Devices>;

/// The devices of a page.
pub trait Devices: Any {
    /// Looks at what this browser can do, and takes up what was live before a reload.
    fn prepare(&self, page: &Page, is_back: bool);

    /// Does what the client decided.
    fn carry_out(&self, page: &Page, order: DeviceOrder);

    /// Writes what the page shows of them.
    fn publish(&self, page: &Page, client: &Client);

    /// The track to offer.
    fn outgoing(&self) -> Option<MediaStreamTrack>;
}

/// What the client decides about devices.
#[derive(Clone, Copy, Debug)]
pub enum DeviceOrder {
    /// Brings faders and the outgoing track in line with the client's mix.
    SendMix,
    /// Asks the browser to mix, if it has stopped.
    WakeMixer,
    /// Has the microphone's sound processed like this.
    Process(Processing),
    /// Tells the next page of this tab how to open the microphone again.
    LeaveMicrophone,
    /// Lets go of a source.
    Release(Source),
    /// Lets go of all sources.
    ReleaseAll,
}

impl Page {
    /// Opens its devices, where that was not done when it joined.
    pub fn provide_devices(&self, open: OpenDevices) {
        if self.devices().is_none() {
            self.0.devices.get_or_init(open).prepare(self, self.0.is_back.get());
        }
    }

    pub(crate) fn devices(&self) -> Option<&dyn Devices> {
        self.0.devices.get().map(Box::as_ref)
    }

    pub(crate) fn order(&self, order: DeviceOrder) {
        self.devices().iter().for_each(|devices| devices.carry_out(self, order));
    }
}
