//! The messages of the wire in words.

use heartogether::protocol::{ClientMessage, Missed, RoomEvent, ServerMessage, Signal};

use super::short;

/// What the page says to the server.
pub(super) fn sent(message: &ClientMessage) -> String {
    match message {
        ClientMessage::Hello(hello) => format!("hello in version {}", hello.protocol),
        ClientMessage::Ping(_) => "ping".to_owned(),
        ClientMessage::JoinRoom(join) => format!("join_room as {:?}, take over: {}", join.role, join.take_over),
        ClientMessage::ResumeRoom(resume) => format!("resume_room from {}", resume.last_seq.0),
        ClientMessage::LeaveRoom => "leave_room".to_owned(),
        ClientMessage::StartStream(start) => format!("start_stream of {:?}, paused: {}", start.source, start.paused),
        ClientMessage::PauseStream => "pause_stream".to_owned(),
        ClientMessage::ResumeStream => "resume_stream".to_owned(),
        ClientMessage::InterruptStream => "interrupt_stream".to_owned(),
        ClientMessage::DeclareSilence(declared) => format!("declare_silence {}", declared.silent),
        ClientMessage::StopRoom => "stop_room".to_owned(),
        ClientMessage::SendReaction(sent) => format!("send_reaction {:?}", sent.reaction),
        ClientMessage::SendMessage(_) => "send_message".to_owned(),
        ClientMessage::FetchMessages(fetch) => format!("fetch_messages before {}", fetch.before.0),
        ClientMessage::RemoveListener(remove) => {
            format!("remove_listener {}, with the address: {}", short(remove.member), remove.block_address)
        }
        ClientMessage::Signal(signal) => format!("{} to {}", kind(&signal.signal), short(signal.to)),
    }
}

/// What the server says to the page.
pub(super) fn received(message: &ServerMessage) -> String {
    match message {
        ServerMessage::Welcome(welcome) => format!("welcome, heartbeat every {} ms", welcome.heartbeat_ms),
        ServerMessage::Heartbeat => "heartbeat".to_owned(),
        ServerMessage::Pong(_) => "pong".to_owned(),
        ServerMessage::Refused(refused) => format!("refused {}", refused.refusal.code()),
        ServerMessage::RoomJoined(joined) => format!("room_joined at {}", joined.seq.0),
        ServerMessage::RoomResumed(resumed) => {
            let missed = match &resumed.missed {
                Missed::Events(events) => format!("{} events", events.len()),
                Missed::Room(_) => "much".to_owned(),
            };
            format!("room_resumed at {}, missed {missed}", resumed.seq.0)
        }
        ServerMessage::RoomEvent(event) => format!("{} at {}", happened(&event.event), event.seq.0),
        ServerMessage::Messages(page) => {
            format!("{} messages, earlier ones: {}", page.messages.len(), page.has_earlier)
        }
        ServerMessage::Signal(signal) => format!("{} from {}", kind(&signal.signal), short(signal.from)),
    }
}

fn happened(event: &RoomEvent) -> String {
    match event {
        RoomEvent::ListenerJoined { listener } => format!("listener_joined {}", short(listener.member)),
        RoomEvent::ListenerAttached { member, attached } => format!("listener_attached {} {attached}", short(*member)),
        RoomEvent::ListenerLeft { member } => format!("listener_left {}", short(*member)),
        RoomEvent::StreamChanged { stream, .. } => format!("stream_changed to {stream:?}"),
        RoomEvent::SilenceChanged { silent } => format!("silence_changed {silent}"),
        RoomEvent::Reacted { member, reaction, .. } => format!("reacted {reaction:?} by {}", short(*member)),
        RoomEvent::MessageSent { message } => format!("message_sent {} by {}", message.seq.0, short(message.author)),
        RoomEvent::MessagesDelivered { up_to } => format!("messages_delivered up to {}", up_to.0),
        RoomEvent::EndExpected { ends_at: Some(at) } => format!("end_expected at {} ms", at.as_millis()),
        RoomEvent::EndExpected { ends_at: None } => "end_expected no more".to_owned(),
        RoomEvent::RoomEnded { reason } => format!("room_ended {reason:?}"),
    }
}

fn kind(signal: &Signal) -> String {
    match signal {
        Signal::Offer { negotiation, restarts: None, .. } => format!("offer {}", negotiation.0),
        Signal::Offer { negotiation, restarts: Some(origin), .. } => {
            format!("offer {} of a restart of {}", negotiation.0, origin.0)
        }
        Signal::Answer { negotiation, .. } => format!("answer {}", negotiation.0),
        Signal::Candidates { negotiation, candidates } => {
            format!("{} candidates for {}", candidates.len(), negotiation.0)
        }
        Signal::Closed { negotiation } => format!("closed {}", negotiation.0),
        Signal::OfferRequest { restarts: None } => "offer_request".to_owned(),
        Signal::OfferRequest { restarts: Some(origin) } => format!("offer_request to restart {}", origin.0),
    }
}
