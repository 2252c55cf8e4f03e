//! How long a request lasts, and for how long who was declined cannot ask again.

use heartogether::{
    limits::{DECLINED_MS, REQUEST_MS},
    room::AskingTerms,
};

use super::{ends::knock_from, returning::come_back, *};

const TERMS: AskingTerms = AskingTerms { request_ms: IDLE_MS / 4, declined_ms: 60_000 };

/// Ada's lounge, in which she wants to be asked under these terms.
fn asking_under(terms: AskingTerms) -> Stage {
    let mut stage = lounge();
    come(&mut stage, 1, 1);
    stage.command(1, Command::AskFirstUnder(terms));
    stage
}

fn decline(stage: &mut Stage) -> Outcome {
    let member = only_one(stage);
    stage.command(1, answer(member, false))
}

#[test]
fn a_request_lasts_seven_days_and_who_is_declined_waits_ten_minutes() {
    assert_eq!((REQUEST_MS, DECLINED_MS), (7 * 24 * 60 * 60 * 1000, 10 * 60 * 1000));
    let terms = AskingTerms { request_ms: REQUEST_MS, declined_ms: DECLINED_MS };
    assert_eq!(Command::ask_first(true), Command::AskFirstUnder(terms));
    assert_eq!(Command::ask_first(false), ASK_NO_MORE);
}

#[test]
fn the_terms_can_change_while_the_owner_is_asked() {
    let mut stage = asking_under(TERMS);
    assert!(stage.room.asks_first() && stage.room.has_asking_terms());
    assert!(stage.command(1, Command::AskFirstUnder(TERMS)).is_silent(), "it is so already");
    knock(&mut stage, 3);
    stage.command(1, Command::AskFirstUnder(AskingTerms { request_ms: 1, ..TERMS }));
    assert_eq!(only_one(&stage), waiting(&stage)[0].member, "it has not ended yet");
    assert_eq!(stage.wait(1).wake().closed(), [closed_at(3, Refusal::NotAnswered)]);
    stage.command(1, ASK_NO_MORE);
    assert!(!stage.room.uses_admission(), "nothing is left of it");
}

#[test]
fn who_is_declined_cannot_ask_again_for_a_while() {
    let mut stage = asking_under(TERMS);
    knock(&mut stage, 3);
    assert_eq!(decline(&mut stage).closed(), [closed_at(3, Refusal::Declined)]);
    stage.wait(TERMS.declined_ms - 1);
    let outcome = knock(&mut stage, 3);
    assert_eq!(outcome.refusal(3), Refusal::DeclinedLately);
    assert!(outcome.events(Audience::Member(HOST)).is_empty() && waiting(&stage).is_empty());
    assert!(waits(&knock(&mut stage, 4), 4), "others can ask");
    stage.wait(1);
    assert!(waits(&knock(&mut stage, 3), 3));
}

#[test]
fn the_server_knows_before_it_writes_an_entry() {
    let mut stage = asking_under(TERMS);
    let asks = |at| {
        Event::JoinRequested(JoinRequested {
            connection: connection(at),
            account: EDSGER,
            name: name("Edsger"),
            email: None,
            has_picture: false,
            kind: AccountKind::Known,
            marks: Marks::default(),
            role: Role::Participant,
            take_over: false,
            returns: false,
            member: MemberId::from_bits(5_000 + at),
            token: ResumeToken::from_bits(6_000 + at),
        })
    };
    stage.append(asks(3));
    decline(&mut stage);
    assert_eq!(stage.room.foresee(&asks(33), stage.now), Err(Refusal::DeclinedLately));
    let later = stage.now.after_ms(TERMS.declined_ms);
    assert_eq!(stage.room.foresee(&asks(33), later), Ok(Foreseen::Change));
}

#[test]
fn who_is_declined_is_known_by_the_browser_too() {
    let mut stage = asking_under(TERMS);
    knock_from(&mut stage, 3, 3, 30);
    decline(&mut stage);
    assert_eq!(knock_from(&mut stage, 4, 3, 40).refusal(4), Refusal::DeclinedLately, "a new guest in the browser");
    assert!(waits(&knock_from(&mut stage, 5, 5, 30), 5), "somebody else at the address");
    stage.wait(TERMS.declined_ms);
    assert!(waits(&knock_from(&mut stage, 4, 3, 40), 4));
}

