//! A timer. In hidden pages, browsers run timers only once a second. The page of a host who shares a tab is hidden all
//! the time, and a listener's first sound depends on some short timers, so short timers use tasks instead.

use super::dom::document;
use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use wasm_bindgen::JsValue;
use web_sys::{MessageChannel, MessagePort};

/// Milliseconds that a hidden page may wait in tasks, which keep its thread busy meanwhile.
const SHORT_MS: u32 = 10;

/// Fires once, unless it is dropped before.
pub(crate) enum RunningTimer {
    /// By the browser's timer.
    Timeout { _timeout: Timeout },
    /// By tasks, one after the other until it is time.
    Tasks { port: MessagePort, _listener: EventListener },
}

impl RunningTimer {
    pub(crate) fn set(after_ms: u32, fire: impl FnOnce() + 'static) -> Option<Self> {
        match document().hidden() && after_ms <= SHORT_MS {
            true => Self::by_tasks(after_ms, fire),
            false => Some(Self::Timeout { _timeout: Timeout::new(after_ms, fire) }),
        }
    }

    /// Messages between a page's own ports are delivered at once in hidden pages too.
    fn by_tasks(after_ms: u32, fire: impl FnOnce() + 'static) -> Option<Self> {
        let channel = MessageChannel::new().ok()?;
        let (port, next) = (channel.port1(), channel.port2());
        next.post_message(&JsValue::NULL).ok()?;
        let (mut began_ms, mut fire) = (None, Some(fire));
        let listener = EventListener::new(&port, "message", move |message| {
            let now_ms = message.time_stamp();
            let is_due = now_ms - *began_ms.get_or_insert(now_ms) >= f64::from(after_ms);
            let is_over = is_due || next.post_message(&JsValue::NULL).is_err();
            if let Some(fire) = fire.take_if(|_| is_over) {
                fire();
            }
        });
        port.start();
        Some(Self::Tasks { port, _listener: listener })
    }
}

impl Drop for RunningTimer {
    fn drop(&mut self) {
        if let Self::Tasks { port, .. } = self {
            port.close();
        }
    }
}
