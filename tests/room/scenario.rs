//! A room to try rules on: it appends entries with the next place and the present time, and reads the answers.

mod outcome;

use heartogether::{
    engagement::{Emoji, MessageText, Reaction},
    id::{
        AccountId, ConnectionId, DisplayName, MemberId, MessageNumber, NameMark, NodeId, PublicationId, ResumeToken,
        RoomId, RoomName, Seq,
    },
    limits::Limits,
    role::{AccountKind, Role},
    room::{
        Answered, Command, ConnectionRef, Entry, Event, JoinRequested, Joined, Policy, ResumeRequested, Room,
        RoomCreated, RoomEvent, RoomView, Source, StreamState, step,
    },
    time::Timestamp,
};

pub(crate) use outcome::Outcome;

pub(crate) const OWNER: AccountId = AccountId::from_bits(1);
pub(crate) const GRACE: AccountId = AccountId::from_bits(2);
pub(crate) const EDSGER: AccountId = AccountId::from_bits(3);
pub(crate) const BARBARA: AccountId = AccountId::from_bits(4);
pub(crate) const HOST: MemberId = MemberId::from_bits(1);

pub(crate) const LISTENER_GRACE_MS: u64 = 10_000;
pub(crate) const HOST_GRACE_MS: u64 = 2 * 60 * 1000;
pub(crate) const IDLE_MS: u64 = 60 * 60 * 1000;
pub(crate) const REOPEN_MS: u64 = 10 * 60 * 1000;
pub(crate) const WARNING_MS: u64 = 10 * 60 * 1000;
pub(crate) const HOST_ABSENT_MS: u64 = 6 * 60 * 60 * 1000;

/// A connection of the first node.
pub(crate) fn connection(number: u128) -> ConnectionRef {
    ConnectionRef { node: NodeId::from_bits(1), id: ConnectionId::from_bits(number) }
}

pub(crate) fn name(text: &str) -> DisplayName {
    DisplayName::parse(text).expect("a name of the tests")
}

/// A room for two listeners, with the default times.
pub(crate) fn created() -> RoomCreated {
    RoomCreated {
        id: RoomId::from_bits(1),
        code: "ABC234".parse().expect("a code of the tests"),
        owner: OWNER,
        owner_member: HOST,
        owner_name: name("Ada"),
        name: None,
        policy: Policy::broadcast(&Limits { max_listeners: 2, ..Limits::default() }),
    }
}

/// What the first who shares sends.
pub(crate) const PUBLICATION: PublicationId = PublicationId::from_bits(70);
/// That it is not sent any more.
pub(crate) const PUBLICATION_ENDED: RoomEvent = RoomEvent::PublicationEnded { publication: PUBLICATION };
pub(crate) const MICROPHONE: Command = Command::Publish { id: PUBLICATION, source: Source::Microphone, paused: false };
pub(crate) const SILENCED: Command = Command::Publish { id: PUBLICATION, source: Source::Microphone, paused: true };
pub(crate) const DISPLAY: Command = Command::Publish { id: PUBLICATION, source: Source::Display, paused: false };

pub(crate) const FIRE: Command = Command::React { reaction: Reaction::Fire };

pub(crate) fn write(nonce: u32, text: &str) -> Command {
    Command::Write {
        nonce,
        text: words(text),
        pictures: Vec::new(),
        reply_to: None,
        answered: None,
        is_archived: false,
        markup: None,
    }
}

/// The same as an answer to a message, with what the archive knows of that one.
pub(crate) fn replies(nonce: u32, text: &str, to: MessageNumber, answered: Answered) -> Command {
    Command::Write {
        nonce,
        text: words(text),
        pictures: Vec::new(),
        reply_to: Some(to),
        answered: Some(answered),
        is_archived: false,
        markup: None,
    }
}

pub(crate) fn emoji(text: &str) -> Emoji {
    Emoji::parse(text).expect("an emoji of the tests")
}

pub(crate) fn words(text: &str) -> MessageText {
    MessageText::parse(text).expect("a message of the tests")
}

/// A member's command. Who has no place has an account all the same.
pub(crate) fn commanded(room: &Room, connection: ConnectionId, command: Command) -> Event {
    let account = room.member_at(connection).map_or(AccountId::from_bits(99), |member| member.account);
    Event::Commanded { connection, account, command }
}

/// An account that is known asks to open the room again.
pub(crate) fn reopening(account: AccountId) -> Event {
    Event::ReopenRequested { account, kind: AccountKind::Known }
}

