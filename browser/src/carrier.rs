//! What carries the frames of a page: a WebSocket, or an event stream where none can be opened. The code of the latter is loaded
//! when it is needed.

use std::rc::Rc;

use heartogether::protocol::ClientMessage;
use heartogether_client::Input;
use wasm_bindgen_futures::spawn_local;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::{
    Page,
    event_stream::{self, OpenStream, Stream},
    reachability, site,
    socket::{Probe, Socket},
};

/// What carries the frames.
pub(crate) enum Carrier {
    /// A WebSocket.
    Socket(Socket),
    /// The code of the event stream is being loaded, for as long as this is there.
    Loading(#[expect(dead_code, reason = "it is counted by the loading")] Rc<()>),
    /// An event stream.
    Stream(Box<dyn Stream>),
}

#[wasm_split(stream, fallible)]
fn load() -> Result<OpenStream, SplitLoaderError> {
    Ok(event_stream::open)
}

impl Page {
    pub(crate) fn send(&self, message: &ClientMessage) {
        match &*self.0.carrier.borrow() {
            Some(Carrier::Socket(socket)) => socket.send(message),
            Some(Carrier::Stream(stream)) => stream.send(message),
            // It is lost, as on a socket that is opening.
            Some(Carrier::Loading(_)) | None => {}
        }
    }

    pub(crate) fn open_socket(&self) {
        let report = self.reporter();
        let (ahead, probe) = (self.0.socket_ahead.take(), self.0.probe.take());
        let socket = ahead.or_else(|| Socket::go_on_with(probe?, &report)).or_else(|| Socket::open(&report));
        self.carry_by(socket.map(Carrier::Socket));
    }

    pub(crate) fn open_stream(&self) {
        let wanted = Rc::new(());
        let is_wanted = Rc::downgrade(&wanted);
        self.carry_by(Some(Carrier::Loading(wanted)));
        let report = self.reporter();
        spawn_local(async move {
            let open = load().await;
            let Some(page) = report.page().filter(|_| is_wanted.strong_count() > 0) else { return };
            match open.ok().and_then(|open| open(&report)) {
                Some(stream) => page.carry_by(Some(Carrier::Stream(stream))),
                None => page.input(Input::SocketClosed),
            }
        });
    }

    /// Tries a WebSocket. It is taken by the next [`Page::open_socket`], if it is open by then.
    pub(crate) fn probe_socket(&self) {
        *self.0.probe.borrow_mut() = Probe::begin(self.reporter());
    }

    pub(crate) fn carry_by(&self, carrier: Option<Carrier>) {
        // What was there is dropped when nothing is borrowed any more: it may still report.
        let _ = self.0.carrier.replace(carrier);
    }

    pub(crate) fn probe_server(&self) {
        let report = self.reporter();
        spawn_local(async move {
            let answers = reachability::answers(site::HEALTH).await;
            report.input(Input::ServerProbed { answers });
        });
    }
}
