//! What a page has in whose room members converse. Other pages do not load the code for it: the page knows it by one function alone.

use heartogether::{
    ice::IceConfiguration,
    id::{DisplayName, MemberId, RoomCode},
    role::Role,
};
use heartogether_client::{Client, Input};

use crate::{OpenDevices, Page, View, random::random, reload};

/// Writes what a page shows of a conversation.
pub(crate) type PublishConversation = fn(&Client, &View);

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
        let page = Self::begin(client, (None, is_back), ice_servers, open_devices, Some(publish));
        // What was heard before the reload is heard again, if it is still there.
        if let Some((_, publication)) = heard {
            page.input(Input::ListenPressed(publication));
        }
        page
    }
}

fn publish(client: &Client, view: &View) {
    if view.room.with(|shown| shown.as_ref() != client.room()) {
        view.room.set(client.room().cloned());
    }
    if view.conversation.with(|shown| !client.is_conversation(shown)) {
        view.conversation.set(client.conversation());
    }
    let members = || client.room().into_iter().flat_map(|room| &room.members);
    let name_of = |member: &MemberId| members().find(|known| known.member == *member).map(|known| known.name.clone());
    view.typing.show(client.typing().iter().filter_map(name_of).collect());
    view.blocked.show(client.blocked().to_vec());
    view.read_up_to.show(client.read_up_to());
    view.own_member.show(client.own_member());
    view.sound_refusal.show(client.publishing_refusal().or(client.listening_refusal()));
    if view.heard.show(client.heard().to_vec()) {
        reload::keep_heard(client.heard().first().map(|publication| (client.code(), *publication)));
    }
}