#[test]
fn who_makes_up_guests_at_an_address_is_declined_few_times() {
    let mut stage = asking_under(TERMS);
    for at in 0..u128::from(WAITING_PER_ADDRESS) {
        assert!(waits(&knock_from(&mut stage, 100 + at, 100 + at, 30), 100 + at));
        decline(&mut stage);
    }
    assert_eq!(knock_from(&mut stage, 200, 200, 30).refusal(200), Refusal::TooManyWaiting);
    assert!(waits(&knock_from(&mut stage, 201, 201, 31), 201), "others can still ask");
    stage.wait(TERMS.declined_ms);
    assert!(waits(&knock_from(&mut stage, 200, 200, 30), 200));
}

#[test]
fn who_is_declined_can_come_in_once_nobody_is_asked() {
    let mut stage = asking_under(TERMS);
    knock(&mut stage, 3);
    decline(&mut stage);
    stage.command(1, ASK_NO_MORE);
    come(&mut stage, 3, 33);
    stage.command(33, Command::Leave);
    stage.command(1, Command::AskFirstUnder(TERMS));
    assert!(waits(&knock(&mut stage, 3), 3), "it is forgotten");
}

#[test]
fn who_is_declined_and_banned_in_one_step_cannot_ask_any_more() {
    let mut stage = asking_under(TERMS);
    knock(&mut stage, 3);
    let member = only_one(&stage);
    let outcome = stage.command(1, Command::RemoveMember { member, block_address: false, may_return: false });
    assert_eq!(outcome.closed(), [closed_at(3, Refusal::Removed)]);
    assert_eq!(outcome.events(Audience::Member(HOST)), [&RoomEvent::JoinAnswered { members: vec![member] }]);
    stage.wait(TERMS.declined_ms);
    assert_eq!(knock(&mut stage, 3).refusal(3), Refusal::Removed);
}

#[test]
fn a_decline_goes_with_the_account() {
    let mut stage = asking_under(TERMS);
    knock(&mut stage, 3);
    let until = stage.now.after_ms(TERMS.declined_ms);
    decline(&mut stage);
    let declined = |stage: &Stage, account| stage.room.data_of(account).expect("data").declined_until;
    assert_eq!(declined(&stage, EDSGER), Some(until));
    stage.append(Event::AccountMerged { from: EDSGER, to: BARBARA });
    assert_eq!((declined(&stage, EDSGER), declined(&stage, BARBARA)), (None, Some(until)));
    assert_eq!(knock_at(&mut stage, 4, 4).refusal(4), Refusal::DeclinedLately);
    stage.wait(TERMS.declined_ms).wake();
    assert_eq!(declined(&stage, BARBARA), None);
    let written = serde_json::to_string(&stage.room).expect("a room is written");
    assert!(!written.contains("declined\":"), "{written}");
}

#[test]
fn who_was_declined_and_deletes_the_account_cannot_ask_as_another_guest() {
    let mut stage = asking_under(TERMS);
    knock_from(&mut stage, 3, 3, 30);
    decline(&mut stage);
    stage.append(Event::AccountDeleted { account: EDSGER });
    assert_eq!(knock_from(&mut stage, 4, 3, 40).refusal(4), Refusal::DeclinedLately, "the same browser");
    for at in 1..u128::from(WAITING_PER_ADDRESS) {
        assert!(waits(&knock_from(&mut stage, 100 + at, 100 + at, 30), 100 + at));
    }
    assert_eq!(knock_from(&mut stage, 5, 5, 30).refusal(5), Refusal::TooManyWaiting, "the same address");
    stage.wait(TERMS.declined_ms);
    assert!(waits(&knock_from(&mut stage, 4, 3, 40), 4));
    let written = serde_json::to_string(&stage.room).expect("a room is written");
    assert!(!written.contains("declined\":"), "nothing is kept longer: {written}");
}

/// Accounts ask and wait no more, as many as may in one browser.
fn ask_in_vain(stage: &mut Stage, mut withdraw: impl FnMut(&mut Stage, u128)) {
    for at in 0..u128::from(WAITING_PER_ADDRESS) {
        assert!(waits(&knock_from(stage, 100 + at, 3, 30), 100 + at), "{at}");
        withdraw(stage, 100 + at);
        assert!(waiting(stage).is_empty());
    }
}

