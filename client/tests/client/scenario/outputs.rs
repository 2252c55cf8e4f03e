//! Summaries of a page's outputs.

use heartogether::protocol::{ClientMessage, ToRoom};
use heartogether_client::{Negotiation, Output, Timer};

use super::code;

/// What is said to the room.
pub(crate) fn to_room(message: ToRoom) -> ClientMessage {
    ClientMessage::to_room(code(), message)
}

pub(crate) fn sent(commands: &[Output]) -> Vec<ClientMessage> {
    let sent = commands.iter().filter_map(|command| match command {
        Output::Send(message) => Some(message.clone()),
        _ => None,
    });
    sent.collect()
}

/// What is said to the room alone.
pub(crate) fn said(commands: &[Output]) -> Vec<ToRoom> {
    let said = sent(commands).into_iter().filter_map(|message| match message {
        ClientMessage::Room(frame) => Some(frame.message),
        _ => None,
    });
    said.collect()
}

/// What is said to the room after the hello, which comes first on every connection.
pub(crate) fn introduced(commands: &[Output]) -> Vec<ToRoom> {
    let messages = sent(commands);
    assert!(matches!(messages.first(), Some(ClientMessage::Hello(_))), "hello comes first: {messages:?}");
    assert_eq!(messages.iter().filter(|message| matches!(message, ClientMessage::Hello(_))).count(), 1);
    said(commands)
}

/// The negotiation that a peer connection begins with or goes on under.
pub(crate) fn opened(command: &Output) -> Option<Negotiation> {
    match command {
        Output::OpenOffering { negotiation, .. }
        | Output::OpenAnswering { negotiation, .. }
        | Output::Restart { negotiation, .. }
        | Output::AnswerRestart { negotiation, .. } => Some(*negotiation),
        _ => None,
    }
}

pub(crate) fn offered(commands: &[Output]) -> Vec<u32> {
    let offered = commands.iter().filter_map(|command| match command {
        Output::OpenOffering { negotiation, .. } => Some(negotiation.id.0),
        _ => None,
    });
    offered.collect()
}

/// The attempts that are restarted, and under which numbers they go on.
pub(crate) fn restarted(commands: &[Output]) -> Vec<(u32, u32)> {
    let restarted = commands.iter().filter_map(|command| match command {
        Output::Restart { before, negotiation } => Some((before.id.0, negotiation.id.0)),
        _ => None,
    });
    restarted.collect()
}

pub(crate) fn closed(commands: &[Output]) -> Vec<u32> {
    let closed = commands.iter().filter_map(|command| match command {
        Output::ClosePeer(negotiation) => Some(negotiation.id.0),
        _ => None,
    });
    closed.collect()
}

/// When a timer is set to run out.
pub(crate) fn timer(commands: &[Output], wanted: Timer) -> Option<u32> {
    commands.iter().find_map(|command| match command {
        Output::StartTimer { timer, after_ms } if *timer == wanted => Some(*after_ms),
        _ => None,
    })
}
