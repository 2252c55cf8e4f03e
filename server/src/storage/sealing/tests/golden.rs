//! Files that earlier code stored in these versions are read correctly, and the same values are still stored in the
//! same form. If the form has to change, raise the version in `storage/log.rs`: the test then stores a new file beside
//! the old one.

mod later;

use std::{fs, path::PathBuf};

use heartogether::{
    engagement::Reaction,
    id::{AddressMark, BrowserMark, PublicationId, Seq},
    role::Guests,
    room::{Answered, ArchivedMessage, ResumeRequested, Source},
    rules::RoomKind,
};
use serde_json::Value;

use super::*;
use crate::storage::log::{EVENT_VERSION, snapshot_version};

/// The same key for every account.
struct OneKey;

#[async_trait]
impl AccountKeys for OneKey {
    async fn find(&self, accounts: &BTreeSet<AccountId>) -> Result<HashMap<AccountId, AccountKey>, StorageError> {
        Ok(accounts.iter().map(|account| (*account, AccountKey([7; 32]))).collect())
    }

    async fn find_or_make(
        &self,
        accounts: &BTreeSet<AccountId>,
    ) -> Result<HashMap<AccountId, AccountKey>, StorageError> {
        self.find(accounts).await
    }
}

/// A value as a file of the tests holds it.
#[derive(Serialize, serde::Deserialize)]
struct Stored {
    value: Value,
    texts: String,
}

/// Compares what a file holds with what these values are stored as today. Stores a file that is not there yet.
async fn check<T: Personal + PartialEq + std::fmt::Debug>(name: &str, values: &[T]) {
    let sealer = Sealer::new(Arc::new(OneKey));
    let mut today = Vec::new();
    for value in values {
        let Sealed { value, texts } = sealer.seal(value).await.expect("sealed");
        today.push(Stored { value: serde_json::from_str(&value).expect("JSON"), texts });
    }
    let file = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden")).join(format!("{name}.json"));
    let Ok(golden) = fs::read_to_string(&file) else {
        let json = serde_json::to_string_pretty(&today).expect("JSON");
        fs::write(&file, json + "\n").expect("a file is written");
        panic!("{} is new: it holds what is stored today, and stays as it is", file.display());
    };
    let golden: Vec<Stored> = serde_json::from_str(&golden).expect("values as they are stored");
    assert_eq!(golden.len(), today.len(), "one for each value");
    for ((golden, today), value) in golden.into_iter().zip(today).zip(values) {
        assert_eq!(today.value, golden.value, "it is stored in another shape: its version must be another one");
        let stored = Sealed { value: golden.value.to_string(), texts: golden.texts };
        assert_eq!(open::<T>(&sealer, stored).await, *value, "what was stored means something else");
    }
}

/// The same for a room's snapshot, in a file of its version.
async fn check_room(name: &str, room: Room) {
    check(&format!("snapshot-{}{name}", snapshot_version(&room)), &[room]).await;
}

/// Every event, and every command.
fn events() -> Vec<Event> {
    let of_grace = |command| Event::Commanded { connection: ConnectionId::from_bits(2), account: GRACE, command };
    let connection = ConnectionRef { node: NodeId::from_bits(1), id: ConnectionId::from_bits(3) };
    let (kind, token) = (AccountKind::Known, ResumeToken::from_bits(2));
    let resumed = ResumeRequested { connection, account: GRACE, kind, token, last_seq: Seq(3) };
    let others = [
        makes(RoomKind::Broadcast, 50),
        makes(RoomKind::Lounge, 1),
        asks(GRACE, "Grace", Some("grace@hear.example"), Role::Listener, 2),
        marked(asks(ADA, "Ada", None, Role::Host, 1)),
        Event::ResumeRequested(resumed),
        Event::ReopenRequested { account: ADA, kind: AccountKind::Guest(Guests::Host) },
        Event::ConnectionLost { connection: ConnectionId::from_bits(2) },
        Event::NodeLost { node: NodeId::from_bits(1) },
        Event::AccountMerged { from: GRACE, to: ADA },
        Event::AccountDeleted { account: GRACE },
        Event::Woke,
    ];
    others.into_iter().chain(commands().into_iter().map(of_grace)).collect()
}

fn commands() -> Vec<Command> {
    let (number, member) = (MessageNumber(1), MemberId::from_bits(12));
    let archived =
        Some(ArchivedMessage { account: GRACE, author: member, version: 2, deleted: false, pinned: true, emoji: 0 });
    let publish = |source, paused| Command::Publish { id: PublicationId::from_bits(70), source, paused };
    let write = |reply_to, is_archived| Command::Write {
        nonce: 1,
        text: text(WORDS),
        pictures: Vec::new(),
        reply_to,
        answered: None,
        is_archived,
        markup: None,
    };
    let answers = |answered| {
        let (text, pictures, reply_to, answered) = (text(WORDS), Vec::new(), Some(number), Some(answered));
        Command::Write { nonce: 1, text, pictures, reply_to, answered, is_archived: false, markup: None }
    };
    vec![
        Command::Leave,
        publish(Source::Microphone, false),
        publish(Source::Display, true),
        Command::Pause,
        Command::Resume,
        Command::Interrupt,
        Command::DeclareSilence { silent: true },
        Command::StopRoom,
        Command::RemoveMember { member, block_address: false, may_return: false },
        Command::RemoveMember { member, block_address: true, may_return: false },
        Command::React { reaction: Reaction::Fire },
        write(None, false),
        write(Some(number), true),
        Command::Edit { number, text: text("softer, please"), markup: None, archived: None },
        Command::Edit { number, text: text("softer, please"), markup: None, archived },
        Command::Delete { number, archived: None },
        Command::Delete { number, archived },
        Command::Pin { number, pinned: true, archived: None },
        Command::Pin { number, pinned: false, archived },
        answers(Answered::Missing),
        answers(archived.into()),
    ]
}

