//! The protocol's messages in words.

use heartogether::{
    protocol::{ClientMessage, FromRoom, Moment, ServerMessage, Signal, ToRoom},
    room::{Missed, RoomEvent},
};

use super::short;

/// A message from the page to the server.
pub(super) fn sent(message: &ClientMessage) -> String {
    match message {
        ClientMessage::Hello(hello) => format!("hello in version {}", hello.protocol),
        ClientMessage::Ping(_) => "ping".to_owned(),
        ClientMessage::ResumeRooms(resume) => {
            let from: Vec<_> = resume.rooms.iter().map(|room| room.last_seq.0.to_string()).collect();
            format!("resume_rooms from {}", from.join(", "))
        }
        ClientMessage::Room(frame) => said(&frame.message),
    }
}

fn said(message: &ToRoom) -> String {
    match message {
        ToRoom::Join(join) => format!("join as {:?}, take over: {}", join.role, join.take_over),
        ToRoom::Leave => "leave".to_owned(),
        ToRoom::Publish(publish) => format!("publish {:?}, paused: {}", publish.source, publish.paused),
        ToRoom::Pause => "pause".to_owned(),
        ToRoom::Resume => "resume".to_owned(),
        ToRoom::Interrupt => "interrupt".to_owned(),
        ToRoom::DeclareSilence(declared) => format!("declare_silence {}", declared.silent),
        ToRoom::Listen(listen) => format!("listen {}", listen.on),
        ToRoom::EndPublication(_) => "end_publication".to_owned(),
        ToRoom::Stop => "stop".to_owned(),
        ToRoom::React(sent) => format!("react {:?}", sent.reaction),
        ToRoom::Write(_) => "write".to_owned(),
        ToRoom::Edit(edit) => format!("edit {}", edit.number.0),
        ToRoom::Delete(delete) => format!("delete {}", delete.number.0),
        ToRoom::Pin(pin) => format!("pin {} {}", pin.number.0, pin.pinned),
        ToRoom::ReactTo(sent) => format!("react_to {} {}, on: {}", sent.number.0, sent.emoji, sent.on),
        ToRoom::ReportMessage(report) => format!("report_message {}", report.number.0),
        ToRoom::DismissReports(dismiss) => format!("dismiss_reports {}", dismiss.number.0),
        ToRoom::Block(block) => format!("block {} {}", short(block.member), block.blocked),
        ToRoom::NameOneself(_) => "name_oneself".to_owned(),
        ToRoom::NameRoom(_) => "name_room".to_owned(),
        ToRoom::HandOver(sent) => format!("hand_over to {}", short(sent.member)),
        ToRoom::AskFirst(asks) => format!("ask_first {}", asks.on),
        ToRoom::AnswerJoin(answer) => format!("answer_join of {}: {}", short(answer.member), answer.admit),
        ToRoom::Type => "type".to_owned(),
        ToRoom::MarkRead(read) => format!("mark_read up to {}", read.up_to.0),
        ToRoom::FetchMessages(fetch) => format!("fetch_messages before {}", fetch.before.0),
        ToRoom::RemoveMember(remove) => {
            format!("remove_member {}, with the address: {}", short(remove.member), remove.block_address)
        }
        ToRoom::Signal(signal) => format!("{} to {}", kind(&signal.signal), short(signal.to)),
    }
}

/// A message from the server to the page.
pub(super) fn received(message: &ServerMessage) -> String {
    match message {
        ServerMessage::Welcome(welcome) => format!("welcome, heartbeat every {} ms", welcome.heartbeat_ms),
        ServerMessage::Heartbeat => "heartbeat".to_owned(),
        ServerMessage::Pong(_) => "pong".to_owned(),
        ServerMessage::Refused(refused) => format!("refused {}", refused.refusal.code()),
        ServerMessage::Room(frame) => heard(&frame.message),
    }
}

