//! What it costs to forward a packet.

use std::{
    io::IoSlice,
    net::{SocketAddr, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use heartogether_relay::{
    forward::{Batch, Publication, Source, Start, Subscriber},
    rtp::ExtensionMap,
    srtp::{MasterKey, Profile},
};
use rustix::net::{MMsgHdr, SendAncillaryBuffer, SendFlags, SocketAddrAny, addr::SocketAddrArg, sendmmsg};

use super::machine::{fixed_loop, median, processor_time, resident_bytes};

const SOURCE: Source = Source { ssrc: 1, opus: 111, red: None };
const LEGS: [u16; 2] = [1_000, 5_000];
const PAYLOAD_BYTES: usize = 160;
/// Packets that are sent at once.
const BATCH: usize = 64;
/// Packets to legs in one measurement, and measurements of which the median is told.
const PACKETS: u64 = 300_000;
const RUNS: usize = 7;
const SOCKETS: usize = 16;

/// Sockets that packets are sent to.
struct Sink {
    addresses: Vec<SocketAddr>,
    received: Arc<AtomicU64>,
    is_over: Arc<AtomicBool>,
}

/// Sends to an address, or to sockets of its own.
pub(crate) fn measure(to: Option<SocketAddr>) {
    let socket = UdpSocket::bind("0.0.0.0:0").expect("a socket");
    println!(
        "One packet of {PAYLOAD_BYTES} bytes, in batches of {BATCH}; medians of {RUNS} runs of {PACKETS} packets each.\n"
    );
    println!(
        "| legs | protection | header and seal | system call alone | both | both, and read by another core | lost | a row | fixed loop |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for legs in LEGS {
        for profile in [Profile::AeadAes128Gcm, Profile::Aes128CmHmacSha1_80] {
            row(legs, profile, to, &socket);
        }
    }
}

/// A line of the table.
fn row(legs: u16, profile: Profile, to: Option<SocketAddr>, socket: &UdpSocket) {
    let (read, unread) = (sink(true), sink(false));
    let nobody = to.map_or_else(|| unread.addresses.clone(), |to| vec![to]);
    let before = resident_bytes();
    let mut publication = publication(legs, profile, &nobody);
    let memory = resident_bytes().saturating_sub(before) / u64::from(legs);
    let mut heard = self::publication(legs, profile, &read.addresses);
    let mut sequence = 0;
    run(&mut publication, &mut sequence, |_| ());
    let (mut loops, mut sealed, mut calls, mut both, mut all, mut lost) = (vec![], vec![], vec![], vec![], vec![], 0);
    for _ in 0..RUNS {
        loops.push(fixed_loop());
        sealed.push(run(&mut publication, &mut sequence, |_| ()));
        calls.push(send_again(&mut publication, &mut sequence, socket));
        both.push(run(&mut publication, &mut sequence, |batch| {
            send(socket, batch);
        }));
        let received = read.received.load(Relaxed);
        let mut packets = 0;
        all.push(run(&mut heard, &mut sequence, |batch| packets += send(socket, batch)));
        thread::sleep(Duration::from_millis(50));
        lost += packets - (read.received.load(Relaxed) - received).min(packets);
    }
    read.is_over.store(true, Relaxed);
    let [fixed, sealed, calls, both, all] = [loops, sealed, calls, both, all].map(|times| median(times) / 1_000.0);
    println!(
        "| {legs} | {profile:?} | {sealed:.2} µs | {calls:.2} µs | {both:.2} µs | {all:.2} µs | {lost} | {memory} B | {:.2} ns |",
        fixed * 1_000.0
    );
}

/// Sends one batch again and again: what the system takes for its part.
fn send_again(publication: &mut Publication, sequence: &mut u16, socket: &UdpSocket) -> f64 {
    let mut batch = Batch::new(BATCH);
    *sequence = sequence.wrapping_add(1);
    let packet = packet(*sequence);
    publication.accept(Instant::now(), &packet).expect("a packet of the publication").fill(&mut batch);
    let rounds = PACKETS / batch.len() as u64;
    let start = processor_time();
    for _ in 0..rounds {
        send(socket, &batch);
    }
    (processor_time() - start).as_nanos() as f64 / (rounds * batch.len() as u64) as f64
}

fn publication(legs: u16, profile: Profile, addresses: &[SocketAddr]) -> Publication {
    let mut publication = Publication::new(SOURCE);
    let mut extensions = ExtensionMap::default();
    extensions.pass(1, 1);
    for leg in 0..legs {
        let seed = leg.to_be_bytes();
        let salt = [seed.repeat(7)].concat();
        let key = MasterKey::new(profile, &seed.repeat(8), &salt[..profile.salt_bytes()]).expect("a key and a salt");
        let to = addresses[usize::from(leg) % addresses.len()];
        let (ssrc, name) = (leg.into(), "relay".to_owned());
        publication.join(Subscriber { to, key, ssrc, opus: 111, red: None, extensions, name }, Start::new(leg, 0));
    }
    publication
}

/// Forwards packets to all legs and hands the batches over. Returns nanoseconds of this thread's processor for each.
fn run(publication: &mut Publication, sequence: &mut u16, mut hand_over: impl FnMut(&Batch)) -> f64 {
    let (mut batch, mut packets) = (Batch::new(BATCH), 0);
    let now = Instant::now();
    let start = processor_time();
    while packets < PACKETS {
        *sequence = sequence.wrapping_add(1);
        let packet = packet(*sequence);
        let mut pass = publication.accept(now, &packet).expect("a packet of the publication");
        loop {
            let is_more = pass.fill(&mut batch);
            packets += batch.len() as u64;
            hand_over(&batch);
            batch.clear();
            if !is_more {
                break;
            }
        }
    }
    (processor_time() - start).as_nanos() as f64 / packets as f64
}

/// Sends a batch, and says how many packets the system took.
fn send(socket: &UdpSocket, batch: &Batch) -> u64 {
    let addresses: Vec<SocketAddrAny> = batch.iter().map(|(to, _)| to.as_any()).collect();
    let slices: Vec<[IoSlice<'_>; 1]> = batch.iter().map(|(_, packet)| [IoSlice::new(packet)]).collect();
    let mut controls: Vec<SendAncillaryBuffer<'_, '_, '_>> = Vec::with_capacity(slices.len());
    controls.resize_with(slices.len(), SendAncillaryBuffer::default);
    let parts = addresses.iter().zip(&slices).zip(&mut controls);
    let mut messages: Vec<_> =
        parts.map(|((address, slice), control)| MMsgHdr::new_with_addr(address, slice, control)).collect();
    sendmmsg(socket, &mut messages, SendFlags::DONTWAIT).map_or(0, |sent| sent as u64)
}

fn packet(sequence: u16) -> Vec<u8> {
    let mut packet = vec![0x90, 111];
    packet.extend(sequence.to_be_bytes());
    packet.extend((u32::from(sequence) * 960).to_be_bytes());
    packet.extend(SOURCE.ssrc.to_be_bytes());
    packet.extend([0xBE, 0xDE, 0, 1, 0x10, 0x55, 0, 0]);
    packet.resize(packet.len() + PAYLOAD_BYTES, 0xA5);
    packet
}

/// Sockets, which a thread of its own reads until it is told that it is over, or nobody.
fn sink(is_read: bool) -> Sink {
    let sockets: Vec<_> = (0..SOCKETS).map(|_| UdpSocket::bind("127.0.0.1:0").expect("a socket")).collect();
    let addresses = sockets.iter().map(|socket| socket.local_addr().expect("an address")).collect();
    let (received, is_over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(!is_read)));
    let sink = Sink { addresses, received: Arc::clone(&received), is_over: Arc::clone(&is_over) };
    for socket in &sockets {
        socket.set_nonblocking(true).expect("an option of every socket");
        // Where the system does not allow as much, it gives what it allows.
        let _ = rustix::net::sockopt::set_socket_recv_buffer_size(socket, if is_read { 4 << 20 } else { 0 });
    }
    if !is_read {
        // They are open as long as the bench is, so that nobody is told that they are closed.
        std::mem::forget(sockets);
        return sink;
    }
    thread::spawn(move || {
        let mut room = [0; 2_048];
        while !is_over.load(Relaxed) {
            for socket in &sockets {
                while socket.recv(&mut room).is_ok() {
                    received.fetch_add(1, Relaxed);
                }
            }
        }
    });
    sink
}
