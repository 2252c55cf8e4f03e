//! How a node reaches the servers of a [`World`](super::servers::World).

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use heartogether::id::{NodeId, RoomId};
use heartogether_server::storage::log::replicated::{
    Incoming,
    confirmation::{Deciders, Evidence},
    healing::{Offer, Remains},
    position::{Position, StoredSnapshot},
    server::{Answer, Append, Fault, LogServer, LogServers, Message, Opening, State, Written},
    version::NodeVersion,
};
use tokio::{
    sync::mpsc::unbounded_channel,
    time::{sleep, timeout},
};

use super::{
    nodes::Reach,
    servers::{Listener, ServerNumber, Shared, World, fault},
};

/// How long a node waits for an answer.
const ANSWER: Duration = Duration::from_millis(300);
/// How long a node waits for a replica in one go.
const WAIT: Duration = Duration::from_millis(100);

/// The servers as one node reaches them.
pub struct Network {
    pub node: NodeId,
    pub shared: Shared,
}

impl Reach for Shared {
    fn join(&self, node: NodeId) -> (Arc<dyn LogServers>, Incoming) {
        let (out, incoming) = unbounded_channel();
        let mut world = self.world();
        let listener = Listener { rooms: BTreeSet::new(), at: world.primary, is_isolated: false, out };
        world.listeners.insert(node, listener);
        (Arc::new(Network { node, shared: self.clone() }), incoming)
    }

    fn leave(&self, node: NodeId) {
        self.world().listeners.remove(&node);
    }
}

/// One server as one node reaches it.
struct Reached {
    node: NodeId,
    number: ServerNumber,
    name: String,
    run: u64,
    shared: Shared,
}

impl Reached {
    /// Has a script run. It may run late, after nobody waits for it any more.
    async fn ask<T: Send + 'static>(
        &self,
        script: impl FnOnce(&mut World, ServerNumber) -> T + Send + 'static,
    ) -> Result<T, Fault> {
        let (shared, number, run) = (self.shared.clone(), self.number, self.run);
        let asked = tokio::spawn(async move {
            shared.travel(3).await;
            let answer = loop {
                {
                    let mut world = shared.world();
                    let machine = &world.machines[number];
                    if !machine.is_up || machine.run != run {
                        return Err(fault("the connection is gone"));
                    }
                    if !machine.is_stopped {
                        if machine.follows.is_some() {
                            return Err(fault("READONLY"));
                        }
                        break script(&mut world, number);
                    }
                }
                sleep(Duration::from_millis(5)).await;
            };
            shared.travel(3).await;
            Ok(answer)
        });
        match timeout(ANSWER, asked).await {
            Ok(answer) => answer.map_err(|_| fault("it broke"))?,
            Err(_) => Err(fault("no answer")),
        }
    }

    async fn acknowledged(&self, offset: u64) -> Result<u64, Fault> {
        let replicated = async {
            loop {
                let replicas = self.ask(move |world, number| world.replicas(number, offset)).await?;
                if replicas > 0 {
                    return Ok(replicas);
                }
            }
        };
        timeout(WAIT, replicated).await.unwrap_or(Ok(0))
    }
}

#[async_trait]
impl LogServer for Reached {
    fn id(&self) -> &str {
        &self.name
    }

    async fn append(&self, batch: &[Append]) -> Result<Written, Fault> {
        let batch = batch.to_vec();
        let script = move |world: &mut World, number: ServerNumber| {
            let answers: Vec<Answer> = batch.iter().map(|append| world.append(number, append)).collect();
            (answers, world.machines[number].offset)
        };
        let (answers, offset) = self.ask(script).await?;
        Ok(Written { answers, acknowledged: self.acknowledged(offset).await? })
    }

    async fn wait(&self) -> Result<u64, Fault> {
        let offset = self.ask(|world, number| world.machines[number].offset).await?;
        self.acknowledged(offset).await
    }

    async fn evidence(&self, acknowledged: u64) -> Result<Evidence, Fault> {
        if acknowledged > 0 {
            return Ok(Evidence { acknowledged, replicas: 1, deciders: None });
        }
        let replicas = self.ask(|world, number| world.replicas(number, 0)).await?;
        self.shared.travel(3).await;
        let world = self.shared.world();
        let is_isolated = world.listeners.get(&self.node).is_some_and(|listener| listener.is_isolated);
        let naming = if world.primary == self.number && !is_isolated { 3 } else { 0 };
        let deciders = world.has_deciders.then_some(Deciders { all: 3, naming });
        Ok(Evidence { acknowledged, replicas, deciders })
    }

    async fn confirm(&self, room: RoomId, epoch: u64, seq: u64) -> Result<(), Fault> {
        self.ask(move |world, number| world.confirm(number, room, epoch, seq)).await
    }

