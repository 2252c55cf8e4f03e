//! Turns a client's messages to a room into commands, and answers those that are none.

use heartogether::{
    engagement::MessageText,
    id::{MessageNumber, PublicationId, RoomCode},
    limits::MESSAGES_AT_ONCE,
    protocol::{
        AnswerJoin, AskFirst, DeclareSilence, Delete, DismissReports, Edit, EndPublication, FetchMessages, FromRoom,
        HandOver, Listen, LoungeRead, MarkRead, NameOneself, NameRoom, Pin, Publish, React, ReactTo, RemoveMember,
        ReportMessage, ToRoom, Write,
    },
    refusal::Refusal,
    room::{Command, Markup, Picture},
};

use super::{Failure, RoomRequests};
use crate::{
    random,
    rooms::{Reader, RoomHandle},
    storage::pictures::Belonging,
    websocket::Frame,
};

impl RoomRequests {
    /// Carries out a message to a room.
    pub(super) async fn handle(&self, room: RoomCode, message: ToRoom) -> Result<(), Failure> {
        let command = match message {
            ToRoom::Join(join) => return self.join(room, join).await,
            ToRoom::FetchMessages(fetch) => return self.fetch_messages(room, fetch).await,
            // `Connection` passes signals on itself.
            ToRoom::Signal(_) => return Ok(()),
            ToRoom::Leave => return self.leave(room).await,
            ToRoom::Publish(Publish { source, paused }) => {
                Command::Publish { id: PublicationId::from_bits(random::bits()), source, paused }
            }
            ToRoom::Pause => Command::Pause,
            ToRoom::Resume => Command::Resume,
            ToRoom::Interrupt => Command::Interrupt,
            ToRoom::DeclareSilence(DeclareSilence { silent }) => Command::DeclareSilence { silent },
            ToRoom::Listen(Listen { publication, on }) => Command::Listen { publication, on },
            ToRoom::EndPublication(EndPublication { publication }) => Command::EndPublication { publication },
            ToRoom::Stop => Command::StopRoom,
            ToRoom::React(React { reaction }) => {
                self.take(room, &self.node.command_limits.reactions, Refusal::TooManyReactions).await?;
                Command::React { reaction }
            }
            ToRoom::Write(write) => self.writing(room, write).await?,
            ToRoom::Edit(edit) => self.editing(room, edit).await?,
            ToRoom::Delete(Delete { number }) => {
                self.take_message(room).await?;
                Command::Delete { number, archived: self.archived(room, number).await? }
            }
            ToRoom::Pin(Pin { number, pinned }) => {
                self.take_message(room).await?;
                Command::Pin { number, pinned, archived: self.archived(room, number).await? }
            }
            ToRoom::ReportMessage(ReportMessage { number, reason }) => {
                self.take_message(room).await?;
                Command::ReportMessage { number, reason, archived: self.archived(room, number).await? }
            }
            ToRoom::Block(block) => return self.block(room, block).await,
            ToRoom::DismissReports(DismissReports { number }) => Command::DismissReports { number },
            ToRoom::ReactTo(ReactTo { number, emoji, on }) => {
                self.take(room, &self.node.command_limits.reactions, Refusal::TooManyReactions).await?;
                Command::ReactTo { number, emoji, on, archived: self.archived(room, number).await? }
            }
            ToRoom::NameOneself(naming) => self.naming(room, naming).await?,
            ToRoom::NameRoom(NameRoom { name }) => {
                self.take_message(room).await?;
                Command::NameRoom { name }
            }
            ToRoom::HandOver(HandOver { member }) => Command::HandOver { member },
            ToRoom::AskFirst(AskFirst { on }) => {
                self.take_message(room).await?;
                Command::ask_first(on)
            }
            ToRoom::AnswerJoin(AnswerJoin { member, admit }) => Command::AnswerJoin { member, admit },
            ToRoom::Type => return self.show_typing(room).await,
            ToRoom::MarkRead(MarkRead { up_to }) => return self.mark_read(room, up_to).await,
            ToRoom::RemoveMember(RemoveMember { member, block_address, may_return }) => {
                Command::RemoveMember { member, block_address, may_return }
            }
        };
        self.command(room, command).await
    }

    /// The command of a new message, with what only the archive knows and what its markup becomes.
    async fn writing(&self, room: RoomCode, write: Write) -> Result<Command, Failure> {
        write.check()?;
        self.take_message(room).await?;
        let Write { nonce, text, pictures, reply_to } = write;
        let is_archived = self.is_archived(room, nonce).await?;
        if !is_archived {
            self.check_pictures(room, &pictures).await?;
        }
        let answered = match reply_to {
            Some(number) => Some(self.archived(room, number).await?.into()),
            None => None,
        };
        let markup = if is_archived { None } else { self.render(room, &text).await? };
        Ok(Command::Write { nonce, text, pictures, reply_to, answered, is_archived, markup })
    }