/// Every command there is.
pub(crate) fn commands() -> Vec<Command> {
    vec![
        Command::Leave,
        MICROPHONE,
        DISPLAY,
        Command::Pause,
        Command::Resume,
        Command::Interrupt,
        Command::DeclareSilence { silent: true },
        Command::Listen { publication: PUBLICATION, on: true },
        Command::EndPublication { publication: PUBLICATION },
        Command::StopRoom,
        Command::RemoveMember { member: FIRST_LISTENER, block_address: false, may_return: false },
        FIRE,
        write(1, "louder, please"),
        Command::Edit { number: MessageNumber(1), text: words("softer, please"), markup: None, archived: None },
        Command::Delete { number: MessageNumber(1), archived: None },
        Command::Pin { number: MessageNumber(1), pinned: true, archived: None },
        Command::ReactTo { number: MessageNumber(1), emoji: emoji("🎈"), on: true, archived: None },
        Command::ReportMessage { number: MessageNumber(1), reason: None, archived: None },
        Command::DismissReports { number: MessageNumber(1) },
        Command::NameOneself { name: name("Countess"), mark: NameMark::from_bits(1) },
        Command::NameRoom { name: RoomName::parse("The engine room").expect("a name of the tests") },
        Command::HandOver { member: FIRST_LISTENER },
        Command::AskFirst { on: true },
        Command::ask_first(true),
        Command::AnswerJoin { member: FIRST_LISTENER, admit: true },
    ]
}

/// The place of the first who asked to listen, after the host's own request.
pub(crate) const FIRST_LISTENER: MemberId = MemberId::from_bits(1_003);

/// A room, its place in the log and the present time.
pub(crate) struct Stage {
    pub(crate) room: Room,
    pub(crate) now: Timestamp,
    /// What the accounts that ask are to the server.
    pub(crate) kind: AccountKind,
    drawn: u128,
}

impl Stage {
    /// Before the first entry.
    pub(crate) fn before_creation() -> Self {
        Self { room: Room::default(), now: Timestamp::from_millis(1_000_000), kind: AccountKind::Known, drawn: 1_000 }
    }

    /// A room that has just been created, nobody there.
    pub(crate) fn open() -> Self {
        let mut stage = Self::before_creation();
        stage.append(Event::RoomCreated(created()));
        stage
    }

    /// The owner at connection 1, live; Grace at 2, Edsger at 3: as many as may.
    pub(crate) fn full_and_live() -> Self {
        let mut stage = Self::open();
        stage.host(1);
        stage.listener(GRACE, 2);
        stage.listener(EDSGER, 3);
        stage.command(1, MICROPHONE);
        stage
    }

    pub(crate) fn append(&mut self, event: Event) -> Outcome {
        let entry = Entry { seq: self.room.seq().next(), at: self.now, event };
        let (room, effects) = step(std::mem::take(&mut self.room), &entry);
        self.room = room;
        Outcome(effects)
    }

    pub(crate) fn wait(&mut self, ms: u64) -> &mut Self {
        self.now = self.now.after_ms(ms);
        self
    }

    fn draw(&mut self) -> u128 {
        self.drawn += 1;
        self.drawn
    }

    pub(crate) fn ask(&mut self, account: AccountId, role: Role, at: u128, take_over: bool) -> Outcome {
        let name = name(&format!("Account {}", account.to_string().trim_start_matches('0')));
        self.ask_called(name, account, role, at, take_over)
    }

    pub(crate) fn ask_called(
        &mut self,
        name: DisplayName,
        account: AccountId,
        role: Role,
        at: u128,
        take_over: bool,
    ) -> Outcome {
        let member = MemberId::from_bits(self.draw());
        let token = ResumeToken::from_bits(self.draw());
        let connection = connection(at);
        self.append(Event::JoinRequested(JoinRequested {
            marks: heartogether::room::Marks::default(),
            connection,
            account,
            name,
            email: None,
            has_picture: false,
            kind: self.kind,
            role,
            take_over,
            returns: false,
            member,
            token,
        }))
    }

    pub(crate) fn ask_to_host(&mut self, account: AccountId, at: u128) -> Outcome {
        self.ask(account, Role::Host, at, false)
    }

    pub(crate) fn ask_to_listen(&mut self, account: AccountId, at: u128) -> Outcome {
        self.ask(account, Role::Listener, at, false)
    }

    /// The owner takes the host's place.
    pub(crate) fn host(&mut self, at: u128) -> Joined {
        self.ask_to_host(OWNER, at).joined(at)
    }

    pub(crate) fn listener(&mut self, account: AccountId, at: u128) -> Joined {
        self.ask_to_listen(account, at).joined(at)
    }

    pub(crate) fn resume(&mut self, account: AccountId, token: ResumeToken, last_seq: Seq, at: u128) -> Outcome {
        self.append(Event::ResumeRequested(ResumeRequested {
            connection: connection(at),
            account,
            kind: self.kind,
            token,
            last_seq,
        }))
    }

    pub(crate) fn command(&mut self, at: u128, command: Command) -> Outcome {
        self.append(commanded(&self.room, connection(at).id, command))
    }

    pub(crate) fn lose(&mut self, at: u128) -> Outcome {
        self.append(Event::ConnectionLost { connection: connection(at).id })
    }

    pub(crate) fn wake(&mut self) -> Outcome {
        self.append(Event::Woke)
    }

    pub(crate) fn stream(&self) -> StreamState {
        self.room.stream_state()
    }

    /// That what the first who shares sends is so now.
    pub(crate) fn changed(&self) -> RoomEvent {
        RoomEvent::PublicationChanged { publication: self.room.publications()[0].clone() }
    }

    pub(crate) fn view(&self, member: MemberId) -> RoomView {
        self.room.view(member).expect("a member has a view")
    }

    pub(crate) fn is_member(&self, member: MemberId) -> bool {
        self.room.view(member).is_some()
    }
}
