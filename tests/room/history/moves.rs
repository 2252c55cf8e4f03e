//! The moves of a random history.

use heartogether::{
    id::{AccountId, MemberId, MessageNumber, NameMark, PublicationId, RoomName},
    role::Role,
    room::{Answered, AskingTerms, Command},
};
use proptest::prelude::*;

use super::PAGES;
use crate::scenario::*;

/// On which the owner is asked. Rooms of histories do not last for a week.
pub(crate) const TERMS: AskingTerms = AskingTerms { request_ms: 5 * 60_000, declined_ms: 60_000 };

/// What happens next.
#[derive(Clone, Debug)]
pub(crate) enum Move {
    /// A page asks for a place on a new connection, or on the one it has.
    Join { page: usize, role: Role, take_over: bool, node: u128, reuse: bool },
    /// A page takes its place up again on a new connection.
    Resume { page: usize, node: u128, forged: bool },
    /// A page gives a command.
    Command { page: usize, command: Command },
    /// A page hears this many messages more, then nothing; the room does not know yet.
    Cut { page: usize, hears: u8 },
    /// The room learns that a page's connection is gone.
    Lose { page: usize },
    /// A page drops and resumes many times.
    Flap { page: usize, times: u8 },
    /// A page hears nothing while another comes, drops and resumes many times; then it resumes.
    Absence { page: usize, other: usize, times: u8 },
    /// A page hears only the first of what a dying node brings about, and resumes on the other one.
    Tear { page: usize, hears: u8, node: u128 },
    /// A node dies.
    LoseNode { node: u128 },
    /// Time passes, and the room is woken when it asked for it.
    Wait { ms: u64 },
    /// The room is woken at a time it did not ask for.
    Wake,
    /// The owner takes a place away: the one that this page has or had.
    Remove { page: usize, block_address: bool },
    /// The owner makes another member the owner, or sends one out who may come again.
    HandOver { page: usize, sends_out: bool },
    /// An account asks to open the room again.
    Reopen { account: AccountId },
    /// The server starts again and reads the room from its disk.
    Restart,
    /// A program of who sits at a page writes.
    Program { page: usize, nonce: u32 },
    /// Whoever runs the server bans who sits at a page.
    Ban { page: usize },
    /// Who sits at a page signs in as who sits at another one.
    Merge { page: usize, into: usize },
    /// Who sits at a page deletes their account, and comes back as somebody new, if ever.
    Delete { page: usize },
}

/// What people and networks do.
pub(crate) fn moves() -> impl Strategy<Value = Vec<Move>> {
    prop::collection::vec(any_move(), 1..80)
}

/// The same, and accounts that become others or are deleted. What pages show of those lags behind until they are loaded anew.
pub(crate) fn moves_of_accounts() -> impl Strategy<Value = Vec<Move>> {
    let page = || 0..PAGES.len();
    let accounts = prop_oneof![
        2 => (page(), page()).prop_map(|(page, into)| Move::Merge { page, into }),
        1 => page().prop_map(|page| Move::Delete { page }),
    ];
    prop::collection::vec(prop_oneof![15 => any_move(), 1 => accounts], 1..80)
}

/// People ask the owner to come in, leave, and sign in to accounts; the rest happens less often.
pub(crate) fn moves_of_admission() -> impl Strategy<Value = Vec<Move>> {
    let join = |page| Move::Join { page, role: Role::Participant, take_over: true, node: 1, reuse: false };
    let begins = [join(0), Move::Command { page: 0, command: Command::AskFirstUnder(TERMS) }];
    let next = prop_oneof![
        8 => any_page().prop_map(join),
        6 => any_answer().prop_map(|command| Move::Command { page: 0, command }),
        4 => any_page().prop_map(|page| Move::Command { page, command: Command::Leave }),
        3 => (any_page(), any_page()).prop_map(|(page, into)| Move::Merge { page, into }),
        2 => any_move(),
    ];
    prop::collection::vec(next, 1..40).prop_map(move |moves| begins.iter().cloned().chain(moves).collect())
}

fn any_move() -> impl Strategy<Value = Move> {
    prop_oneof![28 => coming(), 23 => commanding(), 22 => losing(), 8 => passing()]
}

fn any_page() -> std::ops::Range<usize> {
    0..PAGES.len()
}

fn any_node() -> std::ops::Range<u128> {
    1..3
}

/// Pages ask for places.
fn coming() -> impl Strategy<Value = Move> {
    let role = prop_oneof![1 => Just(Role::Host), 3 => Just(Role::Listener)];
    let join = (any_page(), role, any::<bool>(), any_node(), any::<bool>());
    prop_oneof![
        6 => (0..2_usize, any::<bool>(), any_node())
            .prop_map(|(page, take_over, node)| Move::Join { page, role: Role::Host, take_over, node, reuse: false }),
        12 => join.prop_map(|(page, role, take_over, node, reuse)| Move::Join { page, role, take_over, node, reuse }),
        10 => (any_page(), any_node(), prop::bool::weighted(0.1))
            .prop_map(|(page, node, forged)| Move::Resume { page, node, forged }),
    ]
}

