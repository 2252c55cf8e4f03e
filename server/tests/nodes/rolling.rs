//! A rolling restart: one node after the other is replaced, and people do not notice.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use futures::{StreamExt, future::join_all, stream};
use heartogether::{
    id::{MessageNumber, RoomCode, Seq},
    protocol::{FromRoom, Join, Publish, ServerMessage, ToRoom},
    role::Role,
    room::{Joined, Message, Missed, RoomEvent, Source, StreamState},
};

use super::{
    faults::BACK,
    house::{House, nonces, write_surely},
};
use crate::{
    older_messages::read,
    support::{Connection, Site, offer, received, resume, said_in, tell_kept},
};

/// Members, the host among them.
const MEMBERS: usize = 300;
/// Of those who stay at their nodes while another one is replaced, so many write; and of those who move, one of so many.
const WRITING: usize = 10;
/// Messages of each at once.
const MESSAGES: u32 = 2;
/// Who come at the same time.
const AT_ONCE: usize = 16;

/// Somebody who goes to another node if theirs stops.
struct Member {
    cookie: String,
    joined: Joined,
    /// Up to where they know the room.
    known: Seq,
    /// The number of their node.
    node: usize,
    connection: Connection,
}

impl Member {
    async fn come(site: &Site, node: usize, code: RoomCode, name: String) -> Self {
        let cookie = site.sign_in(&name).await;
        let (connection, joined) = site.join(&cookie, code, Role::Listener).await;
        Self { cookie, known: joined.seq, joined, node, connection }
    }

    /// Takes in what has come.
    fn hear(&mut self, messages: Vec<ServerMessage>) {
        for message in messages {
            let ServerMessage::Room(frame) = message else { continue };
            if let FromRoom::Event(event) = frame.message {
                self.known = event.seq;
                is_no_departure(&event.event);
            }
        }
    }

    /// Waits until it is told to move, and moves. Returns how long that took.
    #[expect(clippy::disallowed_methods, reason = "how long it takes is measured on real servers")]
    async fn move_on(&mut self, code: RoomCode, (node, site): (usize, &Site)) -> Duration {
        let (heard, close_code) = self.connection.until_closed().await;
        assert_eq!(close_code, 1001, "its page connects again at once");
        let began = Instant::now();
        self.hear(heard);
        self.connection = site.greet(&self.cookie).await;
        self.connection.send(&resume(code, &self.joined, self.known)).await;
        let resumed = self.connection.resumed().await;
        let took = began.elapsed();
        (self.node, self.known) = (node, resumed.seq);
        match &resumed.missed {
            Missed::Events(events) => events.iter().for_each(is_no_departure),
            Missed::Room(room) => {
                assert!(room.members.iter().all(|member| member.connected));
                assert!(room.publications.iter().all(|publication| publication.state == StreamState::Live));
            }
        }
        took
    }

    /// Writes, and is told that it is written. Each message has a number that no other has.
    async fn write(&mut self, first: u32) -> Vec<u32> {
        let numbers = first..first + MESSAGES;
        for number in numbers.clone() {
            assert_eq!(write_surely(&mut self.connection, number).await, 0);
        }
        numbers.collect()
    }
}

/// Nobody is told that somebody has gone or lost the connection, or that the stream is not live.
fn is_no_departure(event: &RoomEvent) {
    let is_departure = match event {
        RoomEvent::MemberLeft { .. } | RoomEvent::PublicationEnded { .. } => true,
        RoomEvent::MemberConnected { connected, .. } => !connected,
        RoomEvent::PublicationChanged { publication } => publication.state != StreamState::Live,
        _ => false,
    };
    assert!(!is_departure, "{event:?}");
}

/// All messages of a room, in its order.
async fn all_messages(reader: &mut Connection, latest: &[Message]) -> Vec<Message> {
    let mut messages = latest.to_vec();
    while let Some(MessageNumber(oldest @ 2..)) = messages.first().map(|message| message.number) {
        messages.splice(0..0, read(reader, oldest).await);
    }
    messages
}

/// A room's members at three nodes, the host first. The stream is live.
async fn gather(sites: &[Site], code: RoomCode, ada: String) -> Vec<Member> {
    let (mut connection, joined) = sites[0].join(&ada, code, Role::Host).await;
    connection.say(ToRoom::Publish(Publish { source: Source::Microphone, paused: false })).await;
    let mut members = vec![Member { cookie: ada, known: joined.seq, joined, node: 0, connection }];
    let coming = (1..MEMBERS).map(|number| {
        let node = number % sites.len();
        Member::come(&sites[node], node, code, format!("Guest {number}"))
    });
    members.extend(stream::iter(coming).buffer_unordered(AT_ONCE).collect::<Vec<_>>().await);
    members
}

