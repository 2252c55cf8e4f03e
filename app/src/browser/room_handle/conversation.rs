//! The room as a page shows it in which members converse. Other pages do not load the code for it.

use heartogether::{
    ice::IceConfiguration,
    id::{DisplayName, RoomCode},
    role::Role,
};
use heartogether_browser::{ListNews, OpenDevices, Page, View};
use send_wrapper::SendWrapper;

use super::{RoomHandle, follow};
use crate::prelude::*;

/// Follows what a page shows of a conversation.
pub(super) type FollowConversation = fn(RoomHandle, &View);

impl RoomHandle {
    /// Joins a room in which members converse, like [`RoomHandle::start`]; where they choose their names, under this one. See
    /// [`Page::converse`].
    pub fn converse(
        self,
        role: Role,
        code: RoomCode,
        ice_servers: IceConfiguration,
        open_devices: Option<OpenDevices>,
        name: Option<DisplayName>,
    ) {
        let page = Page::converse(role, code, ice_servers, open_devices, name);
        self.follow_conversation.set_value(Some(follow_conversation));
        self.running.set_value(Some(SendWrapper::new(page)));
    }

    /// Follows [`View::lounges`].
    pub fn follow_lounges(self, news: RwSignal<ListNews>) {
        self.act(|page| follow(&page.view().lounges, news));
    }

    /// See [`Page::provide_devices`].
    pub fn provide_devices(self, open: OpenDevices) {
        self.act(|page| page.provide_devices(open));
    }
}

fn follow_conversation(handle: RoomHandle, view: &View) {
    follow(&view.conversation, handle.conversation);
    follow(&view.past, handle.past);
    follow(&view.typing, handle.typing);
    follow(&view.blocked, handle.blocked);
    follow(&view.read_up_to, handle.read_up_to);
    follow(&view.waits, handle.waits);
    follow(&view.refused_answer, handle.refused_answer);
    follow(&view.own_member, handle.own_member);
    follow(&view.heard, handle.heard);
    follow(&view.sound_refusal, handle.sound_refusal);
}
