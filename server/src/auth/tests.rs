//! Requests about sign-in that run at the same time as others.

mod connections;
mod other_nodes;

use std::{pin::pin, sync::Arc, task::Poll, time::Duration};

use axum::{
    Extension, Form,
    extract::State,
    http::{HeaderMap, HeaderValue},
};
use futures::poll;
use heartogether::{
    id::{AccountId, ConnectionId, DisplayName, MemberId, NodeId, ResumeToken, RoomCode, Seq},
    limits::Limits,
    refusal::Refusal,
    role::{AccountKind, Guests, Role},
    room::{ConnectionRef, Event, JoinRequested},
    time::Timestamp,
};
use heartogether_app::{
    api::{Account, Backend, Caller, Visitor},
    routes::Destination,
};
use tempfile::TempDir;

use super::{CurrentSession, routes, sign_in::login_state::LoginState};
use crate::{
    clock::ManualClock,
    config::Config,
    startup::Server,
    state::Node,
    storage::{
        accounts::{ReturnedSignIn, TokenHash, VerifiedPerson},
        log::PAGE,
    },
    websocket::{CloseReason, Frame, send_queue},
};

const GUEST: &str = "Augusta";

/// A node with a guest, and a room of theirs.
struct Scene {
    node: Arc<Node>,
    visitor: Visitor,
    session: CurrentSession,
    room: RoomCode,
    clock: Arc<ManualClock>,
    _data: TempDir,
}

impl Scene {
    async fn set() -> Self {
        let data = TempDir::new().expect("a folder");
        let folder = data.path().to_str().expect("a path in UTF-8");
        let arguments = ["heartogether-server", "--port", "0", "--host", "127.0.0.1", "--data-dir", folder];
        let config = Config::from_arguments(arguments).expect("valid flags");
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_800_000_000_000)));
        let node = Server::bind(config, Limits::default(), clock.clone()).await.expect("a server").node;
        let visitor = Visitor { guests: node.guests(), ..Visitor::default() };
        let name = DisplayName::parse(GUEST).expect("a name");
        let begun = node.sign_in_guest(name, &visitor, None).await.unwrap_or_else(|error| panic!("{error}"));
        let (account, session) = find(&node, &begun.cookie).await.expect("a session");
        let room = node.create_room(&account, &Caller::default()).await.unwrap_or_else(|error| panic!("{error}"));
        let visitor = Visitor { account: Some(account), ..visitor };
        Self { node, visitor, session, room, clock, _data: data }
    }

    fn account(&self) -> Account {
        self.visitor.account.clone().expect("a guest")
    }

    async fn is_known(&self) -> bool {
        self.node.store.find_session(self.session.hash(), self.node.clock.now()).await.expect("the store").is_some()
    }

    /// The account of a cookie's session.
    async fn finds(&self, cookie: &HeaderValue) -> Option<Account> {
        find(&self.node, cookie).await.map(|(account, _)| account)
    }

    /// Whether the account owns the room; `None` if the room does not exist.
    async fn owner_is(&self, account: &Account) -> Option<bool> {
        let found = self.node.find_room(self.room, Some(account.id)).await.ok().flatten();
        found.map(|room| room.is_owner)
    }
}

async fn find(node: &Node, cookie: &HeaderValue) -> Option<(Account, CurrentSession)> {
    let mut headers = HeaderMap::new();
    let pair = cookie.to_str().expect("a cookie in ASCII").split(';').next().expect("name and value");
    headers.insert("cookie", pair.parse().expect("a cookie"));
    let found = node.find_browser_session(&headers, &Caller::default()).await;
    let (account, session) = found.expect("the store")?;
    Some((account?, session))
}

fn person(subject: &str) -> VerifiedPerson {
    let [issuer, subject, provider] = ["https://login.example", subject, "Test"].map(str::to_owned);
    VerifiedPerson { issuer, subject, provider, name: DisplayName::parse("Ada Lovelace").expect("a name"), email: None }
}

