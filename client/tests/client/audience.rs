//! Who listens, in the order in which the host's page shows them.

use heartogether::{id::MemberId, time::Timestamp};
use heartogether_client::{ListenerRow, arranged};

use crate::scenario::{EDSGER, GRACE, listener_view};

const BARBARA: MemberId = MemberId::from_bits(4);

fn row(member: MemberId, active_ms: u64) -> ListenerRow {
    let mut listener = listener_view(member);
    listener.active_at = Timestamp::from_millis(active_ms);
    ListenerRow { listener, peer: None, removing: false, blocking_address: false, has_left: false }
}

fn members(rows: &[ListenerRow]) -> Vec<MemberId> {
    rows.iter().map(|row| row.listener.member).collect()
}

#[test]
fn the_latest_activity_comes_first() {
    let rows = arranged(vec![row(GRACE, 1), row(EDSGER, 3), row(BARBARA, 2)], None);
    assert_eq!(members(&rows), [EDSGER, BARBARA, GRACE]);
}

#[test]
fn in_a_frozen_list_rows_keep_their_places_and_show_new_values() {
    let before = arranged(vec![row(GRACE, 1), row(EDSGER, 2)], None);
    let rows = arranged(vec![row(GRACE, 9), row(EDSGER, 2)], Some(&before));
    assert_eq!(rows, [row(EDSGER, 2), row(GRACE, 9)]);
    assert_eq!(members(&arranged(rows, None)), [GRACE, EDSGER], "let go, they come in order");
}

#[test]
fn new_rows_of_a_frozen_list_are_at_the_end() {
    let before = arranged(vec![row(GRACE, 1)], None);
    let rows = arranged(vec![row(GRACE, 1), row(BARBARA, 8), row(EDSGER, 9)], Some(&before));
    assert_eq!(members(&rows), [GRACE, EDSGER, BARBARA]);
}

#[test]
fn a_frozen_list_keeps_the_rows_of_members_who_leave() {
    let leaving = ListenerRow { removing: true, ..row(EDSGER, 2) };
    let before = arranged(vec![row(GRACE, 1), leaving], None);
    let rows = arranged(vec![row(GRACE, 1)], Some(&before));
    assert_eq!(rows, [ListenerRow { has_left: true, ..row(EDSGER, 2) }, row(GRACE, 1)]);
    assert_eq!(arranged(vec![row(GRACE, 1)], Some(&rows)), rows, "as long as that takes");
    assert_eq!(arranged(vec![row(GRACE, 1)], None), [row(GRACE, 1)]);
    let back = arranged(vec![row(GRACE, 1), row(EDSGER, 5)], Some(&rows));
    assert_eq!(back, [row(EDSGER, 5), row(GRACE, 1)]);
}
