//! What befalls servers and nodes.

use std::{sync::Arc, time::Duration};

use tokio::time::sleep;

use super::{
    nodes::Nodes,
    seed::Random,
    servers::{ServerNumber, Shared},
};

/// A kind of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The primary is killed, and comes back later.
    Killed,
    /// The primary is stopped for longer than others wait for it, and then goes on as if nothing had been. Often a node stays with it.
    Split,
    /// A replica gets nothing for a while.
    CutOff,
    /// A replica gets nothing, and then the primary is killed.
    CutOffAndKilled,
    /// All servers lose all they have.
    Emptied,
    /// The primary is killed, and a node dies while the room is healed.
    KilledWithNode,
    /// One node after the other is restarted.
    Rolling,
}

impl Kind {
    pub const ALL: [Self; 7] = [
        Self::Killed,
        Self::Split,
        Self::CutOff,
        Self::CutOffAndKilled,
        Self::Emptied,
        Self::KilledWithNode,
        Self::Rolling,
    ];
}

/// Whoever brings it about.
pub struct Chaos {
    pub shared: Shared,
    pub nodes: Arc<Nodes>,
    pub random: Random,
}

impl Chaos {
    /// Brings trouble four times. Returns what it was.
    pub async fn reign(mut self) -> Vec<Kind> {
        let mut kinds = Vec::new();
        for _ in 0..4 {
            self.pause(500, 3_000).await;
            let kind = Kind::ALL[self.random.below(Kind::ALL.len() as u64) as usize];
            kinds.push(kind);
            self.bring(kind).await;
            // What befalls two at once may lose what only they had.
            self.pause(8_000, 3_000).await;
        }
        kinds
    }

    async fn bring(&mut self, kind: Kind) {
        match kind {
            Kind::Killed => self.kill_primary(false).await,
            Kind::KilledWithNode => self.kill_primary(true).await,
            Kind::Split => self.split().await,
            Kind::CutOff => self.cut_off(false).await,
            Kind::CutOffAndKilled => self.cut_off(true).await,
            Kind::Emptied => self.empty(),
            Kind::Rolling => self.restart_nodes().await,
        }
    }

    async fn pause(&mut self, least_ms: u64, more_ms: u64) {
        sleep(Duration::from_millis(least_ms + self.random.below(more_ms))).await;
    }

    async fn kill_primary(&mut self, with_node: bool) {
        let killed = self.shared.world().primary;
        self.shared.world().machines[killed].is_up = false;
        self.pause(100, 1_500).await;
        let is_replaced = self.promote(killed);
        if with_node {
            self.pause(1, 600).await;
            self.nodes.some().into_iter().for_each(|node| self.nodes.kill(node));
            self.pause(100, 2_000).await;
            self.nodes.start(true);
        }
        self.pause(100, 2_000).await;
        // What a single server and the only node that knows it lose together is lost.
        let lost = if with_node { 0 } else { self.random.below(6) };
        let mut world = self.shared.world();
        let run = world.draw_run();
        let primary = world.primary;
        let machine = &mut world.machines[killed];
        (machine.run, machine.is_up) = (run, true);
        if is_replaced {
            world.follow(killed, primary);
        } else {
            // A single server comes back without what it had not yet on its disk.
            let kept = world.machines[killed].changes.len().saturating_sub(lost as usize);
            let changes: Vec<_> = world.machines[killed].changes.drain(..).take(kept).collect();
            world.machines[killed].rooms.clear();
            world.machines[killed].offset = 0;
            changes.into_iter().for_each(|(room, held)| world.write(killed, room, held));
        }
    }

    /// The replica that has most becomes the primary. Returns whether there is one.
    fn promote(&mut self, gone: ServerNumber) -> bool {
        let mut world = self.shared.world();
        let numbers = 0..world.machines.len();
        let fit = numbers.clone().filter(|number| *number != gone && world.machines[*number].is_up);
        let Some(best) = fit.max_by_key(|number| (!world.machines[*number].is_cut_off, world.machines[*number].offset))
        else {
            return false;
        };
        world.machines[best].follows = None;
        world.primary = best;
        for number in numbers.filter(|number| *number != best && *number != gone) {
            world.follow(number, best);
        }
        true
    }

    async fn split(&mut self) {
        if self.shared.world().machines.len() == 1 {
            return self.kill_primary(false).await;
        }
        let stopped = self.shared.world().primary;
        let left_behind = self.nodes.some().filter(|_| self.random.below(3) > 0);
        {
            let mut world = self.shared.world();
            world.machines[stopped].is_stopped = true;
            if let Some(node) = left_behind
                && let Some(listener) = world.listeners.get_mut(&node)
            {
                listener.is_isolated = true;
            }
        }
        self.pause(300, 1_500).await;
        self.promote(stopped);
        self.pause(0, 2_500).await;
        self.shared.world().machines[stopped].is_stopped = false;
        // It takes a moment until it hears that it has been replaced.
        self.pause(0, 2_000).await;
        {
            let mut world = self.shared.world();
            let primary = world.primary;
            world.follow(stopped, primary);
        }
        self.pause(0, 1_500).await;
        self.shared.world().listeners.values_mut().for_each(|listener| listener.is_isolated = false);
    }

    async fn cut_off(&mut self, and_kill: bool) {
        let (primary, replica) = {
            let world = self.shared.world();
            let replica = world.machines.iter().position(|machine| machine.follows == Some(world.primary));
            (world.primary, replica)
        };
        let Some(replica) = replica else { return self.kill_primary(false).await };
        self.shared.world().machines[replica].is_cut_off = true;
        self.pause(500, 3_000).await;
        if and_kill {
            return self.kill_primary(false).await;
        }
        let mut world = self.shared.world();
        if world.primary == primary {
            world.machines[replica].is_cut_off = false;
        }
    }

    fn empty(&mut self) {
        let mut world = self.shared.world();
        for number in 0..world.machines.len() {
            let rooms: Vec<_> = world.machines[number].rooms.keys().copied().collect();
            rooms.into_iter().for_each(|room| world.write(number, room, None));
        }
        let primary = world.primary;
        for number in (0..world.machines.len()).filter(|number| *number != primary) {
            world.follow(number, primary);
        }
    }

    async fn restart_nodes(&mut self) {
        for _ in 0..3 {
            self.nodes.some().into_iter().for_each(|node| self.nodes.kill(node));
            self.pause(100, 1_000).await;
            self.nodes.start(true);
            self.pause(1_500, 1_000).await;
        }
    }
}
