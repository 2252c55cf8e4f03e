//! One member: joins, acts when it is time, and reads what the server sends.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use heartogether::{
    engagement::MessageText,
    id::{ResumeToken, RoomCode, Seq},
    protocol::{
        ClientMessage, FromRoom, Join, Publish, React, ResumeRoom, ResumeRooms, RoomFrame, ServerMessage, ToRoom, Write,
    },
    role::Role,
    room::{Missed, RoomEvent, Source},
};
use tokio::{
    sync::watch,
    time::{sleep_until, timeout},
};

use crate::{
    Deed, HeadlessError, MemberPlan, Node,
    connection::{Connection, Received},
    stopwatch::now,
    tally::Tally,
};

/// How long the server may take to give all places.
const PATIENCE: Duration = Duration::from_secs(60);

/// Messages of one member, whose nonces are told apart from those of others.
const MESSAGES: usize = 4_096;

/// What all members do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// They read.
    Rest,
    /// They act, counted from this time.
    Act(Instant),
    /// They go.
    Leave,
}

/// Somebody who has a session.
pub(crate) struct Guest {
    pub(crate) number: usize,
    pub(crate) plan: MemberPlan,
    /// All servers.
    pub(crate) nodes: Arc<[Node]>,
    /// Which of them they are at.
    pub(crate) at: usize,
    pub(crate) cookie: String,
}

/// Somebody who has their places.
pub(crate) struct Member {
    guest: Guest,
    tally: Arc<Tally>,
    connection: Connection,
    places: Vec<Place>,
    nonce: u32,
    is_paused: bool,
}

struct Place {
    room: usize,
    code: RoomCode,
    token: ResumeToken,
    last_seq: Seq,
    /// How many turns of the round they were told of; `None` where that is not counted: for stalled members, and for those who
    /// resumed, who may be told of a turn twice.
    turns: Option<usize>,
}

impl Guest {
    /// The server that they are at.
    pub(crate) fn node(&self) -> &Node {
        &self.nodes[self.at % self.nodes.len()]
    }

    /// Takes all places. A host of a room with turns begins to send.
    pub(crate) async fn join(self, codes: &[RoomCode], tally: Arc<Tally>) -> Result<Member, HeadlessError> {
        let connection = timeout(PATIENCE, Connection::open(self.node(), &self.cookie, self.plan.is_stalled));
        let connection = connection.await.map_err(|_| HeadlessError::Silent)??;
        let nonce = u32::try_from(self.number * MESSAGES).unwrap_or_default();
        let mut member = Member { guest: self, tally, connection, places: Vec::new(), nonce, is_paused: false };
        timeout(PATIENCE, member.take_places(codes)).await.map_err(|_| HeadlessError::Silent)??;
        Ok(member)
    }
}

impl Member {
    async fn take_places(&mut self, codes: &[RoomCode]) -> Result<(), HeadlessError> {
        let (role, rooms) = (self.guest.plan.role, self.guest.plan.rooms.clone());
        for room in &rooms {
            let join = ToRoom::Join(Join { role, take_over: false, name: None, returns: false });
            self.connection.send(&ClientMessage::to_room(codes[*room], join)).await?;
        }
        while self.places.len() < rooms.len() {
            let received = self.receive().await?;
            match received.message {
                ServerMessage::Room(RoomFrame { room: code, message: FromRoom::Joined(joined) }) => {
                    let room = rooms.iter().copied().find(|room| codes[*room] == code).ok_or(HeadlessError::Ended)?;
                    self.places.push(Place { room, code, token: joined.token, last_seq: joined.seq, turns: Some(0) });
                    self.tally.note(|report| report.joins += 1);
                }
                ServerMessage::Room(RoomFrame { message: FromRoom::Refused { refusal }, .. }) => {
                    return Err(HeadlessError::Refused(refusal));
                }
                _ => {}
            }
        }
        if role == Role::Host && self.guest.plan.acts.iter().any(|act| act.deed == Deed::Turn) {
            let publish = Publish { source: Source::Microphone, paused: false };
            self.say(0, ToRoom::Publish(publish)).await?;
        }
        Ok(())
    }