/// Signs somebody in elsewhere, before the test.
async fn sign_in(node: &Node, subject: &str, candidate: AccountId) -> Account {
    let now = node.clock.now();
    let arrival = ReturnedSignIn {
        person: person(subject),
        proof: TokenHash([1; 32]),
        proof_until: now,
        before: None,
        guest: None,
        candidate,
        session: TokenHash([2; 32]),
        expires_at: now.after_ms(60_000),
    };
    node.store.sign_in(&arrival, now).await.expect("the store").expect("for the first time").account
}

fn asks_to_listen(account: &Account, number: u128) -> Event {
    Event::JoinRequested(JoinRequested {
        marks: heartogether::room::Marks::default(),
        connection: ConnectionRef { node: NodeId::from_bits(1), id: ConnectionId::from_bits(number) },
        account: account.id,
        name: account.name.clone(),
        email: None,
        has_picture: false,
        kind: AccountKind::Guest(Guests::Host),
        role: Role::Listener,
        take_over: false,
        returns: false,
        member: MemberId::from_bits(number),
        token: ResumeToken::from_bits(number),
    })
}

/// Polls some work once. Returns whether it is complete.
async fn poll_once(work: &mut (impl Future<Output = impl Sized> + Unpin)) -> bool {
    poll!(work).is_ready()
}

/// Waits until the condition holds.
async fn until(mut condition: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !condition().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waiting).await.expect("it comes to pass");
}

#[tokio::test]
async fn a_connection_that_opens_during_a_log_out_does_not_stay() {
    // The log-out comes before the store is asked, while it is asked, and after it has answered.
    for steps in 0..=2 {
        let scene = Scene::set().await;
        let (send_queue, mut queue) = send_queue(4);
        let connection = ConnectionId::from_bits(1);
        let mut admission = Box::pin(scene.node.admit(&scene.session, scene.account().id, connection, send_queue));
        let mut early = None;
        for _ in 0..steps {
            if early.is_none()
                && let Poll::Ready(admitted) = poll!(&mut admission)
            {
                early = Some(admitted);
            }
            // The store works on threads of its own, and has answered by then.
            scene.is_known().await;
        }
        scene.node.end_session(&scene.session).await.expect("the store");
        let admitted = match early {
            Some(admitted) => admitted,
            None => admission.await,
        };
        match admitted {
            Ok(_stays) => assert!(matches!(queue.next().await, Some(Frame::Close(_))), "after {steps} steps"),
            Err(ending) => assert_eq!(ending, CloseReason::refused(Refusal::NotSignedIn)),
        }
    }
}

#[tokio::test]
async fn a_deletion_is_finished_if_the_caller_hangs_up() {
    let scene = Scene::set().await;
    {
        let (node, visitor) = (State(scene.node.clone()), Extension(scene.visitor.clone()));
        let mut deletion = pin!(routes::delete(node, visitor, HeaderMap::new()));
        assert!(poll!(&mut deletion).is_pending());
    }
    until(async || !scene.is_known().await).await;
    until(async || scene.owner_is(&scene.account()).await.is_none()).await;
}

#[tokio::test]
async fn a_log_out_is_finished_if_the_caller_hangs_up() {
    let scene = Scene::set().await;
    {
        let (node, visitor) = (State(scene.node.clone()), Extension(scene.visitor.clone()));
        let session = Some(Extension(scene.session.clone()));
        let form = Ok(Form(routes::LogOut { everywhere: true }));
        let mut leaving = pin!(routes::log_out(node, visitor, session, HeaderMap::new(), form));
        assert!(poll!(&mut leaving).is_pending());
    }
    until(async || !scene.is_known().await).await;
}

