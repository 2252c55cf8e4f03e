//! The page's peer connections: creates them, finds the right one for a signal, and measures them.

use std::rc::Rc;

use heartogether::refusal::Refusal;

use crate::{Page, devices::Devices, early_join::BegunPeer, peer::PeerConnection};
use heartogether_client::{
    COUNT_EVERY_MS, Encoding, Input, Negotiation, PeerState, Side,
    statistics::{EVERY_MS, Reading},
};

impl Page {
    /// Makes a peer connection, or takes one over that has been begun, and begins with it.
    pub(crate) fn open_peer(
        &self,
        negotiation: Negotiation,
        side: Side,
        ahead: Option<BegunPeer>,
        begin: impl FnOnce(Rc<PeerConnection>),
    ) {
        let encoding = Encoding::new(side, self.0.client.borrow().profile());
        let outgoing = self.devices().and_then(Devices::outgoing);
        let paths = self.0.paths.borrow();
        let opened = PeerConnection::open(negotiation, encoding, &paths, (ahead, outgoing), self.reporter());
        match opened {
            Some(peer) => {
                self.0.has_made_peers.set(true);
                self.0.peers.borrow_mut().push(Rc::clone(&peer));
                begin(peer);
            }
            None if self.0.has_made_peers.get() => {
                self.reporter().input_later(Input::PeerChanged { negotiation, state: PeerState::Failed });
            }
            // An extension may leave the constructor there, and let it throw.
            None => self.reporter().input_later(Input::BrowserLacks(Refusal::WebRtcMissing)),
        }
    }

    pub(crate) fn with_peer(&self, negotiation: Negotiation, act: impl FnOnce(Rc<PeerConnection>)) {
        let found = self.0.peers.borrow().iter().find(|peer| peer.negotiation() == negotiation).cloned();
        if let Some(peer) = found {
            act(peer);
        }
    }

    pub(crate) fn close_peer(&self, negotiation: Negotiation) {
        self.with_peer(negotiation, |peer| peer.close());
        self.0.peers.borrow_mut().retain(|peer| peer.negotiation() != negotiation);
        if self.0.peers.borrow().is_empty() {
            self.0.playback.iter().for_each(|playback| playback.detach());
            self.stop_level();
        }
    }

    /// Measures all peer connections again and again.
    pub(crate) fn measure_regularly(&self) {
        self.do_regularly(EVERY_MS, async |page| page.measure().await);
    }

    /// Counts what comes in again and again.
    pub(crate) fn count_regularly(&self) {
        self.do_regularly(COUNT_EVERY_MS, async |page| page.count().await);
    }

    /// Counts the packets that have come in.
    async fn count(&self) {
        let peers = self.0.peers.borrow().clone();
        for peer in peers {
            if let Some(Reading { packets, .. }) = peer.measure_received().await {
                self.take(Input::Counted { negotiation: peer.negotiation(), packets });
            }
        }
    }

    /// Measures one peer connection after the other, so that no moment carries them all, and shows them together.
    async fn measure(&self) {
        let peers = self.0.peers.borrow().clone();
        for peer in peers {
            if let Some(reading) = peer.measure().await {
                let negotiation = peer.negotiation();
                self.take(Input::Measured { negotiation, reading });
            }
        }
        if !self.0.stands.get() {
            return;
        }
        // Told even where it is the same as before: time has passed.
        let statistics = self.0.client.borrow().statistics();
        if !statistics.is_empty() || !self.0.view.statistics.with(Vec::is_empty) {
            self.0.view.statistics.set(statistics);
        }
    }
}
