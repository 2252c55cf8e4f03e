//! What happens at the same time as something else, looked at from behind the door.

use std::{pin::pin, sync::Arc, time::Duration};

use axum::{Extension, extract::State, http::HeaderMap};
use futures::poll;
use heartogether::{
    id::{AccountId, ConnectionId, DisplayName, RoomCode},
    limits::Limits,
    refusal::Refusal,
    time::Timestamp,
};
use heartogether_app::{
    api::{Account, Backend, Caller, Visitor},
    routes::Destination,
};
use tempfile::TempDir;

use super::{CurrentSession, cookie, routes, sign_in::flow::Flow};
use crate::{
    clock::ManualClock,
    config::Config,
    signalling::{Ending, Frame, outbox},
    startup::Server,
    state::Node,
    store::Person,
};

/// A node with a guest, and a room of theirs.
struct Scene {
    node: Arc<Node>,
    visitor: Visitor,
    session: CurrentSession,
    room: RoomCode,
    _data: TempDir,
}

impl Scene {
    async fn set() -> Self {
        let data = TempDir::new().expect("a folder");
        let folder = data.path().to_str().expect("a path in UTF-8");
        let arguments = ["heartogether-server", "--port", "0", "--host", "127.0.0.1", "--data-dir", folder];
        let config = Config::from_arguments(arguments).expect("valid flags");
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_800_000_000_000)));
        let node = Server::bind(config, Limits::default(), clock).await.expect("a server").node;
        let visitor = Visitor { guests: node.guests(), ..Visitor::default() };
        let name = DisplayName::parse("Ada").expect("a name");
        let begun = node.sign_in_guest(name, &visitor).await.unwrap_or_else(|error| panic!("{error}"));
        let mut headers = HeaderMap::new();
        let pair = begun.cookie.to_str().expect("a cookie in ASCII").split(';').next().expect("name and value");
        headers.insert("cookie", pair.parse().expect("a cookie"));
        let tokens = cookie::values(&headers, &node.config.cookie.session_cookie_name);
        let (account, session) = node.find_session(tokens).await.expect("the store").expect("a session");
        let room = node.create_room(&account, &Caller::default()).await.unwrap_or_else(|error| panic!("{error}"));
        let visitor = Visitor { account: Some(account), ..visitor };
        Self { node, visitor, session, room, _data: data }
    }

    fn account(&self) -> Account {
        self.visitor.account.clone().expect("a guest")
    }

    async fn is_known(&self) -> bool {
        self.node.store.find_session(self.session.hash(), self.node.clock.now()).await.expect("the store").is_some()
    }

    /// Whose the room is, if it is still there.
    async fn owner_is(&self, account: &Account) -> Option<bool> {
        let found = self.node.find_room(self.room, Some(account.id)).await.ok().flatten();
        found.map(|room| room.is_owner)
    }
}

fn person() -> Person {
    let [issuer, subject, provider] = ["https://login.example", "ada", "Test"].map(str::to_owned);
    Person { issuer, subject, provider, name: DisplayName::parse("Ada Lovelace").expect("a name"), email: None }
}

/// Waits for what goes on in the background.
async fn until(condition: impl AsyncFn() -> bool) {
    let waiting = async {
        while !condition().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waiting).await.expect("it comes to pass");
}

#[tokio::test]
async fn a_connection_that_opens_during_a_log_out_does_not_stay() {
    let scene = Scene::set().await;
    let (outbox, mut queue) = outbox(4);
    let connection = ConnectionId::from_bits(1);
    let admitted = scene.node.admit(&scene.session, scene.account(), connection, outbox.clone()).await;
    let registration = admitted.unwrap_or_else(|ending| panic!("{ending:?}"));
    scene.node.end_session(&scene.session).await.expect("the store");
    assert!(matches!(queue.next().await, Some(Frame::Close(_))), "who was there before the log-out is found by it");
    drop(registration);
    let late = scene.node.admit(&scene.session, scene.account(), connection, outbox).await.err();
    assert_eq!(late, Some(Ending::refused(Refusal::NotSignedIn)));
}

#[tokio::test]
async fn a_deletion_is_carried_out_although_nobody_waits_for_it() {
    let scene = Scene::set().await;
    {
        let (node, visitor) = (State(scene.node.clone()), Extension(scene.visitor.clone()));
        let mut deletion = pin!(routes::delete(node, visitor, HeaderMap::new()));
        assert!(poll!(&mut deletion).is_pending());
    }
    until(async || !scene.is_known().await).await;
    assert_eq!(scene.owner_is(&scene.account()).await, None, "the room is over");
}

#[tokio::test]
async fn a_guest_is_taken_along_although_nobody_waits_for_it() {
    let scene = Scene::set().await;
    let (node, known) = (&scene.node, AccountId::from_bits(7));
    let account = node.store.sign_in(&person(), known, node.clock.now()).await.expect("the store");
    let flow = Flow::draw("test", String::new(), Destination::Home, Some(scene.account().id));
    {
        let session = Some(scene.session.clone());
        let mut settlement = pin!(scene.node.settle(person(), flow, scene.visitor.clone(), session));
        assert!(poll!(&mut settlement).is_pending());
    }
    until(async || scene.owner_is(&account).await == Some(true)).await;
    until(async || !scene.is_known().await).await;
}

#[tokio::test]
async fn the_open_connections_of_a_guest_who_signs_in_go_on_as_the_account() {
    let scene = Scene::set().await;
    let account = Account { id: AccountId::from_bits(7), ..scene.account() };
    let (outbox, mut queue) = outbox(4);
    let admitted = scene.node.admit(&scene.session, scene.account(), ConnectionId::from_bits(1), outbox).await;
    let registration = admitted.unwrap_or_else(|ending| panic!("{ending:?}"));
    scene.node.store.add_account(&account, scene.node.clock.now()).await.expect("the store");
    let begun = scene.node.begin_session(&account, &Caller::default()).await.expect("the store");
    scene.node.identity.sockets.adopt(scene.account().id, &account, begun.session);
    assert_eq!(registration.holder().account(), account);
    scene.node.identity.sockets.close_session(scene.session.hash());
    scene.node.identity.sockets.close_account(account.id);
    assert!(matches!(queue.next().await, Some(Frame::Close(_))));
    drop(registration);
    assert!(queue.next().await.is_none(), "it was closed once: the session of before is none of its any more");
}
