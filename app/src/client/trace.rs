//! Inputs and commands in words, for whoever looks why a page does what it does. No secret, no name, no text of people's, no
//! address and no description of a connection is among them.

use heartogether::protocol::{ClientMessage, RoomEvent, ServerMessage, Signal};

use super::{Command, Input, Timer};

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
pub fn command(command: &Command) -> String {
    match command {
        Command::Send(message) => format!("send {}", sent(message)),
        Command::OpenAnswering { negotiation, .. } => format!("answer {}", negotiation.0),
        Command::AnswerRestart { before, negotiation, .. } => {
            format!("answer restart {} of {}", negotiation.0, before.0)
        }
        Command::AcceptAnswer { negotiation, .. } => format!("accept the answer to {}", negotiation.0),
        Command::AddCandidates { negotiation, candidates } => {
            format!("add {} candidates to {}", candidates.len(), negotiation.0)
        }
        Command::StartTimer { timer, after_ms } => format!("start timer {} for {after_ms} ms", name_of(*timer)),
        Command::StopTimer(timer) => format!("stop timer {}", name_of(*timer)),
        Command::OpenOffering(negotiation) => format!("offer {}", negotiation.0),
        Command::Play(negotiation) => format!("play {}", negotiation.0),
        Command::Restart { before, negotiation } => format!("restart {} as {}", before.0, negotiation.0),
        Command::Tune { negotiation, tuning } => format!("send {} bit/s to {}", tuning.bitrate_bps, negotiation.0),
        Command::ClosePeer(negotiation) => format!("close {}", negotiation.0),
        Command::SetSending(sending) => format!("set sending {sending}"),
        Command::ReleaseSource(source) => format!("release {source:?}"),
        plain => ordered(plain).to_owned(),
    }
}

/// What is done where that is all there is to say.
const fn ordered(command: &Command) -> &'static str {
    match command {
        Command::OpenSocket => "open socket",
        Command::CloseSocket => "close socket",
        Command::ProbeServer => "probe the server",
        Command::ApplyProfile(_) => "apply profile",
        Command::ApplyMix(_) => "apply mix",
        Command::ApplyProcessing(_) => "apply processing",
        Command::WakeMixer => "wake the mixer",
        Command::LeaveMark(_) => "leave mark",
        Command::ShowReaction(_) => "show reaction",
        Command::StopCapture => "stop capture",
        _ => "something else",
    }
}

fn sent(message: &ClientMessage) -> &'static str {
    match message {
        ClientMessage::Hello(_) => "hello",
        ClientMessage::Ping(_) => "ping",
        ClientMessage::JoinRoom(_) => "join_room",
        ClientMessage::ResumeRoom(_) => "resume_room",
        ClientMessage::LeaveRoom => "leave_room",
        ClientMessage::StartStream(_) => "start_stream",
        ClientMessage::PauseStream => "pause_stream",
        ClientMessage::ResumeStream => "resume_stream",
        ClientMessage::InterruptStream => "interrupt_stream",
        ClientMessage::DeclareSilence(_) => "declare_silence",
        ClientMessage::StopRoom => "stop_room",
        ClientMessage::SendReaction(_) => "send_reaction",
        ClientMessage::SendMessage(_) => "send_message",
        ClientMessage::FetchMessages(_) => "fetch_messages",
        ClientMessage::RemoveListener(_) => "remove_listener",
        ClientMessage::Signal(signal) => kind(&signal.signal),
    }
}

fn received(message: &ServerMessage) -> String {
    let name = match message {
        ServerMessage::Welcome(_) => "welcome",
        ServerMessage::Heartbeat => "heartbeat",
        ServerMessage::Pong(_) => "pong",
        ServerMessage::Refused(refused) => return format!("refused {}", refused.refusal.code()),
        ServerMessage::RoomJoined(joined) => return format!("room_joined at {}", joined.seq.0),
        ServerMessage::RoomResumed(resumed) => return format!("room_resumed at {}", resumed.seq.0),
        ServerMessage::RoomEvent(event) => return format!("{} at {}", happened(&event.event), event.seq.0),
        ServerMessage::Messages(_) => "messages",
        ServerMessage::Signal(signal) => kind(&signal.signal),
    };
    name.to_owned()
}

fn happened(event: &RoomEvent) -> String {
    match event {
        RoomEvent::StreamChanged { stream, .. } => format!("stream_changed to {stream:?}"),
        RoomEvent::SilenceChanged { silent } => format!("silence_changed {silent}"),
        RoomEvent::RoomEnded { reason } => format!("room_ended {reason:?}"),
        RoomEvent::ListenerJoined { .. } => "listener_joined".to_owned(),
        RoomEvent::ListenerLeft { .. } => "listener_left".to_owned(),
        RoomEvent::ListenerAttached { attached, .. } => format!("listener_attached {attached}"),
        _ => "room_event".to_owned(),
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
