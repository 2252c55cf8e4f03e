//! The owner is asked before somebody comes in, by choice, and decides about each.

mod ends;
mod giving_up;
mod names;
mod returning;
mod terms;

use heartogether::{
    id::{AccountId, ConnectionId, MemberId, NameMark, ResumeToken},
    limits::{WAITING, WAITING_PER_ADDRESS},
    refusal::Refusal,
    role::{AccountKind, Role},
    room::{
        Audience, Command, Effect, Event, Foreseen, JoinRequested, Marks, Policy, RoomCreated, RoomEvent, RoomMessage,
        Waiting,
    },
};

use super::{come, lounge, policy};
use crate::scenario::*;

const ASK: Command = Command::AskFirst { on: true };
const ASK_NO_MORE: Command = Command::AskFirst { on: false };

fn answer(member: MemberId, admit: bool) -> Command {
    Command::AnswerJoin { member, admit }
}

/// Ada's lounge under a policy, in which she wants to be asked.
fn asking_with(policy: Policy) -> Stage {
    let mut stage = Stage::before_creation();
    stage.append(Event::RoomCreated(RoomCreated { policy, ..created() }));
    come(&mut stage, 1, 1);
    stage.command(1, ASK);
    stage
}

/// Ada's lounge, with Grace at connection 2 who came before Ada wanted to be asked.
fn asking() -> Stage {
    let mut stage = lounge();
    come(&mut stage, 1, 1);
    come(&mut stage, 2, 2);
    stage.command(1, ASK);
    stage
}

/// An account asks to come in. Its number is that of its connection.
fn knock(stage: &mut Stage, at: u128) -> Outcome {
    knock_at(stage, at, at)
}

fn knock_at(stage: &mut Stage, account: u128, at: u128) -> Outcome {
    stage.ask(AccountId::from_bits(account), Role::Participant, at, false)
}

/// The same under a name that looks like others with this mark.
fn knock_as(stage: &mut Stage, at: u128, called: &str, mark: u128) -> Outcome {
    stage.append(Event::JoinRequested(JoinRequested {
        connection: connection(at),
        account: AccountId::from_bits(at),
        name: name(called),
        email: None,
        has_picture: false,
        kind: AccountKind::Known,
        marks: Marks { name: Some(NameMark::from_bits(mark)), ..Marks::default() },
        role: Role::Participant,
        take_over: false,
        returns: false,
        member: MemberId::from_bits(5_000 + at),
        token: ResumeToken::from_bits(6_000 + at),
    }))
}

fn waits(outcome: &Outcome, at: u128) -> bool {
    matches!(outcome.answers(at)[..], [RoomMessage::Waiting])
}

fn admits(outcome: &Outcome, at: u128) -> bool {
    matches!(outcome.answers(at)[..], [RoomMessage::Admitted])
}

fn owner(stage: &Stage) -> MemberId {
    stage.room.members().next().expect("an owner").id
}

/// Those whom the owner sees waiting.
fn waiting(stage: &Stage) -> Vec<Waiting> {
    stage.view(owner(stage)).waiting
}

fn only_one(stage: &Stage) -> MemberId {
    match &waiting(stage)[..] {
        [one] => one.member,
        others => panic!("one was to wait: {others:?}"),
    }
}

fn closed_at(at: u128, refusal: Refusal) -> (ConnectionId, Refusal) {
    (connection(at).id, refusal)
}

#[test]
fn who_comes_waits_until_the_owner_lets_them_in() {
    let mut stage = asking();
    let outcome = knock(&mut stage, 3);
    assert!(waits(&outcome, 3), "{outcome:?}");
    let asked = Waiting { member: only_one(&stage), name: name("Account 3"), at: stage.now };
    assert_eq!(outcome.events(Audience::Member(HOST)), [&RoomEvent::JoinAsked { waiting: asked.clone() }]);
    assert!(outcome.everyone_learns().is_empty());
    assert!(!stage.room.has_place(EDSGER) && stage.room.member_at(connection(3).id).is_none());
    let graces = stage.room.member_at(connection(2).id).expect("Grace is there").id;
    assert!(stage.view(graces).waiting.is_empty() && stage.view(graces).asks_first);

    let outcome = stage.command(1, answer(asked.member, true));
    assert!(admits(&outcome, 3), "{outcome:?}");
    let answered = RoomEvent::JoinAnswered { members: vec![asked.member] };
    assert_eq!(outcome.events(Audience::Member(HOST)), [&answered]);
    assert!(matches!(outcome.everyone_learns()[..], [RoomEvent::MemberJoined { member }] if !member.connected));
    assert!(waiting(&stage).is_empty());
    assert_eq!(come(&mut stage, 3, 3).member, asked.member);
    assert!(stage.command(1, answer(asked.member, true)).is_silent(), "it is answered");
}