    /// Reads and acts until everybody leaves.
    ///
    /// # Errors
    /// The reason for which the member could not go on.
    pub(crate) async fn live(mut self, mut stages: watch::Receiver<Stage>) -> Result<(), HeadlessError> {
        let (mut acts, mut began) = (0, None);
        loop {
            let next = began.and_then(|at: Instant| Some((at, *self.guest.plan.acts.get(acts)?)));
            let due = next.map(|(at, act)| at + Duration::from_millis(act.at_ms));
            let is_deaf = began.is_some() && self.guest.plan.is_stalled;
            tokio::select! {
                biased;
                changed = stages.changed() => {
                    let stage = *stages.borrow_and_update();
                    if changed.is_err() || stage == Stage::Leave {
                        return Ok(());
                    }
                    if let Stage::Act(_) = stage {
                        // What a stalled member reads later says nothing about the time of a delivery.
                        let turns = (!self.guest.plan.is_stalled).then_some(0);
                        self.places.iter_mut().for_each(|place| place.turns = turns);
                    }
                    began = if let Stage::Act(at) = stage { Some(at) } else { None };
                    acts = 0;
                }
                () = sleep_to(due) => if let Some((_, act)) = next {
                    acts += 1;
                    due.into_iter().for_each(|due| self.tally.note_lateness(now().saturating_duration_since(due)));
                    self.act(act.deed).await?;
                },
                received = self.receive(), if !is_deaf => match received {
                    Ok(received) => self.hear(received.message),
                    Err(_) if self.guest.plan.is_stalled => {
                        self.tally.note(|report| report.stalled_closed += 1);
                        return Ok(());
                    }
                    Err(error) => return Err(error),
                },
            }
        }
    }

    async fn receive(&mut self) -> Result<Received, HeadlessError> {
        let received = self.connection.receive().await?;
        self.tally.note(|report| {
            report.frames += 1;
            report.bytes += received.bytes as u64;
        });
        Ok(received)
    }

    fn hear(&mut self, message: ServerMessage) {
        match message {
            ServerMessage::Refused(refused) => self.tally.note_refusal(refused.refusal),
            ServerMessage::Room(RoomFrame { message: FromRoom::Refused { refusal }, .. }) => {
                self.tally.note_refusal(refusal);
            }
            ServerMessage::Room(RoomFrame { room, message: FromRoom::Event(told) }) => {
                if let Some(place) = self.places.iter_mut().find(|place| place.code == room) {
                    place.last_seq = told.seq;
                    place.hear(&told.event, &self.tally);
                }
            }
            _ => {}
        }
    }

    async fn act(&mut self, deed: Deed) -> Result<(), HeadlessError> {
        match deed {
            Deed::Turn => {
                self.is_paused = !self.is_paused;
                self.tally.note_turn(self.places[0].room, now());
                self.say(0, if self.is_paused { ToRoom::Pause } else { ToRoom::Resume }).await
            }
            Deed::React(room, reaction) => {
                self.tally.note(|report| report.reactions += 1);
                self.say(self.place_in(room), ToRoom::React(React { reaction })).await
            }
            Deed::Write(room) => {
                self.nonce += 1;
                let text = MessageText::parse(&format!("message {}", self.nonce)).map_err(HeadlessError::Refused)?;
                self.tally.note_message(self.nonce, self.guest.plan.role == Role::Participant, now());
                self.say(
                    self.place_in(room),
                    ToRoom::Write(Write { nonce: self.nonce, text, pictures: Vec::new(), reply_to: None }),
                )
                .await
            }
            Deed::Resume => timeout(PATIENCE, self.resume()).await.map_err(|_| HeadlessError::Silent)?,
        }
    }

    fn place_in(&self, room: usize) -> usize {
        self.places.iter().position(|place| place.room == room).unwrap_or_default()
    }

    async fn say(&mut self, place: usize, message: ToRoom) -> Result<(), HeadlessError> {
        self.connection.send(&ClientMessage::to_room(self.places[place].code, message)).await
    }

    /// Drops the connection as if it were lost, and resumes all places on a new one, at the next server, as a balancer chooses it.
    async fn resume(&mut self) -> Result<(), HeadlessError> {
        self.guest.at += 1;
        self.connection = Connection::open(self.guest.node(), &self.guest.cookie, false).await?;
        let resume = |place: &Place| ResumeRoom { room: place.code, token: place.token, last_seq: place.last_seq };
        let rooms = self.places.iter().map(resume).collect();
        self.connection.send(&ClientMessage::ResumeRooms(ResumeRooms { rooms })).await?;
        let mut left = self.places.len();
        while left > 0 {
            match self.receive().await?.message {
                ServerMessage::Room(RoomFrame { room, message: FromRoom::Resumed(resumed) }) => {
                    left -= 1;
                    self.tally.note(|report| report.resumes += 1);
                    let Some(place) = self.places.iter_mut().find(|place| place.code == room) else { continue };
                    (place.last_seq, place.turns) = (resumed.seq, None);
                    if let Missed::Events(events) = resumed.missed {
                        events.iter().for_each(|event| place.hear(event, &self.tally));
                    }
                }
                ServerMessage::Room(RoomFrame { message: FromRoom::Refused { refusal }, .. }) => {
                    return Err(HeadlessError::Refused(refusal));
                }
                message => self.hear(message),
            }
        }
        Ok(())
    }
}

impl Place {
    fn hear(&mut self, event: &RoomEvent, tally: &Tally) {
        match (event, &mut self.turns) {
            (RoomEvent::PublicationChanged { .. }, Some(turns)) => {
                tally.note_delivery(self.room, *turns, now());
                *turns += 1;
            }
            _ => tally.note_talk(event),
        }
    }
}

async fn sleep_to(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due.into()).await,
        None => std::future::pending().await,
    }
}
