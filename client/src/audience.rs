//! Who listens, in the order in which the host's page shows them.

use std::{cmp::Reverse, collections::BTreeMap};

use heartogether::protocol::ListenerView;

use super::PeerState;

/// A listener as the host's page shows them.
#[derive(Clone, Debug, PartialEq)]
pub struct ListenerRow {
    /// What the room knows of them.
    pub listener: ListenerView,
    /// How the peer connection to them is.
    pub peer: Option<PeerState>,
    /// Whether they are being removed, and it can still be taken back.
    pub removing: bool,
    /// Whether everybody at their address is to go too.
    pub blocking_address: bool,
    /// Whether they are gone, and only their place in the list is still there.
    pub has_left: bool,
}

/// Whoever did something last comes first. Nothing moves in a list that is `held`: whoever has left keeps the place, and
/// whoever comes stands at the end.
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
