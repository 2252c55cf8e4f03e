//! The relay's way out: one publication goes to thousands of listeners. Nothing here has a socket, a clock or a thread, and time and
//! chance are parameters. Datagrams go in, datagrams come out.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`datagram`] | tells the protocols on one port apart, and finds the leg that a check of ICE names |
//! | [`ufrag`] | user fragments that say who owns a leg |
//! | [`stun`] | reads binding requests and answers them |
//! | [`dtls`] | the server's half of a handshake, up to the keys |
//! | [`leg`] | a listener's leg: ICE, then the handshake, then what the listener reports |
//! | [`srtp`] | seals and opens packets |
//! | [`rtp`] | reads packets, and writes headers |
//! | [`rtcp`] | reads and writes reports |
//! | [`sdp`] | writes offers, and reads answers |
//! | [`forward`] | the table by which a packet goes out to all legs |

pub mod datagram;
pub mod dtls;
pub mod forward;
pub mod leg;
pub mod rtcp;
pub mod rtp;
pub mod sdp;
pub mod srtp;
pub mod stun;
pub mod ufrag;
