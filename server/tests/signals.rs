//! Offers, answers and candidates between members.

use heartogether::{
    id::{MemberId, NegotiationId},
    protocol::{Candidate, Publish, Signal, ToRoom},
    refusal::Refusal,
    role::Role,
    room::{RoomEvent, Source},
};

use crate::support::{TestServer, answer, offer, received};

fn candidates() -> Signal {
    let candidate = Candidate {
        candidate: "candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host".to_owned(),
        sdp_mid: Some("0".to_owned()),
        sdp_m_line_index: Some(0),
    };
    Signal::Candidates { negotiation: NegotiationId(7), candidates: vec![candidate] }
}

#[tokio::test]
async fn the_host_negotiates_with_each_listener_separately() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    let linus = server.site.sign_in("Linus").await;
    let (mut second, joined) = server.site.join(&linus, pair.code, Role::Listener).await;
    assert!(matches!(pair.host.event().await, RoomEvent::MemberJoined { .. }));
    let (host, first) = (pair.as_host.member, pair.as_listener.member);

    second.signal(host, Signal::OfferRequest { restarts: None }).await;
    assert_eq!(pair.host.hear().await, received(joined.member, Signal::OfferRequest { restarts: None }));
    pair.host.signal(joined.member, offer(7)).await;
    pair.host.signal(joined.member, candidates()).await;
    assert_eq!(second.hear().await, received(host, offer(7)));
    assert_eq!(second.hear().await, received(host, candidates()));
    second.signal(host, answer(7)).await;
    second.signal(host, candidates()).await;
    assert_eq!(pair.host.hear().await, received(joined.member, answer(7)));
    assert_eq!(pair.host.hear().await, received(joined.member, candidates()));

    pair.host.signal(first, offer(8)).await;
    assert_eq!(pair.listener.hear().await, received(host, offer(8)));
}

#[tokio::test]
async fn a_signal_that_the_role_does_not_allow_is_refused_and_not_forwarded() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    let (host, listener) = (pair.as_host.member, pair.as_listener.member);
    for (from_host, to, signal) in [
        (false, host, offer(1)),
        (true, listener, answer(1)),
        (true, listener, Signal::OfferRequest { restarts: None }),
        (false, listener, candidates()),
    ] {
        let from = if from_host { &mut pair.host } else { &mut pair.listener };
        from.signal(to, signal).await;
        assert_eq!(from.refusal().await, Refusal::NotAllowed);
    }
    pair.listener.say(ToRoom::Publish(Publish { source: Source::Display, paused: false })).await;
    assert_eq!(pair.listener.refusal().await, Refusal::NotAllowed);
    pair.listener.say(ToRoom::Stop).await;
    assert_eq!(pair.listener.refusal().await, Refusal::NotAllowed);
    pair.host.signal(MemberId::from_bits(1), offer(1)).await;
    assert_eq!(pair.host.refusal().await, Refusal::MemberNotFound);
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn signals_do_not_cross_rooms() {
    let server = TestServer::start().await;
    let (mut pair, mut other) = (server.site.pair().await, server.site.pair().await);
    pair.host.signal(other.as_listener.member, offer(1)).await;
    assert_eq!(pair.host.refusal().await, Refusal::MemberNotFound);
    other.is_undisturbed().await;
}
