//! Which texts can be opened after they were sealed.

mod golden;

use std::sync::OnceLock;

use async_trait::async_trait;
use heartogether::{
    engagement::MessageText,
    id::{ConnectionId, DisplayName, MemberId, MessageNumber, NodeId, ResumeToken, RoomId},
    limits::Limits,
    role::{AccountKind, Role},
    room::{Command, ConnectionRef, Entry, JoinRequested, Marks, Markup, Policy, RoomCreated, step},
    time::Timestamp,
};

use super::*;
use crate::storage::keys::MemoryKeys;

const ADA: AccountId = AccountId::from_bits(1);
const GRACE: AccountId = AccountId::from_bits(2);
/// What is left of a text that cannot be opened.
const FORGOTTEN: &str = "";
const WORDS: &str = "louder, please";

fn sealer() -> (Arc<MemoryKeys>, Sealer) {
    let keys = Arc::new(MemoryKeys::default());
    (keys.clone(), Sealer::new(keys))
}

async fn open<T: Personal>(sealer: &Sealer, stored: Sealed) -> T {
    sealer.open(&[stored]).await.expect("opened").pop().flatten().expect("it is understood")
}

fn name(name: &str) -> DisplayName {
    DisplayName::parse(name).expect("a name")
}

fn text(text: &str) -> MessageText {
    MessageText::parse(text).expect("a message")
}

fn created() -> Event {
    Event::RoomCreated(RoomCreated {
        id: RoomId::from_bits(1),
        code: "ABC234".parse().expect("a code"),
        owner: ADA,
        owner_member: MemberId::from_bits(1),
        owner_name: name("Ada"),
        name: None,
        policy: Policy::broadcast(&Limits::default()),
    })
}

fn asks(account: AccountId, called: &str, email: Option<&str>, role: Role, connection: u128) -> Event {
    Event::JoinRequested(JoinRequested {
        connection: ConnectionRef { node: NodeId::from_bits(1), id: ConnectionId::from_bits(connection) },
        account,
        name: name(called),
        email: email.map(str::to_owned),
        has_picture: false,
        kind: AccountKind::Known,
        marks: Marks::default(),
        role,
        take_over: false,
        returns: false,
        member: MemberId::from_bits(10 + connection),
        token: ResumeToken::from_bits(connection),
    })
}

/// The same with what was made of its markup.
fn with_markup(event: Event) -> Event {
    let Event::Commanded { connection, account, mut command } = event else { panic!("a command") };
    if let Command::Write { markup, .. } | Command::Edit { markup, .. } = &mut command {
        *markup = Some(Markup { html: "<p>rendered</p>".to_owned(), version: 1 });
    }
    Event::Commanded { connection, account, command }
}

fn writes(account: AccountId, connection: u128, nonce: u32) -> Event {
    let (pictures, reply_to, answered, is_archived) = (Vec::new(), None, None, false);
    let command = Command::Write { nonce, text: text(WORDS), pictures, reply_to, answered, is_archived, markup: None };
    Event::Commanded { connection: ConnectionId::from_bits(connection), account, command }
}

fn edits(account: AccountId, connection: u128) -> Event {
    let (number, text) = (MessageNumber(1), text("softer, please"));
    let command = Command::Edit { number, text, markup: None, archived: None };
    Event::Commanded { connection: ConnectionId::from_bits(connection), account, command }
}

/// A room with members, addresses, messages, and events that somebody may have missed.
fn room() -> Room {
    let events = [
        created(),
        asks(ADA, "Ada", None, Role::Host, 1),
        asks(GRACE, "Grace", Some("grace@hear.example"), Role::Listener, 2),
        asks(AccountId::from_bits(3), "Linus", None, Role::Listener, 3),
        writes(GRACE, 2, 1),
        edits(GRACE, 2),
        writes(GRACE, 2, 2),
    ];
    let at = Timestamp::from_millis(1_000);
    events.into_iter().fold(Room::default(), |room, event| {
        let seq = room.seq().next();
        step(room, &Entry { seq, at, event }).0
    })
}

fn owned_message() -> OwnedMessage {
    let message = Message {
        number: MessageNumber(1),
        author: MemberId::from_bits(12),
        name: name("Grace"),
        nonce: 1,
        text: Some(text(WORDS)),
        sent_at: Timestamp::from_millis(1_000),
        delivered: true,
        version: 2,
        reply_to: None,
        pinned: true,
        pictures: Vec::new(),
        emoji: Vec::new(),
        markup: Some(Markup { html: "<p>rendered</p>".to_owned(), version: 1 }),
    };
    OwnedMessage { sealed_by: GRACE, message }
}

