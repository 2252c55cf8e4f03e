//! Pictures in messages: how many, with and without words, and what becomes of them with their message.

use heartogether::{
    engagement::MessageText,
    id::{MessageNumber, PictureId},
    limits::{Limits, PICTURES_PER_MESSAGE},
    protocol::Write,
    refusal::Refusal,
    room::{
        ArchiveChange, ArchivedMessage, Audience, Command, Event, Foreseen, Message, Picture, PictureFormat,
        PictureRemoved, Policy, Room, RoomCreated, RoomEvent, step,
    },
};

use super::{come, policy};
use crate::scenario::*;

const NUMBER: MessageNumber = MessageNumber(1);

fn picture(id: u128) -> Picture {
    Picture { id: PictureId::from_bits(id), format: PictureFormat::Webp, width: 2_560, height: 1_440 }
}

fn pictures(count: u32) -> Vec<Picture> {
    (1..=count.into()).map(picture).collect()
}

fn show(nonce: u32, text: MessageText, pictures: Vec<Picture>) -> Command {
    Command::Write { nonce, text, pictures, reply_to: None, answered: None, is_archived: false, markup: None }
}

/// A lounge of two, with pictures as lounges have them.
fn lounge() -> Stage {
    lounge_keeping(policy().messages_kept)
}

fn lounge_keeping(messages_kept: u32) -> Stage {
    let max_pictures = Policy::lounge(&Limits::default()).max_pictures;
    let policy = Policy { max_pictures, messages_kept, ..policy() };
    let mut stage = Stage::before_creation();
    stage.append(Event::RoomCreated(RoomCreated { policy, ..created() }));
    come(&mut stage, 1, 1);
    come(&mut stage, 2, 2);
    stage
}

fn shown(stage: &Stage) -> Vec<Message> {
    stage.view(HOST).messages
}

#[test]
fn a_message_has_up_to_nine_pictures_with_and_without_words() {
    let mut stage = lounge();
    assert_eq!(stage.view(HOST).max_pictures, PICTURES_PER_MESSAGE);
    stage.command(2, show(1, words("look"), pictures(9)));
    let outcome = stage.command(2, show(2, MessageText::none(), vec![picture(10)]));
    assert_eq!(stage.command(2, show(3, words("look"), pictures(10))).refusal(2), Refusal::TooManyPictures);
    let [nine, one] = shown(&stage).try_into().expect("two messages");
    assert_eq!((nine.pictures, nine.text), (pictures(9), Some(words("look"))));
    assert_eq!((&one.pictures, &one.text), (&vec![picture(10)], &Some(MessageText::none())));
    let archived = [ArchiveChange::Write { account: GRACE, message: one }];
    assert_eq!(outcome.archived(), archived.iter().collect::<Vec<_>>(), "the archive has it too");
}

#[test]
fn rooms_without_pictures_refuse_them() {
    let mut broadcast = Stage::full_and_live();
    assert_eq!(Policy::broadcast(&Limits::default()).max_pictures, 0);
    assert_eq!(broadcast.command(2, show(1, words("look"), pictures(1))).refusal(2), Refusal::TooManyPictures);
    // An older log does not say that there are any.
    let mut stage = Stage::before_creation();
    let old = serde_json::to_value(policy()).expect("JSON");
    assert!(old.get("max_pictures").is_none());
    let policy: Policy = serde_json::from_value(old).expect("a policy");
    stage.append(Event::RoomCreated(RoomCreated { policy, ..created() }));
    come(&mut stage, 2, 2);
    assert_eq!(stage.command(2, show(1, words("look"), pictures(1))).refusal(2), Refusal::TooManyPictures);
}

#[test]
fn pictures_go_with_their_message_and_stay_when_its_words_change() {
    let mut stage = lounge();
    stage.command(2, show(1, MessageText::none(), pictures(2)));
    let number = MessageNumber(1);
    stage.command(2, Command::Edit { number, text: words("two of them"), markup: None, archived: None });
    assert_eq!((shown(&stage)[0].pictures.len(), &shown(&stage)[0].text), (2, &Some(words("two of them"))));
    stage.command(1, Command::Delete { number, archived: None });
    assert_eq!((shown(&stage)[0].pictures.len(), &shown(&stage)[0].text), (0, &None));
    let told = stage.room.recent_events().filter_map(|event| match &event.event {
        RoomEvent::MessageSent { message } => Some(message.pictures.len()),
        _ => None,
    });
    assert_eq!(told.collect::<Vec<_>>(), [0], "who missed the message does not get them");
}

#[test]
fn a_replay_numbers_messages_alike_after_their_words_are_forgotten() {
    let stage = lounge();
    let account = GRACE;
    let write = |nonce, text: MessageText, pictures| Event::Commanded {
        connection: connection(2).id,
        account,
        command: show(nonce, text, pictures),
    };
    let replay = |forgets: bool| {
        let events = [write(1, words("look"), pictures(1)), write(2, words("and read"), Vec::new())];
        events.into_iter().fold(stage.room.clone(), |room: Room, mut event| {
            if forgets {
                event.visit_personal(&mut |_, mut text| text.forget());
            }
            let seq = room.seq().next();
            step(room, &heartogether::room::Entry { seq, at: stage.now, event }).0
        })
    };
    assert_eq!(replay(true).last_message(), replay(false).last_message());
}

