//! Snapshots of rooms that several nodes share.

use heartogether::room::{Missed, RoomEvent};

use super::house::{House, nonces, write_surely};
use crate::{
    stored_log::StoredLog,
    support::{eventually, resume, tell_kept},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quiet_room_has_a_snapshot_after_a_minute_and_loses_only_entries_below_an_earlier_one() {
    let house = House::build().await;
    let node = house.start_patient(&[]).await;
    let mut pair = node.site.pair().await;
    let stored = StoredLog::of(pair.id, &house.fleet.servers[0]);
    let (mut cuts, mut snapshots) = (vec![0], Vec::new());
    for nonce in 1..=3 {
        write_surely(&mut pair.listener, nonce).await;
        assert_eq!(stored.snapshots(), snapshots, "there is none before the minute is over");
        node.pass_quiet_minute(&mut [&mut pair]).await;
        let last = stored.last();
        // Two are kept. What the older one has is cut off.
        snapshots.push(last);
        if snapshots.len() > 2 {
            snapshots.remove(0);
        }
        eventually(async || stored.snapshots() == snapshots).await;
        let cut = if snapshots.len() == 2 { snapshots[0] } else { 0 };
        assert_eq!(stored.entries(), (cut + 1..=last).collect::<Vec<_>>());
        cuts.push(cut);
    }
    assert!(cuts.is_sorted() && cuts[3] > cuts[2], "{cuts:?}");
    let other = house.start_patient(&[]).await;
    let mut moved = other.site.greet(&pair.grace).await;
    moved.send(&resume(pair.code, &pair.as_listener, pair.as_listener.seq)).await;
    let written = match moved.resumed().await.missed {
        Missed::Room(room) => nonces(&room.messages),
        Missed::Events(events) => {
            let messages = events.into_iter().filter_map(|event| match event {
                RoomEvent::MessageSent { message } => Some(message.nonce),
                _ => None,
            });
            messages.collect()
        }
    };
    assert_eq!(written, [1, 2, 3]);
    tell_kept(&format!(
        "a quiet room had a snapshot after each minute, of entries {snapshots:?} at last; entries from {} on are left, and a node \
         that starts shows 3 of 3 messages",
        cuts[3] + 1
    ));
}
