//! The protocol: every message in its encoded form, refusals, codes and names, texts in JSON, and the protocol's document.

mod bad_frames;
mod codes;
mod custom;
mod document;
mod engagement;
mod lounges;
mod messages;
mod names;
mod reading;
mod variants;
