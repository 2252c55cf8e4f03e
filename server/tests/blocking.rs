//! Blocking in lounges: it holds for the account in all its rooms, and the blocked person learns nothing.

use heartogether::{
    engagement::MessageText,
    id::{MemberId, RoomCode},
    protocol::{Block, FromRoom, RoomFrame, ServerMessage, ToRoom, Write},
    refusal::Refusal,
    role::Role,
    room::{Joined, RoomEvent},
};

use crate::{
    lounges::open_lounge,
    support::{Connection, Site, TestServer, resume},
};

async fn come(site: &Site, cookie: &str, code: RoomCode) -> (Connection, Joined) {
    site.join(cookie, code, Role::Participant).await
}

/// The next list of blocked members; all else is passed over.
async fn blocked(connection: &mut Connection) -> Vec<MemberId> {
    loop {
        if let FromRoom::Blocked { members } = connection.hear().await {
            return members;
        }
    }
}

fn block(member: MemberId, blocked: bool) -> ToRoom {
    ToRoom::Block(Block { member, blocked })
}

#[tokio::test]
async fn who_is_blocked_is_blocked_on_all_pages_in_all_rooms() {
    let mut server = TestServer::start().await;
    let (ada, grace) = (server.site.sign_in("Ada").await, server.site.sign_in("Grace").await);
    let first = open_lounge(&server.site, &ada, "").await;
    let second = open_lounge(&server.site, &ada, "").await;
    let (mut adas, _) = come(&server.site, &ada, first).await;
    let (mut adas_other, _) = come(&server.site, &ada, first).await;
    let (mut adas_second, _) = come(&server.site, &ada, second).await;
    let (mut graces, as_grace) = come(&server.site, &grace, first).await;
    adas.say(block(as_grace.member, true)).await;
    for page in [&mut adas, &mut adas_other] {
        assert_eq!(blocked(page).await, [as_grace.member]);
    }
    // Somebody who is blocked comes into another room: the page knows before it is told that they have come.
    let (mut graces_second, as_second) = come(&server.site, &grace, second).await;
    assert_eq!(blocked(&mut adas_second).await, [as_second.member]);
    assert!(
        matches!(adas_second.event().await, RoomEvent::MemberJoined { member } if member.member == as_second.member)
    );
    // Nobody else learns anything of it.
    let text = MessageText::parse("hello").expect("a message");
    graces.say(ToRoom::Write(Write { nonce: 1, text, pictures: Vec::new(), reply_to: None })).await;
    for page in [&mut graces, &mut graces_second] {
        let heard = page.drain().await;
        let is_told = |message: &ServerMessage| {
            matches!(message, ServerMessage::Room(RoomFrame { message: FromRoom::Blocked { .. }, .. }))
        };
        assert!(!heard.iter().any(is_told), "{heard:?}");
    }
    // Also after a new start, with the place and when it is resumed.
    drop((adas, adas_other, adas_second, graces, graces_second));
    let site = server.again(&[]).await;
    let (adas, joined) = come(&site, &ada, first).await;
    assert_eq!(joined.blocked, [as_grace.member]);
    drop(adas);
    let mut adas = site.greet(&ada).await;
    adas.send(&resume(first, &joined, joined.seq)).await;
    assert_eq!(adas.resumed().await.blocked, [as_grace.member]);
    let (mut graces, joined) = come(&site, &grace, first).await;
    assert_eq!(joined.blocked, []);
    adas.say(block(as_grace.member, false)).await;
    assert_eq!(blocked(&mut adas).await, []);
    graces.drain().await;
    assert_eq!(come(&site, &ada, first).await.1.blocked, []);
}

#[tokio::test]
async fn only_another_member_is_blocked() {
    let server = TestServer::start().await;
    let (ada, grace) = (server.site.sign_in("Ada").await, server.site.sign_in("Grace").await);
    let code = open_lounge(&server.site, &ada, "").await;
    let (mut adas, as_ada) = come(&server.site, &ada, code).await;
    adas.drain().await;
    adas.say(block(as_ada.member, true)).await;
    assert_eq!(adas.refusal().await, Refusal::NotAllowed);
    adas.say(block(MemberId::from_bits(7), true)).await;
    assert_eq!(adas.refusal().await, Refusal::MemberNotFound);
    // Who has left can be blocked, and is known again when they come back.
    let (mut graces, as_grace) = come(&server.site, &grace, code).await;
    graces.say(ToRoom::Leave).await;
    graces.drain().await;
    adas.say(block(as_grace.member, true)).await;
    assert_eq!(blocked(&mut adas).await, [as_grace.member]);
    let (_graces, again) = come(&server.site, &grace, code).await;
    let mut both = vec![as_grace.member, again.member];
    both.sort_unstable();
    assert_eq!(blocked(&mut adas).await, both);
}