#[tokio::test]
async fn sealed_events_can_be_restored_and_contain_no_texts_of_people() {
    let (_, sealer) = sealer();
    let email = Some("grace@hear.example");
    let events = [created(), asks(GRACE, "Grace", email, Role::Listener, 2), writes(GRACE, 2, 1), edits(GRACE, 2)];
    let marked = [with_markup(writes(GRACE, 2, 1)), with_markup(edits(GRACE, 2))];
    for event in events.into_iter().chain(marked).chain([Event::Woke]) {
        let sealed = sealer.seal(&event).await.expect("sealed");
        let stored = format!("{sealed:?}");
        for secret in ["\"Ada", "Grace", "grace@", WORDS, "softer", "rendered"] {
            assert!(!stored.contains(secret), "{stored}");
        }
        assert_eq!(open::<Event>(&sealer, sealed).await, event);
    }
}

#[tokio::test]
async fn a_sealed_room_can_be_restored_with_members_messages_and_kept_events() {
    let (_, sealer) = sealer();
    let room = room();
    let written = serde_json::to_string(&room).expect("JSON");
    for secret in ["Grace", "grace@", WORDS, "softer"] {
        assert!(written.contains(secret), "{secret} in {written}");
    }
    let sealed = sealer.seal(&room).await.expect("sealed");
    for secret in ["Grace", "Linus", "grace@", WORDS, "softer"] {
        assert!(!sealed.value.contains(secret), "{}", sealed.value);
    }
    assert_eq!(open::<Room>(&sealer, sealed).await, room);
}

#[tokio::test]
async fn archived_and_deleted_messages_can_be_restored() {
    let (_, sealer) = sealer();
    let OwnedMessage { message, .. } = owned_message();
    for message in [message.clone(), Message { text: None, markup: None, ..message }] {
        let sealed = sealer.seal(&OwnedMessage { sealed_by: GRACE, message: message.clone() }).await.expect("sealed");
        assert!(["Grace", WORDS, "rendered"].iter().all(|secret| !sealed.value.contains(secret)));
        assert_eq!(open::<OwnedMessage>(&sealer, sealed).await.message, message);
    }
}

#[tokio::test]
async fn the_same_text_is_sealed_differently_each_time() {
    let (_, sealer) = sealer();
    let event = writes(GRACE, 2, 1);
    let [one, other] = [sealer.seal(&event).await, sealer.seal(&event).await].map(|sealed| sealed.expect("sealed"));
    assert_eq!(one.value, other.value);
    assert_ne!(one.texts, other.texts);
}

/// The name and the address in a request for a place whose sealed texts are these.
async fn left(sealer: &Sealer, value: &str, texts: &str) -> (String, Option<String>) {
    let stored = Sealed { value: value.to_owned(), texts: texts.to_owned() };
    match open::<Event>(sealer, stored).await {
        Event::JoinRequested(request) => (request.name.to_string(), request.email),
        other => panic!("another event: {other:?}"),
    }
}

#[tokio::test]
async fn a_text_that_cannot_be_opened_becomes_a_placeholder() {
    let (_, sealer) = sealer();
    let event = asks(GRACE, "Grace", Some("grace@hear.example"), Role::Listener, 2);
    let Sealed { value, texts } = sealer.seal(&event).await.expect("sealed");
    let (first, second) = texts.split_once(' ').expect("a name and an address");
    let (grace, address) = (|| "Grace".to_owned(), || Some("grace@hear.example".to_owned()));
    assert_eq!(left(&sealer, &value, &texts).await, (grace(), address()));

    let changed = |text: &str| {
        let mut bytes = BASE64_STANDARD_NO_PAD.decode(text).expect("base64");
        *bytes.last_mut().expect("a tag") ^= 1;
        BASE64_STANDARD_NO_PAD.encode(bytes)
    };
    let somebody = || FORGOTTEN.to_owned();
    for (texts, expected) in [
        (format!("{} {second}", changed(first)), (somebody(), address())),
        (format!("{first} {}", changed(second)), (grace(), None)),
        (format!("{UNSEALED} {second}"), (somebody(), address())),
        (format!("{first} {UNSEALED}"), (grace(), None)),
        (first.to_owned(), (grace(), None)),
        (String::new(), (somebody(), None)),
        (format!("ä {second}"), (somebody(), address())),
        (format!("AAAA {second}"), (somebody(), address())),
        (format!("{texts} {texts}"), (grace(), address())),
        // A text is restored in the place in which it was sealed.
        (format!("{second} {first}"), ("grace@hear.example".to_owned(), Some(grace()))),
    ] {
        assert_eq!(left(&sealer, &value, &texts).await, expected, "{texts}");
    }
}

