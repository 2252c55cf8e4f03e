//! Snapshots in SQLite that cannot be read, because they are damaged or of another version.

use heartogether::{
    id::{AccountId, Seq},
    limits::Limits,
    role::Role,
    room::{Command, Entry, Event, JoinRequested, Policy, Room, RoomCreated, step},
    time::Timestamp,
};
use heartogether_server::storage::log::RoomLog;

use super::{ROOM, asks, bench::File, code, created, lost, read, replayed, seqs};

#[tokio::test]
async fn sqlite_uses_the_earlier_snapshot_if_the_latest_cannot_be_read() {
    let file = File::with_room().await;
    let (log, pool) = (&file.log, &file.pool);
    for connection in 1..=3 {
        log.append(ROOM, asks(AccountId::from_bits(7), "Grace")).await.expect("appended");
        log.append(ROOM, lost(connection)).await.expect("appended");
        log.add_snapshot(ROOM, replayed(log).await).await.expect("kept");
    }
    let expected = replayed(log).await;
    sqlx::query("UPDATE snapshots SET state = '{}' WHERE seq = 7").execute(pool).await.expect("damaged");
    assert_eq!(log.snapshot(ROOM).await.expect("read").expect("the one before").seq(), Seq(5));
    assert_eq!(replayed(log).await, expected);
    sqlx::query("UPDATE snapshots SET version = 9").execute(pool).await.expect("of another version");
    assert_eq!(log.snapshot(ROOM).await.expect("read"), None);
}

#[tokio::test]
async fn sqlite_cuts_the_log_only_below_a_readable_snapshot() {
    let damage = "UPDATE snapshots SET state = '{}' WHERE seq = $1";
    let replace = "UPDATE snapshots SET version = 9 WHERE seq = $1";
    for harm in [damage, replace] {
        let file = File::with_room().await;
        let (log, pool) = (&file.log, &file.pool);
        for connection in 1..=2 {
            log.append(ROOM, lost(connection)).await.expect("appended");
            log.add_snapshot(ROOM, replayed(log).await).await.expect("kept");
        }
        // The room runs from the first, for the second cannot be read. The third is not readable either.
        for unreadable in [3, 4] {
            sqlx::query(harm).bind(unreadable).execute(pool).await.expect("harmed");
            log.append(ROOM, lost(9)).await.expect("appended");
            log.add_snapshot(ROOM, replayed(log).await).await.expect("kept");
        }
        sqlx::query(harm).bind(5).execute(pool).await.expect("harmed");
        assert_eq!(log.snapshot(ROOM).await.expect("read").expect("the first").seq(), Seq(2), "{harm}");
        assert_eq!(seqs(&read(log, ROOM, 2).await), [3, 4, 5], "{harm}");
        assert_eq!(replayed(log).await.code(), Some(code("ABC234")), "{harm}");
        // Two that can be read let all before them go.
        for connection in 1..=2 {
            log.append(ROOM, lost(connection)).await.expect("appended");
            log.add_snapshot(ROOM, replayed(log).await).await.expect("kept");
        }
        assert_eq!(seqs(&read(log, ROOM, 0).await), [7], "{harm}");
        let kept: Vec<i64> =
            sqlx::query_scalar("SELECT seq FROM snapshots ORDER BY seq").fetch_all(pool).await.expect("read");
        assert_eq!(kept, [6, 7], "{harm}");
    }
}

/// A lounge whose owner wants to be asked, or does not any more, as these commands say.
fn lounge(asking: &[Command]) -> Room {
    let policy = Policy::lounge(&Limits::default());
    let Event::JoinRequested(comes) = asks(AccountId::from_bits(1), "Ada") else { unreachable!("it is a request") };
    let (connection, account) = (comes.connection.id, comes.account);
    let ask = |command: &Command| Event::Commanded { connection, account, command: command.clone() };
    let comes = JoinRequested { role: Role::Participant, ..comes };
    let first = [Event::RoomCreated(RoomCreated { policy, ..created(ROOM, "ABC234") }), Event::JoinRequested(comes)];
    let events = first.into_iter().chain(asking.iter().map(ask));
    let entries = (1..).zip(events).map(|(seq, event)| Entry { seq: Seq(seq), at: Timestamp::from_millis(seq), event });
    entries.fold(Room::default(), |room, entry| step(room, &entry).0)
}

#[tokio::test]
async fn what_an_older_server_would_misunderstand_has_a_version_that_it_does_not_read() {
    let (of_before, now, no_more) =
        (Command::AskFirst { on: true }, Command::ask_first(true), Command::ask_first(false));
    let cases: [(&[Command], i64); 5] = [
        (&[], 1),
        (std::slice::from_ref(&of_before), 2),
        (&[of_before.clone(), no_more.clone()], 1),
        (std::slice::from_ref(&now), 3),
        (&[now.clone(), no_more.clone()], 1),
    ];
    for (asking, version) in cases {
        let (file, room) = (File::with_room().await, lounge(asking));
        assert_eq!(room.asks_first(), version > 1);
        file.log.add_snapshot(ROOM, room.clone()).await.expect("kept");
        let kept: Vec<i64> =
            sqlx::query_scalar("SELECT version FROM snapshots").fetch_all(&file.pool).await.expect("read");
        assert_eq!(kept, [version], "{asking:?}");
        assert_eq!(file.log.snapshot(ROOM).await.expect("read"), Some(room));
    }
}