#[test]
fn a_message_says_or_shows_something() {
    let typed = |text: &str, pictures: &[Picture]| {
        let write = serde_json::json!({ "nonce": 1, "text": text, "pictures": pictures });
        serde_json::from_value::<Write>(write).expect("a message").check()
    };
    assert_eq!(typed("look", &[]), Ok(()));
    assert_eq!(typed("", &pictures(1)), Ok(()));
    assert_eq!(typed(" \n", &[]), Err(Refusal::MessageEmpty));
}

/// The removal of a picture from the first message. `is_all` is what the edge has seen in the archive.
fn removal(id: u128, is_all: bool, archived: Option<ArchivedMessage>) -> Event {
    Event::PictureRemoved(PictureRemoved { number: NUMBER, picture: picture(id).id, is_all, archived })
}

#[test]
fn exactly_one_picture_is_removed_for_everybody_and_once() {
    let mut stage = lounge();
    stage.command(2, show(1, MessageText::none(), pictures(3)));
    stage.command(2, show(2, words("and these"), vec![picture(4)]));
    assert_eq!(stage.room.foresee(&removal(2, false, None), stage.now), Ok(Foreseen::Change));
    let outcome = stage.append(removal(2, false, None));
    let removed = RoomEvent::PictureRemoved { number: NUMBER, picture: picture(2).id };
    assert_eq!(outcome.everyone_learns(), [&removed]);
    assert_eq!(outcome.archived(), [&ArchiveChange::RemovePicture { number: NUMBER, picture: picture(2).id }]);
    let [message, other] = shown(&stage).try_into().expect("two messages");
    assert_eq!((message.pictures, message.text), (vec![picture(1), picture(3)], Some(MessageText::none())));
    assert_eq!(other.pictures, [picture(4)]);
    // Another node may have found the same order at the same moment.
    assert_eq!(stage.room.foresee(&removal(2, false, None), stage.now), Ok(Foreseen::Nothing));
    assert!(stage.append(removal(2, false, None)).is_silent());
    // The picture of another message is none of this one.
    assert_eq!(stage.room.foresee(&removal(4, false, None), stage.now), Ok(Foreseen::Nothing));
    assert!(stage.append(removal(4, true, None)).is_silent());
}

#[test]
fn a_message_that_shows_nothing_else_is_deleted_with_its_picture() {
    let mut stage = lounge();
    stage.command(2, show(1, MessageText::none(), vec![picture(1)]));
    stage.command(1, Command::ReportMessage { number: NUMBER, reason: None, archived: None });
    assert_eq!(stage.view(HOST).reports.len(), 1);
    let outcome = stage.append(removal(1, true, None));
    assert_eq!(outcome.everyone_learns(), [&RoomEvent::MessageDeleted { number: NUMBER }]);
    assert_eq!(outcome.archived(), [&ArchiveChange::Delete(NUMBER)]);
    assert_eq!((shown(&stage)[0].text.clone(), stage.view(HOST).reports.len()), (None, 0));
    assert_eq!(stage.room.foresee(&removal(1, true, None), stage.now), Ok(Foreseen::Nothing), "it is deleted");
    assert!(stage.append(removal(1, true, None)).is_silent());
}

#[test]
fn a_picture_is_removed_from_a_message_that_only_the_archive_holds() {
    let written = |text: MessageText, pictures| {
        let mut stage = lounge_keeping(1);
        stage.command(2, show(1, text, pictures));
        stage.command(2, write(2, "hello"));
        stage.wait(2_000);
        stage
    };
    let author = written(words("look"), pictures(2)).view(HOST).members[1].member;
    let archived = ArchivedMessage { account: GRACE, author, version: 0, deleted: false, pinned: false, emoji: 0 };
    let mut stage = written(words("look"), pictures(2));
    let outcome = stage.append(removal(2, false, Some(archived)));
    let removed = RoomEvent::PictureRemoved { number: NUMBER, picture: picture(2).id };
    assert_eq!(outcome.events(Audience::Everyone), [&removed]);
    assert_eq!(outcome.archived(), [&ArchiveChange::RemovePicture { number: NUMBER, picture: picture(2).id }]);

    let mut stage = written(MessageText::none(), vec![picture(1)]);
    let outcome = stage.append(removal(1, true, Some(archived)));
    assert_eq!(outcome.archived(), [&ArchiveChange::Delete(NUMBER)]);
    // What the edge has read may be older than what the room knows.
    assert!(stage.append(removal(1, true, Some(archived))).is_silent());
    let answer = replies(3, "nice", NUMBER, heartogether::room::Answered::Archived(archived));
    assert_eq!(stage.command(2, answer).refusal(2), Refusal::MessageNotFound, "it is deleted");
}

#[test]
fn a_removal_that_means_no_message_changes_nothing() {
    let mut stage = lounge();
    assert_eq!(stage.room.foresee(&removal(1, true, None), stage.now), Err(Refusal::MessageNotFound));
    assert!(stage.append(removal(1, true, None)).is_silent());
    assert_eq!(stage.room.foresee(&removal(1, false, None), stage.now), Err(Refusal::MessageNotFound));
}

#[test]
fn a_message_is_all_of_a_picture_only_without_words_and_others() {
    let mut stage = lounge();
    stage.command(2, show(1, MessageText::none(), vec![picture(1)]));
    stage.command(2, show(2, MessageText::none(), pictures(2)));
    stage.command(2, show(3, words("look"), vec![picture(1)]));
    assert_eq!(
        shown(&stage).iter().map(|message| message.is_all(picture(1).id)).collect::<Vec<_>>(),
        [true, false, false]
    );
    assert!(!shown(&stage)[0].is_all(picture(2).id));
}
