//! Copies the client's state into the signals that the page shows.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use heartogether::{
    engagement::Reaction,
    room::{MemberView, RoomView},
};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};

use super::{Page, Reporter};
use heartogether_client::{Client, ListenerRow};

/// How often the audience is shown anew, at most.
const AUDIENCE_EVERY: Duration = Duration::from_millis(200);

/// When the audience was shown: with thousands of listeners it changes faster than anybody can read.
#[derive(Default)]
pub(super) struct Audience {
    pub(super) pause: RefCell<Option<TimeoutHandle>>,
    changed: Cell<bool>,
}

impl Page {
    /// Shows what has changed, and only that. While a page is being drawn nothing may change: the server's HTML is taken over
    /// as it is.
    pub(super) fn publish(&self) {
        if !self.0.stands.get() {
            return;
        }
        let client = self.0.client.borrow();
        let handle = self.0.handle;
        show(handle.host_state, client.host_state());
        show(handle.listener_state, client.listener_state());
        show(handle.signaling_state, client.signaling_state());
        show(handle.host_silent, client.is_host_silent());
        show(handle.trouble, client.trouble());
        show(handle.room, client.room().map(RoomView::outline));
        if handle.messages.try_with_untracked(|shown| !shown.iter().eq(client.messages())) == Some(true) {
            handle.messages.set(client.messages().cloned().collect());
        }
        show(handle.has_earlier_messages, client.has_earlier_messages());
        show(handle.own_messages, client.own_messages().collect());
        show(handle.chosen_reaction, client.chosen_reaction());
        show(handle.engagement_notice, client.engagement_notice());
        show(handle.no_path, client.no_path());
        show(handle.turn_problem, client.turn_problem());
        if handle.gathering.try_with_untracked(|shown| shown != client.gathering()) == Some(true) {
            handle.gathering.set(client.gathering().clone());
        }
        if let Some(playback) = &self.0.playback {
            show(handle.player, playback.state());
        }
        self.publish_audience(&client);
        self.publish_sound(&client);
    }

    pub(super) fn show_reaction(&self, reaction: Reaction) {
        let number = |last: Option<(u32, Reaction)>| last.map_or(0, |(number, _)| number.wrapping_add(1));
        self.0.handle.reaction.update(|last| *last = Some((number(*last), reaction)));
    }

    fn publish_audience(&self, client: &Client) {
        let audience = &self.0.audience;
        if audience.pause.borrow().is_some() {
            return audience.changed.set(true);
        }
        let row = |listener: &MemberView| ListenerRow {
            listener: listener.clone(),
            peer: client.peer_state(listener.member),
            removing: client.is_removing(listener.member),
            blocking_address: client.is_blocking_address(listener.member),
            has_left: false,
        };
        let rows = client.room().into_iter().flat_map(|room| &room.members).map(row).collect();
        if !show(self.0.handle.audience, rows) {
            return;
        }
        let report = self.reporter();
        let pause = set_timeout_with_handle(move || report.show_audience(), AUDIENCE_EVERY);
        *audience.pause.borrow_mut() = pause.ok();
    }
}

impl Reporter {
    /// Shows what has changed beside the room.
    pub(super) fn show(&self) {
        self.page().iter().for_each(Page::publish);
    }

    /// Shows what has changed in the audience since it was shown.
    fn show_audience(&self) {
        let Some(page) = self.0.upgrade().map(Page) else { return };
        page.0.audience.pause.borrow_mut().take();
        if page.0.audience.changed.take() {
            page.publish_audience(&page.0.client.borrow());
        }
    }
}

/// Whether it was something new.
pub(super) fn show<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) -> bool {
    let is_new = signal.try_with_untracked(|shown| *shown != value) == Some(true);
    if is_new {
        signal.set(value);
    }
    is_new
}
