//! What whoever runs the server orders on the command line, on a running server.

use std::{path::Path, process::Output};

use heartogether::{
    engagement::MessageText,
    id::{MessageNumber, RoomCode},
    protocol::{Delete, ToRoom, Write},
    refusal::Refusal,
    role::Role,
    room::{EndReason, Picture, RoomEvent},
};
use reqwest::StatusCode;
use tempfile::TempDir;

use crate::{
    lounges::open_lounge,
    pictures::{show, uploaded, walk},
    support::{Connection, PostgresDatabase, Process, join},
};

/// Orders something, and returns what is printed.
fn order(data: &Path, database: Option<&str>, words: &[&str]) -> String {
    let Output { status, stdout, stderr } = ordered(data, database, words);
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).expect("text")
}

fn ordered(data: &Path, database: Option<&str>, words: &[&str]) -> Output {
    let mut command = Process::command(data, "warn");
    if let Some(url) = database {
        command.args(["--database-url", url]);
    }
    command.args(words).output().expect("a process")
}

/// What is printed in the columns of a line that has this text.
fn columns(printed: &str, text: &str) -> Vec<String> {
    let line = printed.lines().find(|line| line.contains(text));
    line.unwrap_or_else(|| panic!("no line has {text}: {printed}")).split('\t').map(str::to_owned).collect()
}

async fn rooms_are_listed_and_closed(data: &Path, database: Option<&str>, process: Process) {
    let site = &process.site;
    let (ada, grace) = (site.sign_in("Ada").await, site.sign_in("Grace").await);
    let (code, other) = (open_lounge(site, &ada, "").await, open_lounge(site, &ada, "").await);
    let (mut graces, _) = site.join(&grace, code, Role::Participant).await;
    let listed = order(data, database, &["rooms", "list"]);
    assert_eq!(listed.lines().count(), 2);
    let room = columns(&listed, &code.to_string());
    assert_eq!((room.len(), room[2].as_str(), room[3].len()), (4, "0", 32), "{room:?}");
    assert!(room[1].starts_with("20") && room[1].ends_with('Z'), "{room:?}");

    assert_eq!(order(data, database, &["rooms", "close", &code.to_string(), "--by", "the night shift"]), "closed\n");
    loop {
        if let RoomEvent::RoomEnded { reason } = graces.event().await {
            assert_eq!(reason, EndReason::Stopped);
            break;
        }
    }
    assert_eq!(site.get(&format!("/api/rooms/{code}"), None).await.status(), StatusCode::NOT_FOUND);
    assert!(!site.reopen(&ada, code).await, "its owner does not open it again");
    assert_eq!(order(data, database, &["rooms", "close", &code.to_string()]), "there is no such room\n");
    assert_eq!(site.get(&format!("/api/rooms/{other}"), None).await.status(), StatusCode::OK);
    let wrong = ordered(data, database, &["rooms", "close", "nope"]);
    assert!(!wrong.status.success());

    let audit = order(data, database, &["audit", "list"]);
    let closed = columns(&audit, "the night shift");
    assert_eq!(closed[1..], ["the night shift", "rooms close", &code.to_string(), "closed"]);
    assert_eq!(audit.lines().count(), 3, "{audit}");
    assert_eq!(columns(&audit, "rooms list")[4], "shown");
    let latest = order(data, database, &["audit", "list", "--limit", "1"]);
    assert_eq!(columns(&latest, "rooms close")[4], "there is no such room");
    assert!(process.terminate().success());
}

#[tokio::test]
async fn rooms_are_listed_and_closed_in_sqlite() {
    let data = TempDir::new().expect("a folder");
    let process = Process::start(data.path(), &[]);
    rooms_are_listed_and_closed(data.path(), None, process).await;
}

#[tokio::test]
async fn rooms_are_listed_and_closed_in_postgres() {
    let (data, kept) = (TempDir::new().expect("a folder"), PostgresDatabase::create().await);
    let process = Process::start(data.path(), &["--database-url", &kept.url]);
    rooms_are_listed_and_closed(data.path(), Some(&kept.url), process).await;
}