/// A room that is made. Its limits are written out: other settings are no other shape.
fn makes(kind: RoomKind, messages_kept: u32) -> Event {
    let Event::RoomCreated(created) = created() else { panic!("a room is created") };
    let policy = Policy {
        kind,
        max_members: 5,
        max_members_per_address: 4,
        max_publications: 3,
        idle_ms: 3_600_000,
        owner_absent_ms: 21_600_000,
        reopen_ms: 600_000,
        member_grace_ms: 10_000,
        publication_grace_ms: 120_000,
        end_warning_ms: 600_001,
        messages_kept,
        messages_archived: 500,
        events_kept: 128,
        former_members_kept: 256,
        attendance_parts: 20,
        message_chars: 50,
        max_pictures: 0,
        max_pages: 1,
        max_direct_listeners: None,
        page_grace_ms: None,
        max_pins: 100,
        max_reports: 100,
        max_reports_per_member: 10,
        max_waiting: 50,
        max_waiting_per_address: 5,
        report_chars: 200,
    };
    Event::RoomCreated(RoomCreated { policy, ..created })
}

/// The same request from a known browser and address.
fn marked(event: Event) -> Event {
    let Event::JoinRequested(request) = event else { panic!("a request for a place") };
    let marks =
        Marks { browser: Some(BrowserMark::from_bits(5)), address: Some(AddressMark::from_bits(6)), name: None };
    Event::JoinRequested(JoinRequested { marks, ..request })
}

fn played(events: Vec<Event>) -> Room {
    let at = |seq: Seq| Timestamp::from_millis(1_000 * seq.0);
    events.into_iter().fold(Room::default(), |room, event| {
        let seq = room.seq().next();
        step(room, &Entry { seq, at: at(seq), event }).0
    })
}

/// Rooms of both kinds, in which each facet holds something.
fn rooms() -> Vec<Room> {
    let says = |connection: u128, account, command| Event::Commanded {
        connection: ConnectionId::from_bits(connection),
        account,
        command,
    };
    let linus = AccountId::from_bits(3);
    let publish = Command::Publish { id: PublicationId::from_bits(70), source: Source::Microphone, paused: false };
    let removal = Command::RemoveMember { member: MemberId::from_bits(13), block_address: true, may_return: false };
    let broadcast = vec![
        makes(RoomKind::Broadcast, 50),
        asks(GRACE, "Grace", Some("grace@hear.example"), Role::Listener, 2),
        writes(GRACE, 2, 1),
        asks(ADA, "Ada", None, Role::Host, 1),
        marked(asks(linus, "Linus", None, Role::Listener, 3)),
        says(1, ADA, publish.clone()),
        says(2, GRACE, Command::React { reaction: Reaction::Fire }),
        edits(GRACE, 2),
        says(1, ADA, removal),
        Event::ConnectionLost { connection: ConnectionId::from_bits(2) },
    ];
    let of_equals = vec![
        makes(RoomKind::Lounge, 1),
        asks(ADA, "Ada", None, Role::Participant, 1),
        asks(GRACE, "Grace", None, Role::Participant, 2),
        says(2, GRACE, publish),
        writes(GRACE, 2, 1),
        writes(ADA, 1, 1),
        says(1, ADA, Command::Pin { number: MessageNumber(2), pinned: true, archived: None }),
        says(2, GRACE, Command::Leave),
    ];
    let over =
        vec![makes(RoomKind::Broadcast, 50), asks(ADA, "Ada", None, Role::Host, 1), says(1, ADA, Command::StopRoom)];
    [Vec::new(), broadcast, of_equals, over].map(played).into()
}

#[tokio::test]
async fn events_are_stored_as_their_version_says() {
    let events = events();
    events.iter().for_each(is_listed);
    check(&format!("event-{EVENT_VERSION}"), &events).await;
}

#[tokio::test]
async fn rooms_are_stored_as_the_version_of_snapshots_says() {
    let rooms = rooms();
    let versions: BTreeSet<_> = rooms.iter().map(snapshot_version).collect();
    assert_eq!(versions, BTreeSet::from([1]));
    check("snapshot-1", &rooms).await;
}

/// Names every event and command, so that whoever adds one comes by here and adds it to those above.
fn is_listed(event: &Event) {
    match event {
        Event::RoomCreated(_)
        | Event::JoinRequested(_)
        | Event::ResumeRequested(_)
        | Event::ReopenRequested { .. }
        | Event::ConnectionLost { .. }
        | Event::NodeLost { .. }
        | Event::AccountMerged { .. }
        | Event::AccountDeleted { .. }
        | Event::ClosedByOperator
        | Event::AccountBanned { .. }
        | Event::PictureRemoved(_)
        | Event::Woke => {}
        Event::Commanded { command, .. } | Event::CommandedByProgram { command, .. } => match command {
            Command::Leave
            | Command::Publish { .. }
            | Command::Pause
            | Command::Resume
            | Command::Interrupt
            | Command::DeclareSilence { .. }
            | Command::Listen { .. }
            | Command::EndPublication { .. }
            | Command::StopRoom
            | Command::RemoveMember { .. }
            | Command::React { .. }
            | Command::Write { .. }
            | Command::Edit { .. }
            | Command::Delete { .. }
            | Command::Pin { .. }
            | Command::ReactTo { .. }
            | Command::NameOneself { .. }
            | Command::NameRoom { .. }
            | Command::ReportMessage { .. }
            | Command::DismissReports { .. }
            | Command::AskFirst { .. }
            | Command::AskFirstUnder(_)
            | Command::AnswerJoin { .. }
            | Command::HandOver { .. } => {}
        },
    }
}