#[tokio::test]
async fn a_sign_in_of_a_guest_is_finished_if_the_caller_hangs_up() {
    let scene = Scene::set().await;
    let (node, known) = (&scene.node, AccountId::from_bits(7));
    let account = sign_in(node, "ada", known).await;
    let flow = LoginState::draw("test", String::new(), Destination::Home, Some(scene.account().id));
    {
        let session = Some(scene.session.clone());
        let mut settlement = pin!(scene.node.settle(person("ada"), flow, scene.visitor.clone(), session));
        assert!(poll!(&mut settlement).is_pending());
    }
    until(async || scene.owner_is(&account).await == Some(true)).await;
    until(async || !scene.is_known().await).await;
}

#[tokio::test]
async fn two_sign_ins_at_once_give_a_guests_rooms_to_one_account() {
    let scene = Scene::set().await;
    let node = &scene.node;
    let known = AccountId::from_bits(7);
    sign_in(node, "grace", known).await;
    let flow = || LoginState::draw("test", String::new(), Destination::Home, Some(scene.account().id));
    let sign_in =
        |subject| scene.node.settle(person(subject), flow(), scene.visitor.clone(), Some(scene.session.clone()));
    let (ada, ada_cookie) = sign_in("ada").await.unwrap_or_else(|_| panic!("signed in"));
    let (grace, _) = sign_in("grace").await.unwrap_or_else(|_| panic!("signed in"));
    assert_eq!((ada.id, grace.id), (scene.account().id, known), "who is new keeps the guest's account");
    assert_eq!(scene.owner_is(&ada).await, Some(true));
    assert!(scene.finds(&ada_cookie).await.is_some_and(|found| found.id == ada.id), "the account is still there");
}

#[tokio::test]
async fn a_request_under_way_during_a_deletion_leaves_no_name_in_the_log() {
    let scene = Scene::set().await;
    let (node, ada) = (&scene.node, scene.account());
    let name = DisplayName::parse("Somebody").expect("a name");
    let host = Account { id: AccountId::from_bits(7), name, ..ada.clone() };
    node.store.add_account(&host, node.clock.now()).await.expect("the store");
    let code = node.create_room(&host, &Caller::default()).await.unwrap_or_else(|error| panic!("{error}"));
    let room = node.log.find(code).await.expect("the log").expect("a room");
    let log = async || {
        let page = node.log.read(room, Seq(0), PAGE).await.expect("the log");
        serde_json::to_string(&page.entries).expect("JSON")
    };
    node.log.append(room, asks_to_listen(&ada, 1)).await.expect("the log");
    let mut deletion = pin!(node.delete_account(ada.id));
    until(async || !poll_once(&mut deletion).await && !log().await.contains(GUEST)).await;
    // Both at once: the deletion may hold the database, and makes progress only while it is polled.
    let (appended, deleted) = tokio::join!(node.log.append(room, asks_to_listen(&ada, 2)), deletion);
    appended.expect("the log");
    deleted.expect("the store");
    assert!(!log().await.contains(GUEST), "{}", log().await);
}

#[tokio::test]
async fn the_next_run_finishes_interrupted_departures() {
    let scene = Scene::set().await;
    let (node, guest, known) = (&scene.node, scene.account(), AccountId::from_bits(7));
    let account = sign_in(node, "ada", known).await;
    // The server stops once the store knows, and before the rooms do.
    let arrival = ReturnedSignIn {
        person: person("ada"),
        proof: TokenHash([3; 32]),
        proof_until: node.clock.now(),
        before: Some(scene.session.hash()),
        guest: Some(guest.id),
        candidate: AccountId::from_bits(8),
        session: TokenHash([4; 32]),
        expires_at: node.clock.now().after_ms(60_000),
    };
    node.store.sign_in(&arrival, node.clock.now()).await.expect("the store").expect("for the first time");
    assert_eq!(scene.owner_is(&account).await, Some(false));
    node.finish_departures().await.expect("the store");
    assert_eq!(scene.owner_is(&account).await, Some(true));
    assert!(node.store.departures().await.expect("the store").is_empty());

    node.store.begin_deletion(account.id).await.expect("the store");
    node.finish_departures().await.expect("the store");
    until(async || scene.owner_is(&account).await.is_none()).await;
    assert!(node.store.departures().await.expect("the store").is_empty());
}
