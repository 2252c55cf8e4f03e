//! After the deletion of an account, its name and messages cannot be read in any file of the server or in any copy,
//! although no log is rewritten.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use heartogether::{
    engagement::MessageText,
    id::{AccountId, MessageNumber, RoomCode, Seq},
    protocol::{Edit, ToRoom},
    role::Role,
    room::{Command, Event, PersonalText, RoomEvent},
};
use heartogether_server::{
    clock::ManualClock,
    storage::{
        database,
        keys::SqlKeys,
        log::{PAGE, RoomLog, SqlLog},
        sealing::Sealer,
    },
};
use serde_json::json;
use sqlx::SqlitePool;
use tempfile::TempDir;

use crate::{
    browser::{Browser, World},
    older_messages::{patient, read, write_many},
    provider::BEGINNING,
    support::{Connection, PATIENCE},
};

/// What must not be read any more, in whatever case.
const NAME: &str = "Quetzalcoatl";
const GUEST: &str = "Xochiquetzal";
const EMAIL: &str = "feathers@hear.example";
const WORDS: &str = "porcupine";
const EDITED: &str = "marmalade";
const SECRETS: [&str; 5] = [NAME, GUEST, EMAIL, WORDS, EDITED];

const GUESTS: [&str; 2] = ["--guests", "host"];

/// A row of the log: room, place, event, sealed texts.
type Row = (String, i64, String, String);

/// Somebody in a room of somebody else's, and the database that both are in.
struct Scene {
    world: World,
    host: Browser,
    hosting: Connection,
    code: RoomCode,
    pool: SqlitePool,
}

impl Scene {
    async fn set() -> Self {
        let world = World::start_under(patient(), &GUESTS).await;
        let host = world.browser();
        host.guest("Ada").await;
        let code = host.create_room().await;
        let (hosting, _) = world.site.join(&host.cookies(), code, Role::Host).await;
        let pool = database::open(&world.database()).await.expect("the same database");
        Self { world, host, hosting, code, pool }
    }

    /// Writes so much that the room keeps snapshots of it, and edits some.
    async fn writes_much(&mut self, listener: &mut Connection, nonce: u32) {
        write_many(listener, nonce..nonce + 60, WORDS).await;
        for number in [1, 59] {
            let text = MessageText::parse(&format!("{EDITED} {nonce}")).expect("a message");
            listener.say(ToRoom::Edit(Edit { number: MessageNumber(number), text })).await;
            while !matches!(listener.event().await, RoomEvent::MessageEdited { .. }) {}
        }
        assert!(!read(&mut self.hosting, u64::MAX).await.is_empty());
    }

