//! Answers to messages: what may be answered, by who knows of it.

use heartogether::{
    id::{AccountId, MessageNumber},
    refusal::Refusal,
    role::Role,
    room::{
        Answered, ArchiveChange, ArchivedMessage, Command, Effect, Event, Foreseen, Policy, RoomCreated, RoomEvent,
    },
    rules::RoomKind,
};
use proptest::{prelude::*, test_runner::Config};

use crate::{
    history::{moves_of_accounts, play_keeping},
    scenario::*,
};

const FIRST: MessageNumber = MessageNumber(1);
const ADA: u128 = 1;
const GRACES: u128 = 2;

/// A lounge of two that keeps so many messages itself, in which Grace has written one.
fn lounge(messages_kept: u32) -> Stage {
    let mut stage = Stage::before_creation();
    let policy = Policy { kind: RoomKind::Lounge, messages_kept, ..created().policy };
    stage.append(Event::RoomCreated(RoomCreated { policy, ..created() }));
    for (account, at) in [(OWNER, ADA), (GRACE, GRACES)] {
        stage.ask(account, Role::Participant, at, true).joined(at);
    }
    stage.command(GRACES, write(1, "hello"));
    stage
}

/// One that keeps a single message, and has forgotten that of Grace.
fn forgetful() -> Stage {
    let mut stage = lounge(1);
    for nonce in 2..5 {
        stage.command(GRACES, write(nonce, "and more"));
    }
    stage
}

fn archived(account: AccountId, deleted: bool) -> Answered {
    let author = FIRST_LISTENER;
    Answered::Archived(ArchivedMessage { account, author, version: 0, deleted, pinned: false, emoji: 0 })
}

fn answer(to: MessageNumber, answered: Answered) -> Command {
    replies(100, "so it is", to, answered)
}

/// What an answer is refused with, as it was foreseen too; `None` for one that is written.
fn refusal(stage: &mut Stage, at: u128, command: Command) -> Option<Refusal> {
    let number = match &command {
        Command::Write { reply_to, .. } => *reply_to,
        _ => None,
    };
    let foreseen = stage.room.foresee(&commanded(&stage.room, connection(at).id, command.clone()), stage.now);
    let outcome = stage.command(at, command);
    match foreseen {
        Err(foreseen) => {
            assert_eq!(outcome.refusal(at), foreseen);
            assert!(outcome.archived().is_empty(), "nothing is written");
            Some(foreseen)
        }
        Ok(foreseen) => {
            assert_eq!(foreseen, Foreseen::Change);
            let told = outcome.everyone_learns();
            assert!(matches!(told[..], [RoomEvent::MessageSent { message }] if message.reply_to == number), "{told:?}");
            None
        }
    }
}

#[test]
fn a_message_that_is_there_is_answered() {
    assert_eq!(refusal(&mut lounge(50), ADA, answer(FIRST, Answered::Missing)), None, "the room has it itself");
    assert_eq!(refusal(&mut forgetful(), ADA, answer(FIRST, archived(GRACE, false))), None, "the archive has it");
}

#[test]
fn a_message_that_was_never_written_is_not_answered() {
    let forged = archived(GRACE, false);
    let cases = [(0, Answered::Missing), (2, Answered::Missing), (2, forged), (u64::MAX, forged)];
    for (number, answered) in cases {
        let refused = refusal(&mut lounge(50), ADA, answer(MessageNumber(number), answered));
        assert_eq!(refused, Some(Refusal::MessageNotFound), "{number}, {answered:?}");
    }
    let refused = refusal(&mut forgetful(), ADA, answer(FIRST, Answered::Missing));
    assert_eq!(refused, Some(Refusal::MessageNotFound), "neither the room nor the archive has it any more");
}

#[test]
fn a_message_that_is_deleted_is_not_answered() {
    let refused = refusal(&mut forgetful(), ADA, answer(FIRST, archived(GRACE, true)));
    assert_eq!(refused, Some(Refusal::MessageNotFound), "the archive says so");
    for mut stage in [lounge(50), forgetful()] {
        let known = ArchivedMessage {
            account: GRACE,
            author: FIRST_LISTENER,
            version: 0,
            deleted: false,
            pinned: false,
            emoji: 0,
        };
        stage.command(GRACES, Command::Delete { number: FIRST, archived: Some(known) });
        let refused = refusal(&mut stage, ADA, answer(FIRST, archived(GRACE, false)));
        assert_eq!(refused, Some(Refusal::MessageNotFound), "the room knows better than what was read before");
    }
}

#[test]
fn a_message_that_one_may_not_read_is_not_answered() {
    let mut stage = Stage::full_and_live();
    stage.command(2, write(1, "for the host alone"));
    assert_eq!(refusal(&mut stage, 3, answer(FIRST, Answered::Missing)), Some(Refusal::MessageNotFound));
    let told = stage.command(2, answer(FIRST, Answered::Missing));
    assert!(
        told.host_learns()
            .iter()
            .any(|event| matches!(event, RoomEvent::MessageSent { message } if message.reply_to == Some(FIRST)))
    );
}

#[test]
fn an_answer_that_is_sent_again_is_kept_although_what_it_answers_is_deleted() {
    let mut stage = lounge(50);
    assert_eq!(refusal(&mut stage, ADA, answer(FIRST, Answered::Missing)), None);
    stage.command(GRACES, Command::Delete { number: FIRST, archived: None });
    let again = commanded(&stage.room, connection(ADA).id, answer(FIRST, Answered::Missing));
    assert_eq!(stage.room.foresee(&again, stage.now), Ok(Foreseen::Nothing));
    assert!(stage.append(again).is_silent());
    let read = stage.view(HOST).messages;
    assert_eq!((read[0].text.clone(), read[1].reply_to), (None, Some(FIRST)), "it names what is deleted");
}

#[test]
fn an_entry_from_before_answers_were_checked_means_what_it_meant() {
    let mut stage = lounge(50);
    stage.command(GRACES, Command::Delete { number: FIRST, archived: None });
    for (nonce, named, kept) in [(7, 1, Some(FIRST)), (8, 1_000, None)] {
        let entry = format!(r#"{{"kind":"write","nonce":{nonce},"text":"so it is","reply_to":{named}}}"#);
        let command: Command = serde_json::from_str(&entry).expect("an entry of before");
        assert_eq!(serde_json::to_string(&command).expect("written"), entry);
        stage.command(ADA, command);
        assert_eq!(stage.view(HOST).messages.last().expect("it is written").reply_to, kept);
    }
}

proptest! {
    #![proptest_config(Config { cases: 200, failure_persistence: None, ..Config::default() })]

    #[test]
    fn no_answer_to_a_message_that_is_deleted_is_written(
        kept in prop::sample::select(vec![1, 50]), moves in moves_of_accounts(),
    ) {
        let mut deleted = Vec::new();
        for effect in play_keeping(kept, RoomKind::Broadcast, &moves).into_iter().flat_map(|turn| turn.effects) {
            match effect {
                Effect::Archive(ArchiveChange::Delete(number)) => deleted.push(number),
                Effect::Archive(ArchiveChange::Write { message, .. }) => {
                    prop_assert!(message.reply_to.is_none_or(|number| !deleted.contains(&number)), "{:?}", message);
                }
                _ => {}
            }
        }
    }
}
