//! Checks the state of the world.

use heartogether::{
    id::MemberId,
    room::{Link, StreamState},
    rules::RoomKind,
};
use heartogether_client::{ListenerState, PeerState, SignalingState};

use super::World;

impl World {
    /// What is wrong with the room when it should be well.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let mut complaints = Vec::new();
        for page in (0..self.pages.len()).filter(|page| self.pages[*page].is_open) {
            let mut complain = |is_wrong: bool, what: &str| {
                complaints.extend(is_wrong.then(|| format!("page {page}: {what}")));
            };
            self.judge_place(page, &mut complain);
            self.judge_sound(page, &mut complain);
            if self.kind() == RoomKind::Broadcast {
                self.judge_broadcast(page, &mut complain);
            }
        }
        complaints
    }

    /// Every page is in the room, and knows it as it is.
    fn judge_place(&self, page: usize, complain: &mut impl FnMut(bool, &str)) {
        let client = &self.pages[page].client;
        complain(client.signaling_state() != SignalingState::Attached, "it is not attached");
        let view = self.member(page).and_then(|member| self.room.view(member));
        complain(client.room() != view.as_ref(), &format!("it sees {:?} instead of {view:?}", client.room()));
    }

    /// The room says of each what they send, and whoever is to be connected is, once.
    fn judge_sound(&self, page: usize, complain: &mut impl FnMut(bool, &str)) {
        let it = &self.pages[page];
        let sent = match (it.capturing, it.sending) {
            (true, true) => StreamState::Live,
            (true, false) => StreamState::Paused,
            (false, _) => StreamState::Idle,
        };
        let publications = self.room.publications();
        let declared = publications.iter().find(|publication| Some(publication.by) == self.member(page));
        let declared = declared.map(|publication| publication.state).unwrap_or_default();
        complain(declared != sent, &format!("the room says that it is {declared:?}, and it is {sent:?}"));
        let others: Vec<_> = (0..self.pages.len()).filter(|other| self.are_connected(page, *other)).collect();
        let is_kept = |member: MemberId| !self.is_away(member);
        let peers = it.peers.keys().filter(|negotiation| is_kept(negotiation.member)).count();
        complain(peers != others.len(), &format!("it has {peers} peer connections instead of {}", others.len()));
        for other in others {
            complain(!self.hears(page, other), &format!("it is not connected with {other}"));
            let seen = self.member(other).and_then(|member| it.client.peer_state(member));
            complain(seen != Some(PeerState::Connected), &format!("it sees {other} as {seen:?}"));
            complain(!self.is_offered_rightly(page, other), &format!("the wrong one of it and {other} has offered"));
        }
    }

    /// Whether two pages are to be connected.
    fn are_connected(&self, page: usize, other: usize) -> bool {
        let is_linked = match self.kind() {
            RoomKind::Broadcast => (page == 0) != (other == 0),
            RoomKind::Lounge => self.listens(page, other) || self.listens(other, page),
        };
        let (page, other) = (&self.pages[page], &self.pages[other]);
        is_linked && page.is_open && other.is_open && (page.capturing || other.capturing)
    }

    /// Whether a page wants to hear what another one sends.
    pub(crate) fn listens(&self, page: usize, other: usize) -> bool {
        self.sent_by(other).is_some_and(|sent| self.pages[page].client.listens_to(sent))
    }

    /// Whether the right end has offered what connects two pages: the host's in a broadcast; in a lounge that of who sends, and of two
    /// who hear each other the one who was heard first.
    fn is_offered_rightly(&self, page: usize, other: usize) -> bool {
        let offers = match self.kind() {
            RoomKind::Broadcast => page == 0,
            // Of two who hear each other, the room knows who was heard first.
            RoomKind::Lounge => {
                let view = self.member(page).and_then(|member| self.room.view(member));
                let link = view.zip(self.member(other)).and_then(|(view, other)| view.link_with(other).copied());
                let is_own = |link: Link| Some(link.offerer) == self.member(page);
                let is_heard = |link| if is_own(link) { self.listens(other, page) } else { self.listens(page, other) };
                assert!(link.is_none_or(is_heard), "nobody offers who is not heard");
                link.is_some_and(is_own)
            }
        };
        self.connections(page, other).iter().all(|(mine, _)| self.pages[page].peers[mine].is_offered == offers)
    }

    /// Whether a member is waited for, and with them their peer connections.
    fn is_away(&self, member: MemberId) -> bool {
        self.room.members().any(|known| known.id == member && known.connection().is_none())
    }

    /// What the pages of a broadcast show.
    fn judge_broadcast(&self, page: usize, complain: &mut impl FnMut(bool, &str)) {
        let host = &self.pages[0].client;
        let is_paused = host.host_state().name() == "paused";
        complain(self.pages[0].sending == is_paused, "the capture is not as the host wants it");
        let state = self.pages[page].client.listener_state();
        let expected = if is_paused { ListenerState::Paused } else { ListenerState::Listening };
        complain(page > 0 && state != expected, &format!("it shows {state:?} instead of {expected:?}"));
    }

    /// A page's place, as the server knows it.
    pub(crate) fn member(&self, page: usize) -> Option<MemberId> {
        let account = self.pages[page].account;
        self.room.members().find(|member| member.account == account).map(|member| member.id)
    }
}
