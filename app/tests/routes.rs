//! The destinations after a sign-in.

use heartogether::id::RoomCode;
use heartogether_app::routes::{Destination, login_then};
use proptest::prelude::*;

fn code() -> RoomCode {
    "ABC234".parse().expect("a code of the tests")
}

fn all() -> [Destination; 5] {
    [
        Destination::Home,
        Destination::NewRoom,
        Destination::Room(code()),
        Destination::Listen(code()),
        Destination::Host(code()),
    ]
}

#[test]
fn every_destination_round_trips() {
    for destination in all() {
        assert_eq!(Destination::parse(&destination.path()), destination);
    }
}

#[test]
fn sign_in_carries_every_destination_in_its_link() {
    for destination in all() {
        let link = login_then(destination);
        let next = link.strip_prefix("/login?next=").expect("the sign-in page with its parameter");
        assert_eq!(Destination::parse(next), destination);
        assert!(next.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'/'), "{link} needs escaping");
    }
}

#[test]
fn foreign_destinations_lead_to_the_landing_page() {
    for path in [
        "https://elsewhere.example/",
        "https://elsewhere.example/listen/ABC234",
        "//elsewhere.example",
        "//listen/ABC234",
        "/\\elsewhere.example",
        "\\\\elsewhere.example",
        "/\\/listen/ABC234",
        "javascript:alert(1)",
        "/javascript:alert(1)",
        "data:text/html,x",
        "listen/ABC234",
        " /listen/ABC234",
        "/%2Flisten/ABC234",
        "/listen%2FABC234",
        "%2F%2Felsewhere.example",
        "/listen/../ABC234",
        "/listen/ABC234/",
        "/listen/ABC234/../../elsewhere",
        "/listen/ABC234?next=//elsewhere.example",
        "/listen/ABC234#x",
        "/listen/ABC10O",
        "/listen/",
        "/listen",
        "/LISTEN/ABC234",
        "/new/ABC234",
        "/newer",
        "/login",
        "/login?next=/login",
        "",
        "/",
        "/\r\nLocation: https://elsewhere.example",
        "/listen/ABC234\r\nSet-Cookie: x",
    ] {
        assert_eq!(Destination::parse(path), Destination::Home, "{path:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_input_leads_to_a_plain_path_of_this_site(path in "(/(room|listen|host|new)?)?/?\\PC{0,20}") {
        let path = Destination::parse(&path).path();
        prop_assert!(path.starts_with('/') && !path.starts_with("//"));
        prop_assert!(path.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'/'));
        prop_assert_eq!(Destination::parse(&path).path(), path);
    }
}
