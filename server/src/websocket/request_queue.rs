//! The requests of a connection that wait for its rooms. They are carried out one after the other, in the order in
//! which they were sent. If a room does not answer, requests for other rooms continue, so no room waits for another
//! room's storage.

use std::collections::{BTreeSet, VecDeque};

use heartogether::{
    id::RoomCode,
    protocol::{ResumeRoom, ToRoom},
    refusal::Refusal,
};

/// Requests that may wait.
const WAITING: usize = 256;

/// What is asked of a room.
pub(super) enum Request {
    Message(ToRoom),
    Resume(ResumeRoom),
    Refuse(Refusal),
}

/// What waits, and what is under way.
#[derive(Default)]
pub(super) struct RequestQueue {
    waiting: VecDeque<(RoomCode, Request)>,
    /// The rooms of what is under way. What is asked of them next waits until they have answered.
    busy: BTreeSet<RoomCode>,
    /// The room for which all others wait.
    turn: Option<RoomCode>,
}

impl RequestQueue {
    /// Whether one more may wait.
    pub(super) fn has_room(&self) -> bool {
        self.waiting.len() < WAITING
    }

    pub(super) fn add(&mut self, room: RoomCode, request: Request) {
        self.waiting.push_back((room, request));
    }

    /// Takes the next request, unless a room has its turn.
    pub(super) fn take_next(&mut self) -> Option<(RoomCode, Request)> {
        if self.turn.is_some() {
            return None;
        }
        let place = self.waiting.iter().position(|(room, _)| !self.busy.contains(room))?;
        let next = self.waiting.remove(place)?;
        self.busy.insert(next.0);
        self.turn = Some(next.0);
        Some(next)
    }

    /// Whether all others wait for a room.
    pub(super) const fn has_turn(&self) -> bool {
        self.turn.is_some()
    }

    /// The room whose turn it is takes too long: others come first.
    pub(super) fn pass(&mut self) {
        self.turn = None;
    }

    /// The room has answered.
    pub(super) fn finish(&mut self, room: RoomCode) {
        self.busy.remove(&room);
        self.turn = self.turn.filter(|turn| *turn != room);
    }

    /// Nothing of what waits is carried out.
    pub(super) fn clear(&mut self) {
        self.waiting.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> RoomCode {
        text.parse().expect("a code")
    }

    /// The room and the command of what is next.
    fn next(queue: &mut RequestQueue) -> Option<(RoomCode, ToRoom)> {
        queue.take_next().map(|(room, request)| match request {
            Request::Message(command) => (room, command),
            Request::Resume(_) | Request::Refuse(_) => panic!("only commands were added"),
        })
    }

    #[test]
    fn a_room_that_does_not_answer_keeps_only_its_own_requests_waiting() {
        let (one, other) = (code("ABC234"), code("XYZ234"));
        let mut queue = RequestQueue::default();
        for (room, command) in [(one, ToRoom::Pause), (one, ToRoom::Resume), (other, ToRoom::Stop)] {
            queue.add(room, Request::Message(command));
        }
        assert_eq!(next(&mut queue), Some((one, ToRoom::Pause)));
        assert_eq!(next(&mut queue), None, "all wait for it at first");
        queue.pass();
        assert_eq!(next(&mut queue), Some((other, ToRoom::Stop)));
        queue.finish(other);
        assert_eq!(next(&mut queue), None, "the first room has not answered");
        queue.finish(one);
        assert_eq!(next(&mut queue), Some((one, ToRoom::Resume)));
    }

    #[test]
    fn the_number_of_waiting_requests_is_limited() {
        let mut queue = RequestQueue::default();
        for _ in 0..WAITING {
            assert!(queue.has_room());
            queue.add(code("ABC234"), Request::Message(ToRoom::Leave));
        }
        assert!(!queue.has_room());
        assert!(queue.take_next().is_some());
        assert!(queue.has_room());
        queue.clear();
        queue.finish(code("ABC234"));
        assert!(queue.take_next().is_none());
    }
}
