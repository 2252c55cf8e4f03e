//! The wire: every message as it travels, what is refused, codes and names, and the protocol's document.

mod bad_frames;
mod codes;
mod document;
mod engagement;
mod messages;
mod names;
mod variants;