/// Members and owners ask for something.
fn commanding() -> impl Strategy<Value = Move> {
    prop_oneof![
        6 => (0..2_usize, any_command()).prop_map(|(page, command)| Move::Command { page, command }),
        4 => (any_page(), any_command()).prop_map(|(page, command)| Move::Command { page, command }),
        8 => (any_page(), any_words()).prop_map(|(page, command)| Move::Command { page, command }),
        1 => (any_page(), any::<bool>()).prop_map(|(page, block_address)| Move::Remove { page, block_address }),
        1 => (any_page(), any::<bool>()).prop_map(|(page, sends_out)| Move::HandOver { page, sends_out }),
        5 => (0..2_usize, any_answer()).prop_map(|(page, command)| Move::Command { page, command }),
        3 => prop::sample::select(vec![OWNER, OWNER, GRACE]).prop_map(|account| Move::Reopen { account }),
        1 => (0..2_usize).prop_map(|page| Move::Command { page, command: Command::StopRoom }),
        3 => (any_page(), 0..4_u32).prop_map(|(page, nonce)| Move::Program { page, nonce }),
        // The owner's page comes first, and its ban ends the room.
        1 => (1..PAGES.len()).prop_map(|page| Move::Ban { page }),
    ]
}

/// What the owner decides about who comes in.
fn any_answer() -> impl Strategy<Value = Command> {
    prop_oneof![
        1 => prop::bool::weighted(0.7).prop_map(|on| Command::AskFirst { on }),
        1 => Just(Command::AskFirstUnder(TERMS)),
        5 => (0..3_u128, prop::bool::weighted(0.7))
            .prop_map(|(place, admit)| Command::AnswerJoin { member: MemberId::from_bits(place), admit }),
    ]
}

fn any_command() -> impl Strategy<Value = Command> {
    prop_oneof![
        2 => Just(Command::Leave),
        4 => Just(MICROPHONE),
        5 => (0..5_u128, prop::bool::weighted(0.8))
            .prop_map(|(place, on)| Command::Listen { publication: PublicationId::from_bits(place), on }),
        1 => (0..5_u128).prop_map(|place| Command::EndPublication { publication: PublicationId::from_bits(place) }),
        4 => prop::sample::select(vec![
            Command::Pause,
            Command::Resume,
            Command::Interrupt,
            Command::DeclareSilence { silent: true },
            Command::DeclareSilence { silent: false },
        ]),
    ]
}

/// Reactions and messages, and changes of these.
fn any_words() -> impl Strategy<Value = Command> {
    prop_oneof![
        2 => Just(FIRE),
        3 => (0..4_u32).prop_map(|nonce| write(nonce, "louder, please")),
        1 => (0..4_u32, 0..5_u64)
            .prop_map(|(nonce, number)| replies(nonce, "so it is", MessageNumber(number), Answered::Missing)),
        2 => (1..4_u64, any::<bool>()).prop_map(|(number, is_edit)| {
            let (number, archived) = (MessageNumber(number), None);
            if is_edit {
                Command::Edit { number, text: words("softer, please"), markup: None, archived }
            } else {
                Command::Delete { number, archived }
            }
        }),
        2 => (1..4_u64, prop::sample::select(vec!["🎈", "👍"]), any::<bool>()).prop_map(|(number, sign, on)| {
            Command::ReactTo { number: MessageNumber(number), emoji: emoji(sign), on, archived: None }
        }),
        1 => (1..4_u128).prop_map(|mark| Command::NameOneself { name: name("Anybody"), mark: NameMark::from_bits(mark) }),
        1 => Just(Command::NameRoom { name: RoomName::parse("Anything").expect("a name of the tests") }),
        2 => (1..4_u64, any::<bool>()).prop_map(|(number, is_report)| {
            let number = MessageNumber(number);
            match is_report {
                true => Command::ReportMessage { number, reason: Some(words("rude")), archived: None },
                false => Command::DismissReports { number },
            }
        }),
        1 => (1..4_u64, any::<bool>())
            .prop_map(|(number, pinned)| Command::Pin { number: MessageNumber(number), pinned, archived: None }),
    ]
}

/// Connections and nodes are lost.
fn losing() -> impl Strategy<Value = Move> {
    prop_oneof![
        8 => (any_page(), 0..4_u8).prop_map(|(page, hears)| Move::Cut { page, hears }),
        6 => any_page().prop_map(|page| Move::Lose { page }),
        1 => (any_page(), 1..40_u8).prop_map(|(page, times)| Move::Flap { page, times }),
        1 => (0..2_usize, 2..PAGES.len(), 20..50_u8)
            .prop_map(|(page, other, times)| Move::Absence { page, other, times }),
        4 => (0..2_usize, 0..3_u8, any_node()).prop_map(|(page, hears, node)| Move::Tear { page, hears, node }),
        2 => any_node().prop_map(|node| Move::LoseNode { node }),
    ]
}

/// Time passes, or the server starts again.
fn passing() -> impl Strategy<Value = Move> {
    let ms = prop::sample::select(vec![
        0,
        1,
        4_000,
        LISTENER_GRACE_MS,
        60_000,
        HOST_GRACE_MS,
        REOPEN_MS,
        IDLE_MS - WARNING_MS,
        IDLE_MS,
        HOST_ABSENT_MS,
    ]);
    prop_oneof![6 => ms.prop_map(|ms| Move::Wait { ms }), 1 => Just(Move::Wake), 1 => Just(Move::Restart)]
}