    /// Everybody leaves for a moment, in which the room keeps a snapshot.
    async fn sleeps(self, listener: Connection) -> Self {
        let Self { world, host, hosting, code, pool } = self;
        let before = snapshots(&pool).await;
        drop((listener, hosting));
        let kept = async {
            while snapshots(&pool).await == before {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, kept).await.expect("a snapshot");
        let (hosting, _) = world.site.join(&host.cookies(), code, Role::Host).await;
        Self { world, host, hosting, code, pool }
    }

    /// Deletes somebody's data, and looks at all that is left of it anywhere.
    async fn forget(mut self, browser: &Browser) {
        let id: AccountId = browser.me().await["id"].as_str().expect("an id").parse().expect("an account's id");
        let (log, kept) = (entries(&self.pool).await, snapshots(&self.pool).await);
        let keys: Vec<(String,)> = sqlx::query_as("SELECT sealing_key FROM account_keys WHERE owner = $1")
            .bind(id.to_string())
            .fetch_all(&self.pool)
            .await
            .expect("rows");
        assert!(!keys.is_empty());
        browser.post("/auth/delete", "").await;
        assert_eq!(browser.get("/auth/me").await.status(), 401);

        let (log_after, kept_after) = (entries(&self.pool).await, snapshots(&self.pool).await);
        assert_eq!(log_after[..log.len()], log[..], "nothing in the log is rewritten");
        assert!(log_after.len() > log.len(), "the deletion is one more entry");
        assert_eq!(kept_after, kept, "nor in a snapshot");
        assert_eq!(count(&self.pool, "SELECT COUNT(*) FROM messages").await, 0);
        assert_eq!(read(&mut self.hosting, u64::MAX).await, []);

        let gone = SECRETS.into_iter().chain(keys.iter().map(|(key,)| key.as_str())).collect::<Vec<_>>();
        holds_none_of(self.world.folder(), &gone);
        let backup = TempDir::new().expect("a folder");
        let copy = backup.path().join("copy.db");
        let vacuum = format!("VACUUM INTO '{}'", copy.display());
        sqlx::query(sqlx::AssertSqlSafe(vacuum)).execute(&self.pool).await.expect("a copy");
        holds_none_of(backup.path(), &gone);
        somebody_was_there(&copy, log.len()).await;
        self.pool.close().await;

        let world = self.world.again(&GUESTS).await;
        holds_none_of(world.folder(), &gone);
        let (mut hosting, joined) = world.site.join(&self.host.cookies(), self.code, Role::Host).await;
        assert_eq!((joined.room.members, joined.room.messages), (vec![], vec![]));
        assert_eq!(joined.room.ended, None, "the room itself goes on");
        assert_eq!(read(&mut hosting, u64::MAX).await, []);
        let preview = world.site.get(&format!("/api/rooms/{}", self.code), None).await;
        assert_eq!(preview.status(), 200);
        holds_none_of(world.folder(), &gone);
    }
}

async fn snapshots(pool: &SqlitePool) -> Vec<Row> {
    let select = "SELECT room, seq, state, sealed FROM snapshots ORDER BY room, seq";
    sqlx::query_as(select).fetch_all(pool).await.expect("rows")
}

async fn entries(pool: &SqlitePool) -> Vec<Row> {
    let select = "SELECT room, seq, event, sealed FROM entries ORDER BY room, seq";
    sqlx::query_as(select).fetch_all(pool).await.expect("rows")
}

async fn count(pool: &SqlitePool, query: &'static str) -> i64 {
    sqlx::query_scalar(query).fetch_one(pool).await.expect("a number")
}

/// Fails if one of these stands in a file of a folder.
fn holds_none_of(folder: &Path, secrets: &[&str]) {
    for secret in secrets {
        assert_eq!(files_with(folder, secret), [] as [PathBuf; 0], "{secret} is in a file");
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

/// The files of a folder in which a text stands, in whatever case. Space that is free in a file counts as well.
pub(crate) fn files_with(folder: &Path, text: &str) -> Vec<PathBuf> {
    let text = text.to_ascii_lowercase();
    let files = files_below(folder);
    assert!(!files.is_empty());
    let has_text = |path: &PathBuf| {
        let bytes = std::fs::read(path).expect("the file").to_ascii_lowercase();
        bytes.windows(text.len()).any(|part| part == text.as_bytes())
    };
    files.into_iter().filter(has_text).collect()
}

/// The log in a copy of the database can be read: somebody came and said something.
async fn somebody_was_there(path: &Path, at_least: usize) {
    let pool = database::open(path).await.expect("the copy");
    let sealer = Sealer::new(Arc::new(SqlKeys::new(pool.clone())));
    let log = SqlLog::new(pool, Arc::new(ManualClock::at(BEGINNING)), sealer.into());
    let [room] = log.live().await.expect("listed")[..] else { panic!("one room") };
    let page = log.read(room, Seq(0), PAGE).await.expect("read");
    assert!(page.entries.len() >= at_least && page.skipped == 0);
    let (mut names, mut words) = (0, 0);
    for entry in &page.entries {
        let mut event = entry.event.clone();
        let is_theirs = match &event {
            Event::Commanded { command: Command::Write { .. } | Command::Edit { .. }, .. } => true,
            Event::JoinRequested(request) => request.role == Role::Listener,
            _ => false,
        };
        event.visit_personal(&mut |_, text| match (is_theirs, &text) {
            (true, PersonalText::Name(name)) => {
                assert!(name.is_forgotten());
                names += 1;
            }
            (true, PersonalText::Words(text)) => {
                assert!(text.is_forgotten());
                words += 1;
            }
            (true, PersonalText::Markup(_)) => panic!("a broadcast has no markup"),
            (true, PersonalText::Email(_)) => panic!("an address that nobody can read is none"),
            (true, PersonalText::RoomName(_)) => panic!("nobody has named a room"),
            (false, _) => assert_eq!(text.as_str(), "Ada"),
        });
    }
    assert!(names >= 1 && words >= 1, "{names} names and {words} messages");
    assert!(log.snapshot(room).await.expect("read").is_some());
}

#[tokio::test]
async fn no_name_and_no_message_of_a_deleted_account_can_be_read() {
    let mut scene = Scene::set().await;
    let person = json!({ "sub": "quetzal", "name": NAME, "email": EMAIL, "email_verified": true });
    let browser = scene.world.signed_in(person).await;
    browser.post("/api/fn/show_email", "shown=true").await;
    for nonce in [1_000, 2_000] {
        let (mut listener, _) = scene.world.site.join(&browser.cookies(), scene.code, Role::Listener).await;
        scene.writes_much(&mut listener, nonce).await;
        scene = scene.sleeps(listener).await;
    }
    assert_eq!(count(&scene.pool, "SELECT COUNT(*) FROM snapshots").await, 2);
    let (mut listener, _) = scene.world.site.join(&browser.cookies(), scene.code, Role::Listener).await;
    write_many(&mut listener, 100..110, WORDS).await;
    holds_none_of(scene.world.folder(), &[WORDS, EDITED]);
    scene.forget(&browser).await;
}

#[tokio::test]
async fn messages_from_before_a_sign_in_are_deleted_with_the_account() {
    let mut scene = Scene::set().await;
    let person = json!({ "sub": "quetzal", "name": NAME, "email": EMAIL, "email_verified": true });
    // The account is there already, so the guest becomes another one.
    scene.world.signed_in(person.clone()).await;
    let browser = scene.world.browser();
    browser.guest(GUEST).await;
    let (mut listener, _) = scene.world.site.join(&browser.cookies(), scene.code, Role::Listener).await;
    scene.writes_much(&mut listener, 1_000).await;
    scene = scene.sleeps(listener).await;
    let guest = browser.me().await["id"].clone();
    browser.sign_in(&scene.world.provider, "/", person).await;
    assert_ne!(browser.me().await["id"], guest);
    let (mut listener, _) = scene.world.site.join(&browser.cookies(), scene.code, Role::Listener).await;
    assert_eq!(read(&mut listener, u64::MAX).await.len(), 50, "what the guest wrote is the account's");
    write_many(&mut listener, 100..110, WORDS).await;
    scene.forget(&browser).await;
}
