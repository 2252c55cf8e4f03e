//! Who may do what: the tests send every request and every message for every standing to a running server and compare
//! the results with `docs/authority.md`.

mod guests;
mod messages;
mod requests;

use heartogether::{
    protocol::{RemoveMember, ToRoom},
    refusal::Refusal,
    role::Role,
    room::RoomEvent,
};

use crate::support::{Pair, Site};

const DOCUMENT: &str = include_str!("../../docs/authority.md");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Owner,
    Listener,
    Removed,
    HostElsewhere,
    ListenerElsewhere,
    Guest,
    Nobody,
}

impl Who {
    /// In the order of the tables' columns.
    const ALL: [Self; 7] = [
        Self::Owner,
        Self::Listener,
        Self::Removed,
        Self::HostElsewhere,
        Self::ListenerElsewhere,
        Self::Guest,
        Self::Nobody,
    ];

    const fn is_elsewhere(self) -> bool {
        matches!(self, Self::HostElsewhere | Self::ListenerElsewhere)
    }
}

/// The rows of the table under a heading of the document, cell by cell.
fn table(heading: &str) -> Vec<Vec<String>> {
    let (_, section) = DOCUMENT.split_once(&format!("## {heading}\n")).expect("the heading");
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter(|line| line.starts_with('|')).skip(2);
    let cells = |row: &str| row.trim_matches('|').split('|').map(|cell| cell.trim().replace('`', "")).collect();
    rows.map(cells).collect()
}

/// Shows a row as it is written.
fn written(cells: &[String]) -> String {
    format!("| {} |", cells.join(" | "))
}

async fn cookie_of(site: &Site, pair: &mut Pair, who: Who) -> Option<String> {
    match who {
        Who::Owner => Some(pair.ada.clone()),
        Who::Listener => Some(pair.grace.clone()),
        Who::Removed => Some(remove_somebody(site, pair).await),
        Who::HostElsewhere => Some(site.pair().await.ada),
        Who::ListenerElsewhere => Some(site.pair().await.grace),
        Who::Guest => Some(site.sign_in("Barbara").await),
        Who::Nobody => None,
    }
}

/// Somebody listens and is removed; gives their cookie.
async fn remove_somebody(site: &Site, pair: &mut Pair) -> String {
    let cookie = site.sign_in("Mallory").await;
    let (mut connection, joined) = site.join(&cookie, pair.code, Role::Listener).await;
    assert!(matches!(pair.host.event().await, RoomEvent::MemberJoined { .. }));
    pair.host
        .say(ToRoom::RemoveMember(RemoveMember { member: joined.member, block_address: false, may_return: false }))
        .await;
    assert_eq!(connection.refusal().await, Refusal::Removed);
    assert!(matches!(pair.host.event().await, RoomEvent::MemberLeft { .. }));
    pair.host.drain().await;
    pair.listener.drain().await;
    cookie
}
