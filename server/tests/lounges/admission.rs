//! The owner of a lounge is asked before somebody comes in.

use heartogether::{
    id::{MemberId, RoomCode},
    limits::{DECLINED_MS, Limits, PAGES_PER_MEMBER, REQUEST_MS},
    protocol::{AnswerJoin, AskFirst, FromRoom, HandOver, Join, LoungesChanged, ToRoom},
    refusal::Refusal,
    role::Role,
    room::RoomEvent,
};

use super::{come, come_as, heard, lists::PAUSE_MS, open_lounge, saved};
use crate::{
    older_messages::patient,
    support::{Connection, Site, TestServer, said_in},
};

/// Ada's lounge, in which she wants to be asked, and her page.
async fn asking(site: &Site, ada: &str) -> (RoomCode, Connection) {
    let code = open_lounge(site, ada, "").await;
    let (mut adas, _) = come(site, ada, code).await;
    adas.say(ToRoom::AskFirst(AskFirst { on: true })).await;
    while !matches!(heard(&mut adas).await, RoomEvent::AskFirstChanged { on: true }) {}
    (code, adas)
}

/// Who asks next, as the owner's page is told.
async fn asker(page: &mut Connection) -> (MemberId, String) {
    loop {
        if let RoomEvent::JoinAsked { waiting } = heard(page).await {
            return (waiting.member, waiting.name.to_string());
        }
    }
}

/// What the page is refused next.
async fn refusal(page: &mut Connection) -> Refusal {
    loop {
        if let FromRoom::Refused { refusal } = page.hear().await {
            return refusal;
        }
    }
}

async fn answer(page: &mut Connection, member: MemberId, admit: bool) {
    page.say(ToRoom::AnswerJoin(AnswerJoin { member, admit })).await;
}

#[tokio::test]
async fn who_asks_waits_and_comes_in_when_the_owner_lets_them_in() {
    let server = TestServer::start().await;
    let (ada, grace) = (server.site.sign_in("Ada").await, server.site.sign_in("Grace").await);
    let (code, mut adas) = asking(&server.site, &ada).await;
    let mut graces = come_as(&server.site, &grace, code, "Grace H.").await;
    assert_eq!(graces.hear().await, FromRoom::Waiting);
    let (member, name) = asker(&mut adas).await;
    assert_eq!(name, "Grace H.");
    assert!(saved(&server.site, &grace).await.is_empty(), "who waits is no member");
    let (_, joined) = come(&server.site, &ada, code).await;
    assert_eq!(joined.room.waiting.len(), 1, "the owner's other page sees it too");
    answer(&mut adas, member, true).await;
    assert_eq!(graces.hear().await, FromRoom::Admitted);
    let (_, joined) = come(&server.site, &grace, code).await;
    assert_eq!(joined.member, member);
    assert_eq!(saved(&server.site, &grace).await.len(), 1);
}

#[tokio::test]
async fn a_connection_that_waits_takes_the_place_itself() {
    let server = TestServer::start().await;
    let (ada, grace) = (server.site.sign_in("Ada").await, server.site.sign_in("Grace").await);
    let (code, mut adas) = asking(&server.site, &ada).await;
    let mut graces = come_as(&server.site, &grace, code, "Grace").await;
    assert_eq!(graces.hear().await, FromRoom::Waiting);
    let (member, _) = asker(&mut adas).await;
    answer(&mut adas, member, true).await;
    assert_eq!(graces.hear().await, FromRoom::Admitted);
    graces.send(&crate::support::join(code, Role::Participant)).await;
    loop {
        if let FromRoom::Joined(joined) = graces.hear().await {
            assert_eq!(joined.member, member);
            break;
        }
    }
}