#[test]
fn who_asks_and_gives_up_again_and_again_has_to_wait() {
    let leave = |stage: &mut Stage, at| {
        let account = AccountId::from_bits(at);
        stage.append(Event::Commanded { connection: connection(at).id, account, command: Command::Leave });
    };
    let delete = |stage: &mut Stage, at| {
        stage.append(Event::AccountDeleted { account: AccountId::from_bits(at) });
    };
    for withdraw in [leave as fn(&mut Stage, u128), delete] {
        let mut stage = asking_under(TERMS);
        ask_in_vain(&mut stage, withdraw);
        let outcome = knock_from(&mut stage, 200, 3, 40);
        assert_eq!(outcome.refusal(200), Refusal::TooManyWaiting, "the same browser");
        assert!(outcome.events(Audience::Member(HOST)).is_empty());
        assert_eq!(knock_from(&mut stage, 201, 201, 30).refusal(201), Refusal::TooManyWaiting, "the same address");
        assert!(waits(&knock_from(&mut stage, 202, 202, 40), 202), "others can still ask");
        stage.wait(TERMS.declined_ms);
        assert!(waits(&knock_from(&mut stage, 200, 3, 30), 200));
        let written = serde_json::to_string(&stage.room).expect("a room is written");
        assert!(!written.contains("withdrawn"), "nothing is kept longer: {written}");
    }
}

#[test]
fn who_gave_up_again_and_again_is_forgotten_once_nobody_is_asked() {
    let mut stage = asking_under(TERMS);
    ask_in_vain(&mut stage, |stage, at| {
        stage.append(Event::AccountDeleted { account: AccountId::from_bits(at) });
    });
    stage.command(1, ASK_NO_MORE);
    assert!(!stage.room.uses_admission(), "nothing is left of it");
}

#[test]
fn a_page_that_comes_back_reads_that_it_was_declined_only_if_it_was() {
    for declines in [true, false] {
        let mut stage = asking_under(TERMS);
        knock(&mut stage, 3);
        stage.lose(3);
        if declines {
            decline(&mut stage);
        } else {
            stage.wait(TERMS.request_ms).wake();
        }
        assert!(waiting(&stage).is_empty());
        let refusal = come_back(&mut stage, EDSGER, 31).refusal(31);
        assert_eq!(refusal, if declines { Refusal::Declined } else { Refusal::NotAMember });
    }
}

#[test]
fn a_request_without_an_answer_ends_and_both_sides_are_told() {
    let mut stage = asking_under(TERMS);
    let outcome = knock(&mut stage, 3);
    let (member, due) = (only_one(&stage), stage.now.after_ms(TERMS.request_ms));
    assert_eq!(outcome.wake_at(), Some(due));
    stage.wait(TERMS.request_ms / 2);
    assert_eq!(knock_at(&mut stage, 3, 33).wake_at(), Some(due), "another page does not prolong it");
    stage.wait(TERMS.request_ms / 2 - 1);
    assert!(stage.wake().is_silent());
    let outcome = stage.wait(1).wake();
    assert_eq!(outcome.closed(), [closed_at(33, Refusal::NotAnswered)]);
    assert_eq!(outcome.events(Audience::Member(HOST)), [&RoomEvent::JoinAnswered { members: vec![member] }]);
    assert!(waiting(&stage).is_empty() && outcome.wake_at().is_some_and(|next| next > stage.now));
    assert!(stage.command(1, answer(member, true)).is_silent(), "it is too late");
    assert!(waits(&knock(&mut stage, 3), 3), "they may ask again at once");
}

#[test]
fn an_answer_that_comes_with_the_end_comes_too_late() {
    let mut stage = asking_under(TERMS);
    knock(&mut stage, 3);
    let member = only_one(&stage);
    stage.wait(TERMS.request_ms);
    let admits = commanded(&stage.room, connection(1).id, answer(member, true));
    assert_eq!(stage.room.foresee(&admits, stage.now), Ok(Foreseen::Nothing));
    assert_eq!(stage.append(admits).closed(), [closed_at(3, Refusal::NotAnswered)]);
    assert!(!stage.room.has_place(EDSGER));
}

#[test]
fn where_asking_began_before_there_were_terms_requests_last_and_nobody_has_to_wait() {
    let mut stage = asking();
    assert!(!stage.room.has_asking_terms());
    let due = stage.room.wakes_at();
    knock(&mut stage, 3);
    assert_eq!(stage.room.wakes_at(), due, "nothing is due for it");
    decline(&mut stage);
    assert!(waits(&knock(&mut stage, 3), 3));
}