    async fn read(&self, room: RoomId, after: Position) -> Result<State, Fault> {
        self.ask(move |world, number| world.read(number, room, after)).await
    }

    async fn settle(&self, room: RoomId, epoch: u64) -> Result<(Option<u64>, u64), Fault> {
        let script = move |world: &mut World, number: ServerNumber| {
            let held = world.machines[number].rooms.get(&room).cloned();
            let held = held.filter(|held| held.epoch == epoch && held.run == world.machines[number].run)?;
            let last = held.contents.last().seq;
            world.write(number, room, Some(held));
            Some((last, world.machines[number].offset))
        };
        match self.ask(script).await? {
            Some((last, offset)) => Ok((Some(last), self.acknowledged(offset).await?)),
            None => Ok((None, 0)),
        }
    }

    async fn open(&self, room: RoomId, opening: &Opening) -> Result<(bool, u64), Fault> {
        let opening = opening.clone();
        let script = move |world: &mut World, number: ServerNumber| {
            (world.open(number, room, &opening), world.machines[number].offset)
        };
        let (is_open, offset) = self.ask(script).await?;
        Ok((is_open, self.acknowledged(offset).await?))
    }

    async fn call(&self, room: RoomId, epoch: u64, remains: Remains) -> Result<usize, Fault> {
        self.ask(move |world, number| world.publish(number, room, &Message::Call { epoch, remains })).await
    }

    async fn offer(&self, room: RoomId, epoch: u64, offer: &Offer) -> Result<(), Fault> {
        let offer = offer.clone();
        self.ask(move |world, _| world.offers.entry((room, epoch)).or_default().push(offer)).await
    }

    async fn offers(&self, room: RoomId, epoch: u64) -> Result<Vec<Offer>, Fault> {
        self.ask(move |world, _| world.offers.get(&(room, epoch)).cloned().unwrap_or_default()).await
    }

    async fn add_snapshot(&self, room: RoomId, epoch: u64, snapshot: &StoredSnapshot, _: u64) -> Result<bool, Fault> {
        let snapshot = snapshot.clone();
        let script = move |world: &mut World, number: ServerNumber| {
            let held = world.machines[number].rooms.get(&room).cloned();
            let Some(mut held) = held.filter(|held| held.epoch == epoch && held.run == world.machines[number].run)
            else {
                return false;
            };
            held.contents.add_snapshot(snapshot, |_| true);
            world.write(number, room, Some(held));
            true
        };
        self.ask(script).await
    }

    async fn close(&self, room: RoomId) -> Result<u64, Fault> {
        let script = move |world: &mut World, number: ServerNumber| {
            world.write(number, room, None);
            _ = world.publish(number, room, &Message::Closed);
            world.machines[number].offset
        };
        let offset = self.ask(script).await?;
        self.acknowledged(offset).await
    }
}

#[async_trait]
impl LogServers for Network {
    async fn primary(&self, _: RoomId) -> Result<Arc<dyn LogServer>, Fault> {
        let world = self.shared.world();
        let number = world.listeners.get(&self.node).ok_or_else(|| fault("the node is gone"))?.at;
        let (shared, run) = (self.shared.clone(), world.machines[number].run);
        Ok(Arc::new(Reached { node: self.node, number, name: format!("{number} {run}"), run, shared }))
    }

    async fn look_again(&self) {
        self.shared.travel(20).await;
        let mut world = self.shared.world();
        let primary = world.primary;
        let Some(listener) = world.listeners.get_mut(&self.node) else { return };
        if !listener.is_isolated && listener.at != primary {
            listener.at = primary;
            let _ = listener.out.send((None, Message::Interrupted));
        }
    }

    async fn listen(&self, room: RoomId) -> Result<(), Fault> {
        let mut world = self.shared.world();
        let listener = world.listeners.get_mut(&self.node).ok_or_else(|| fault("the node is gone"))?;
        listener.rooms.insert(room);
        Ok(())
    }

    async fn unlisten(&self, room: RoomId) {
        let takes = self.shared.world().unlisten;
        sleep(takes).await;
        if let Some(listener) = self.shared.world().listeners.get_mut(&self.node) {
            listener.rooms.remove(&room);
        }
        sleep(takes).await;
    }

    async fn beat(&self, _: NodeId) -> Result<BTreeMap<NodeId, NodeVersion>, Fault> {
        Ok(self.shared.world().listeners.keys().map(|node| (*node, NodeVersion::own())).collect())
    }

    async fn depart(&self, node: NodeId) -> Result<(), Fault> {
        self.shared.world().listeners.remove(&node);
        Ok(())
    }
}