#[tokio::test]
async fn a_request_outlasts_a_new_start_and_is_answered_by_the_next_owner() {
    let mut server = TestServer::start().await;
    let (ada, grace) = (server.site.sign_in("Ada").await, server.site.sign_in("Grace").await);
    let linus = server.site.sign_in("Linus").await;
    let code = open_lounge(&server.site, &ada, "").await;
    let (mut adas, _) = come(&server.site, &ada, code).await;
    let (linuses, as_linus) = come(&server.site, &linus, code).await;
    adas.say(ToRoom::AskFirst(AskFirst { on: true })).await;
    while !matches!(heard(&mut adas).await, RoomEvent::AskFirstChanged { on: true }) {}
    let mut graces = come_as(&server.site, &grace, code, "Grace").await;
    assert_eq!(graces.hear().await, FromRoom::Waiting);
    drop((adas, graces, linuses));

    let site = server.again(&[]).await;
    let (mut adas, joined) = come(&site, &ada, code).await;
    assert!(joined.room.asks_first);
    let [asked] = &joined.room.waiting[..] else { panic!("one waits: {:?}", joined.room.waiting) };
    assert_eq!(asked.name.as_str(), "Grace");
    let (mut linuses, joined) = come(&site, &linus, code).await;
    assert!(joined.room.waiting.is_empty());
    adas.say(ToRoom::HandOver(HandOver { member: as_linus.member })).await;
    assert_eq!(asker(&mut linuses).await.0, asked.member);
    answer(&mut adas, asked.member, true).await;
    assert_eq!(refusal(&mut adas).await, Refusal::NotAllowed);
    let mut graces = come_as(&site, &grace, code, "Grace").await;
    assert_eq!(graces.hear().await, FromRoom::Waiting, "she asks on a new connection");
    answer(&mut linuses, asked.member, false).await;
    assert_eq!(graces.refusal().await, Refusal::Declined);
}

#[tokio::test]
async fn a_page_that_comes_back_without_a_place_or_a_request_asks_nobody() {
    let server = TestServer::start().await;
    let (ada, grace) = (server.site.sign_in("Ada").await, server.site.sign_in("Grace").await);
    let (code, mut adas) = asking(&server.site, &ada).await;
    let return_to =
        said_in(code, ToRoom::Join(Join { role: Role::Participant, take_over: false, name: None, returns: true }));
    drop(come_as(&server.site, &grace, code, "Grace").await);
    let (member, _) = asker(&mut adas).await;
    let mut graces = server.site.greet(&grace).await;
    graces.send(&return_to).await;
    assert_eq!(graces.hear().await, FromRoom::Waiting);
    drop(graces);
    answer(&mut adas, member, false).await;
    while !matches!(heard(&mut adas).await, RoomEvent::JoinAnswered { .. }) {}
    let mut graces = server.site.greet(&grace).await;
    graces.send(&return_to).await;
    assert_eq!(graces.refusal().await, Refusal::Declined);
    assert!(come(&server.site, &ada, code).await.1.room.waiting.is_empty());
}

#[tokio::test]
async fn who_gives_up_while_they_are_let_in_has_the_lounge_not_in_their_list() {
    let server = TestServer::start().await;
    let (ada, grace) = (server.site.sign_in("Ada").await, server.site.sign_in("Grace").await);
    let (code, mut adas) = asking(&server.site, &ada).await;
    let mut graces = come_as(&server.site, &grace, code, "Grace").await;
    assert_eq!(graces.hear().await, FromRoom::Waiting);
    let (member, _) = asker(&mut adas).await;
    answer(&mut adas, member, true).await;
    assert_eq!(graces.hear().await, FromRoom::Admitted);
    while saved(&server.site, &grace).await.is_empty() {}
    graces.say(ToRoom::Leave).await;
    while !matches!(adas.event().await, RoomEvent::MemberLeft { member: left } if left == member) {}
    while !saved(&server.site, &grace).await.is_empty() {}
}

