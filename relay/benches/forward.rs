//! Measures what it costs to forward a packet: `./dev bench forward [ADDRESS:PORT]`.
//!
//! One packet of sound goes to 1,000 and to 5,000 legs, again and again, in either protection: into batches alone, and with
//! the system call that sends them to sockets of the bench. Then listeners connect. A fixed loop beside it says how fast the machine is just then.
//! With an address, packets that nobody reads go there instead of to sockets: to where a network takes them.
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
        // Cargo adds `--bench`.
        let to = std::env::args().skip(1).find(|argument| argument != "--bench");
        measurements::packets::measure(to.map(|to| to.parse().expect("an address with its port")));
        measurements::handshakes::measure();
    }
    #[cfg(not(target_os = "linux"))]
    println!("left out: sendmmsg is Linux's");
}
