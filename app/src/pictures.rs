//! The script that makes pictures small and uploads them, in a thread of its own.

use crate::inline_script::without_comments;

/// The script of the worker that pages begin once somebody adds a picture.
pub fn picture_worker() -> String {
    without_comments(include_str!("pictures/worker.js"))
}
