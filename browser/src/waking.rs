//! The events after which a page checks its connections: it becomes visible, the device was asleep, the network changes, or the
//! page may be closed.

use crate::dom::{document, window};
use gloo_events::EventListener;
use gloo_timers::callback::Interval;
use js_sys::Date;

use crate::{Page, js_property::property, network, reload};
use heartogether_client::{Input, SLEEP_WATCH_MS, SleepWatch};

impl Page {
    /// Reports that the page is shown again or the network has changed.
    pub(crate) fn listen_for_waking(&self) {
        let (report, report_online) = (self.reporter(), self.reporter());
        let shown = EventListener::new(&document(), "visibilitychange", move |_| {
            report.turn_level(!document().hidden());
            if !document().hidden() {
                report.input(Input::Woken);
            }
        });
        let online = EventListener::new(&window(), "online", move |_| report_online.input(Input::NetworkChanged));
        let network = network::listen(self.reporter());
        let report_hidden = self.reporter();
        let hidden = EventListener::new(&window(), "pagehide", move |_| report_hidden.input(Input::Hidden));
        let code = self.0.client.borrow().code();
        // A page that the browser has kept as it was is there again, and needs no mark (HTML, `PageTransitionEvent`).
        let restored = EventListener::new(&window(), "pageshow", move |event| {
            if property(event, "persisted").is_truthy() {
                reload::take_mark(code);
            }
        });
        self.watch_for_sleep();
        self.0.waking.borrow_mut().extend([shown, online, hidden, restored].into_iter().chain(network));
    }

    /// A page that is in sight while the device sleeps is told of nothing. A page that is not in sight checks its connections once it
    /// is.
    fn watch_for_sleep(&self) {
        let (report, mut watch) = (self.reporter(), SleepWatch::new(Date::now()));
        let watching = Interval::new(SLEEP_WATCH_MS, move || {
            if watch.note(Date::now()) && !document().hidden() {
                report.input(Input::Woken);
            }
        });
        self.0.intervals.borrow_mut().push(watching);
    }
}
