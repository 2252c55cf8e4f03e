//! Where several nodes share the rooms, each has those that somebody on it needs, and those that it
//! [looks after](Rooms::look_after_left_rooms). It lets go of others, so that it is told no more of what happens there.

use super::{Open, Rooms};

impl Rooms {
    /// Lets go of the rooms that nobody on this node has asked for since the last call, and that no connection has entered. Their
    /// actors answer whatever was asked before, and stop. What they have ordered of the archive is written.
    ///
    /// Nobody's request is lost: whoever asks a room holds a handle meanwhile, and gets it from here.
    pub(super) fn let_go_of_unused(&self) {
        let mut open = self.opened();
        let Open { handles, unused, .. } = &mut *open;
        let before = std::mem::take(unused);
        handles.retain(|room, handle| {
            let is_unused = handle.is_only_one();
            if is_unused {
                unused.insert(*room);
            }
            !is_unused || !before.contains(room)
        });
        unused.retain(|room| handles.contains_key(room));
    }
}
