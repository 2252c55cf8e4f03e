//! Session descriptions as this client edits them. The Opus settings of the profiles are in [`opus`].

pub mod opus;

pub use heartogether::sdp::*;
