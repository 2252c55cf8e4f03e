//! Servers that are not there: what a replicated log asks of them is answered from memory, with delays, and they are killed, stopped,
//! replaced and emptied at the will of a seed.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use heartogether::id::{NodeId, RoomId};
use heartogether_server::storage::log::replicated::{
    copy::{Confirmed, Contents},
    healing::{Offer, Remains},
    position::{Position, StoredEntry},
    server::{Answer, Append, Fault, Message, Opening, Standing, State},
};
use tokio::sync::mpsc::UnboundedSender;

use super::seed::Random;

/// A server by its number.
pub type ServerNumber = usize;

/// What a server has of a room.
#[derive(Clone, Debug, Default)]
pub struct Held {
    pub run: u64,
    pub epoch: u64,
    pub line: u64,
    pub confirmed: u64,
    pub at: u64,
    pub contents: Contents,
}

/// One server.
#[derive(Default)]
pub struct Machine {
    /// Drawn anew at each start of its process.
    pub run: u64,
    pub is_up: bool,
    /// It has been stopped (SIGSTOP): requests wait.
    pub is_stopped: bool,
    /// The server it copies, if it is not a primary.
    pub follows: Option<ServerNumber>,
    /// Whether what it copies arrives.
    pub is_cut_off: bool,
    pub rooms: HashMap<RoomId, Held>,
    /// Writes so far, if it is a primary; those it has copied, if it is not.
    pub offset: u64,
    /// What was written, for those who copy it.
    pub changes: Vec<(RoomId, Option<Held>)>,
}

/// A node as servers know it.
pub struct Listener {
    pub rooms: BTreeSet<RoomId>,
    /// The server that the node takes for the primary.
    pub at: ServerNumber,
    /// Whether the node does not reach those who decide about failovers, nor the servers that they name.
    pub is_isolated: bool,
    pub out: UnboundedSender<(Option<RoomId>, Message)>,
}

/// All servers, and who listens to them.
pub struct World {
    pub machines: Vec<Machine>,
    /// The primary by the decision of the majority.
    pub primary: ServerNumber,
    pub has_deciders: bool,
    pub listeners: BTreeMap<NodeId, Listener>,
    pub offers: BTreeMap<(RoomId, u64), Vec<Offer>>,
    pub random: Random,
    pub runs: u64,
    /// How long it takes until a subscription ends, and until its node knows.
    pub unlisten: Duration,
}

/// The world, shared by its nodes.
#[derive(Clone)]
pub struct Shared(Arc<Mutex<World>>);

pub fn fault(why: &'static str) -> Fault {
    Fault(Arc::new(std::io::Error::other(why)))
}

impl Shared {
    pub fn new(random: Random, servers: usize, has_deciders: bool) -> Self {
        let machine = |number: usize| Machine {
            run: number as u64 + 1,
            is_up: true,
            follows: (number > 0).then_some(0),
            ..Machine::default()
        };
        let machines = (0..servers).map(machine).collect();
        let (listeners, offers, unlisten) = Default::default();
        let runs = servers as u64;
        let world = World { machines, primary: 0, has_deciders, listeners, offers, random, runs, unlisten };
        Self(Arc::new(Mutex::new(world)))
    }

    pub fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().expect("no poison")
    }

    /// Waits for as long as a message takes.
    pub async fn travel(&self, most_ms: u64) {
        let ms = self.world().random.below(most_ms + 1);
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }

    /// What replicas copy arrives bit by bit.
    pub async fn replicate(self) {
        loop {
            self.travel(4).await;
            self.world().copy_some();
        }
    }
}

impl World {
    /// Changes a room on a server.
    pub fn write(&mut self, number: ServerNumber, room: RoomId, held: Option<Held>) {
        let machine = &mut self.machines[number];
        match &held {
            Some(held) => _ = machine.rooms.insert(room, held.clone()),
            None => _ = machine.rooms.remove(&room),
        }
        machine.changes.push((room, held));
        machine.offset += 1;
    }

    fn copy_some(&mut self) {
        for number in 0..self.machines.len() {
            let Some(source) = self.machines[number].follows else { continue };
            let copies = |machine: &Machine| machine.is_up && !machine.is_stopped;
            let is_possible = copies(&self.machines[number]) && copies(&self.machines[source]);
            if !is_possible || self.machines[number].is_cut_off || self.machines[source].follows.is_some() {
                continue;
            }
            let from = self.machines[number].offset;
            let some = 1 + self.random.below(4) as usize;
            let changes: Vec<_> =
                self.machines[source].changes.iter().skip(from as usize).take(some).cloned().collect();
            for (room, held) in changes {
                self.write(number, room, held);
            }
        }
    }

    /// Makes a server a copy of another one from the beginning.
    pub fn follow(&mut self, number: ServerNumber, source: ServerNumber) {
        let (rooms, changes, offset) = {
            let source = &self.machines[source];
            (source.rooms.clone(), source.changes.clone(), source.offset)
        };
        let machine = &mut self.machines[number];
        (machine.rooms, machine.changes, machine.offset) = (rooms, changes, offset);
        (machine.follows, machine.is_cut_off) = (Some(source), false);
    }

