//! The limits on frames and on bytes of signals for a connection.

use crate::support::refused;
use heartogether::{
    id::NegotiationId,
    limits::{CANDIDATE_BYTES, CANDIDATES_PER_SIGNAL, FRAMES_PER_MESSAGE, Limits},
    protocol::{Candidate, ClientMessage, Ping, ServerMessage, Signal, encode},
    refusal::Refusal,
    role::Role,
    room::RoomEvent,
};
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

use crate::support::{Connection, TestServer, answer, received};

fn fragment(payload: &[u8], kind: Data, is_final: bool) -> Message {
    Message::Frame(Frame::message(payload.to_vec(), OpCode::Data(kind), is_final))
}

/// Sends a message in so many frames, most of them empty.
async fn send_in_frames(connection: &mut Connection, message: &ClientMessage, frames: u32) {
    let text = encode(message);
    let (first, rest) = text.as_bytes().split_at(text.len() / 2);
    connection.send_frame(fragment(first, Data::Text, false)).await;
    for _ in 2..frames {
        connection.send_frame(fragment(b"", Data::Continue, false)).await;
    }
    connection.send_frame(fragment(rest, Data::Continue, true)).await;
}

#[tokio::test]
async fn a_message_may_come_in_many_frames() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    let ping = Ping { nonce: 7 };
    for frames in [2, 3, FRAMES_PER_MESSAGE] {
        send_in_frames(&mut pair.listener, &ClientMessage::Ping(ping), frames).await;
        assert_eq!(pair.listener.receive().await, ServerMessage::Pong(ping), "{frames} frames");
    }
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn endless_empty_frames_close_the_connection() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    let mallory = server.site.sign_in("Mallory").await;
    let mut connection = server.site.greet(&mallory).await;
    connection.send_frame(fragment(b"{", Data::Text, false)).await;
    connection.flood(fragment(b"", Data::Continue, false), FRAMES_PER_MESSAGE as usize).await;
    assert_eq!(connection.last_words().await, (Refusal::TooManyFrames, 1008));
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn frames_of_all_kinds_share_one_limit() {
    let limits = Limits { frames_per_second: 1, frames_burst: 20, ..Limits::default() };
    let server = TestServer::start_with(limits, &[]).await;
    let mallory = server.site.sign_in("Mallory").await;
    let (ping, pong) = (Message::Ping(Vec::new().into()), Message::Pong(Vec::new().into()));
    let continuation = fragment(b"", Data::Continue, false);
    for kind in [ping, pong, continuation] {
        let mut connection = server.site.greet(&mallory).await;
        connection.send_frame(fragment(b"{", Data::Text, false)).await;
        connection.flood(kind.clone(), 20).await;
        assert_eq!(connection.last_words().await, (Refusal::TooManyFrames, 1008), "{kind:?}");
    }
}

/// As many candidates as a signal may have, as long as they may be.
fn candidates() -> Signal {
    let candidate =
        Candidate { candidate: "c".repeat(CANDIDATE_BYTES), sdp_mid: Some("0".to_owned()), sdp_m_line_index: Some(0) };
    Signal::Candidates { negotiation: NegotiationId(7), candidates: vec![candidate; CANDIDATES_PER_SIGNAL] }
}

#[tokio::test]
async fn a_flood_of_candidates_from_one_listener_does_not_block_others() {
    let limits = Limits { signal_bytes_per_second: 1, ..Limits::default() };
    let burst = usize::try_from(limits.signal_bytes_burst).expect("a number of bytes");
    let server = TestServer::start_with(limits, &[]).await;
    let mut pair = server.site.pair().await;
    let linus = server.site.sign_in("Linus").await;
    let (mut other, joined) = server.site.join(&linus, pair.code, Role::Listener).await;
    assert!(matches!(pair.host.event().await, RoomEvent::MemberJoined { .. }));
    let (host, flooder) = (pair.as_host.member, pair.as_listener.member);

    let within = burst / (CANDIDATES_PER_SIGNAL * CANDIDATE_BYTES);
    for _ in 0..2 * within {
        pair.listener.signal(host, candidates()).await;
    }
    let refusals = pair.listener.drain().await;
    assert!(refusals.len() >= within, "{} of {} were refused", refusals.len(), 2 * within);
    assert!(refusals.iter().all(|message| refused(message) == Some(Refusal::TooManyFrames)));
    for _ in refusals.len()..2 * within {
        assert_eq!(pair.host.hear().await, received(flooder, candidates()));
    }
    other.signal(host, answer(8)).await;
    assert_eq!(pair.host.hear().await, received(joined.member, answer(8)));
    // Who offers to many has an allowance for each.
    pair.host.signal(flooder, candidates()).await;
    assert_eq!(pair.listener.hear().await, received(host, candidates()));
}
