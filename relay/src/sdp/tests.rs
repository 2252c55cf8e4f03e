use heartogether::sdp::Description;
use proptest::prelude::*;

use super::*;
use crate::{
    dtls::{Fingerprint, Unreadable},
    leg::{Credentials, Peer},
    rtp::ExtensionMap,
    ufrag::{Place, Ufrag},
};

/// As Chromium answers, where it was shortened.
const ANSWER: &str = "v=0\r\no=- 8113483885075116423 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n\
    m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:36pf\r\na=ice-pwd:/julVY2Yz9KzD/tSXocTCxrs\r\n\
    a=fingerprint:sha-256 3E:33:C8:90:21:E9:87:79:FD:0A:70:3A:4E:3D:0F:07:D8:B1:F3:2C:6A:2F:3A:51:80:EF:1E:1E:49:E6:85:DC\r\n\
    a=setup:active\r\na=mid:0\r\na=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\na=extmap:4 urn:unknown\r\n\
    a=recvonly\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 nack\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n\
    a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n";

fn offer(red: bool) -> String {
    let place = Place { shard: 1, slot: 2, epoch: 3 };
    let credentials = Credentials { ufrag: Ufrag::new(place, [0; 12]), password: "p".repeat(24) };
    let fingerprint = Fingerprint::of(b"certificate");
    let addresses = ["192.0.2.1:3478", "[2001:db8::1]:3478"].map(|address| address.parse().expect("an address"));
    let (udp, tcp) = (&addresses[..], &addresses[..1]);
    Offer {
        session: u64::MAX,
        credentials: &credentials,
        fingerprint: &fingerprint,
        udp,
        tcp,
        ssrc: 7,
        name: "name",
        red,
    }
    .to_string()
}

#[test]
fn an_offer_says_all_that_a_browser_needs() {
    let text = offer(true);
    let mut description = Description::parse(&text);
    assert!(description.attribute("ice-lite").is_some() && description.attribute("group") == Some("BUNDLE 0"));
    let [sound] = description.media() else { panic!("one section") };
    assert_eq!((sound.kind(), sound.payload_types()), ("audio", vec!["111", "63"]));
    assert_eq!(sound.attribute("setup"), Some("actpass"));
    assert_eq!(sound.attribute("ice-ufrag").map(str::len), Some(Ufrag::BYTES));
    assert_eq!(sound.parameters("63").map(|parameters| parameters.write()), Some("111/111".to_owned()));
    assert_eq!(
        sound.parameters("111").and_then(|parameters| parameters.get("stereo").map(str::to_owned)),
        Some("1".to_owned())
    );
    let candidates: Vec<_> = sound.values("candidate").collect();
    let expected = [
        "1 1 udp 2130706431 192.0.2.1 3478 typ host",
        "2 1 udp 2130706175 2001:db8::1 3478 typ host",
        "3 1 tcp 1526726655 192.0.2.1 3478 typ host tcptype passive",
    ];
    assert_eq!(candidates, expected);
    for flag in ["sendonly", "rtcp-mux", "end-of-candidates"] {
        assert!(sound.attribute(flag).is_some(), "{flag}");
    }
    assert!(text.contains("\r\no=- 9223372036854775807 1 IN"), "the number has 63 bits");
    assert!(text.lines().all(|line| line.len() > 2 && line.as_bytes()[1] == b'='));
}

#[test]
fn without_redundancy_none_is_offered() {
    assert!(!offer(false).contains(" 63\r\n") && !offer(false).contains("red/"));
}

#[test]
fn an_answer_is_read() {
    let answer = Answer::parse(ANSWER).expect("an answer");
    assert_eq!((answer.opus, answer.red, answer.nack), (111, Some(63), true));
    assert_eq!(answer.peer.ufrag, "36pf");
    assert!(answer.peer.fingerprint.to_string().starts_with("sha-256 3E:33:"));
    let mut expected = ExtensionMap::default();
    expected.pass(10, 1);
    assert_eq!(answer.extension_map(&[(Extension::AudioLevel, 10), (Extension::CaptureTime, 5)]), expected);
}

#[test]
fn what_the_session_says_holds_for_its_sections() {
    let transport = "a=ice-ufrag:36pf\r\na=ice-pwd:/julVY2Yz9KzD/tSXocTCxrs\r\n";
    let moved = ANSWER.replace(transport, "").replace("m=audio", &format!("{transport}m=audio"));
    assert_eq!(Answer::parse(&moved), Answer::parse(ANSWER));
}

#[test]
fn an_answer_may_leave_out_what_it_need_not_have() {
    let bare = ANSWER.replace(" 63\r\n", "\r\n").replace("a=rtcp-fb:111 nack\r\n", "a=rtcp-fb:111 nack pli\r\n");
    let answer = Answer::parse(&bare).expect("an answer");
    assert_eq!((answer.red, answer.nack), (None, false));
}

#[test]
fn what_cannot_be_taken_is_refused() {
    let refusal = |from: &str, to: &str| {
        assert!(ANSWER.contains(from));
        Answer::parse(&ANSWER.replace(from, to)).err()
    };
    assert_eq!(Answer::parse(""), Err(AnswerRefused::NoSound));
    assert_eq!(Answer::parse(&" ".repeat(40_000)), Err(AnswerRefused::Length));
    assert_eq!(refusal("m=audio 9", "m=audio 0"), Some(AnswerRefused::NoSound));
    assert_eq!(refusal("m=audio", "m=video"), Some(AnswerRefused::NoSound));
    assert_eq!(refusal("recvonly", "inactive"), Some(AnswerRefused::NoSound));
    assert_eq!(refusal("opus", "speex"), Some(AnswerRefused::NoOpus));
    assert_eq!(refusal("111", "80"), Some(AnswerRefused::NoOpus), "it would be taken for a report");
    assert_eq!(refusal("36pf", "36"), Some(AnswerRefused::NoUfrag));
    assert_eq!(refusal("36pf", "36:pf"), Some(AnswerRefused::NoUfrag));
    assert_eq!(refusal("a=mid:0", "a=ice-lite"), Some(AnswerRefused::TwiceLite));
    assert_eq!(refusal("setup:active", "setup:passive"), Some(AnswerRefused::NotActive));
    assert_eq!(refusal("a=rtcp-mux\r\n", ""), Some(AnswerRefused::NoMux));
    assert_eq!(refusal("a=fingerprint", "a=other"), Some(AnswerRefused::NoFingerprint));
    assert_eq!(refusal("sha-256", "sha-1"), Some(AnswerRefused::Fingerprint(Unreadable::Hash)));
}

#[test]
fn a_peer_is_what_an_answer_says() {
    let peer = Answer::parse(ANSWER).expect("an answer").peer;
    let Peer { ufrag, fingerprint } = peer;
    assert_eq!((ufrag.len(), fingerprint.is_of(b"another certificate")), (4, false));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(lines in prop::collection::vec((any::<prop::sample::Index>(), "[ -~]{0,12}"), 0..6)) {
        let mut text: Vec<String> = ANSWER.lines().map(str::to_owned).collect();
        for (at, end) in lines {
            let at = at.index(text.len());
            let start: String = text[at].chars().take(end.len()).collect();
            text[at] = start + &end;
        }
        let _ = Answer::parse(&text.join("\r\n"));
    }
}
