//! The frames that wait to be posted, beside an event stream. They are numbered, and one post is under way at a time: so one that
//! may have been lost is repeated, and nothing is taken twice or in another order.

use std::collections::VecDeque;

use heartogether::limits::FRAME_BYTES;

/// The frames that wait.
#[derive(Clone, Debug, Default)]
pub struct PostQueue {
    frames: VecDeque<String>,
    /// The number of the first one.
    first: u64,
    /// How many of them are in the post that is under way; none may be.
    under_way: Option<usize>,
    /// Whether the server waits for a sign of life.
    is_pinged: bool,
}

/// What is posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// The number of the first frame.
    pub first: u64,
    /// The frames, each on a line; none if the server only waits for a sign of life.
    pub frames: String,
}

impl PostQueue {
    /// Adds a frame.
    pub fn push(&mut self, frame: String) {
        self.frames.push_back(frame);
    }

    /// The server waits for a sign of life. Any post is one.
    pub fn note_ping(&mut self) {
        self.is_pinged = true;
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// The next post, unless one is under way or nothing waits: as many frames as the server takes at once.
    pub fn next_post(&mut self) -> Option<Post> {
        if self.under_way.is_some() || (self.frames.is_empty() && !self.is_pinged) {
            return None;
        }
        self.is_pinged = false;
        let mut frames = String::new();
        let mut count = 0;
        for frame in &self.frames {
            if count > 0 && frames.len() + 1 + frame.len() > FRAME_BYTES {
                break;
            }
            if count > 0 {
                frames.push('\n');
            }
            frames.push_str(frame);
            count += 1;
        }
        self.under_way = Some(count);
        Some(Post { first: self.first, frames })
    }

    /// The post that was under way was taken.
    pub fn note_taken(&mut self) {
        let taken = self.under_way.take().unwrap_or_default();
        self.frames.drain(..taken);
        self.first += taken as u64;
    }

    /// It is not known whether the post that was under way was taken: the next one repeats its frames.
    pub fn note_lost(&mut self) {
        self.is_pinged |= self.under_way.take() == Some(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(first: u64, frames: &str) -> Option<Post> {
        Some(Post { first, frames: frames.to_owned() })
    }

    #[test]
    fn frames_that_wait_are_posted_together_and_numbered() {
        let mut queue = PostQueue::default();
        assert_eq!(queue.next_post(), None);
        queue.push("a".to_owned());
        assert_eq!(queue.next_post(), post(0, "a"));
        queue.push("b".to_owned());
        queue.push("c".to_owned());
        assert_eq!(queue.next_post(), None, "one is under way");
        queue.note_taken();
        assert_eq!(queue.next_post(), post(1, "b\nc"));
        queue.note_taken();
        assert!(queue.is_empty());
        assert_eq!(queue.next_post(), None);
    }

    #[test]
    fn a_post_that_may_be_lost_is_repeated_with_what_came_since() {
        let mut queue = PostQueue::default();
        queue.push("a".to_owned());
        assert_eq!(queue.next_post(), post(0, "a"));
        queue.push("b".to_owned());
        queue.note_lost();
        assert_eq!(queue.next_post(), post(0, "a\nb"));
        queue.note_taken();
        queue.push("c".to_owned());
        assert_eq!(queue.next_post(), post(2, "c"));
    }

    #[test]
    fn a_ping_is_answered_by_any_post() {
        let mut queue = PostQueue::default();
        queue.note_ping();
        assert_eq!(queue.next_post(), post(0, ""));
        queue.note_lost();
        assert_eq!(queue.next_post(), post(0, ""), "the server still waits");
        queue.note_taken();
        assert_eq!(queue.next_post(), None);
        queue.push("a".to_owned());
        queue.note_ping();
        assert_eq!(queue.next_post(), post(0, "a"));
        queue.note_taken();
        assert_eq!(queue.next_post(), None);
    }

    #[test]
    fn a_post_is_no_longer_than_a_frame_may_be() {
        let mut queue = PostQueue::default();
        let long = "x".repeat(FRAME_BYTES);
        let half = "y".repeat(FRAME_BYTES / 2);
        for frame in [half.as_str(), &half, &long, "z"] {
            queue.push(frame.to_owned());
        }
        for expected in [post(0, &half), post(1, &half), post(2, &long), post(3, "z")] {
            assert_eq!(queue.next_post(), expected);
            queue.note_taken();
        }
    }
}
