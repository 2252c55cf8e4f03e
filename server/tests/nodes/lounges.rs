//! A lounge whose members sit at three nodes.

use std::{collections::BTreeMap, time::Duration};

use futures::future::join_all;
use heartogether::{
    id::{MessageNumber, RoomCode, Seq},
    protocol::{Block, FromRoom, LoungeRead, LoungesChanged, MarkRead, RemoveMember, ReportMessage, ToRoom},
    role::Role,
    room::{Joined, Message, Missed, RoomEvent, SequencedEvent},
};
use tokio::time::{interval, sleep};

use super::house::{House, Node, write};
use crate::{
    lounges::open_lounge,
    support::{Connection, Site, resume, tell_kept},
};

/// Messages of each member.
const EACH: u32 = 6;
/// Between two messages of one member: as fast as one may write for long.
const PAUSE: Duration = Duration::from_millis(1_100);
/// After which everybody must have everything.
const PATIENT: Duration = Duration::from_secs(40);

/// Somebody who writes, and moves to another node when theirs dies.
struct Member {
    cookie: String,
    code: RoomCode,
    joined: Joined,
    last_seq: Seq,
    /// What they have been told was written, by its number.
    told: BTreeMap<MessageNumber, Message>,
    connection: Connection,
}

impl Member {
    async fn come(site: &Site, cookie: &str, code: RoomCode) -> Self {
        let (connection, joined) = site.join(cookie, code, Role::Participant).await;
        let (last_seq, told) = (joined.seq, BTreeMap::new());
        Self { cookie: cookie.to_owned(), code, joined, last_seq, told, connection }
    }

    /// Talks until all that everybody writes has been told, and moves through these nodes whenever the connection is lost.
    async fn talk(mut self, nonces: std::ops::Range<u32>, all: usize, nodes: &[Site]) -> Vec<u32> {
        let mut elsewhere = nodes.iter().cycle();
        let mut outgoing = nonces.clone().peekable();
        let mut turns = interval(PAUSE);
        while self.told.len() < all {
            tokio::select! {
                heard = self.connection.hear_or_end() => match heard {
                    Some(message) => self.take(message),
                    None => self.move_to(elsewhere.next().expect("another node")).await,
                },
                _ = turns.tick() => {
                    // What is not confirmed yet is sent again: its nonce says that it is the same.
                    let is_told = |nonce: u32| self.told.values().any(|message| message.nonce == nonce);
                    while outgoing.next_if(|nonce| is_told(*nonce)).is_some() {}
                    if let Some(nonce) = outgoing.peek() {
                        self.connection.try_send(&crate::support::said_in(self.code, write(*nonce))).await;
                    }
                }
            }
        }
        self.told.into_values().map(|message| message.nonce).collect()
    }

    async fn move_to(&mut self, site: &Site) {
        self.connection = site.greet(&self.cookie).await;
        self.connection.send(&resume(self.code, &self.joined, self.last_seq)).await;
    }

    fn take(&mut self, message: FromRoom) {
        match message {
            FromRoom::Event(told) => {
                // The events of the last number may come again.
                assert!(told.seq >= self.last_seq, "{:?} after {:?}", told.seq, self.last_seq);
                self.last_seq = told.seq;
                self.note(told.event);
            }
            FromRoom::Resumed(resumed) => {
                self.last_seq = resumed.seq;
                match resumed.missed {
                    Missed::Events(events) => events.into_iter().for_each(|event| self.note(event)),
                    Missed::Room(room) => {
                        self.told.extend(room.messages.into_iter().map(|message| (message.number, message)))
                    }
                }
            }
            FromRoom::Refused { refusal } => eprintln!("refused: {}", refusal.code()),
            _ => {}
        }
    }