/// The members of a node that stops move to the later ones, while others write. Returns how long the slowest took, and what
/// was written.
async fn move_all(members: &mut [Member], code: RoomCode, old: usize, sites: &[Site]) -> (Duration, Vec<u32>) {
    let caught_up = members[0].connection.drain().await;
    members[0].hear(caught_up);
    let targets: Vec<_> = sites.iter().enumerate().skip(old + 1).collect();
    let mut staying = 0;
    let all = members.iter_mut().enumerate().map(|(number, member)| {
        let (is_leaving, to) = (member.node == old, targets[number % targets.len()]);
        staying += usize::from(!is_leaving);
        let writes = number > 0 && if is_leaving { number % WRITING == 0 } else { staying <= WRITING };
        let first = u32::try_from(old * 10_000 + number * 10).expect("a small number");
        async move {
            let took = if is_leaving { member.move_on(code, to).await } else { Duration::ZERO };
            (took, if writes { member.write(first).await } else { Vec::new() })
        }
    });
    let (took, written): (Vec<_>, Vec<_>) = join_all(all).await.into_iter().unzip();
    (took.into_iter().max().unwrap_or_default(), written.concat())
}

/// Signals of the host arrive at members who are at these nodes. Returns how many.
async fn signals_arrive(members: &mut [Member], from_node: usize) -> usize {
    let (host, listeners) = members.split_first_mut().expect("the host");
    let listeners = listeners.iter_mut().filter(|listener| listener.node >= from_node).step_by(WRITING);
    let mut signals = 0;
    for listener in listeners {
        let signal = offer(u32::try_from(from_node).expect("a small number"));
        host.connection.signal(listener.joined.member, signal.clone()).await;
        let heard = loop {
            match listener.connection.hear().await {
                FromRoom::Event(event) => is_no_departure(&event.event),
                other => break other,
            }
        };
        assert_eq!(heard, received(host.joined.member, signal));
        signals += 1;
    }
    signals
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_restart_of_all_nodes_loses_nothing_and_nobody() {
    let house = House::build().await;
    let flags = ["--max-listeners", "400"];
    let old: Vec<_> = (0..3).map(|_| house.start(&flags)).collect();
    let mut sites: Vec<_> = old.iter().map(|node| node.site().clone()).collect();
    let ada = sites[0].sign_in("Ada").await;
    let code = sites[0].create_room(&ada).await;
    let mut members = gather(&sites, code, ada).await;
    let (mut new, mut slowest, mut written, mut signals) = (Vec::new(), Duration::ZERO, Vec::new(), 0);
    for (number, node) in old.into_iter().enumerate() {
        new.push(house.start(&flags));
        sites.push(new[number].site().clone());
        let stopped = tokio::task::spawn_blocking(|| node.terminate());
        let (took, numbers) = move_all(&mut members, code, number, &sites).await;
        slowest = slowest.max(took);
        written.extend(numbers);
        stopped.await.expect("stopped");
        signals += signals_arrive(&mut members, number + 1).await;
    }
    assert!(slowest < BACK, "{slowest:?}");
    for member in &mut members {
        let heard = member.connection.drain().await;
        member.hear(heard);
        assert_eq!(member.connection.closed_with, None);
    }
    let mut again = sites[4].greet(&members[0].cookie).await;
    again
        .send(&said_in(code, ToRoom::Join(Join { role: Role::Host, take_over: true, name: None, returns: false })))
        .await;
    let room = again.joined().await.room;
    let there: BTreeSet<_> = room.members.iter().map(|member| (member.member, member.connected)).collect();
    let expected: BTreeSet<_> = members[1..].iter().map(|member| (member.joined.member, true)).collect();
    assert_eq!((there, room.members.len()), (expected, MEMBERS - 1), "each has the place from before");
    assert_eq!(room.publications.len(), 1);
    let kept = all_messages(&mut again, &room.messages).await;
    assert!(kept.windows(2).all(|two| two[0].number.0 + 1 == two[1].number.0), "one order, without a hole");
    let mut kept = nonces(&kept);
    kept.sort_unstable();
    written.sort_unstable();
    assert_eq!(kept, written, "each once");
    tell_kept(&format!(
        "a rolling restart of three nodes with {MEMBERS} members: all were back after {slowest:?} at most, nobody was seen to go, \
         {} of {} messages, {signals} of {signals} signals",
        kept.len(),
        written.len()
    ));
}