#[tokio::test]
async fn another_key_or_another_account_opens_nothing() {
    let (_, sealer) = sealer();
    let event = writes(GRACE, 2, 1);
    let of_grace = sealer.seal(&event).await.expect("sealed");
    let words = async |sealer: &Sealer, stored: Sealed| match open::<Event>(sealer, stored).await {
        Event::Commanded { command: Command::Write { text, .. }, .. } => text.as_str().to_owned(),
        other => panic!("another event: {other:?}"),
    };
    assert_eq!(words(&sealer, of_grace.clone()).await, WORDS);
    let (_, other) = self::sealer();
    other.seal(&event).await.expect("a key of its own is made");
    assert_eq!(words(&other, of_grace.clone()).await, FORGOTTEN);
    // Both texts are sealed with the same key: only the account differs.
    let key = sealer.keys_for([GRACE].into(), false).await.expect("found").remove(&GRACE).expect("a key");
    let theirs = seal(&key, ADA, WORDS).expect("sealed");
    assert_eq!(words(&sealer, Sealed { texts: theirs, ..of_grace }).await, FORGOTTEN);
}

#[tokio::test]
async fn a_missing_key_does_not_affect_texts_of_other_accounts() {
    let (keys, sealer) = sealer();
    let room = room();
    let before = sealer.seal(&room).await.expect("sealed");
    keys.delete(GRACE);
    sealer.forget_keys();
    // One is sealed with the key, one without it. In both, the sealed texts of the others keep their places.
    let after = sealer.seal(&room).await.expect("sealed");
    for stored in [before, after] {
        let opened = open::<Room>(&sealer, stored).await;
        let names: Vec<_> = opened.members().map(|member| (member.name.as_str(), member.email.as_deref())).collect();
        assert_eq!(names, [("Ada", None), (FORGOTTEN, None), ("Linus", None)]);
        assert!(!serde_json::to_string(&opened).expect("JSON").contains("please"));
        assert_eq!((opened.seq(), opened.code()), (room.seq(), room.code()));
    }
}

#[tokio::test]
async fn an_unknown_event_does_not_affect_other_events() {
    let (_, sealer) = sealer();
    let event = writes(GRACE, 2, 1);
    let sealed = sealer.seal(&event).await.expect("sealed");
    let strange = Sealed { value: "{\"kind\":\"sang\"}".to_owned(), texts: sealed.texts.clone() };
    let opened = sealer.open::<Event>(&[strange, sealed, Sealed::default()]).await.expect("opened");
    assert_eq!(opened, [None, Some(event), None]);
}

/// Keys, one of which is deleted while it is looked up.
struct Vanishing {
    keys: MemoryKeys,
    sealer: OnceLock<Arc<Sealer>>,
}

#[async_trait]
impl AccountKeys for Vanishing {
    async fn find(&self, accounts: &BTreeSet<AccountId>) -> Result<HashMap<AccountId, AccountKey>, StorageError> {
        self.keys.find(accounts).await
    }

    async fn find_or_make(
        &self,
        accounts: &BTreeSet<AccountId>,
    ) -> Result<HashMap<AccountId, AccountKey>, StorageError> {
        let found = self.keys.find_or_make(accounts).await?;
        self.keys.delete(GRACE);
        self.sealer.get().expect("a sealer").forget_keys();
        Ok(found)
    }
}

#[tokio::test]
async fn a_key_that_is_deleted_during_a_look_up_is_not_cached() {
    let keys = Arc::new(Vanishing { keys: MemoryKeys::default(), sealer: OnceLock::new() });
    let sealer = keys.sealer.get_or_init(|| Arc::new(Sealer::new(keys.clone())));
    let sealed = sealer.seal(&writes(GRACE, 2, 1)).await.expect("sealed");
    assert_ne!(sealed.texts, UNSEALED);
    let opened = open::<Event>(sealer, sealed).await;
    assert!(matches!(opened, Event::Commanded { command: Command::Write { text, .. }, .. } if text.is_forgotten()));
}

#[tokio::test]
async fn the_number_of_cached_keys_is_limited() {
    let (_, sealer) = sealer();
    let account = |number: usize| AccountId::from_bits(number as u128);
    sealer.keys_for((0..KEYS_AT_HAND).map(account).collect(), true).await.expect("made");
    sealer.keys_for([account(KEYS_AT_HAND)].into(), true).await.expect("made");
    assert_eq!(sealer.at_hand().keys.len(), 1);
    assert!(!sealer.keys_for([account(1)].into(), false).await.expect("found").is_empty());
}
