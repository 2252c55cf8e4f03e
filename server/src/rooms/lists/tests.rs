use std::iter::from_fn;

use futures::FutureExt;
use heartogether::id::{DisplayName, NodeId, RoomName, Seq};
use heartogether::{protocol::LoungeNews, time::Timestamp};

use super::*;
use crate::{
    cluster::bus::{Inbox, MemoryBus, Received},
    storage::accounts::MemoryStore,
    websocket::{Queue, send_queue},
};

const GRACE: AccountId = AccountId::from_bits(1);

fn code(number: usize) -> RoomCode {
    let digits: Vec<u8> = format!("{number:06}").bytes().map(|digit| digit - b'0' + b'A').collect();
    // `I` is not in a code's alphabet.
    String::from_utf8(digits).expect("letters").replace('I', "Z").parse().expect("a code")
}

fn news(number: usize, seq: u64) -> LoungesChanged {
    LoungesChanged::news(LoungeNews {
        room: code(number),
        seq: Seq(seq),
        name: RoomName::parse("Knitting").ok(),
        owner_name: DisplayName::parse("Ada").expect("a name"),
        last_message: MessageNumber(seq),
        written_at: Timestamp::default(),
        waiting: 0,
    })
}

/// Lists with a page of Grace's in room 1, whose queue has place for so many frames.
fn with_page(capacity: usize) -> (Arc<Lists>, Inbox, Entered, SendQueue, Queue) {
    let bus = MemoryBus::default();
    let (here, _) = bus.join(NodeId::from_bits(1));
    let (_, inbox) = bus.join(NodeId::from_bits(2));
    let lists = Lists::new(Arc::new(here), Arc::new(MemoryStore::default()));
    let (send_queue, queue) = send_queue(capacity);
    let entered = lists.enter(GRACE, ConnectionId::from_bits(7), &send_queue, code(1));
    (lists, inbox, entered, send_queue, queue)
}

/// The changes in the frames that wait.
fn told(queue: &mut Queue) -> Vec<LoungesChanged> {
    let text = |frame| match frame {
        Frame::Text(text) => LoungesChanged::decode(&text).expect("changes of a list"),
        other => panic!("a text was expected: {other:?}"),
    };
    from_fn(|| queue.next_waiting()).map(text).collect()
}

#[tokio::test(start_paused = true)]
async fn a_page_is_told_at_once_and_then_what_counts_of_all_that_follows() {
    let (lists, _inbox, _entered, _, mut queue) = with_page(64);
    for seq in 1..=1_000 {
        lists.tell_here(&[GRACE], Some(code(2)), &news(2, seq));
        lists.tell_here(&[GRACE], Some(code(1)), &news(1, seq));
    }
    assert_eq!(told(&mut queue), [news(2, 1)], "and nothing of the room that it is in");
    sleep(2 * PAUSE).await;
    assert_eq!(told(&mut queue), [news(2, 1_000)]);
    sleep(2 * PAUSE).await;
    lists.tell_here(&[GRACE], Some(code(2)), &news(2, 1_001));
    assert_eq!(told(&mut queue), [news(2, 1_001)], "at once again");
}

#[tokio::test(start_paused = true)]
async fn what_a_slow_page_does_not_take_waits_in_one_place_for_each_lounge() {
    let (lists, _inbox, _entered, send_queue, mut queue) = with_page(4);
    (0..3).for_each(|_| send_queue.push(Frame::Ping));
    lists.tell_here(&[GRACE], None, &news(2, 1));
    for seq in 2..=20 {
        lists.tell_here(&[GRACE], None, &news(2 + seq as usize % 2, seq));
        sleep(PAUSE).await;
    }
    // The end of the connection would come first.
    (0..3).for_each(|_| assert!(matches!(queue.next_waiting(), Some(Frame::Ping))));
    assert_eq!(told(&mut queue), []);
    sleep(2 * PAUSE).await;
    let mut rest = news(2, 20);
    rest.add(news(3, 19));
    assert_eq!(told(&mut queue), [rest]);
    // With more lounges than fit into a frame, the page is told to ask.
    for room in 2..=LOUNGES + 3 {
        lists.tell_here(&[GRACE], None, &news(room, 30));
    }
    sleep(2 * PAUSE).await;
    assert_eq!(told(&mut queue), [news(2, 30), LoungesChanged::anew()]);
}

const LOUNGES: usize = heartogether::limits::LOUNGES_CHANGED_AT_ONCE;

#[tokio::test(start_paused = true)]
async fn a_page_that_has_left_its_lounges_is_told_nothing() {
    let (lists, _inbox, entered, send_queue, mut queue) = with_page(64);
    let also = lists.enter(GRACE, ConnectionId::from_bits(7), &send_queue, code(2));
    drop(entered);
    lists.tell_here(&[GRACE], Some(code(1)), &LoungesChanged::gone(code(1)));
    assert_eq!(told(&mut queue), [LoungesChanged::gone(code(1))], "it is in one of them still");
    lists.tell_here(&[GRACE], None, &LoungesChanged::anew());
    drop(also);
    sleep(2 * PAUSE).await;
    lists.tell_here(&[GRACE], None, &LoungesChanged::anew());
    assert_eq!(told(&mut queue), []);
    assert!(lists.pages().is_empty());
}

#[tokio::test(start_paused = true)]
async fn other_nodes_are_told_together_what_accounts_have_read() {
    let (lists, mut inbox, _entered, _, mut queue) = with_page(64);
    let read = |up_to| LoungeRead { room: code(2), up_to: MessageNumber(up_to) };
    for up_to in [1, 3, 2] {
        lists.note_read(GRACE, read(up_to));
        lists.note_read(AccountId::from_bits(2), read(up_to));
    }
    assert_eq!(told(&mut queue), [LoungesChanged::read(read(1))]);
    let received = inbox.recv().await;
    let accounts = [GRACE, AccountId::from_bits(2)];
    let expected = accounts.map(|account| AccountRead { account, read: read(3) }).to_vec();
    assert_eq!(received, Some(Received::Message(NodeMessage::LoungesRead { read: expected })));
    assert!(inbox.recv().now_or_never().is_none(), "one message");
    lists.take_reads(vec![AccountRead { account: GRACE, read: read(9) }]);
    sleep(2 * PAUSE).await;
    assert_eq!(told(&mut queue), [LoungesChanged::read(read(9))]);
}
