use super::*;

fn entry(epoch: u64, seq: u64) -> Arc<StoredEntry> {
    let (nonce, data) = (format!("{epoch}-{seq}"), super::super::position::Data::default());
    Arc::new(StoredEntry { position: Position { epoch, seq }, at: 0, nonce, data })
}

fn contents(entries: &[(u64, u64)]) -> Contents {
    let entries = entries.iter().map(|(epoch, seq)| entry(*epoch, *seq)).collect();
    Contents { snapshots: Vec::new(), entries }
}

fn confirmed(line: u64, entries: &[(u64, u64)], continues: bool) -> Confirmed {
    let contents = contents(entries);
    Confirmed { line, continues, last: contents.last(), contents }
}

/// A copy of line 1 with three entries.
fn copy() -> Copy {
    let mut copy = Copy::default();
    assert_eq!(copy.adopt(confirmed(1, &[(1, 1), (1, 2), (1, 3)], false)), Adopted::Continued);
    copy
}

fn held(copy: &Copy) -> Vec<(u64, u64)> {
    copy.contents().entries.iter().map(|entry| (entry.position.epoch, entry.position.seq)).collect()
}

#[test]
fn only_the_next_entry_is_taken() {
    let mut copy = copy();
    assert_eq!(copy.take(1, &[entry(1, 3), entry(1, 4)]), Taken::All);
    assert_eq!(copy.take(1, &[entry(1, 6)]), Taken::Behind);
    assert_eq!(copy.take(2, &[entry(2, 5)]), Taken::Behind, "of another line");
    assert_eq!(held(&copy), [(1, 1), (1, 2), (1, 3), (1, 4)]);
}

#[test]
fn a_copy_that_was_given_for_healing_takes_nothing_more_of_its_line() {
    let mut copy = copy();
    copy.leave();
    assert_eq!(copy.take(1, &[entry(1, 4)]), Taken::Behind);
    assert_eq!(copy.adopt(confirmed(1, &[(1, 4)], true)), Adopted::Stale);
    assert_eq!(copy.adopt(confirmed(2, &[(2, 4)], true)), Adopted::Continued);
    assert_eq!(held(&copy), [(1, 1), (1, 2), (1, 3), (2, 4)]);
    assert_eq!(copy.take(2, &[entry(2, 5)]), Taken::All);
}

#[test]
fn a_server_of_an_older_line_is_not_believed() {
    let mut copy = copy();
    copy.adopt(confirmed(3, &[], true));
    assert_eq!(copy.adopt(confirmed(2, &[(1, 1), (1, 2), (2, 3), (2, 4)], false)), Adopted::Stale);
    assert_eq!(copy.adopt(confirmed(1, &[(1, 4)], true)), Adopted::Stale);
    assert_eq!(held(&copy), [(1, 1), (1, 2), (1, 3)]);
}

#[test]
fn a_log_without_the_last_entry_replaces_the_copy() {
    let mut copy = copy();
    assert_eq!(copy.adopt(confirmed(2, &[(1, 1), (1, 2), (2, 3)], false)), Adopted::Rewritten);
    assert_eq!(held(&copy), [(1, 1), (1, 2), (2, 3)]);
    assert!(copy.contains(Position { epoch: 2, seq: 3 }) && !copy.contains(Position { epoch: 1, seq: 3 }));
}

#[test]
fn two_snapshots_are_kept_and_the_entries_after_the_older_one_that_can_be_read() {
    let snapshot = |seq, version| StoredSnapshot {
        position: Position { epoch: 1, seq },
        data: super::super::position::Data { version, ..Default::default() },
    };
    let can_read = |snapshot: &StoredSnapshot| snapshot.data.version == 1;
    let mut copy = copy();
    copy.add_snapshot(snapshot(1, 1), can_read);
    assert_eq!(held(&copy), [(1, 1), (1, 2), (1, 3)]);
    copy.add_snapshot(snapshot(2, 9), can_read);
    assert_eq!(held(&copy), [(1, 1), (1, 2), (1, 3)], "the second cannot be read");
    copy.add_snapshot(snapshot(3, 1), can_read);
    assert_eq!(held(&copy), [(1, 2), (1, 3)]);
    assert!(copy.contains(Position { epoch: 1, seq: 1 }));
    assert_eq!(copy.contents().last(), Position { epoch: 1, seq: 3 });
}