#[tokio::test]
async fn who_waits_gives_up_and_names_that_imitate_are_refused() {
    let server = TestServer::start().await;
    let (ada, grace) = (server.site.sign_in("Ada").await, server.site.sign_in("Grace").await);
    let (code, mut adas) = asking(&server.site, &ada).await;
    for taken in ["Аdа", "system"] {
        let mut imitation = come_as(&server.site, &grace, code, taken).await;
        assert_eq!(imitation.refusal().await, Refusal::NameTaken, "{taken}");
    }
    let mut graces = come_as(&server.site, &grace, code, "Grace").await;
    assert_eq!(graces.hear().await, FromRoom::Waiting);
    let (member, _) = asker(&mut adas).await;
    graces.say(ToRoom::Leave).await;
    loop {
        if let RoomEvent::JoinAnswered { members } = heard(&mut adas).await {
            assert_eq!(members, [member]);
            break;
        }
    }
    assert!(come(&server.site, &ada, code).await.1.room.waiting.is_empty());
}

#[tokio::test]
async fn who_is_let_in_while_away_has_the_lounge_in_their_list_and_their_pages_are_told() {
    let server = TestServer::start_with(patient(), &[]).await;
    let (ada, grace) = (server.site.sign_in("Ada").await, server.site.sign_in("Grace").await);
    let (code, mut adas) = asking(&server.site, &ada).await;
    let elsewhere = open_lounge(&server.site, &grace, "").await;
    let (mut desk, _) = come(&server.site, &grace, elsewhere).await;
    assert_eq!(desk.list_change().await, LoungesChanged::anew(), "her own lounge");
    let mut graces = come_as(&server.site, &grace, code, "Grace").await;
    assert_eq!(graces.hear().await, FromRoom::Waiting);
    drop(graces);
    let (member, _) = asker(&mut adas).await;
    desk.drain().await;
    assert_eq!(desk.lounges, [], "nothing has changed yet");
    answer(&mut adas, member, true).await;
    assert_eq!(desk.list_change().await, LoungesChanged::anew());
    let codes: Vec<_> = saved(&server.site, &grace).await.iter().map(|lounge| lounge["code"].clone()).collect();
    assert!(codes.contains(&code.to_string().into()), "{codes:?}");
    assert_eq!(come(&server.site, &grace, code).await.1.member, member);
}

#[tokio::test]
async fn pages_that_come_and_go_make_no_page_leave_that_waits() {
    let server = TestServer::start_with(patient(), &[]).await;
    let (ada, grace) = (server.site.sign_in("Ada").await, server.site.sign_in("Grace").await);
    let (code, mut adas) = asking(&server.site, &ada).await;
    let mut stays = come_as(&server.site, &grace, code, "Grace").await;
    assert_eq!(stays.hear().await, FromRoom::Waiting);
    for _ in 0..2 * PAGES_PER_MEMBER {
        let mut other = come_as(&server.site, &grace, code, "Grace").await;
        assert_eq!(other.hear().await, FromRoom::Waiting);
        drop(other);
    }
    let (member, _) = asker(&mut adas).await;
    answer(&mut adas, member, true).await;
    assert_eq!(stays.hear().await, FromRoom::Admitted);
}

#[tokio::test]
async fn who_is_declined_cannot_ask_again_for_ten_minutes() {
    let server = TestServer::start().await;
    let (ada, grace) = (server.site.sign_in("Ada").await, server.site.sign_in("Grace").await);
    let (code, mut adas) = asking(&server.site, &ada).await;
    let mut graces = come_as(&server.site, &grace, code, "Grace").await;
    assert_eq!(graces.hear().await, FromRoom::Waiting);
    let (member, _) = asker(&mut adas).await;
    answer(&mut adas, member, false).await;
    assert_eq!(graces.refusal().await, Refusal::Declined);
    let mut graces = come_as(&server.site, &grace, code, "Grace").await;
    assert_eq!(graces.refusal().await, Refusal::DeclinedLately);
    server.clock.advance(DECLINED_MS);
    let mut graces = come_as(&server.site, &grace, code, "Grace").await;
    assert_eq!(graces.hear().await, FromRoom::Waiting);
}