    /// The command of a member's new name, with its mark in this room.
    async fn naming(&self, room: RoomCode, NameOneself { name }: NameOneself) -> Result<Command, Failure> {
        let id = self.take_message(room).await?.id();
        Ok(Command::NameOneself { mark: self.name_mark(id, &name)?, name })
    }

    /// The command of another text, with what only the archive knows and what its markup becomes.
    async fn editing(&self, room: RoomCode, Edit { number, text }: Edit) -> Result<Command, Failure> {
        self.take_message(room).await?;
        let archived = self.archived(room, number).await?;
        if text.is_none() {
            self.check_shows(room, number).await?;
        }
        Ok(Command::Edit { number, markup: self.render(room, &text).await?, text, archived })
    }

    /// Whether a message shows pictures, so that it may go without words. Whether it is there is another question.
    async fn check_shows(&self, room: RoomCode, number: MessageNumber) -> Result<(), Failure> {
        let found = self.node.archive.at(self.room(room)?.id(), &[number]).await;
        let found = found.map_err(|error| Failure::Fault(error.into()))?;
        let has_none = found.iter().any(|message| message.text.is_some() && message.pictures.is_empty());
        if has_none { Err(Refusal::MessageEmpty.into()) } else { Ok(()) }
    }

    /// Gives the place up. A room whose members stay disappears from the member's list.
    async fn leave(&self, code: RoomCode) -> Result<(), Failure> {
        self.command(code, Command::Leave).await?;
        let room = self.room(code)?;
        if !room.has_place(self.account.id).await {
            let ended = self.node.store.end_membership(self.account.id, room.id()).await;
            ended.map_err(|error| Failure::Fault(error.into()))?;
        }
        Ok(())
    }

    /// Whether the account has uploaded these pictures for a message of this room.
    async fn check_pictures(&self, room: RoomCode, pictures: &[Picture]) -> Result<(), Failure> {
        let from = Belonging { room: self.room(room)?.id(), account: self.account.id };
        let checked = self.node.check_pictures(from, pictures).await;
        Ok(checked.map_err(|error| Failure::Fault(error.into()))??)
    }

    /// Takes a message, or a change of one, from the account's allowance.
    pub(super) async fn take_message(&self, room: RoomCode) -> Result<RoomHandle, Refusal> {
        let (handle, now) = (self.room(room)?, self.node.clock.now());
        let limits = &self.node.command_limits;
        let is_allowed = limits.take_message(self.account.id, handle.id(), self.caller.address, now).await;
        if is_allowed { Ok(handle) } else { Err(Refusal::TooManyMessages) }
    }

    /// What the markup in a text becomes in this room.
    async fn render(&self, room: RoomCode, text: &MessageText) -> Result<Option<Markup>, Refusal> {
        Ok(self.node.markup.render(&self.room(room)?, text).await)
    }

    /// Tells the others that the member is writing.
    async fn show_typing(&self, room: RoomCode) -> Result<(), Failure> {
        let room = self.take(room, &self.node.command_limits.moments, Refusal::TooManyFrames).await?;
        Ok(room.show_typing(self.connection.id).await?)
    }

    /// Notes how far the member has read, and tells the member's other pages.
    async fn mark_read(&self, code: RoomCode, up_to: MessageNumber) -> Result<(), Failure> {
        let room = self.take(code, &self.node.command_limits.moments, Refusal::TooManyFrames).await?;
        room.show_read(self.connection.id, up_to).await?;
        let marked = self.node.store.mark_read(self.account.id, room.id(), up_to).await;
        marked.map_err(|error| Failure::Fault(error.into()))?;
        self.node.rooms.lists().note_read(self.account.id, LoungeRead { room: code, up_to });
        Ok(())
    }

    /// Sends a page of older messages.
    async fn fetch_messages(&self, code: RoomCode, FetchMessages { before }: FetchMessages) -> Result<(), Failure> {
        let room = self.take(code, &self.node.command_limits.requests, Refusal::TooManyFrames).await?;
        let reading = room.reading(Reader::Page(self.connection.id)).await?;
        let page = self.node.archive.before(room.id(), reading, before, MESSAGES_AT_ONCE).await;
        let mut page = page.map_err(|error| Failure::Fault(error.into()))?;
        self.node.markup.renew(&room, &mut page.messages).await;
        self.send_queue.push(Frame::from_room(code, FromRoom::Messages(page)));
        Ok(())
    }
}
