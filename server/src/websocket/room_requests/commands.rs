//! Turns a client's messages to a room into commands, and answers those that are none.

use heartogether::{
    id::{MessageNumber, PublicationId, RoomCode},
    limits::MESSAGES_AT_ONCE,
    protocol::{
        DeclareSilence, Delete, Edit, FetchMessages, FromRoom, HandOver, MarkRead, NameOneself, NameRoom, Pin, Publish,
        React, ReactTo, RemoveMember, ToRoom, Write,
    },
    refusal::Refusal,
    room::Command,
};

use super::{Failure, RoomRequests};
use crate::{random, rooms::RoomHandle, websocket::Frame};

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
            ToRoom::Stop => Command::StopRoom,
            ToRoom::React(React { reaction }) => {
                self.take(room, &self.node.command_limits.reactions, Refusal::TooManyReactions).await?;
                Command::React { reaction }
            }
            ToRoom::Write(Write { nonce, text, reply_to }) => {
                self.take_message(room).await?;
                let is_archived = self.is_archived(room, nonce).await?;
                let answered = match reply_to {
                    Some(number) => Some(self.archived(room, number).await?.into()),
                    None => None,
                };
                Command::Write { nonce, text, reply_to, answered, is_archived }
            }
            ToRoom::Edit(Edit { number, text }) => {
                self.take_message(room).await?;
                Command::Edit { number, text, archived: self.archived(room, number).await? }
            }
            ToRoom::Delete(Delete { number }) => {
                self.take_message(room).await?;
                Command::Delete { number, archived: self.archived(room, number).await? }
            }
            ToRoom::Pin(Pin { number, pinned }) => {
                self.take_message(room).await?;
                Command::Pin { number, pinned, archived: self.archived(room, number).await? }
            }
            ToRoom::ReactTo(ReactTo { number, emoji, on }) => {
                self.take(room, &self.node.command_limits.reactions, Refusal::TooManyReactions).await?;
                Command::ReactTo { number, emoji, on, archived: self.archived(room, number).await? }
            }
            ToRoom::NameOneself(NameOneself { name }) => {
                let id = self.take_message(room).await?.id();
                Command::NameOneself { mark: self.name_mark(id, &name)?, name }
            }
            ToRoom::NameRoom(NameRoom { name }) => {
                self.take_message(room).await?;
                Command::NameRoom { name }
            }
            ToRoom::HandOver(HandOver { member }) => Command::HandOver { member },
            ToRoom::Type => return self.show_typing(room).await,
            ToRoom::MarkRead(MarkRead { up_to }) => return self.mark_read(room, up_to).await,
            ToRoom::RemoveMember(RemoveMember { member, block_address, may_return }) => {
                Command::RemoveMember { member, block_address, may_return }
            }
        };
        self.command(room, command).await
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

    /// Takes a message, or a change of one, from the account's allowance.
    async fn take_message(&self, room: RoomCode) -> Result<RoomHandle, Refusal> {
        self.take(room, &self.node.command_limits.messages, Refusal::TooManyMessages).await
    }

    /// Tells the others that the member is writing.
    async fn show_typing(&self, room: RoomCode) -> Result<(), Failure> {
        let room = self.take(room, &self.node.command_limits.reactions, Refusal::TooManyReactions).await?;
        Ok(room.show_typing(self.connection.id).await?)
    }

    /// Notes how far the member has read, and tells the member's other pages.
    async fn mark_read(&self, room: RoomCode, up_to: MessageNumber) -> Result<(), Failure> {
        let room = self.take(room, &self.node.command_limits.reactions, Refusal::TooManyReactions).await?;
        room.show_read(self.connection.id, up_to).await?;
        let marked = self.node.store.mark_read(self.account.id, room.id(), up_to).await;
        marked.map_err(|error| Failure::Fault(error.into()))
    }

    /// Sends a page of older messages.
    async fn fetch_messages(&self, code: RoomCode, FetchMessages { before }: FetchMessages) -> Result<(), Failure> {
        let room = self.take(code, &self.node.command_limits.requests, Refusal::TooManyFrames).await?;
        let reading = room.reading(self.connection.id).await?;
        let page = self.node.archive.before(room.id(), reading, before, MESSAGES_AT_ONCE).await;
        let page = page.map_err(|error| Failure::Fault(error.into()))?;
        self.send_queue.push(Frame::from_room(code, FromRoom::Messages(page)));
        Ok(())
    }
}
