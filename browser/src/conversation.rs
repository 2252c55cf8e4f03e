//! What a page has in whose room members converse. Other pages do not load the code for it: the page knows it by one function alone.

use std::time::Duration;

use heartogether::{
    ice::IceConfiguration,
    id::{DisplayName, MemberId, RoomCode},
    protocol::{FromRoom, LoungesChanged, RoomFrame, ServerMessage},
    role::Role,
};
use heartogether_client::{Client, Input};
use wasm_bindgen_futures::spawn_local;
use web_sys::MessageEvent;

use crate::{OpenDevices, Page, View, random::random, reload, sleep};

/// After a lost connection, the list is asked for within this time: not all pages of a server that was away ask at once.
const LIST_SPREAD_MS: u32 = 1_000;

/// The way to this module's code.
#[derive(Clone, Copy)]
pub(crate) struct Conversing {
    /// Writes what a page shows of a conversation.
    pub(crate) publish: fn(&Client, &View),
    /// Hears what the server says beside the room, with what the page has read of it.
    pub(crate) hear: fn(&Page, Option<&ServerMessage>, &MessageEvent),
}

impl Page {
    /// Joins a room in which members converse; where they choose their names, under this one. See [`Page::join`] for the rest. The
    /// member keeps the place when the page leaves, and gives it up with [`Input::MembershipEnded`].
    ///
    /// [`Input::MembershipEnded`]: heartogether_client::Input::MembershipEnded
    pub fn converse(
        role: Role,
        code: RoomCode,
        ice_servers: IceConfiguration,
        open_devices: Option<OpenDevices>,
        name: Option<DisplayName>,
    ) -> Self {
        let client = Client::new(role, code, false, random()).conversing().named(name);
        let is_back = reload::take_mark(code);
        let heard = reload::heard().filter(|(of, _)| is_back && *of == code);
        let page = Self::begin(client, (None, is_back), ice_servers, open_devices, Some(Conversing { publish, hear }));
        // What was heard before the reload is heard again, if it is still there.
        if let Some((_, publication)) = heard {
            page.input(Input::ListenPressed(publication));
        }
        page
    }
}

/// Notes what has changed in the visitor's list of lounges. What has changed without a connection, the list itself says.
fn hear(page: &Page, message: Option<&ServerMessage>, event: &MessageEvent) {
    match message {
        Some(ServerMessage::Room(RoomFrame { message: FromRoom::Joined(_) | FromRoom::Resumed(_), .. })) => {
            let is_first = page.view().lounges.with(|news| news.asked == 0);
            let report = page.reporter();
            spawn_local(async move {
                if !is_first {
                    sleep(Duration::from_millis(u64::from(random() % LIST_SPREAD_MS))).await;
                }
                report.page().iter().for_each(|page| change_list(page, LoungesChanged::anew()));
            });
        }
        Some(_) => {}
        None => {
            let changed = event.data().as_string().and_then(|frame| LoungesChanged::decode(&frame).ok());
            changed.into_iter().for_each(|changed| change_list(page, changed));
        }
    }
}

fn change_list(page: &Page, changed: LoungesChanged) {
    let lounges = &page.view().lounges;
    let mut news = lounges.get();
    news.add(changed);
    lounges.set(news);
}

fn publish(client: &Client, view: &View) {
    if view.room.with(|shown| shown.as_ref() != client.room()) {
        view.room.set(client.room().cloned());
    }
    if view.conversation.with(|shown| !client.is_conversation(shown)) {
        view.conversation.set(client.conversation());
    }
    if view.past.with(|shown| !client.is_past(shown)) {
        view.past.set(client.past());
    }
    let members = || client.room().into_iter().flat_map(|room| &room.members);
    let name_of = |member: &MemberId| members().find(|known| known.member == *member).map(|known| known.name.clone());
    view.typing.show(client.typing().iter().filter_map(name_of).collect());
    view.blocked.show(client.blocked().to_vec());
    view.read_up_to.show(client.read_up_to());
    view.waits.show(client.waits());
    view.refused_answer.show(client.refused_answer());
    view.own_member.show(client.own_member());
    view.sound_refusal.show(client.publishing_refusal().or(client.listening_refusal()));
    if view.heard.show(client.heard().to_vec()) {
        reload::keep_heard(client.heard().first().map(|publication| (client.code(), *publication)));
    }
}
