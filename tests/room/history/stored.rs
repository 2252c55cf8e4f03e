//! Rooms and entries that were stored and read.

use std::collections::VecDeque;

use heartogether::room::{Entry, Event, Room, Visit};
use serde::{Serialize, de::DeserializeOwned};

/// What becomes of something when it is stored and read: its texts are taken out and sealed beside it, those apart of whom the
/// room does not know whose they are.
fn stored_with<T: Serialize + DeserializeOwned + Clone>(value: &T, visit: impl Fn(&mut T, &mut Visit<'_>)) -> T {
    let (mut hidden, mut texts) = (value.clone(), VecDeque::new());
    visit(&mut hidden, &mut |account, mut text| match account {
        Some(_) => {
            texts.push_back((account, text.as_str().to_owned()));
            text.hide();
        }
        None => text.forget(),
    });
    let written = serde_json::to_string(&hidden).expect("it is written");
    let mut read = serde_json::from_str(&written).expect("it is read");
    visit(&mut read, &mut |account, mut text| {
        if account.is_some() {
            let (of, hidden) = texts.pop_front().expect("as many are visited again");
            assert_eq!(of, account);
            text.restore(&hidden);
        }
    });
    assert!(texts.is_empty(), "{texts:?} are left");
    read
}

/// A room that was stored and read.
pub(crate) fn stored(room: &Room) -> Room {
    stored_with(room, Room::visit_personal)
}

/// An entry that was stored and read.
pub(crate) fn stored_entry(entry: &Entry) -> Entry {
    let Entry { seq, at, event } = entry;
    Entry { seq: *seq, at: *at, event: stored_with(event, Event::visit_personal) }
}
