//! A member keeps the place until they give it up.

use heartogether::{
    protocol::{Join, ToRoom},
    refusal::Refusal,
    room::{EndReason, RoomEvent},
};
use heartogether_client::{HostState, Input, ListenerState, Output, SignalingState, Timer};

use super::*;

#[test]
fn a_page_that_is_closed_keeps_the_place() {
    let mut page = page_of(GRACE, Vec::new());
    let commands = page.take(Input::Left);
    assert_eq!(said(&commands), []);
    assert!(commands.contains(&Output::CloseSocket));
    assert_eq!(page.fire(Timer::Reconnect), [], "it does not come back");
}

#[test]
fn a_page_that_may_be_closed_is_away_and_comes_back_when_it_is_shown() {
    let mut page = page_of(ADA, Vec::new());
    let commands = page.take(Input::Hidden);
    assert_eq!(said(&commands), []);
    assert!(commands.contains(&Output::CloseSocket));
    assert_eq!(page.client.signaling_state(), SignalingState::Reconnecting);
    assert!(page.take(Input::Woken).contains(&Output::OpenSocket));
}

#[test]
fn a_member_who_leaves_the_lounge_gives_the_place_up() {
    let mut page = page_of(GRACE, Vec::new());
    let commands = page.take(Input::MembershipEnded);
    assert_eq!(said(&commands), [ToRoom::Leave]);
    assert!(commands.contains(&Output::CloseSocket));
}

#[test]
fn a_member_who_leaves_while_away_gives_the_place_up_on_return() {
    let mut page = page_of(GRACE, Vec::new());
    page.take(wrote(text("unsent")));
    page.lose();
    assert_eq!(said(&page.take(Input::MembershipEnded)), []);
    assert_eq!(said(&page.miss(Vec::new())), [ToRoom::Leave]);
}

#[test]
fn no_page_takes_the_place_from_another_one() {
    for press in [Input::Started, Input::TakeOverPressed] {
        let mut page = new_page();
        page.client = Client::new(Role::Participant, code(), true, FIRST).conversing();
        page.take(press);
        let join = ToRoom::Join(Join { role: Role::Participant, take_over: false, name: None, returns: false });
        assert_eq!(introduced(&page.take(Input::SocketOpened)), [join]);
    }
    assert!(!Client::may_take_over(Role::Participant));
}

#[test]
fn a_place_that_is_gone_for_good_is_not_asked_for_again() {
    for refusal in [Refusal::SentOut, Refusal::LeftElsewhere, Refusal::Removed] {
        let mut page = page_of(GRACE, vec![message(1, EDSGER, "hello")]);
        assert!(page.refuse(refusal).contains(&Output::CloseSocket));
        assert_eq!(page.client.host_state(), HostState::Refused(refusal));
        assert_eq!(page.client.own_member(), None);
        assert_eq!(texts(&page), ["hello"], "what was said can still be read");
    }
}

#[test]
fn a_page_without_a_place_for_too_long_joins_again() {
    let mut page = page_of(GRACE, Vec::new());
    page.take(wrote(text("one")));
    page.lose();
    page.reconnect();
    let join = ToRoom::Join(Join { role: Role::Participant, take_over: false, name: None, returns: true });
    assert_eq!(said(&page.refuse(Refusal::NotAMember)), [join]);
    assert_eq!(said(&page.hear(joined(GRACE, 20, lounge(Vec::new())))), [write(FIRST, "one")]);
    assert_eq!(page.client.own_member(), Some(GRACE));
}

#[test]
fn a_page_that_comes_back_learns_that_its_member_is_none_any_more() {
    let mut page = page_of(GRACE, vec![message(1, EDSGER, "hello")]);
    page.lose();
    page.reconnect();
    page.refuse(Refusal::NotAMember);
    assert!(page.refuse(Refusal::NotAMember).contains(&Output::CloseSocket));
    assert_eq!(page.client.listener_state(), ListenerState::Refused(Refusal::NotAMember));
    page.take(Input::RetryPressed);
    let join = ToRoom::Join(Join { role: Role::Participant, take_over: false, name: None, returns: false });
    assert_eq!(introduced(&page.take(Input::SocketOpened)), [join], "now the visitor asks");
}

#[test]
fn nothing_is_asked_of_a_lounge_that_has_ended() {
    let mut page = page_of(GRACE, vec![message(1, GRACE, "hello")]);
    page.learn(RoomEvent::RoomEnded { reason: EndReason::Idle });
    let number = heartogether::id::MessageNumber(1);
    for press in [
        wrote(text("one")),
        Input::MessageDeleted(number),
        Input::EmojiPressed { number, emoji: emoji() },
        Input::Typed,
        Input::Seen(number),
        Input::EarlierMessagesPressed,
    ] {
        assert_eq!(said(&page.take(press)), []);
    }
    assert_eq!(texts(&page), ["hello"]);
}