    pub fn draw_run(&mut self) -> u64 {
        self.runs += 1;
        self.runs
    }

    /// The copies of a server that are in touch with it, and have this much.
    pub fn replicas(&self, number: ServerNumber, offset: u64) -> u64 {
        let is_there = |machine: &&Machine| {
            machine.follows == Some(number) && machine.is_up && !machine.is_stopped && !machine.is_cut_off
        };
        self.machines.iter().filter(is_there).filter(|machine| machine.offset >= offset).count() as u64
    }

    /// Tells those who listen at a server.
    pub fn publish(&mut self, number: ServerNumber, room: RoomId, message: &Message) -> usize {
        let mut listening = 0;
        for listener in self.listeners.values() {
            if listener.at == number && listener.rooms.contains(&room) {
                listening += 1;
                // One in twenty is lost on its way.
                if self.random.below(20) > 0 {
                    let _ = listener.out.send((Some(room), message.clone()));
                }
            }
        }
        listening
    }

    /// The append script.
    pub fn append(&mut self, number: ServerNumber, append: &Append) -> Answer {
        let run = self.machines[number].run;
        let Some(mut held) = self.machines[number].rooms.get(&append.room).cloned() else { return Answer::Sealed };
        if held.run != run || held.epoch != append.epoch || held.line != append.epoch {
            return Answer::Sealed;
        }
        let before = held.contents.entries.iter().find(|entry| entry.nonce == append.nonce).cloned();
        if let Some(entry) = before {
            self.write(number, append.room, Some(held));
            return Answer::Appended { position: entry.position, at: entry.at, is_repeated: true };
        }
        let position = Position { epoch: append.epoch, seq: held.contents.last().seq + 1 };
        held.at = held.at.max(append.now);
        let (at, nonce, data) = (held.at, append.nonce.clone(), append.data.clone());
        held.contents.entries.push_back(Arc::new(StoredEntry { position, at, nonce, data }));
        self.write(number, append.room, Some(held));
        Answer::Appended { position, at, is_repeated: false }
    }

    /// The confirmation script.
    pub fn confirm(&mut self, number: ServerNumber, room: RoomId, epoch: u64, seq: u64) {
        let run = self.machines[number].run;
        let Some(mut held) = self.machines[number].rooms.get(&room).cloned() else { return };
        if held.run != run || held.epoch != epoch {
            return;
        }
        let entries: Vec<_> =
            held.contents.after(held.confirmed).take_while(|entry| entry.position.seq <= seq).cloned().collect();
        (held.line, held.confirmed) = (epoch, held.confirmed.max(seq));
        self.write(number, room, Some(held));
        self.publish(number, room, &Message::Entries { line: epoch, entries });
    }

    /// The reading script.
    pub fn read(&self, number: ServerNumber, room: RoomId, after: Position) -> State {
        let machine = &self.machines[number];
        let Some(held) = machine.rooms.get(&room) else { return State::default() };
        let standing = match (held.run == machine.run, held.line == held.epoch) {
            (false, _) => Standing::Sealed,
            (true, false) => Standing::Opening,
            (true, true) => Standing::Open,
        };
        let remains = Remains { line: held.line, last: held.contents.last() };
        let confirmed_last = held.contents.position_at(held.confirmed).unwrap_or_default();
        let continues =
            after.seq > 0 && after.seq <= held.confirmed && held.contents.position_at(after.seq) == Some(after);
        let from = if continues { after.seq } else { 0 };
        let entries =
            held.contents.after(from).take_while(|entry| entry.position.seq <= held.confirmed).cloned().collect();
        let snapshots = if continues { Vec::new() } else { held.contents.snapshots.clone() };
        let contents = Contents { snapshots, entries };
        let confirmed = Confirmed { line: held.line, continues, last: confirmed_last, contents };
        State { standing, epoch: held.epoch, remains, confirmed }
    }

    /// The opening script.
    pub fn open(&mut self, number: ServerNumber, room: RoomId, opening: &Opening) -> bool {
        let run = self.machines[number].run;
        let mut held = self.machines[number].rooms.get(&room).cloned().unwrap_or_default();
        if (held.epoch, held.contents.last().seq) != opening.expected || opening.epoch <= held.epoch {
            return false;
        }
        if opening.replaces {
            held = Held { at: held.at, ..Held::default() };
            held.contents.snapshots = opening.contents.snapshots.clone();
        }
        held.contents.entries.extend(opening.contents.entries.iter().cloned());
        held.at = held.contents.entries.iter().map(|entry| entry.at).fold(held.at, u64::max);
        (held.run, held.epoch, held.line) = (run, opening.epoch, opening.line);
        self.write(number, room, Some(held));
        true
    }
}
