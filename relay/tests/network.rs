//! A network between addresses, whose time passes when a test says so. It delays all datagrams and loses some, always the same ones.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

const DELAY: Duration = Duration::from_millis(15);

struct Flying {
    arrives: Instant,
    from: SocketAddr,
    to: SocketAddr,
    datagram: Vec<u8>,
}

/// A network.
pub(crate) struct Network {
    pub(crate) now: Instant,
    lost_of_100: u64,
    chance: u64,
    flying: Vec<Flying>,
}

impl Network {
    /// A network that loses so many of 100 datagrams.
    #[expect(clippy::disallowed_methods, reason = "an instant to start from")]
    pub(crate) fn new(lost_of_100: u64) -> Self {
        Self { now: Instant::now(), lost_of_100, chance: 0x9E37_79B9_7F4A_7C15, flying: Vec::new() }
    }

    /// Sends a datagram, or loses it.
    pub(crate) fn send(&mut self, from: SocketAddr, to: SocketAddr, datagram: Vec<u8>) {
        // Knuth's generator.
        self.chance = self.chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        if (self.chance >> 33) % 100 >= self.lost_of_100 {
            self.flying.push(Flying { arrives: self.now + DELAY, from, to, datagram });
        }
    }

    /// Lets a millisecond pass, and gives what arrives meanwhile: from, to, datagram.
    pub(crate) fn pass(&mut self) -> Vec<(SocketAddr, SocketAddr, Vec<u8>)> {
        self.now += Duration::from_millis(1);
        let now = self.now;
        let arrived = self.flying.extract_if(.., |flying| flying.arrives <= now);
        arrived.map(|flying| (flying.from, flying.to, flying.datagram)).collect()
    }
}
