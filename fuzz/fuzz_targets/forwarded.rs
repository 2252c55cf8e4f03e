//! The address that a trusted proxy appends counts, whatever address a visitor claims.
#![no_main]

use std::{
    borrow::Cow,
    net::{IpAddr, Ipv4Addr},
};

use heartogether_headers::forwarded::Claims;
use libfuzzer_sys::fuzz_target;

const PROXY: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
const VISITOR: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 5));
/// What proxies write of [`VISITOR`].
const REPORTS: [&str; 3] = [
    "for=203.0.113.5;proto=https",
    "proto=https;for=\"203.0.113.5:4711\";by=\"[2001:db8::1]\"",
    "By=10.0.0.1;Host=\"hear.example:8443\";For=203.0.113.5;Proto=https",
];

/// 10.0.0.0/8 is the operator's.
fn is_trusted(address: IpAddr) -> bool {
    matches!(address, IpAddr::V4(address) if address.octets()[0] == 10)
}

// Every line is one of a header, which its first letter names.
fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let lines = |letter: char| text.split('\n').filter_map(move |line| line.strip_prefix(letter)).map(Cow::from);
    let claims = Claims {
        x_forwarded_for: lines('a').collect(),
        x_forwarded_proto: lines('p').collect(),
        x_forwarded_host: lines('h').collect(),
        forwarded: lines('f').collect(),
    };
    let stranger = claims.arrival(VISITOR, is_trusted);
    assert_eq!((stranger.address, stranger.proto, stranger.host), (VISITOR, None, None), "strangers are not believed");
    check_chain(&claims);
    for on_the_same_line in [false, true] {
        let mut usual = Claims { x_forwarded_proto: vec!["https".into()], ..claims.clone() };
        append(&mut usual.x_forwarded_for, "203.0.113.5", on_the_same_line);
        check_visitor(&usual);
        for report in REPORTS {
            let mut standard = Claims { forwarded: claims.forwarded.clone(), ..Claims::default() };
            append(&mut standard.forwarded, report, on_the_same_line);
            check_visitor(&standard);
        }
    }
});

fn append<'a>(lines: &mut Vec<Cow<'a, str>>, word: &'a str, on_the_same_line: bool) {
    match lines.last_mut() {
        Some(last) if on_the_same_line => *last = format!("{last}, {word}").into(),
        _ => lines.push(word.into()),
    }
}

fn check_visitor(claims: &Claims) {
    let seen = claims.arrival(PROXY, is_trusted);
    assert_eq!((seen.address, seen.proto.as_deref()), (VISITOR, Some("https")), "{claims:?}");
}

/// Whoever calls is the proxy itself, or stands in the chain behind addresses that are all trusted.
fn check_chain(claims: &Claims) {
    let usual = Claims { forwarded: Vec::new(), ..claims.clone() };
    let caller = usual.arrival(PROXY, is_trusted).address;
    let words = usual.x_forwarded_for.iter().flat_map(|line| line.split(',')).map(str::trim);
    let nearest_first: Vec<Option<IpAddr>> = words.rev().map(|word| word.parse().ok()).collect();
    // Addresses with ports or in brackets are left to the tables of the unit tests.
    let bare = nearest_first.iter().take_while(|address| address.is_some()).flatten().map(IpAddr::to_canonical);
    let strangers_begin = bare.clone().position(|address| !is_trusted(address));
    match strangers_begin {
        Some(position) => assert_eq!(Some(caller), bare.clone().nth(position)),
        None if bare.clone().count() == nearest_first.len() => assert_eq!(caller, bare.last().unwrap_or(PROXY)),
        None => {}
    }
}
