//! The event stream that takes the place of a WebSocket (HTML, "Server-sent events"), and the posts beside it. This is a piece of
//! code of its own: nobody loads it whose network lets WebSockets through.

use std::{
    cell::{Cell, OnceCell, RefCell},
    rc::Rc,
    time::Duration,
};

use gloo_events::EventListener;
use heartogether::protocol::{self, ClientMessage};
use heartogether_client::{Input, Post, PostQueue};
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Event, EventSource, MessageEvent};

use crate::{Reporter, dom::window, js_property::property, site, sleep};

/// The pause before a post is repeated that may be lost, or came too fast.
const AGAIN_AFTER: Duration = Duration::from_secs(1);
/// Bytes of a post that a browser sends even after the page is gone: of all such requests together it takes 64 KiB (Fetch, section
/// 4.6, "HTTP-network-or-cache fetch").
const KEPT_ALIVE_BYTES: usize = 16 * 1024;
/// The close code of a server that goes away (RFC 6455, section 7.4.1).
const GOING_AWAY: &str = "1001";

/// An open or opening event stream. Dropped, it closes and reports nothing more.
pub(crate) trait Stream {
    /// Sends a frame.
    fn send(&self, message: &ClientMessage);
}

/// Opens an event stream. What becomes of it is reported as for a socket.
pub(crate) type OpenStream = fn(&Reporter) -> Option<Box<dyn Stream>>;

/// The same over the browser's own.
struct EventStream {
    stream: Rc<Inner>,
    _listeners: [EventListener; 5],
}

struct Inner {
    source: EventSource,
    /// Its id, with which the stream begins.
    id: OnceCell<String>,
    queue: RefCell<PostQueue>,
    is_posting: Cell<bool>,
    /// Whether nothing is reported any more.
    is_over: Cell<bool>,
    report: Reporter,
}

/// What became of a post.
enum Outcome {
    Taken,
    /// It may have been taken, or may be taken later.
    Lost,
    Refused,
}

/// Opens the server's event stream.
pub(crate) fn open(report: &Reporter) -> Option<Box<dyn Stream>> {
    let stream = Rc::new(Inner {
        source: EventSource::new(&site::href(site::STREAM)).ok()?,
        id: OnceCell::new(),
        queue: RefCell::default(),
        is_posting: Cell::default(),
        is_over: Cell::default(),
        report: report.clone(),
    });
    let on = |kind: &'static str, act: fn(&Rc<Inner>, &Event)| {
        let inner = Rc::downgrade(&stream);
        EventListener::new(&stream.source, kind, move |event| {
            inner.upgrade().iter().for_each(|inner| act(inner, event));
        })
    };
    let listeners = [
        on("stream", Inner::begin),
        on("message", Inner::hear),
        on("ping", Inner::answer),
        on("close", Inner::end),
        on("error", |stream, _| stream.finish(Input::SocketClosed)),
    ];
    Some(Box::new(EventStream { stream, _listeners: listeners }))
}

impl Stream for EventStream {
    fn send(&self, message: &ClientMessage) {
        self.stream.queue.borrow_mut().push(protocol::encode(message));
        self.stream.post();
    }
}

impl Drop for EventStream {
    /// The last frames are posted first: without its stream, the server takes nothing more.
    fn drop(&mut self) {
        self.stream.is_over.set(true);
        if !self.stream.is_posting.get() {
            self.stream.source.close();
        }
    }
}

fn data(event: &Event) -> Option<String> {
    event.dyn_ref::<MessageEvent>()?.data().as_string()
}

impl Inner {
    fn begin(self: &Rc<Self>, event: &Event) {
        if let Some(id) = data(event)
            && self.id.set(id).is_ok()
        {
            self.report.input(Input::SocketOpened);
        }
    }

    fn hear(self: &Rc<Self>, event: &Event) {
        if let (Some(page), Some(event)) = (self.report.page(), event.dyn_ref()) {
            page.hear(event);
        }
    }

    fn answer(self: &Rc<Self>, _: &Event) {
        self.queue.borrow_mut().note_ping();
        self.post();
    }

    fn end(self: &Rc<Self>, event: &Event) {
        let is_going_away = data(event).is_some_and(|code| code == GOING_AWAY);
        self.finish(if is_going_away { Input::ServerGoingAway } else { Input::SocketClosed });
    }

    /// The stream is over. A browser would open it again by itself.
    fn finish(&self, how: Input) {
        self.source.close();
        if !self.is_over.replace(true) {
            self.report.input(how);
        }
    }

    /// Posts what waits, unless that is being done.
    fn post(self: &Rc<Self>) {
        if self.is_posting.replace(true) {
            return;
        }
        let stream = self.clone();
        spawn_local(async move {
            stream.post_all().await;
            stream.is_posting.set(false);
            if stream.is_over.get() {
                stream.source.close();
            }
        });
    }

    async fn post_all(&self) {
        let Some(id) = self.id.get() else { return };
        loop {
            let next = self.queue.borrow_mut().next_post();
            let Some(post) = next else { return };
            match send(id, post).await {
                Outcome::Taken => self.queue.borrow_mut().note_taken(),
                Outcome::Lost if !self.is_over.get() => {
                    self.queue.borrow_mut().note_lost();
                    sleep(AGAIN_AFTER).await;
                }
                Outcome::Lost | Outcome::Refused => return self.finish(Input::SocketClosed),
            }
        }
    }
}

async fn send(id: &str, post: Post) -> Outcome {
    let Post { first, frames } = post;
    match status_of(&format!("{}/{id}?first={first}", site::href(site::STREAM)), &frames).await {
        Some(200..300) => Outcome::Taken,
        // Somebody in between may have answered in the server's place.
        None | Some(429 | 500..) => Outcome::Lost,
        Some(_) => Outcome::Refused,
    }
}

/// Posts, and gives the status of the answer.
async fn status_of(address: &str, body: &str) -> Option<u16> {
    let request = Object::new();
    let is_kept_alive = body.len() <= KEPT_ALIVE_BYTES;
    for (name, value) in [("method", "POST".into()), ("body", body.into()), ("keepalive", JsValue::from(is_kept_alive))]
    {
        // Setting a property of a new object does not fail.
        let _ = Reflect::set(&request, &name.into(), &value);
    }
    let fetch: Function = property(&window(), "fetch").dyn_into().ok()?;
    let asked: Promise = fetch.call2(&window(), &address.into(), &request).ok()?.dyn_into().ok()?;
    let answer = JsFuture::from(asked).await.ok()?;
    property(&answer, "status").as_f64().map(|status| status as u16)
}
