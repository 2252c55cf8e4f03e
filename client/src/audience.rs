//! The listeners, in the order in which the host's page shows them.

use std::{cmp::Reverse, collections::BTreeMap};

use heartogether::room::MemberView;

use super::PeerState;

/// A listener as the host's page shows them.
#[derive(Clone, Debug, PartialEq)]
pub struct ListenerRow {
    /// The room's data about them.
    pub listener: MemberView,
    /// The state of the peer connection to them.
    pub peer: Option<PeerState>,
    /// Whether they are being removed, and it can still be taken back.
    pub removing: bool,
    /// Whether everybody at their address is removed too.
    pub blocking_address: bool,
    /// Whether they have left and the list only keeps their row.
    pub has_left: bool,
}

/// The listener who did something last comes first. In a list that is `held` no row moves: listeners who leave keep
/// their row, and new ones come at the end.
pub fn arranged(audience: Vec<ListenerRow>, held: Option<&[ListenerRow]>) -> Vec<ListenerRow> {
    let by_member = |row: ListenerRow| (row.listener.member, row);
    let mut others: BTreeMap<_, _> = audience.into_iter().map(by_member).collect();
    let gone = |row: &ListenerRow| ListenerRow {
        peer: None,
        removing: false,
        blocking_address: false,
        has_left: true,
        ..row.clone()
    };
    let standing = held.unwrap_or_default().iter();
    let mut rows: Vec<_> =
        standing.map(|row| others.remove(&row.listener.member).unwrap_or_else(|| gone(row))).collect();
    let first_newcomer = rows.len();
    rows.extend(others.into_values());
    rows[first_newcomer..].sort_by_key(|row| Reverse(row.listener.active_at));
    rows
}
