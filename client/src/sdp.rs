//! Session descriptions as this client edits them: what the profiles ask of Opus is in [`opus`].

pub mod opus;

pub use heartogether::sdp::*;