    fn note(&mut self, event: RoomEvent) {
        if let RoomEvent::MessageSent { message } = event {
            let before = self.told.insert(message.number, message.clone());
            assert!(before.is_none_or(|before| before == message), "a number stands for one message");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lounge_at_three_nodes_loses_and_doubles_nothing_when_one_is_killed() {
    let house = House::build().await;
    let mut nodes: Vec<Node> = (0..3).map(|_| house.start(&[])).collect();
    let sites: Vec<Site> = nodes.iter().map(|node| node.site().clone()).collect();
    let cookies =
        join_all(["Ada", "Grace", "Linus", "Edsger", "Barbara", "Ken"].map(|name| sites[0].sign_in(name))).await;
    let code = open_lounge(&sites[0], &cookies[0], "").await;
    let mut members = Vec::new();
    for (number, cookie) in cookies.iter().enumerate() {
        members.push(Member::come(&sites[number % 3], cookie, code).await);
    }
    let all = members.len() * EACH as usize;
    let others = [sites[2].clone(), sites[0].clone()];
    let talking = members.into_iter().zip(0_u32..).map(|(member, number)| {
        let first = number * 100;
        member.talk(first..first + EACH, all, &others)
    });
    let killing = async {
        sleep(2 * PAUSE).await;
        drop(nodes.remove(1));
    };
    let talked = tokio::time::timeout(PATIENT, join_all(talking));
    let (talked, ()) = tokio::join!(talked, killing);
    let talked = talked.expect("everybody has everything in time");
    let mut expected: Vec<u32> = (0..6).flat_map(|number| number * 100..number * 100 + EACH).collect();
    for told in &talked {
        assert_eq!(*told, talked[0], "all are told the same, in the same order");
    }
    let mut told = talked[0].clone();
    told.sort_unstable();
    expected.sort_unstable();
    assert_eq!(told, expected, "each message once");
    tell_kept(&format!("a lounge at three nodes, one killed: 6 of 6 members have {all} of {all} messages, each once"));
}

/// The next message from the room that is meant; all else is passed over.
async fn next<T>(connection: &mut Connection, meant: impl Fn(FromRoom) -> Option<T>) -> T {
    loop {
        if let Some(found) = meant(connection.hear().await) {
            return found;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reports_and_blocks_reach_pages_at_other_nodes() {
    let house = House::build().await;
    let (one, other) = (house.start(&[]), house.start(&[]));
    let (ada, grace) = (one.site().sign_in("Ada").await, one.site().sign_in("Grace").await);
    let code = open_lounge(one.site(), &ada, "").await;
    let (mut adas, as_ada) = one.site().join(&ada, code, Role::Participant).await;
    let (mut graces, as_grace) = other.site().join(&grace, code, Role::Participant).await;
    adas.say(write(1)).await;
    let is_written = |message| match message {
        FromRoom::Event(SequencedEvent { event: RoomEvent::MessageSent { message }, .. }) => Some(message.number),
        _ => None,
    };
    let number = next(&mut graces, is_written).await;
    graces.say(ToRoom::ReportMessage(ReportMessage { number, reason: None })).await;
    let is_reported = |message| match message {
        FromRoom::Event(SequencedEvent { event: RoomEvent::MessageReported { number, report, .. }, .. }) => {
            Some((number, report.member))
        }
        _ => None,
    };
    assert_eq!(next(&mut adas, is_reported).await, (number, as_grace.member));
    // Another page of the one who blocks is at the other node.
    let (mut graces_here, joined) = one.site().join(&grace, code, Role::Participant).await;
    assert_eq!(joined.blocked, []);
    graces.say(ToRoom::Block(Block { member: as_ada.member, blocked: true })).await;
    let is_blocked = |message| match message {
        FromRoom::Blocked { members } => Some(members),
        _ => None,
    };
    for page in [&mut graces, &mut graces_here] {
        assert_eq!(next(page, is_blocked).await, [as_ada.member]);
    }
}

/// The next change of a list that is meant; all else is passed over.
async fn told(page: &mut Connection, is_meant: impl Fn(&LoungesChanged) -> bool) -> LoungesChanged {
    loop {
        let changed = page.list_change().await;
        if is_meant(&changed) {
            return changed;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_of_lounges_on_pages_at_other_nodes_are_told_what_changes() {
    let house = House::build().await;
    let (one, other) = (house.start(&[]), house.start(&[]));
    let (ada, grace) = (one.site().sign_in("Ada").await, one.site().sign_in("Grace").await);
    let first = open_lounge(one.site(), &ada, "First").await;
    let second = open_lounge(one.site(), &ada, "Second").await;
    // Nobody at the other node is in the second lounge.
    let (mut adas, _) = one.site().join(&ada, second, Role::Participant).await;
    let (mut graces_there, _) = other.site().join(&grace, first, Role::Participant).await;
    told(&mut graces_there, |changed| changed.anew).await;
    let (mut graces_here, here) = one.site().join(&grace, second, Role::Participant).await;
    told(&mut graces_there, |changed| changed.anew).await;
    adas.say(write(1)).await;
    let changed = told(&mut graces_there, |changed| !changed.news.is_empty()).await;
    assert_eq!(changed.news.iter().map(|news| (news.room, news.last_message.0)).collect::<Vec<_>>(), [(second, 1)]);
    graces_here.say(ToRoom::MarkRead(MarkRead { up_to: MessageNumber(1) })).await;
    let read = LoungeRead { room: second, up_to: MessageNumber(1) };
    assert_eq!(told(&mut graces_there, |changed| !changed.read.is_empty()).await, LoungesChanged::read(read));
    let (member, block_address) = (here.member, false);
    adas.say(ToRoom::RemoveMember(RemoveMember { member, block_address, may_return: true })).await;
    assert_eq!(told(&mut graces_there, |changed| !changed.gone.is_empty()).await, LoungesChanged::gone(second));
}