#[test]
fn a_request_outlasts_its_page_and_the_owners() {
    let mut stage = asking();
    knock(&mut stage, 3);
    assert!(stage.lose(3).is_silent());
    stage.lose(1);
    stage.wait(IDLE_MS / 2).wake();
    let joined = come(&mut stage, 1, 11);
    let [asked] = &joined.room.waiting[..] else { panic!("one waits: {:?}", joined.room.waiting) };
    assert_eq!(asked.name, name("Account 3"));
    stage.command(11, answer(asked.member, true));
    assert!(stage.room.has_place(EDSGER));
    assert_eq!(come(&mut stage, 3, 33).member, asked.member);
}

#[test]
fn who_is_declined_learns_it_and_may_ask_again() {
    let mut stage = asking();
    knock(&mut stage, 3);
    let member = only_one(&stage);
    let outcome = stage.command(1, answer(member, false));
    assert_eq!(outcome.closed(), [closed_at(3, Refusal::Declined)]);
    assert_eq!(outcome.events(Audience::Member(HOST)), [&RoomEvent::JoinAnswered { members: vec![member] }]);
    assert!(outcome.everyone_learns().is_empty() && waiting(&stage).is_empty());
    assert!(stage.command(1, answer(member, false)).is_silent());
    assert!(waits(&knock(&mut stage, 3), 3));
    assert_ne!(only_one(&stage), member);
}

#[test]
fn who_asks_twice_asks_once_with_two_pages() {
    let mut stage = asking();
    knock(&mut stage, 3);
    knock(&mut stage, 4);
    let before = waiting(&stage);
    let outcome = knock_at(&mut stage, 3, 33);
    assert!(waits(&outcome, 33) && outcome.events(Audience::Member(HOST)).is_empty(), "{outcome:?}");
    assert!(waits(&knock_at(&mut stage, 3, 33), 33), "on the same connection too");
    assert_eq!(waiting(&stage), before);
    let outcome = knock_as(&mut stage, 3, "Edsger", 7);
    let renamed = Waiting { name: name("Edsger"), ..before[0].clone() };
    assert_eq!(outcome.events(Audience::Member(HOST)), [&RoomEvent::JoinAsked { waiting: renamed.clone() }]);
    assert_eq!(waiting(&stage), [renamed.clone(), before[1].clone()]);
    let outcome = stage.command(1, answer(renamed.member, true));
    assert!(admits(&outcome, 3));
    let known = stage.room.members().find(|member| member.account == EDSGER).expect("a place");
    assert_eq!(known.name, name("Edsger"));
}

#[test]
fn every_page_that_asks_is_let_in_up_to_as_many_as_a_member_has() {
    let mut stage = asking_with(Policy { max_pages: 2, ..policy() });
    knock_at(&mut stage, 3, 31);
    knock_at(&mut stage, 3, 32);
    assert_eq!(knock_at(&mut stage, 3, 33).closed(), [closed_at(31, Refusal::SessionReplaced)]);
    let outcome = stage.command(1, answer(only_one(&stage), true));
    assert_eq!([31, 32, 33].map(|at| admits(&outcome, at)), [false, true, true]);
}

#[test]
fn pages_that_are_gone_make_no_other_page_leave() {
    let mut stage = asking_with(Policy { max_pages: 2, ..policy() });
    knock_at(&mut stage, 3, 30);
    for at in 31..40 {
        assert!(knock_at(&mut stage, 3, at).closed().is_empty(), "{at}");
        let lost = Event::ConnectionLost { connection: connection(at).id };
        assert_eq!(stage.room.foresee(&lost, stage.now), Ok(Foreseen::Change));
        assert!(stage.append(lost.clone()).is_silent());
        assert_eq!(stage.room.foresee(&lost, stage.now), Ok(Foreseen::Nothing));
    }
    knock_at(&mut stage, 3, 40);
    let node = connection(40).node;
    let lost = Event::NodeLost { node };
    assert!(stage.room.has_page_at(connection(40).id) && stage.room.pages().any(|page| page.node == node));
    stage.append(lost);
    assert!(!stage.room.has_page_at(connection(40).id));
    knock_at(&mut stage, 3, 41);
    come(&mut stage, 1, 11);
    let outcome = stage.command(11, answer(only_one(&stage), true));
    assert_eq!([30, 39, 40, 41].map(|at| admits(&outcome, at)), [false, false, false, true]);
}

#[test]
fn as_many_wait_as_may_and_the_first_stay() {
    assert_eq!(policy().max_waiting, WAITING);
    let mut stage = asking_with(Policy { max_waiting: 2, ..policy() });
    knock(&mut stage, 3);
    knock(&mut stage, 4);
    let before = waiting(&stage);
    assert_eq!(knock(&mut stage, 5).refusal(5), Refusal::TooManyWaiting);
    assert!(waits(&knock_at(&mut stage, 4, 44), 44), "who waits already takes no place");
    assert_eq!(waiting(&stage), before);
    stage.command(1, answer(before[0].member, false));
    assert!(waits(&knock(&mut stage, 5), 5));
}

