use std::net::SocketAddr;

use proptest::prelude::*;

use super::*;

/// The request of RFC 5769, section 2.1.
const SAMPLE: &str = "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e740024000\
    46e0001ff80290008932ff9b151263b36000600096576746a3a6836765920202000080014\
    9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf";
const PASSWORD: &[u8] = b"VOkJxbRl1RmTxUk/WvJxBt";
/// The answer of RFC 5769, section 2.2, without `SOFTWARE`, to whom it is.
const MAPPED: &str = "192.0.2.1:32853";

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16).expect("hexadecimal");
    digits.chunks(2).map(pair).collect()
}

/// A request with these attributes, signed and with a checksum, as the seventh one.
fn request(attributes: &[(u16, &[u8])], password: Option<&[u8]>) -> Vec<u8> {
    numbered_request(7, attributes, password)
}

/// As [`request`], with the number repeated for its transaction.
pub(crate) fn numbered_request(number: u8, attributes: &[(u16, &[u8])], password: Option<&[u8]>) -> Vec<u8> {
    let mut message = [&BINDING_REQUEST[..], &[0, 0], &MAGIC_COOKIE, &[number; 12]].concat();
    for (kind, value) in attributes {
        message.extend(integrity::head(*kind, value.len() as u16));
        message.extend(*value);
        message.resize(message.len().next_multiple_of(4), 0);
    }
    if let Some(password) = password {
        let hmac = Integrity::new(password, &message).bytes();
        message.extend(integrity::INTEGRITY_HEAD);
        message.extend(hmac);
    }
    let checksum = integrity::fingerprint(&message);
    message.extend(integrity::FINGERPRINT_HEAD);
    message.extend(checksum);
    let length = (message.len() - HEADER_BYTES) as u16;
    message[2..4].copy_from_slice(&length.to_be_bytes());
    message
}

#[test]
fn the_sample_of_rfc_5769_is_read() {
    let sample = bytes(SAMPLE);
    let request = Request::parse(&sample).expect("a binding request");
    assert_eq!(request.user_fragments(), Some((&b"evtj"[..], &b"h6vY"[..])));
    assert_eq!(request.priority(), Some(0x6E00_01FF));
    assert_eq!(request.role(), Some(Role::Controlled));
    assert!(!request.nominates() && request.has_fingerprint);
    assert!(request.is_signed_with(PASSWORD));
    assert!(!request.is_signed_with(b"another"));
}

#[test]
fn a_changed_byte_is_noticed() {
    let sample = bytes(SAMPLE);
    // Only the type of the checksum's attribute is protected by nothing. Whoever changes it has taken the checksum away.
    for at in (0..sample.len()).filter(|at| !(100..102).contains(at)) {
        let mut changed = sample.clone();
        changed[at] ^= 1;
        let is_taken = Request::parse(&changed).is_ok_and(|request| request.is_signed_with(PASSWORD));
        assert!(!is_taken, "byte {at}");
    }
}

#[test]
fn an_answer_names_the_address_and_is_signed() {
    let sample = bytes(SAMPLE);
    let question = Request::parse(&sample).expect("a binding request");
    let answer = Answer::success(&question, MAPPED.parse().expect("an address"), PASSWORD).expect("it is short");
    let answer = answer.bytes();
    assert_eq!(answer[..8], bytes("0101002c2112a442")[..]);
    assert_eq!(answer[20..32], bytes("002000080001a147e112a643")[..], "RFC 5769, section 2.2");
    let (before, hmac) = (&answer[..32], &answer[36..56]);
    assert!(Integrity::new(PASSWORD, before).is(hmac));
    assert_eq!(answer[60..], integrity::fingerprint(&answer[..56]));
}

#[test]
fn an_address_of_ipv6_is_masked_with_the_transaction() {
    let sample = bytes(SAMPLE);
    let question = Request::parse(&sample).expect("a binding request");
    let from: SocketAddr = "[2001:db8:1234:5678:11:2233:4455:6677]:32853".parse().expect("an address");
    let answer = Answer::success(&question, from, PASSWORD).expect("it is short");
    let expected = bytes("002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9");
    assert_eq!(answer.bytes()[20..44], expected[..], "RFC 5769, section 2.3");
}

#[test]
fn errors_say_their_code() {
    let question = request(&[(attribute::USERNAME, b"ours:theirs")], Some(PASSWORD));
    let question = Request::parse(&question).expect("a binding request");
    let code = |answer: Option<Answer>| answer.map(|answer| answer.bytes()[24..28].to_vec());
    assert_eq!(code(Answer::bad_request(&question)), Some(vec![0, 0, 4, 0]));
    assert_eq!(code(Answer::unauthenticated(&question)), Some(vec![0, 0, 4, 1]));
    assert_eq!(code(Answer::unknown_attribute(&question, 0x7777, PASSWORD)), Some(vec![0, 0, 4, 20]));
    assert_eq!(code(Answer::role_conflict(&question, PASSWORD)), Some(vec![0, 0, 4, 87]));
}

#[test]
fn no_answer_is_larger_than_its_question() {
    let empty = request(&[], None);
    let empty = Request::parse(&empty).expect("a binding request");
    assert!(Answer::unauthenticated(&empty).is_none());
    assert!(Answer::success(&empty, MAPPED.parse().expect("an address"), PASSWORD).is_none());
}

#[test]
fn what_follows_the_signature_does_not_count() {
    let mut message = request(&[(attribute::USERNAME, b"ours:theirs")], Some(PASSWORD));
    message.truncate(message.len() - 8);
    message.extend(integrity::head(attribute::USE_CANDIDATE, 0));
    let length = (message.len() - HEADER_BYTES) as u16;
    message[2..4].copy_from_slice(&length.to_be_bytes());
    let question = Request::parse(&message).expect("a binding request");
    assert!(question.is_signed_with(PASSWORD) && !question.nominates());
}

#[test]
fn an_attribute_that_must_be_known_is_told() {
    let message = request(&[(0x7777, b"1234"), (0x9999, b"1234")], Some(PASSWORD));
    assert_eq!(Request::parse(&message).expect("a binding request").unknown(), Some(0x7777));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Request::parse(&bytes);
        let mut framed = [&BINDING_REQUEST[..], &((bytes.len() / 4 * 4) as u16).to_be_bytes(), &MAGIC_COOKIE, &[0; 12]].concat();
        framed.extend(&bytes[..bytes.len() / 4 * 4]);
        if let Ok(request) = Request::parse(&framed) {
            let answer = Answer::success(&request, MAPPED.parse().expect("an address"), PASSWORD);
            prop_assert!(answer.is_none_or(|answer| answer.bytes().len() <= framed.len()));
        }
    }
}
