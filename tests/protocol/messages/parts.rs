//! What the messages hold.

use super::*;

pub(super) fn publication(state: StreamState) -> Publication {
    Publication {
        id: PublicationId::from_bits(0xd3),
        by: HOST,
        media: Media::Audio,
        source: Source::Microphone,
        state,
        silent: state == StreamState::Live,
        started_at: NOW,
        listeners: Vec::new(),
        is_full: false,
    }
}

pub(super) fn room(state: StreamState, ended: Option<EndReason>) -> RoomView {
    RoomView {
        code: code(),
        kind: RoomKind::Broadcast,
        name: None,
        last_message: MessageNumber::default(),
        owner: HOST,
        owner_name: DisplayName::parse("Ada").expect("a name of the tests"),
        max_members: 30,
        max_pictures: 0,
        attendance: 1,
        publications: vec![publication(state)],
        links: vec![LINK],
        ends_at: None,
        ended,
        members: vec![listener()],
        messages: vec![message()],
        has_earlier_messages: true,
        reports: Vec::new(),
        asks_first: false,
        waiting: Vec::new(),
        pins: Vec::new(),
    }
}

/// The same room as members of a lounge see it.
pub(super) fn lounge() -> RoomView {
    let (room, number) = (room(StreamState::Live, None), MessageNumber(40));
    let reports = vec![ReportedMessage { number, author: LISTENER, by: vec![report()] }];
    let heard = Publication { listeners: vec![LISTENER], is_full: true, ..publication(StreamState::Live) };
    let (kind, name, publications) = (RoomKind::Lounge, Some(room_name()), vec![heard]);
    RoomView {
        kind,
        name,
        last_message: number,
        max_pictures: 9,
        reports,
        publications,
        asks_first: true,
        waiting: vec![waiting()],
        pins: vec![number],
        ..room
    }
}

pub(super) fn picture() -> Picture {
    Picture { id: PictureId::from_bits(0xe4), format: PictureFormat::Webp, width: 2_560, height: 1_440 }
}

pub(super) fn waiting() -> Waiting {
    Waiting { member: LISTENER, name: DisplayName::parse("Grace").expect("a name"), at: NOW }
}

pub(super) fn report() -> Report {
    Report { member: HOST, name: DisplayName::parse("Ada").expect("a name"), reason: Some(text()), at: NOW }
}

pub(super) fn room_name() -> RoomName {
    RoomName::parse("The engine room").expect("a name of the tests")
}

pub(super) fn emoji() -> Emoji {
    Emoji::parse("🎈").expect("an emoji of the tests")
}

pub(super) fn listener() -> MemberView {
    MemberView {
        member: LISTENER,
        name: DisplayName::parse("Grace \u{2764}\u{fe0f} \"Hopper\"").expect("a name of the tests"),
        email: Some("grace@hear.example".to_owned()),
        has_picture: false,
        connected: true,
        joined_at: NOW,
        active_at: NOW,
        last_reaction: Some(Reaction::Heart),
        last_message: Some(LastMessage { number: MessageNumber(40), text: text() }),
    }
}

pub(super) fn text() -> MessageText {
    MessageText::parse("louder, \"please\"").expect("a message of the tests")
}

pub(super) fn message() -> Message {
    Message {
        number: MessageNumber(40),
        author: LISTENER,
        name: DisplayName::parse("Grace").expect("a name of the tests"),
        nonce: 7,
        text: Some(text()),
        sent_at: NOW,
        delivered: true,
        version: 0,
        reply_to: None,
        pinned: false,
        pictures: Vec::new(),
        emoji: Vec::new(),
        markup: None,
    }
}

pub(super) fn markup() -> Option<Markup> {
    Some(Markup { html: "<p><strong>louder</strong></p>".to_owned(), version: 1 })
}
