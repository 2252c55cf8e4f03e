//! What changes in an account's list of lounges. Pages of lounges are told of it over the connection that they have. To all other
//! pages it is a frame that they do not know, so it costs them no code.

use serde::{Deserialize, Serialize};

use super::{encode, read};
use crate::{
    id::{DisplayName, MessageNumber, RoomCode, RoomName, Seq},
    limits::LOUNGES_CHANGED_AT_ONCE,
    refusal::Refusal,
    time::Timestamp,
};

/// What has changed in an account's list of lounges.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoungesChanged {
    /// Lounges in the list of which something is new.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub news: Vec<LoungeNews>,
    /// How far the account has read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub read: Vec<LoungeRead>,
    /// Lounges that are not in the list any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<RoomCode>,
    /// Whether the list is to be asked for: something else has changed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub anew: bool,
}

/// What a list shows of a lounge, the same for all members but for what only the owner is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoungeNews {
    /// The lounge.
    pub room: RoomCode,
    /// The entry of the lounge's log up to which this is true. Of two, the one with the greater number counts.
    pub seq: Seq,
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "RoomName::told_or_none")]
    pub name: Option<RoomName>,
    /// The owner's name.
    #[serde(deserialize_with = "DisplayName::told")]
    pub owner_name: DisplayName,
    /// The number of its latest message.
    pub last_message: MessageNumber,
    /// When that was written, or when the lounge was opened.
    pub written_at: Timestamp,
    /// How many ask to come in; 0 for all but the owner.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub waiting: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference in")]
const fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl LoungeNews {
    /// The same without what only the owner is told.
    pub fn for_others(&self) -> Self {
        Self { waiting: 0, ..self.clone() }
    }
}

/// How far an account has read in a lounge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoungeRead {
    /// The lounge.
    pub room: RoomCode,
    /// The latest message that the account has seen.
    pub up_to: MessageNumber,
}

/// The frame.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Frame<Changed> {
    LoungesChanged(Changed),
}

impl LoungesChanged {
    /// There is something new in a lounge.
    pub fn news(news: LoungeNews) -> Self {
        Self { news: vec![news], ..Self::default() }
    }

    /// The account has read on.
    pub fn read(read: LoungeRead) -> Self {
        Self { read: vec![read], ..Self::default() }
    }

    /// A lounge is not in the list any more.
    pub fn gone(room: RoomCode) -> Self {
        Self { gone: vec![room], ..Self::default() }
    }

    /// The list is to be asked for.
    pub fn anew() -> Self {
        Self { anew: true, ..Self::default() }
    }

    /// Adds what has changed later: of each lounge the latest counts. If that is too much for a frame, the list is to be asked for.
    pub fn add(&mut self, later: Self) {
        if later.anew {
            // A lounge may have come back.
            self.gone.clear();
            self.anew = true;
        }
        for news in later.news {
            self.gone.retain(|gone| *gone != news.room);
            match self.news.iter_mut().find(|known| known.room == news.room) {
                Some(known) if known.seq > news.seq => {}
                Some(known) => *known = news,
                None => self.news.push(news),
            }
        }
        for read in later.read {
            match self.read.iter_mut().find(|known| known.room == read.room) {
                Some(known) => known.up_to = known.up_to.max(read.up_to),
                None => self.read.push(read),
            }
        }
        for gone in later.gone {
            self.news.retain(|news| news.room != gone);
            self.read.retain(|read| read.room != gone);
            if !self.gone.contains(&gone) {
                self.gone.push(gone);
            }
        }
        if !self.is_bounded() {
            *self = Self::anew();
        }
    }

    /// Whether it fits into a frame.
    pub fn is_bounded(&self) -> bool {
        self.news.len() + self.read.len() + self.gone.len() <= LOUNGES_CHANGED_AT_ONCE
    }

    /// Whether nothing has changed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Its frame.
    pub fn encode(&self) -> String {
        encode(&Frame::LoungesChanged(self))
    }

    /// Reads a frame of the server that holds one.
    ///
    /// # Errors
    /// [`Refusal::FrameMalformed`] if the frame is another one.
    pub fn decode(frame: &str) -> Result<Self, Refusal> {
        let Frame::LoungesChanged(changed) = read(frame)?;
        Ok(changed)
    }
}
