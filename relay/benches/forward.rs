//! Measures what it costs to forward a packet: `cargo bench -p heartogether-relay`.
//!
//! One packet of sound goes to 1,000 and to 5,000 legs, again and again, in either protection: into batches alone, and with
//! the system call that sends them to sockets of the bench. Then listeners connect. A fixed loop beside it says how fast the machine is just then.
//! The time is that of the thread's processor, as the system counts it.

#![expect(clippy::print_stdout, reason = "a bench prints what it measures")]
#![expect(clippy::disallowed_methods, reason = "it measures real time")]

#[cfg(target_os = "linux")]
mod check {
    include!("../tests/check.rs");
}
#[cfg(target_os = "linux")]
mod client {
    include!("../tests/client.rs");
}
#[cfg(target_os = "linux")]
mod measurements {
    pub(crate) mod handshakes;
    mod machine;
    pub(crate) mod packets;
}

fn main() {
    #[cfg(target_os = "linux")]
    {
        measurements::packets::measure();
        measurements::handshakes::measure();
    }
    #[cfg(not(target_os = "linux"))]
    println!("left out: sendmmsg is Linux's");
}
