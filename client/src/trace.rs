//! Inputs and outputs in words, for whoever looks why a page does what it does. No secret, no name, no text of people's, no
//! address and no description of a connection is among them.

use heartogether::{
    protocol::{ClientMessage, FromRoom, ServerMessage, Signal, ToRoom},
    room::RoomEvent,
};

use super::{Input, Output, Timer};

/// What happened, in a line.
pub fn input(input: &Input) -> String {
    match input {
        Input::Received(message) => format!("received {}", received(message)),
        Input::TimerFired(timer) => format!("timer {}", name_of(*timer)),
        Input::PeerDescribed { negotiation, .. } => format!("described {}", negotiation.0),
        Input::PeerAccepted { negotiation } => format!("accepted {}", negotiation.0),
        Input::PeerGathered { negotiation, .. } => format!("gathered a candidate for {}", negotiation.0),
        Input::IceServerFailed { url, code } => format!("{url} failed with {code}"),
        Input::IceServerAnswered { url } => format!("{url} answered"),
        Input::PeerChanged { negotiation, state } => format!("peer connection {} is {state:?}", negotiation.0),
        Input::BrowserLacks(refusal) => format!("the browser lacks something: {}", refusal.code()),
        Input::ServerProbed { answers } => format!("server probed, answers: {answers}"),
        Input::IceServersKnown(urls) => format!("{} STUN and TURN URLs known", urls.len()),
        Input::MicrophoneChanged(state) => format!("the microphone is {state:?}"),
        Input::MixerChanged { runs } => format!("the mixer runs: {runs}"),
        Input::CaptureStarted(source) => format!("capture started: {source:?}"),
        Input::CaptureEnded(source) => format!("capture ended: {source:?}"),
        Input::SourceRemoved(source) => format!("source removed: {source:?}"),
        plain => pressed(plain).to_owned(),
    }
}

/// What happened where that is all there is to say.
const fn pressed(input: &Input) -> &'static str {
    match input {
        Input::Started => "started",
        Input::Woken => "woken",
        Input::HeadphonesChosen(_) => "headphones chosen",
        Input::SocketOpened => "socket opened",
        Input::SocketClosed => "socket closed",
        Input::ServerGoingAway => "server going away",
        Input::NetworkGuessed(_) => "network guessed",
        Input::NetworkChanged => "network changed",
        Input::FaderMoved { .. } => "fader moved",
        Input::Recalled(_) => "recalled",
        Input::Dismissed => "dismissed",
        Input::ProfileChosen(_) => "profile chosen",
        Input::PausePressed => "pause pressed",
        Input::ResumePressed => "resume pressed",
        Input::StopPressed => "stop pressed",
        Input::TakeOverPressed => "take over pressed",
        Input::RetryPressed => "retry pressed",
        Input::ReactionPressed(_) => "reaction pressed",
        Input::MessageWritten(_) => "message written",
        Input::EarlierMessagesPressed => "earlier messages pressed",
        Input::RemovePressed(_) => "remove pressed",
        Input::UndoPressed(_) => "undo pressed",
        Input::Hidden => "hidden",
        Input::Left => "left",
        Input::IceServersRenewed => "STUN and TURN servers renewed",
        Input::Counted { .. } => "counted",
        Input::Measured { .. } => "measured",
        _ => "something else",
    }
}

const fn name_of(timer: Timer) -> &'static str {
    match timer {
        Timer::Reconnect => "reconnect",
        Timer::Silence => "silence",
        Timer::Pong => "pong",
        Timer::Candidates => "candidates",
        Timer::OfferRequest => "offer request",
        Timer::Attempt => "attempt",
        Timer::Recovery(_) => "recovery",
        Timer::Messages => "messages",
        Timer::Storage => "storage",
        Timer::Mixer => "mixer",
        Timer::Microphone => "microphone",
        Timer::Linger(_) => "linger",
        Timer::Removal(_) => "removal",
        Timer::Declaration => "declaration",
    }
}

/// What is done, in a line.
pub fn output(output: &Output) -> String {
    match output {
        Output::Send(message) => format!("send {}", sent(message)),
        Output::OpenAnswering { negotiation, .. } => format!("answer {}", negotiation.0),
        Output::AnswerRestart { before, negotiation, .. } => {
            format!("answer restart {} of {}", negotiation.0, before.0)
        }
        Output::AcceptAnswer { negotiation, .. } => format!("accept the answer to {}", negotiation.0),
        Output::AddCandidates { negotiation, candidates } => {
            format!("add {} candidates to {}", candidates.len(), negotiation.0)
        }
        Output::StartTimer { timer, after_ms } => format!("start timer {} for {after_ms} ms", name_of(*timer)),
        Output::StopTimer(timer) => format!("stop timer {}", name_of(*timer)),
        Output::OpenOffering { negotiation, .. } => format!("offer {}", negotiation.0),
        Output::Play(negotiation) => format!("play {}", negotiation.0),
        Output::Restart { before, negotiation } => format!("restart {} as {}", before.0, negotiation.0),
        Output::Tune { negotiation, tuning } => format!("send {} bit/s to {}", tuning.bitrate_bps, negotiation.0),
        Output::ClosePeer(negotiation) => format!("close {}", negotiation.0),
        Output::SetSending(sending) => format!("set sending {sending}"),
        Output::ReleaseSource(source) => format!("release {source:?}"),
        plain => ordered(plain).to_owned(),
    }
}

