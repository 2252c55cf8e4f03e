//! Sound in a lounge on a running server: who listens, and which pages signal.

use heartogether::{
    id::{NegotiationId, PublicationId},
    limits::DIRECT_LISTENERS,
    protocol::{EndPublication, FromRoom, Listen, Publish, SendSignal, Signal, ToRoom},
    refusal::Refusal,
    role::Role,
    room::{Publication, RoomEvent, Source},
};

use crate::{
    lounges::open_lounge,
    support::{Connection, TestServer},
};

const PUBLISH: ToRoom = ToRoom::Publish(Publish { source: Source::Microphone, paused: false });

const fn listen(publication: PublicationId) -> ToRoom {
    ToRoom::Listen(Listen { publication, on: true })
}

/// The next change of what is shared; what else happens is passed over.
async fn shared(connection: &mut Connection) -> Publication {
    loop {
        if let RoomEvent::PublicationChanged { publication } = connection.event().await {
            return publication;
        }
    }
}

/// The next refusal; what happens before is passed over.
async fn refusal(connection: &mut Connection) -> Refusal {
    loop {
        if let FromRoom::Refused { refusal } = connection.hear().await {
            return refusal;
        }
    }
}

#[tokio::test]
async fn eight_listen_directly_and_the_ninth_is_told_that_it_is_full() {
    let server = TestServer::start().await;
    let ada = server.site.sign_in("Ada").await;
    let code = open_lounge(&server.site, &ada, "").await;
    let (mut adas, _) = server.site.join(&ada, code, Role::Participant).await;
    adas.say(PUBLISH).await;
    let publication = shared(&mut adas).await.id;
    let mut listeners = Vec::new();
    for number in 1..=DIRECT_LISTENERS + 1 {
        let cookie = server.site.sign_in(&format!("Listener {number}")).await;
        let (mut page, joined) = server.site.join(&cookie, code, Role::Participant).await;
        assert!(joined.ice_servers.is_some(), "the servers come with the place");
        assert_eq!(joined.room.publications[0].is_full, number > DIRECT_LISTENERS);
        page.say(listen(publication)).await;
        if number <= DIRECT_LISTENERS {
            assert_eq!(shared(&mut adas).await.listeners.len(), number as usize);
        } else {
            assert_eq!(refusal(&mut page).await, Refusal::SoundFull);
        }
        listeners.push(page);
    }
    listeners[0].say(ToRoom::Listen(Listen { publication, on: false })).await;
    assert!(!shared(&mut adas).await.is_full);
    listeners[DIRECT_LISTENERS as usize].say(listen(publication)).await;
    assert!(shared(&mut adas).await.is_full);
}

#[tokio::test]
async fn the_page_that_listens_is_the_one_that_signals() {
    let server = TestServer::start().await;
    let (ada, grace) = (server.site.sign_in("Ada").await, server.site.sign_in("Grace").await);
    let code = open_lounge(&server.site, &ada, "").await;
    let (mut adas, at_ada) = server.site.join(&ada, code, Role::Participant).await;
    let (mut desk, at_desk) = server.site.join(&grace, code, Role::Participant).await;
    let (mut phone, _) = server.site.join(&grace, code, Role::Participant).await;
    adas.say(PUBLISH).await;
    let publication = shared(&mut adas).await.id;
    desk.say(listen(publication)).await;
    assert_eq!(shared(&mut adas).await.listeners, [at_desk.member]);
    let offer_request = Signal::OfferRequest { restarts: None };
    let request = || ToRoom::Signal(SendSignal { to: at_ada.member, signal: offer_request.clone() });
    phone.say(request()).await;
    assert_eq!(refusal(&mut phone).await, Refusal::NotAllowed);
    let offer = Signal::Offer { negotiation: NegotiationId(1), sdp: "v=0".to_owned(), restarts: None };
    adas.say(ToRoom::Signal(SendSignal { to: at_desk.member, signal: offer.clone() })).await;
    loop {
        if let FromRoom::Signal(received) = desk.hear().await {
            assert_eq!((received.from, received.signal), (at_ada.member, offer.clone()));
            break;
        }
    }
    phone.say(listen(publication)).await;
    loop {
        if desk.event().await == RoomEvent::SoundMoved {
            break;
        }
    }
    adas.say(ToRoom::EndPublication(EndPublication { publication })).await;
    loop {
        if phone.event().await == (RoomEvent::PublicationEnded { publication }) {
            break;
        }
    }
}
