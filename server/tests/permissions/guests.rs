//! Every kind of message from guests who had a place before `GUESTS` was changed.

use crate::support::refused;
use crate::support::said_in;
use heartogether::protocol::RoomFrame;
use heartogether::protocol::ToRoom;
use heartogether::{
    id::Seq,
    protocol::{ClientMessage, Hello, Join, PROTOCOL_VERSION},
    role::Role,
};

use super::{
    Who,
    messages::{examples, row_of},
    table, written,
};
use crate::support::{Pair, Site, TestServer, resume};

/// In the order of the table's columns.
const POLICIES: [&str; 3] = ["host", "listen", "off"];

/// What is said again after a restart: the place is resumed with the token that came with it.
fn said_by(pair: &Pair, who: Who) -> Vec<ClientMessage> {
    let joined = if who == Who::Owner { &pair.as_host } else { &pair.as_listener };
    let resumes = |message: ClientMessage| match message {
        ClientMessage::ResumeRooms(_) => resume(pair.code, joined, Seq(u64::MAX)),
        message => message,
    };
    examples(pair, who).into_iter().map(resumes).collect()
}

/// What must have been said before: hello, and for what only members say, a request for the place.
fn said_before(message: &ClientMessage, pair: &Pair, who: Who) -> Vec<ClientMessage> {
    let hello = ClientMessage::Hello(Hello { protocol: PROTOCOL_VERSION });
    let role = if who == Who::Owner { Role::Host } else { Role::Listener };
    let join = said_in(pair.code, ToRoom::Join(Join { role, take_over: true, name: None, returns: false }));
    match message {
        ClientMessage::Hello(_) => vec![],
        ClientMessage::Ping(_) | ClientMessage::ResumeRooms(_) => vec![hello],
        ClientMessage::Room(RoomFrame { message: ToRoom::Join(_), .. }) => vec![hello],
        _ => vec![hello, join],
    }
}

/// The refusal that the message meets, or that the connection ended with before.
async fn told(site: &Site, pair: &Pair, who: Who, index: usize) -> String {
    let message = said_by(pair, who).swap_remove(index);
    let mut connection = site.connect(if who == Who::Owner { &pair.ada } else { &pair.grace }).await;
    let before = said_before(&message, pair, who);
    for said in &before {
        connection.try_send(said).await;
    }
    let mut frames = if before.is_empty() { vec![] } else { connection.drain().await };
    if connection.closed_with.is_none() {
        connection.try_send(&message).await;
        frames = connection.drain().await;
    }
    let mut refusals = frames.iter().filter_map(refused).map(|refusal| refusal.code().to_owned());
    refusals.next_back().unwrap_or_else(|| "yes".to_owned())
}

#[tokio::test]
async fn guests_get_the_answers_of_the_table_after_guests_is_changed() {
    let rows = table("Messages of guests");
    let mut found: Vec<Vec<String>> = rows.iter().map(|row| vec![row[0].clone()]).collect();
    for who in [Who::Owner, Who::Listener] {
        for policy in POLICIES {
            let mut server = TestServer::start().await;
            let mut pairs = Vec::with_capacity(found.len());
            for _ in &found {
                pairs.push(server.site.pair().await);
            }
            let site = server.again(&["--guests", policy]).await;
            for (index, (cells, pair)) in found.iter_mut().zip(&pairs).enumerate() {
                cells.push(told(&site, pair, who, index).await);
            }
        }
    }
    let wrong: Vec<_> =
        found.iter().zip(&rows).filter(|(found, row)| found != row).map(|(found, _)| written(found)).collect();
    assert!(wrong.is_empty(), "the server says\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn no_kind_of_message_is_missing() {
    let server = TestServer::start().await;
    let pair = server.site.pair().await;
    let kinds: Vec<_> = examples(&pair, Who::Owner).iter().map(row_of).collect();
    let rows: Vec<_> = table("Messages of guests").iter().map(|row| row[0].clone()).collect();
    assert_eq!(rows, kinds);
}