/// What is done where that is all there is to say.
const fn ordered(output: &Output) -> &'static str {
    match output {
        Output::OpenSocket => "open socket",
        Output::CloseSocket => "close socket",
        Output::ProbeServer => "probe the server",
        Output::ApplyProfile(_) => "apply profile",
        Output::ApplyMix(_) => "apply mix",
        Output::ApplyProcessing(_) => "apply processing",
        Output::WakeMixer => "wake the mixer",
        Output::LeaveMark(_) => "leave mark",
        Output::ShowReaction(_) => "show reaction",
        Output::StopCapture => "stop capture",
        _ => "something else",
    }
}

const fn sent(message: &ClientMessage) -> &'static str {
    match message {
        ClientMessage::Hello(_) => "hello",
        ClientMessage::Ping(_) => "ping",
        ClientMessage::ResumeRooms(_) => "resume_rooms",
        ClientMessage::Room(frame) => said(&frame.message),
    }
}

const fn said(message: &ToRoom) -> &'static str {
    match message {
        ToRoom::Join(_) => "join",
        ToRoom::Leave => "leave",
        ToRoom::Publish(_) => "publish",
        ToRoom::Pause => "pause",
        ToRoom::Resume => "resume",
        ToRoom::Interrupt => "interrupt",
        ToRoom::DeclareSilence(_) => "declare_silence",
        ToRoom::Stop => "stop",
        ToRoom::React(_) => "react",
        ToRoom::Write(_) => "write",
        ToRoom::Edit(_) => "edit",
        ToRoom::Delete(_) => "delete",
        ToRoom::Pin(_) => "pin",
        ToRoom::FetchMessages(_) => "fetch_messages",
        ToRoom::RemoveMember(_) => "remove_member",
        ToRoom::Signal(signal) => kind(&signal.signal),
    }
}

fn received(message: &ServerMessage) -> String {
    match message {
        ServerMessage::Welcome(_) => "welcome".to_owned(),
        ServerMessage::Heartbeat => "heartbeat".to_owned(),
        ServerMessage::Pong(_) => "pong".to_owned(),
        ServerMessage::Refused(refused) => format!("refused {}", refused.refusal.code()),
        ServerMessage::Room(frame) => heard(&frame.message),
    }
}

fn heard(message: &FromRoom) -> String {
    match message {
        FromRoom::Joined(joined) => format!("joined at {}", joined.seq.0),
        FromRoom::Resumed(resumed) => format!("resumed at {}", resumed.seq.0),
        FromRoom::Event(event) => format!("{} at {}", happened(&event.event), event.seq.0),
        FromRoom::Refused { refusal } => format!("refused {}", refusal.code()),
        FromRoom::Messages(page) => format!("{} older messages", page.messages.len()),
        FromRoom::Signal(signal) => kind(&signal.signal).to_owned(),
    }
}

fn happened(event: &RoomEvent) -> String {
    match event {
        RoomEvent::MemberJoined { .. } => "member_joined".to_owned(),
        RoomEvent::MemberConnected { connected, .. } => format!("member_connected {connected}"),
        RoomEvent::MemberLeft { .. } => "member_left".to_owned(),
        RoomEvent::AttendanceChanged { attendance } => format!("attendance_changed to {attendance}"),
        RoomEvent::LinkOpened { .. } => "link_opened".to_owned(),
        RoomEvent::LinkClosed { .. } => "link_closed".to_owned(),
        RoomEvent::PublicationChanged { publication } => {
            format!("publication_changed to {:?}, silent: {}", publication.state, publication.silent)
        }
        RoomEvent::PublicationEnded { .. } => "publication_ended".to_owned(),
        RoomEvent::Reacted { .. } => "reacted".to_owned(),
        RoomEvent::MessageSent { message } => format!("message_sent {}", message.number.0),
        RoomEvent::MessageEdited { number, .. } => format!("message_edited {}", number.0),
        RoomEvent::MessageDeleted { number } => format!("message_deleted {}", number.0),
        RoomEvent::MessagePinned { number, pinned } => format!("message_pinned {} {pinned}", number.0),
        RoomEvent::MessagesDelivered { up_to } => format!("messages_delivered up to {}", up_to.0),
        RoomEvent::EndExpected { ends_at } => format!("end_expected {}", ends_at.is_some()),
        RoomEvent::RoomEnded { reason } => format!("room_ended {reason:?}"),
    }
}

const fn kind(signal: &Signal) -> &'static str {
    match signal {
        Signal::Offer { restarts: None, .. } => "offer",
        Signal::Offer { .. } => "offer of a restart",
        Signal::Answer { .. } => "answer",
        Signal::Candidates { .. } => "candidates",
        Signal::OfferRequest { .. } => "offer_request",
        Signal::Closed { .. } => "closed",
    }
}
