//! Messages of the protocol, written and read in short.

use heartogether::{
    id::{MemberId, NegotiationId, RoomCode, Seq},
    protocol::{
        ClientMessage, FromRoom, Join, ReceivedSignal, ResumeRoom, ResumeRooms, RoomFrame, ServerMessage, Signal,
        ToRoom,
    },
    refusal::Refusal,
    role::Role,
    room::{Joined, RoomEvent, SequencedEvent, StreamState},
};

pub fn join(code: RoomCode, role: Role) -> ClientMessage {
    said_in(code, ToRoom::Join(Join { role, take_over: false, name: None, returns: false }))
}

pub fn resume(code: RoomCode, joined: &Joined, last_seq: Seq) -> ClientMessage {
    let rooms = vec![ResumeRoom { room: code, token: joined.token, last_seq }];
    ClientMessage::ResumeRooms(ResumeRooms { rooms })
}

pub fn offer(negotiation: u32) -> Signal {
    Signal::Offer { negotiation: NegotiationId(negotiation), sdp: "v=0 offer".to_owned(), restarts: None }
}

pub fn answer(negotiation: u32) -> Signal {
    Signal::Answer { negotiation: NegotiationId(negotiation), sdp: "v=0 answer".to_owned() }
}

pub fn received(from: MemberId, signal: Signal) -> FromRoom {
    FromRoom::Signal(ReceivedSignal { from, signal })
}

/// What is said in a room.
pub fn said_in(room: RoomCode, message: ToRoom) -> ClientMessage {
    ClientMessage::Room(RoomFrame { room, message })
}

/// What the room says in a message.
fn from_room(message: ServerMessage) -> Option<FromRoom> {
    match message {
        ServerMessage::Room(frame) => Some(frame.message),
        _ => None,
    }
}

/// The event that a message tells of.
pub fn told(message: ServerMessage) -> Option<RoomEvent> {
    match from_room(message)? {
        FromRoom::Event(SequencedEvent { event, .. }) => Some(event),
        _ => None,
    }
}

/// Why a message refuses something, be it in a room or not.
pub fn refused(message: &ServerMessage) -> Option<Refusal> {
    match message {
        ServerMessage::Refused(refused) => Some(refused.refusal),
        ServerMessage::Room(RoomFrame { message: FromRoom::Refused { refusal }, .. }) => Some(*refusal),
        _ => None,
    }
}

/// What the stream has become, if that is what happened.
pub fn changed_to(event: &RoomEvent) -> Option<StreamState> {
    match event {
        RoomEvent::PublicationChanged { publication } => Some(publication.state),
        _ => None,
    }
}

/// What people read of a refusal in English.
pub fn said(refusal: Refusal) -> String {
    heartogether_app::locale::refusal_text(heartogether_app::locale::Language::English, refusal)
}