#[test]
fn who_is_a_member_is_not_asked() {
    let mut stage = asking();
    let graces = come(&mut stage, 2, 22);
    stage.lose(22);
    let resumed = stage.resume(GRACE, graces.token, graces.seq, 23);
    assert!(matches!(resumed.answers(23)[..], [RoomMessage::Resumed(_)]));
    come(&mut stage, 1, 11);
    assert!(waiting(&stage).is_empty());
    stage.command(23, Command::Leave);
    assert!(waits(&knock_at(&mut stage, 2, 24), 24), "who has left is no member");
}

#[test]
fn who_was_let_in_before_may_come_again_unless_they_were_sent_out() {
    let mut stage = asking();
    knock(&mut stage, 3);
    stage.command(1, answer(only_one(&stage), true));
    come(&mut stage, 3, 3);
    stage.command(3, Command::Leave);
    assert!(!stage.room.has_place(EDSGER));
    let member = come(&mut stage, 3, 33).member;
    stage.command(1, Command::RemoveMember { member, block_address: false, may_return: true });
    assert!(waits(&knock_at(&mut stage, 3, 34), 34));
}

#[test]
fn who_is_let_in_has_the_lounge_in_their_list_whether_a_page_of_theirs_is_there_or_not() {
    let mut stage = asking();
    for at in [3, 4, 5] {
        knock(&mut stage, at);
    }
    stage.lose(3);
    let listed = |outcome: &Outcome| {
        let listed = outcome.0.iter().filter_map(|effect| match effect {
            Effect::AddToList(account) => Some(*account),
            _ => None,
        });
        listed.collect::<Vec<_>>()
    };
    let asked = waiting(&stage);
    assert_eq!(listed(&stage.command(1, answer(asked[0].member, true))), [EDSGER]);
    assert_eq!(listed(&stage.command(1, answer(asked[1].member, false))), []);
    assert_eq!(listed(&stage.command(1, ASK_NO_MORE)), [AccountId::from_bits(5)]);
}

#[test]
fn only_the_owner_decides() {
    let mut stage = asking();
    knock(&mut stage, 3);
    let member = only_one(&stage);
    for command in [ASK, ASK_NO_MORE, answer(member, true), answer(member, false)] {
        assert_eq!(stage.command(2, command.clone()).refusal(2), Refusal::NotAllowed);
        assert_eq!(stage.command(3, command).refusal(3), Refusal::NotAMember);
    }
    assert!(stage.command(1, ASK).is_silent(), "it is so already");
}

#[test]
fn nobody_is_let_in_for_whom_there_is_no_place() {
    let mut stage = asking();
    for at in [3, 4, 5, 6] {
        knock(&mut stage, at);
    }
    let asked: Vec<_> = waiting(&stage).iter().map(|waiting| waiting.member).collect();
    for member in &asked[..3] {
        stage.command(1, answer(*member, true));
    }
    assert_eq!(stage.command(1, answer(asked[3], true)).refusal(1), Refusal::RoomFull);
    assert_eq!(only_one(&stage), asked[3]);
    assert_eq!(knock(&mut stage, 7).refusal(7), Refusal::RoomFull, "a full lounge is not asked");
}

#[test]
fn when_nobody_is_asked_any_more_all_who_wait_come_in_as_far_as_there_are_places() {
    let mut stage = asking();
    for at in [3, 4, 5, 6] {
        knock(&mut stage, at);
    }
    let outcome = stage.command(1, ASK_NO_MORE);
    assert_eq!(outcome.everyone_learns()[0], &RoomEvent::AskFirstChanged { on: false });
    assert_eq!([3, 4, 5].map(|at| admits(&outcome, at)), [true; 3]);
    assert_eq!(outcome.closed(), [closed_at(6, Refusal::RoomFull)]);
    assert!(waiting(&stage).is_empty() && !stage.view(HOST).asks_first);
    come(&mut stage, 3, 33);
    stage.command(33, Command::Leave);
    stage.command(1, ASK);
    assert!(waits(&knock_at(&mut stage, 3, 34), 34), "the owner has not decided about them");
}

#[test]
fn the_right_to_decide_moves_with_the_lounge() {
    let mut stage = asking();
    knock(&mut stage, 3);
    knock(&mut stage, 4);
    let asked = waiting(&stage);
    let grace = stage.room.member_at(connection(2).id).expect("Grace is there").id;
    let outcome = stage.command(1, Command::HandOver { member: grace });
    let members: Vec<_> = asked.iter().map(|waiting| waiting.member).collect();
    assert_eq!(outcome.events(Audience::Member(HOST)), [&RoomEvent::JoinAnswered { members: members.clone() }]);
    let told: Vec<_> = asked.iter().map(|waiting| RoomEvent::JoinAsked { waiting: waiting.clone() }).collect();
    assert_eq!(outcome.events(Audience::Member(grace)), told.iter().collect::<Vec<_>>());
    assert!(stage.view(HOST).waiting.is_empty());
    assert_eq!(stage.view(grace).waiting, asked);
    assert_eq!(stage.command(1, answer(members[0], true)).refusal(1), Refusal::NotAllowed);
    assert!(admits(&stage.command(2, answer(members[0], true)), 3));
}
