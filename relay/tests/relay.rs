//! Whole sessions: a foreign WebRTC stack listens, over a network that loses packets, in a time of its own.

mod check;
mod client;
mod handshake;
mod listener;
mod network;
mod rig;
mod sessions;
mod strangers;
