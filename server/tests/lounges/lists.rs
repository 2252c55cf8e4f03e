//! What pages are told of the account's other lounges, over the connection that they have.

use std::time::Duration;

use heartogether::{
    id::{MessageNumber, RoomCode, RoomName},
    protocol::{LoungeRead, LoungesChanged, MarkRead, NameRoom, RemoveMember, ToRoom},
};
use reqwest::StatusCode;

use super::{come, heard, open_lounge, write};
use crate::{
    older_messages::patient,
    support::{Connection, TestServer},
};

/// A room tells lists at most once in this time of its clock, in milliseconds.
pub(super) const PAUSE_MS: u64 = 1_000;

/// Ada's two lounges. Grace is a member of both, with a page in each; her page in the first one is the one that is told.
struct Lounges {
    server: TestServer,
    second: RoomCode,
    ada: Connection,
    grace_cookie: String,
    desk: Connection,
    phone: Connection,
    grace: heartogether::id::MemberId,
}

impl Lounges {
    async fn open() -> Self {
        let server = TestServer::start_with(patient(), &[]).await;
        let (ada, grace_cookie) = (server.site.sign_in("Ada").await, server.site.sign_in("Grace").await);
        let first = open_lounge(&server.site, &ada, "First").await;
        let second = open_lounge(&server.site, &ada, "Second").await;
        let (ada, _) = come(&server.site, &ada, second).await;
        let (mut desk, _) = come(&server.site, &grace_cookie, first).await;
        assert_eq!(desk.list_change().await, LoungesChanged::anew(), "the first lounge is in the list");
        let (mut phone, joined) = come(&server.site, &grace_cookie, second).await;
        for page in [&mut desk, &mut phone] {
            assert_eq!(page.list_change().await, LoungesChanged::anew(), "the second one, too");
        }
        Self { server, second, ada, grace_cookie, desk, phone, grace: joined.member }
    }

    /// The next change that Grace's page in the first lounge is told of.
    async fn told(&mut self) -> LoungesChanged {
        self.desk.list_change().await
    }
}

/// The latest message and the name in the news of one lounge.
fn news(changed: &LoungesChanged) -> (RoomCode, Option<String>, u64) {
    let [news] = &changed.news[..] else { panic!("news of one lounge were expected: {changed:?}") };
    (news.room, news.name.as_ref().map(ToString::to_string), news.last_message.0)
}

#[tokio::test]
async fn a_page_is_told_of_the_accounts_other_lounges() {
    let mut lounges = Lounges::open().await;
    let second = lounges.second;
    lounges.ada.say(write(1, "hello")).await;
    assert_eq!(news(&lounges.told().await), (second, Some("Second".to_owned()), 1));
    let read = LoungeRead { room: second, up_to: MessageNumber(1) };
    lounges.phone.say(ToRoom::MarkRead(MarkRead { up_to: read.up_to })).await;
    assert_eq!(lounges.told().await, LoungesChanged::read(read));
    lounges.server.clock.advance(PAUSE_MS);
    lounges.ada.say(ToRoom::NameRoom(NameRoom { name: RoomName::parse("Third").expect("a name") })).await;
    assert_eq!(news(&lounges.told().await), (second, Some("Third".to_owned()), 1));
    lounges.phone.drain().await;
    assert_eq!(lounges.phone.lounges, [], "a page in the lounge itself knows all that");

    let form = format!("code={second}&muted=true");
    let muted = lounges.server.site.submit("mute_lounge", &form, &[("cookie", &lounges.grace_cookie)]).await;
    assert_eq!(muted.status(), StatusCode::OK);
    assert_eq!(lounges.told().await, LoungesChanged::anew());
    assert_eq!(lounges.phone.list_change().await, LoungesChanged::anew(), "also where it was muted");
}

#[tokio::test]
async fn a_page_is_told_of_lounges_that_are_not_the_accounts_any_more() {
    let mut lounges = Lounges::open().await;
    let (second, member) = (lounges.second, lounges.grace);
    lounges.ada.say(ToRoom::RemoveMember(RemoveMember { member, block_address: false, may_return: true })).await;
    assert_eq!(lounges.told().await, LoungesChanged::gone(second), "who was sent out");
    // Who comes back is a member again, although the list was not asked for meanwhile.
    let (mut phone, _) = come(&lounges.server.site, &lounges.grace_cookie, second).await;
    assert_eq!(lounges.told().await, LoungesChanged::anew());
    lounges.server.clock.advance(PAUSE_MS);
    phone.say(ToRoom::Leave).await;
    assert_eq!(lounges.told().await, LoungesChanged::gone(second), "who has left");
    come(&lounges.server.site, &lounges.grace_cookie, second).await;
    assert_eq!(lounges.told().await, LoungesChanged::anew());
    lounges.server.clock.advance(PAUSE_MS);
    lounges.ada.say(ToRoom::Stop).await;
    assert_eq!(lounges.told().await, LoungesChanged::gone(second), "and all when the lounge ends");
}

#[tokio::test]
async fn however_much_is_written_a_page_is_told_once_in_a_while() {
    let mut lounges = Lounges::open().await;
    for nonce in 1..=50 {
        lounges.ada.say(write(nonce, "purl")).await;
        heard(&mut lounges.ada).await;
    }
    assert_eq!(news(&lounges.told().await).2, 1, "the first one is told at once");
    // Longer than the pause between two frames: what comes next waits for the room.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    lounges.desk.drain().await;
    assert_eq!(lounges.desk.lounges, []);
    lounges.server.clock.advance(PAUSE_MS);
    assert_eq!(news(&lounges.told().await).2, 50, "of all others, the last one");
}
