//! A message as its readers see it.

use serde::{Deserialize, Serialize};

use super::Picture;
use crate::{
    engagement::{Emoji, MessageText},
    id::{DisplayName, MemberId, MessageNumber, PictureId},
    time::Timestamp,
};

/// A message as its readers see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its number in the room.
    pub number: MessageNumber,
    /// Its author's place.
    pub author: MemberId,
    /// Its author's name at the time.
    #[serde(deserialize_with = "DisplayName::told")]
    pub name: DisplayName,
    /// The number its author's page gave it.
    pub nonce: u32,
    /// Its text; `None` once it is deleted, [`MessageText::none`] if it has pictures alone.
    #[serde(deserialize_with = "MessageText::told_or_none")]
    pub text: Option<MessageText>,
    /// Its pictures, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pictures: Vec<Picture>,
    /// When it was written.
    pub sent_at: Timestamp,
    /// Whether it was delivered: in a broadcast, to the host's page.
    pub delivered: bool,
    /// The number of its changes.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub version: u32,
    /// The message it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageNumber>,
    /// Whether it is pinned.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pinned: bool,
    /// The emoji on it, in the order in which each of them came first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emoji: Vec<EmojiOnMessage>,
    /// What the server has made of the markup in its text; `None` if that has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub markup: Option<Markup>,
}

/// The text of a message as pages show it. The server makes it before the message gets into the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Markup {
    /// HTML without anything that could run or load. Each `<img data-diagram="0">` stands for a picture, which the page fetches.
    pub html: String,
    /// The version of the rendering that made it.
    pub version: u32,
}

/// An emoji on a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmojiOnMessage {
    /// The emoji.
    #[serde(deserialize_with = "Emoji::told")]
    pub emoji: Emoji,
    /// The members who have put it there, in this order.
    pub by: Vec<MemberId>,
}

impl Message {
    /// Takes away what it says and shows, and the emoji on it.
    pub fn delete(&mut self) {
        (self.text, self.markup) = (None, None);
        self.pictures.clear();
        self.emoji.clear();
    }

    /// Whether it shows this picture, and nothing else.
    pub fn is_all(&self, picture: PictureId) -> bool {
        let is_it = |shown: &[Picture]| matches!(shown, [one] if one.id == picture);
        self.text.as_ref().is_some_and(MessageText::is_none) && is_it(&self.pictures)
    }

    /// Takes a picture away, if it has it.
    pub fn remove_picture(&mut self, picture: PictureId) {
        self.pictures.retain(|shown| shown.id != picture);
    }

    /// Whether a member has put this emoji on it.
    pub fn has_emoji_of(&self, member: MemberId, emoji: &Emoji) -> bool {
        self.emoji.iter().any(|on| on.emoji == *emoji && on.by.contains(&member))
    }

    /// Gives it another text, unless it is deleted.
    pub fn change_words(&mut self, text: &MessageText, markup: Option<&Markup>) {
        if self.text.is_some() {
            (self.text, self.markup) = (Some(text.clone()), markup.cloned());
        }
    }

    /// Puts an emoji on it for a member, or takes it away. Doing so twice has no further effect, and a deleted message has none.
    pub fn react(&mut self, member: MemberId, emoji: &Emoji, on: bool) {
        if self.text.is_none() {
            return;
        }
        if let Some(known) = self.emoji.iter_mut().find(|known| known.emoji == *emoji) {
            match known.by.contains(&member) {
                is_on if is_on == on => {}
                true => known.by.retain(|by| *by != member),
                false => known.by.push(member),
            }
        } else if on {
            self.emoji.push(EmojiOnMessage { emoji: emoji.clone(), by: vec![member] });
        }
        self.emoji.retain(|known| !known.by.is_empty());
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference in")]
const fn is_zero(version: &u32) -> bool {
    *version == 0
}

/// Messages that follow on each other, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Messages {
    /// They are the latest before this number.
    #[serde(default)]
    pub before: MessageNumber,
    /// At most [`MESSAGES_AT_ONCE`](crate::limits::MESSAGES_AT_ONCE).
    pub messages: Vec<Message>,
    /// Whether there are older messages.
    pub has_earlier: bool,
}
