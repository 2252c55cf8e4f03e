//! The measurements of each peer connection, and how much is sent through it.

use heartogether::id::MemberId;

use super::{
    Client, Negotiation, Output, PeerState,
    statistics::{PeerStatistics, Reading},
};

impl Client {
    /// What was measured last, for each peer connection in order of arrival.
    pub fn statistics(&self) -> Vec<(MemberId, PeerStatistics)> {
        let measured = |peer: &super::peers::Peer| Some((peer.member, peer.quality.statistics.clone()?));
        self.peers.flowing().filter_map(measured).collect()
    }

    /// Says how much goes through a new peer connection.
    pub(super) fn tune(&mut self, negotiation: Negotiation, out: &mut Vec<Output>) {
        let audience = self.peers.iter().count();
        let Some(peer) = self.peers.find(negotiation) else { return };
        out.extend(peer.quality.news(audience).map(|tuning| Output::Tune { negotiation, tuning }));
    }

    /// Goes on with another profile on every way.
    pub(super) fn retune(&mut self, out: &mut Vec<Output>) {
        let (profile, audience) = (self.profile(), self.peers.iter().count());
        for peer in self.peers.iter_mut() {
            peer.quality.adaptation.set_profile(profile);
            let negotiation = peer.key();
            out.extend(peer.quality.news(audience).map(|tuning| Output::Tune { negotiation, tuning }));
        }
    }

    /// Takes in what the browser counted at a peer connection. Whoever sends does so more or less from then on.
    pub(super) fn measure(&mut self, negotiation: Negotiation, now: Reading, out: &mut Vec<Output>) {
        let (sends, audience) = (self.publishing.is_capturing(), self.peers.iter().count());
        let Some(peer) = self.peers.find(negotiation) else { return };
        let quality = &mut peer.quality;
        let mut statistics = PeerStatistics::between(quality.reading.as_ref(), &now);
        let elapsed_ms = quality.reading.as_ref().map_or(0.0, |before| now.at_ms - before.at_ms) as u32;
        if sends && peer.state == PeerState::Connected {
            quality.adaptation.adjust(&statistics, elapsed_ms);
            out.extend(quality.news(audience).map(|tuning| Output::Tune { negotiation, tuning }));
            statistics.tuning = Some(quality.tuning(audience));
        }
        quality.reading = Some(now);
        quality.statistics = Some(statistics);
    }
}
