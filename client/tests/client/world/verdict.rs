//! Whether the world is well.

use heartogether::{id::MemberId, protocol::StreamState};
use heartogether_client::{ListenerState, PeerState, SignalingState};

use super::World;

impl World {
    /// What is wrong with the room when it should be well.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let mut complaints = Vec::new();
        let host = &self.pages[0].client;
        let paused = host.host_state().name() == "paused";
        let mut complain = |is_wrong: bool, what: String| complaints.extend(is_wrong.then_some(what));
        complain(host.room() != self.room.view(self.host()).as_ref(), format!("the host sees {:?}", host.room()));
        let sent = if paused { StreamState::Paused } else { StreamState::Live };
        complain(self.room.stream_state() != sent, format!("{sent:?} is {:?}", self.room.stream_state()));
        complain(self.pages[0].sending == paused, "the capture is not as the host wants it".to_owned());
        complain(self.pages[0].peers.len() != self.pages.len() - 1, "a peer connection too many or too few".to_owned());
        for (number, page) in self.pages.iter().enumerate() {
            complain(
                page.client.signaling_state() != SignalingState::Attached,
                format!("page {number} is not attached"),
            );
        }
        for (number, page) in self.pages.iter().enumerate().skip(1) {
            let state = page.client.listener_state();
            let expected = if paused { ListenerState::Paused } else { ListenerState::Listening };
            complain(state != expected, format!("listener {number} shows {state:?} instead of {expected:?}"));
            complain(!self.is_connected(number), format!("listener {number} is not connected to the host"));
            let seen = self.member(number).and_then(|member| host.peer_state(member));
            complain(seen != Some(PeerState::Connected), format!("the host sees listener {number} as {seen:?}"));
        }
        complaints
    }

    fn host(&self) -> MemberId {
        self.room.created().expect("the room is created").host
    }

    /// A listener's place, as the server knows it.
    pub(crate) fn member(&self, page: usize) -> Option<MemberId> {
        let account = self.pages[page].account;
        self.room.members().find(|member| member.account == account).map(|member| member.id)
    }
}
