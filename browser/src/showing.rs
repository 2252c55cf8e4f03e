//! Writes the client's state into what the page shows.

use std::cell::{Cell, RefCell};

use gloo_timers::callback::Timeout;
use heartogether::{
    engagement::Reaction,
    room::{MemberView, RoomView},
};

use crate::{Page, Reporter};
use heartogether_client::{Client, ListenerRow};

/// How often the audience is shown anew, at most.
const AUDIENCE_EVERY_MS: u32 = 200;

/// When the audience was shown: with thousands of listeners it changes faster than anybody can read.
#[derive(Default)]
pub(crate) struct Audience {
    pub(crate) pause: RefCell<Option<Timeout>>,
    changed: Cell<bool>,
}

impl Page {
    /// Writes what has changed, and only that.
    pub(crate) fn publish(&self) {
        let client = self.0.client.borrow();
        let view = &self.0.view;
        view.host_state.show(client.host_state());
        view.listener_state.show(client.listener_state());
        view.signaling_state.show(client.signaling_state());
        view.host_silent.show(client.is_host_silent());
        view.trouble.show(client.trouble());
        match self.0.conversing {
            Some(conversing) => (conversing.publish)(&client, view),
            None => self.publish_messages(&client),
        }
        view.has_earlier_messages.show(client.has_earlier_messages());
        view.chosen_reaction.show(client.chosen_reaction());
        view.engagement_notice.show(client.engagement_notice());
        view.no_path.show(client.no_path());
        view.turn_problem.show(client.turn_problem());
        if view.gathering.with(|shown| shown != client.gathering()) {
            view.gathering.set(client.gathering().clone());
        }
        if let Some(playback) = &self.0.playback {
            view.player.show(playback.state());
        }
        self.publish_audience(&client);
        self.devices().iter().for_each(|devices| devices.publish(self, &client));
        self.0.words.borrow().iter().for_each(|words| words.tell(view));
    }

    fn publish_messages(&self, client: &Client) {
        let view = &self.0.view;
        view.room.show(client.room().map(RoomView::outline));
        if view.messages.with(|shown| !shown.iter().eq(client.messages())) {
            view.messages.set(client.messages().cloned().collect());
        }
        view.own_messages.show(client.own_messages().collect());
    }

    pub(crate) fn show_reaction(&self, reaction: Reaction) {
        let number = |last: Option<(u32, Reaction)>| last.map_or(0, |(number, _)| number.wrapping_add(1));
        let shown = &self.0.view.reaction;
        shown.set(Some((number(shown.get()), reaction)));
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
        if !self.0.view.audience.show(rows) {
            return;
        }
        let report = self.reporter();
        *audience.pause.borrow_mut() = Some(Timeout::new(AUDIENCE_EVERY_MS, move || report.show_audience()));
    }
}

impl Reporter {
    /// Shows what has changed beside the room.
    pub(crate) fn show(&self) {
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