#[tokio::test]
async fn a_request_without_an_answer_ends_after_seven_days_and_both_sides_are_told() {
    // Their pages say nothing for so long.
    let limits = Limits { silence_ms: 2 * REQUEST_MS, ..Limits::default() };
    let server = TestServer::start_with(limits, &[]).await;
    let (ada, grace) = (server.site.sign_in("Ada").await, server.site.sign_in("Grace").await);
    let (code, mut adas) = asking(&server.site, &ada).await;
    let mut graces = come_as(&server.site, &grace, code, "Grace").await;
    assert_eq!(graces.hear().await, FromRoom::Waiting);
    let (member, _) = asker(&mut adas).await;
    server.clock.advance(REQUEST_MS);
    assert_eq!(refusal(&mut graces).await, Refusal::NotAnswered);
    loop {
        if let RoomEvent::JoinAnswered { members } = heard(&mut adas).await {
            assert_eq!(members, [member]);
            break;
        }
    }
    let mut graces = come_as(&server.site, &grace, code, "Grace").await;
    assert_eq!(graces.hear().await, FromRoom::Waiting, "she may ask again");
}

/// How many wait, as an account's list says of a lounge.
async fn listed(site: &Site, cookie: &str, code: RoomCode) -> Option<u64> {
    let lounges = saved(site, cookie).await;
    let lounge = lounges.iter().find(|lounge| lounge["code"] == code.to_string()).expect("it is in the list");
    lounge.get("waiting").map(|waiting| waiting.as_u64().expect("a number"))
}

#[tokio::test]
async fn the_owners_lists_say_how_many_wait_and_nobody_elses() {
    let server = TestServer::start_with(patient(), &[]).await;
    let (ada, grace) = (server.site.sign_in("Ada").await, server.site.sign_in("Grace").await);
    let linus = server.site.sign_in("Linus").await;
    let code = open_lounge(&server.site, &ada, "").await;
    let elsewhere = open_lounge(&server.site, &ada, "").await;
    let (mut adas, _) = come(&server.site, &ada, code).await;
    let as_linus = come(&server.site, &linus, code).await.1;
    adas.say(ToRoom::AskFirst(AskFirst { on: true })).await;
    while !matches!(heard(&mut adas).await, RoomEvent::AskFirstChanged { on: true }) {}
    let (mut desk, _) = come(&server.site, &ada, elsewhere).await;
    let (mut linuses, _) = come(&server.site, &linus, elsewhere).await;
    for page in [&mut desk, &mut linuses] {
        page.drain().await;
        page.lounges.clear();
    }
    let mut graces = come_as(&server.site, &grace, code, "Grace").await;
    assert_eq!(graces.hear().await, FromRoom::Waiting);
    let (member, _) = asker(&mut adas).await;
    let waiting = |changed: LoungesChanged| changed.news.iter().map(|news| news.waiting).collect::<Vec<_>>();
    assert_eq!(waiting(desk.list_change().await), [1]);
    assert_eq!(listed(&server.site, &ada, code).await, Some(1));
    assert_eq!(listed(&server.site, &linus, code).await, None);

    server.clock.advance(PAUSE_MS);
    adas.say(ToRoom::HandOver(HandOver { member: as_linus.member })).await;
    assert_eq!(waiting(desk.list_change().await), [0], "she owns it no more");
    assert_eq!(waiting(linuses.list_change().await), [1], "and he was told nothing before");
    server.clock.advance(PAUSE_MS);
    let (mut as_owner, _) = come(&server.site, &linus, code).await;
    answer(&mut as_owner, member, false).await;
    assert_eq!(waiting(linuses.list_change().await), [0]);
    assert_eq!(listed(&server.site, &linus, code).await, None);
}