#[tokio::test]
async fn a_banned_account_is_put_out_and_its_rooms_end() {
    let data = TempDir::new().expect("a folder");
    let process = Process::start(data.path(), &[]);
    let site = &process.site;
    let (ada, mallory) = (site.sign_in("Ada").await, site.sign_in("Mallory").await);
    let (code, own) = (open_lounge(site, &ada, "").await, open_lounge(site, &mallory, "").await);
    let (mut adas, _) = site.join(&ada, code, Role::Participant).await;
    let (_mallorys, joined) = site.join(&mallory, code, Role::Participant).await;
    let found = order(data.path(), None, &["accounts", "find", "mallory"]);
    let [id, name, provider] = &columns(&found, "Mallory")[..] else { panic!("three columns: {found}") };
    assert_eq!((name.as_str(), provider.as_str()), ("Mallory", "guest"));

    assert_eq!(order(data.path(), None, &["accounts", "ban", id]), "banned\n");
    loop {
        if let RoomEvent::MemberLeft { member } = adas.event().await {
            assert_eq!(member, joined.member);
            break;
        }
    }
    assert_eq!(site.get("/auth/me", Some(&mallory)).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(site.get(&format!("/api/rooms/{own}"), None).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(site.get("/auth/me", Some(&ada)).await.status(), StatusCode::OK);
    let found = order(data.path(), None, &["accounts", "find", "Mallory"]);
    assert_eq!(columns(&found, id)[3], "banned");
    let nobody = "0".repeat(32);
    assert_eq!(order(data.path(), None, &["accounts", "ban", &nobody]), "there is no such account\n");
    let lifted = order(data.path(), None, &["accounts", "unban", id]);
    assert!(lifted.starts_with("the ban is lifted"), "{lifted}");
    assert_eq!(order(data.path(), None, &["accounts", "unban", id]), "this account is not banned\n");
    assert!(!ordered(data.path(), None, &["accounts", "ban", "mallory"]).status.success(), "a name is no id");
}

#[tokio::test]
async fn an_order_waits_for_the_server() {
    let data = TempDir::new().expect("a folder");
    let missing = ordered(data.path(), None, &["rooms", "list"]);
    assert!(!missing.status.success());
    assert!(String::from_utf8_lossy(&missing.stderr).contains("there is no database"));
    assert!(!data.path().join("heartogether.db").exists(), "nothing is made");
    let process = Process::start(data.path(), &[]);
    let ada = process.site.sign_in("Ada").await;
    let code = open_lounge(&process.site, &ada, "").await;
    assert!(process.terminate().success());
    let told = order(data.path(), None, &["rooms", "close", &code.to_string()]);
    assert!(told.starts_with("noted"), "{told}");
    assert_eq!(columns(&order(data.path(), None, &["audit", "list"]), "rooms close")[4], "waits for a server");
    let process = Process::start(data.path(), &[]);
    let mut adas = process.site.greet(&ada).await;
    for _ in 0..100 {
        if process.site.get(&format!("/api/rooms/{code}"), None).await.status() == StatusCode::NOT_FOUND {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    adas.send(&join(code, Role::Participant)).await;
    assert_eq!(adas.refusal().await, Refusal::RoomNotFound);
    assert_eq!(columns(&order(data.path(), None, &["audit", "list"]), "rooms close")[4], "closed");
}

/// The next event that is about a message.
async fn told(connection: &mut Connection) -> RoomEvent {
    use RoomEvent::{MessageDeleted, MessageSent, PictureRemoved};
    loop {
        let event = connection.event().await;
        if matches!(event, MessageSent { .. } | PictureRemoved { .. } | MessageDeleted { .. }) {
            return event;
        }
    }
}

async fn pictures_are_removed(data: &Path, database: Option<&str>, process: Process) {
    const GONE: &str = "there is no such picture, or its message is deleted\n";
    let site = &process.site;
    let (ada, grace) = (site.sign_in("Ada").await, site.sign_in("Grace").await);
    let code = open_lounge(site, &ada, "").await;
    let (mut adas, _) = site.join(&ada, code, Role::Participant).await;
    let (mut graces, _) = site.join(&grace, code, Role::Participant).await;
    let kept = data.join("pictures");
    let remove = |address: String| order(data, database, &["pictures", "remove", &address, "--by", "the night shift"]);
    let path = |picture: &Picture| format!("/pictures/{code}/{}", picture.id);
    let is_there = async |picture: &Picture| site.get(&path(picture), Some(&ada)).await.status() == StatusCode::OK;

    let (one, other, alone) =
        (uploaded(site, code, &grace).await, uploaded(site, code, &grace).await, uploaded(site, code, &grace).await);
    let text = MessageText::parse("look").expect("a text");
    graces.say(ToRoom::Write(Write { nonce: 1, text, pictures: vec![one, other], reply_to: None })).await;
    assert!(matches!(told(&mut adas).await, RoomEvent::MessageSent { .. }));
    graces.say(show(2, &[alone])).await;
    assert!(matches!(told(&mut adas).await, RoomEvent::MessageSent { .. }));

    // By its address: the page loses this picture and no other, at once and when it is opened again.
    assert_eq!(remove(format!("https://example.org{}", path(&one))), "removed\n");
    let number = MessageNumber(1);
    assert_eq!(told(&mut adas).await, RoomEvent::PictureRemoved { number, picture: one.id });
    assert!(!is_there(&one).await && is_there(&other).await && is_there(&alone).await);
    assert_eq!(walk(&kept), 2, "its bytes are gone");
    let (_again, joined) = site.join(&ada, code, Role::Participant).await;
    assert_eq!(joined.room.messages[0].pictures, [other]);
    assert_eq!(remove(path(&one)), "removed already\n");
    // By its id. The words stay.
    assert_eq!(remove(other.id.to_string()), "removed\n");
    // A message that shows nothing else goes with it.
    assert_eq!(remove(path(&alone)), "removed\n");
    assert_eq!(told(&mut adas).await, RoomEvent::PictureRemoved { number, picture: other.id });
    assert_eq!(told(&mut adas).await, RoomEvent::MessageDeleted { number: MessageNumber(2) });
    assert_eq!(walk(&kept), 0);

    // What no message has, and what is deleted.
    let (unsent, deleted) = (uploaded(site, code, &grace).await, uploaded(site, code, &grace).await);
    assert_eq!(remove(path(&unsent)), "removed; no message has shown it\n");
    graces.say(show(3, &[deleted])).await;
    assert!(matches!(told(&mut adas).await, RoomEvent::MessageSent { .. }));
    graces.say(ToRoom::Delete(Delete { number: MessageNumber(3) })).await;
    assert!(matches!(told(&mut adas).await, RoomEvent::MessageDeleted { .. }));
    let told_of_deleted = remove(path(&deleted));
    // The server may have erased its bytes before.
    assert!(
        told_of_deleted == "removed; no message shows it any more\n" || told_of_deleted == GONE,
        "{told_of_deleted}"
    );
    assert_eq!(walk(&kept), 0);
    let unknown = format!("/pictures/{code}/{}", "0".repeat(32));
    assert_eq!((remove(unknown.clone()).as_str(), remove(unknown).as_str()), (GONE, GONE));
    assert!(!ordered(data, database, &["pictures", "remove", &format!("/lounge/{code}")]).status.success());

    let audit = order(data, database, &["audit", "list"]);
    let line = columns(&audit, &one.id.to_string());
    assert_eq!(line[1..], ["the night shift", "pictures remove", &one.id.to_string(), "removed"]);
    assert_eq!(columns(&audit, "removed already")[3], one.id.to_string());
    assert_eq!(audit.lines().count(), 8, "{audit}");
    assert!(process.terminate().success());
    stays_removed(data, database, code, &ada).await;
}

/// A server that starts again reads the room from its log.
async fn stays_removed(data: &Path, database: Option<&str>, code: RoomCode, ada: &str) {
    let flags: Vec<&str> = database.iter().flat_map(|url| ["--database-url", url]).collect();
    let process = Process::start(data, &flags);
    let (_adas, joined) = process.site.join(ada, code, Role::Participant).await;
    let left: Vec<_> =
        joined.room.messages.iter().map(|message| (message.pictures.len(), message.text.is_some())).collect();
    assert_eq!(left, [(0, true), (0, false), (0, false)]);
}

#[tokio::test]
async fn pictures_are_removed_in_sqlite() {
    let data = TempDir::new().expect("a folder");
    let process = Process::start(data.path(), &[]);
    pictures_are_removed(data.path(), None, process).await;
}

#[tokio::test]
async fn pictures_are_removed_in_postgres() {
    let (data, kept) = (TempDir::new().expect("a folder"), PostgresDatabase::create().await);
    let process = Process::start(data.path(), &["--database-url", &kept.url]);
    pictures_are_removed(data.path(), Some(&kept.url), process).await;
}