fn heard(message: &FromRoom) -> String {
    match message {
        FromRoom::Joined(joined) => format!("joined at {}", joined.seq.0),
        FromRoom::Resumed(resumed) => {
            let missed = match &resumed.missed {
                Missed::Events(events) => format!("{} events", events.len()),
                Missed::Room(_) => "much".to_owned(),
            };
            format!("resumed at {}, missed {missed}", resumed.seq.0)
        }
        FromRoom::Waiting => "waiting".to_owned(),
        FromRoom::Admitted => "admitted".to_owned(),
        FromRoom::Event(event) => format!("{} at {}", happened(&event.event), event.seq.0),
        FromRoom::Refused { refusal } => format!("refused {}", refusal.code()),
        FromRoom::MessageKept { .. } => "message kept".to_owned(),
        FromRoom::Messages(page) => format!("{} messages, earlier ones: {}", page.messages.len(), page.has_earlier),
        FromRoom::Blocked { members } => format!("{} blocked", members.len()),
        FromRoom::Moment(Moment::Typing { member }) => format!("{} is typing", short(*member)),
        FromRoom::Moment(Moment::Read { up_to }) => format!("read up to {} elsewhere", up_to.0),
        FromRoom::Signal(signal) => format!("{} from {}", kind(&signal.signal), short(signal.from)),
    }
}

fn happened(event: &RoomEvent) -> String {
    match event {
        RoomEvent::MemberJoined { member } => format!("member_joined {}", short(member.member)),
        RoomEvent::MemberConnected { member, connected } => format!("member_connected {} {connected}", short(*member)),
        RoomEvent::MemberLeft { member } => format!("member_left {}", short(*member)),
        RoomEvent::MemberNamed { member, .. } => format!("member_named {}", short(*member)),
        RoomEvent::RoomNamed { .. } => "room_named".to_owned(),
        RoomEvent::OwnerChanged { owner, .. } => format!("owner_changed to {}", short(*owner)),
        RoomEvent::AskFirstChanged { on } => format!("ask_first_changed to {on}"),
        RoomEvent::JoinAsked { waiting } => format!("join_asked by {}", short(waiting.member)),
        RoomEvent::JoinAnswered { members } => format!("join_answered of {}", members.len()),
        RoomEvent::AttendanceChanged { attendance } => format!("attendance_changed to {attendance}"),
        RoomEvent::LinkOpened { link } => {
            format!("link_opened, {} offers to {}", short(link.offerer), short(link.answerer))
        }
        RoomEvent::LinkClosed { peer } => format!("link_closed with {}", short(*peer)),
        RoomEvent::PublicationChanged { publication } => {
            let (by, state, silent) = (short(publication.by), publication.state, publication.silent);
            let listeners = publication.listeners.len();
            format!("publication_changed by {by} to {state:?}, silent: {silent}, listeners: {listeners}")
        }
        RoomEvent::PublicationEnded { .. } => "publication_ended".to_owned(),
        RoomEvent::PublicationStopped { by, .. } => format!("publication_stopped by {}", short(*by)),
        RoomEvent::SoundMoved => "sound_moved".to_owned(),
        RoomEvent::Reacted { member, reaction, .. } => format!("reacted {reaction:?} by {}", short(*member)),
        RoomEvent::MessageSent { message } => format!("message_sent {} by {}", message.number.0, short(message.author)),
        RoomEvent::MessageEdited { number, .. } => format!("message_edited {}", number.0),
        RoomEvent::MessageDeleted { number, .. } => format!("message_deleted {}", number.0),
        RoomEvent::MessagePinned { number, pinned, .. } => format!("message_pinned {} {pinned}", number.0),
        RoomEvent::PictureRemoved { number, .. } => format!("picture_removed from {}", number.0),
        RoomEvent::MessageReacted { number, emoji, on, .. } => format!("message_reacted {} {emoji} {on}", number.0),
        RoomEvent::MessageReported { number, .. } => format!("message_reported {}", number.0),
        RoomEvent::ReportsDismissed { numbers } => format!("reports_dismissed of {}", numbers.len()),
        RoomEvent::ReportTaken { number } => format!("report_taken {}", number.0),
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
