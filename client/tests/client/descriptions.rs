//! Session descriptions: how the profiles change Chromium's own descriptions, and that no description makes the reader
//! fail.

use heartogether_client::{
    Profile,
    adaptation::Packets,
    sdp::{Description, Parameters, opus},
};
use proptest::prelude::*;

const OFFER: &str = include_str!("descriptions/chromium_offer.sdp");
const ANSWER: &str = include_str!("descriptions/chromium_answer.sdp");

/// RFC 8866 ends lines with CRLF; the files hold bare line feeds.
fn on_the_wire(text: &str) -> String {
    text.replace('\n', "\r\n")
}

/// The lines that an edit has changed, as they are now.
fn changed(before: &str, after: &str) -> Vec<String> {
    let lines = after.split("\r\n").filter(|line| !before.split("\r\n").any(|was| was == *line));
    assert_eq!(before.split("\r\n").count(), after.split("\r\n").count(), "{after}");
    lines.map(str::to_owned).collect()
}

const TWICE: Packets = Packets { redundancy: true, ..Packets::USUAL };

const VOICE: &str = "a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1;maxaveragebitrate=64000";
const MUSIC: &str = "a=fmtp:111 useinbandfec=1;stereo=1;sprop-stereo=1;maxaveragebitrate=256000";
const STUDIO: &str = "a=fmtp:111 useinbandfec=1;stereo=1;sprop-stereo=1;maxaveragebitrate=510000";
const SHAPES: [(Profile, &str); 3] = [(Profile::Voice, VOICE), (Profile::Music, MUSIC), (Profile::Studio, STUDIO)];

#[test]
fn an_offer_announces_the_profile_and_changes_nothing_else() {
    let offer = on_the_wire(OFFER);
    for (profile, expected) in SHAPES {
        assert_eq!(changed(&offer, &opus::offered(&offer, profile)), [expected]);
    }
}

#[test]
fn the_answer_that_the_host_sets_contains_the_profile() {
    let answer = on_the_wire(ANSWER);
    for (profile, expected) in SHAPES {
        assert_eq!(changed(&answer, &opus::accepted(&answer, profile, Packets::USUAL)), [expected]);
        let red_first = "m=audio 9 UDP/TLS/RTP/SAVPF 63 111 9 0 8 13 110 126";
        assert_eq!(changed(&answer, &opus::accepted(&answer, profile, TWICE)), [red_first, expected]);
    }
}

#[test]
fn the_answer_that_the_host_sets_asks_for_short_packets() {
    let (answer, short) = (on_the_wire(ANSWER), Packets { length_ms: 10, ..Packets::USUAL });
    let edited = opus::accepted(&answer, Profile::Voice, short);
    let media = &edited[edited.find("m=audio").expect("a media line")..];
    assert_eq!(media.matches("a=ptime:10\r\n").count(), 1, "{edited}");
    assert_eq!(edited.replacen("a=ptime:10\r\n", "", 1), opus::accepted(&answer, Profile::Voice, Packets::USUAL));
    let other = edited.replace("a=ptime:10", "a=ptime:40");
    assert_eq!(opus::accepted(&other, Profile::Voice, short), edited, "it replaces another length");
}

#[test]
fn a_profile_replaces_another_one() {
    let answer = on_the_wire(ANSWER);
    for (before, _) in SHAPES {
        for (after, _) in SHAPES {
            let twice = opus::accepted(&opus::accepted(&answer, before, TWICE), after, Packets::USUAL);
            let once = opus::accepted(&answer, after, Packets::USUAL);
            let sorted = |sdp: &str| {
                let mut parameters: Vec<_> = parameters_of(sdp).split(';').map(str::to_owned).collect();
                parameters.sort();
                parameters
            };
            assert_eq!(sorted(&twice), sorted(&once), "{before:?} {after:?}");
        }
    }
}

fn parameters_of(sdp: &str) -> String {
    let mut description = Description::parse(sdp);
    let media = &description.media()[0];
    media.parameters("111").expect("Opus has parameters").write()
}

#[test]
fn a_listener_always_accepts_two_channels() {
    let answer = on_the_wire(ANSWER);
    assert_eq!(changed(&answer, &opus::answered(&answer)), ["a=fmtp:111 minptime=10;useinbandfec=1;stereo=1"]);
}

#[test]
fn opus_is_moved_to_the_first_place() {
    let shuffled = on_the_wire(ANSWER).replace("111 63 9 0 8", "0 8 63 9 111");
    let edited = opus::accepted(&shuffled, Profile::Voice, Packets::USUAL);
    assert!(edited.contains("m=audio 9 UDP/TLS/RTP/SAVPF 111 63 0 8 9 13 110 126\r\n"), "{edited}");
}

#[test]
fn redundancy_is_used_only_if_both_sides_support_it() {
    let alone = on_the_wire(ANSWER).replace("a=rtpmap:63 red/48000/2\r\n", "").replace("111 63 9", "111 9");
    let edited = opus::accepted(&alone, Profile::Voice, TWICE);
    assert!(edited.contains("m=audio 9 UDP/TLS/RTP/SAVPF 111 9 0 8 13 110 126\r\n"), "{edited}");
}

#[test]
fn opus_without_parameters_gets_parameters() {
    let bare = on_the_wire(ANSWER).replace("a=fmtp:111 minptime=10;useinbandfec=1\r\n", "");
    let edited = opus::accepted(&bare, Profile::Music, Packets::USUAL);
    let map = "a=rtpmap:111 opus/48000/2\r\n";
    assert!(edited.contains(&format!("{map}{MUSIC}\r\n")), "{edited}");
}

#[test]
fn a_description_without_opus_is_left_alone() {
    let other = on_the_wire(ANSWER).replace("opus/48000/2", "speex/16000");
    assert_eq!(opus::accepted(&other, Profile::Studio, TWICE), other);
}

#[test]
fn parameters_keep_their_order_and_forms_without_names() {
    for text in ["minptime=10;useinbandfec=1", "111/111", "", "a;b=c;d"] {
        assert_eq!(Parameters::parse(text).write(), text);
    }
    assert_eq!(Parameters::parse(" a = 1 ; b").write(), "a=1;b");
}

/// Lines as they stand in descriptions, and such as never should.
fn line() -> impl Strategy<Value = String> {
    let known = prop::sample::select(on_the_wire(OFFER).lines().map(str::to_owned).collect::<Vec<_>>());
    let odd = prop::sample::select(vec![
        "m=",
        "m=audio",
        "m=audio 9",
        "m=audio 9 UDP/TLS/RTP/SAVPF",
        "a=rtpmap:",
        "a=rtpmap:111",
        "a=fmtp:111",
        "a=fmtp: ",
        "a=rtpmap:x opus/48000/2",
        "a=rtpmap: OPUS/48000/2",
        "a=fmtp:x ;;==;=",
        "",
        "ü=\u{2028}",
    ]);
    let end = prop::sample::select(vec!["\r\n", "\n", "\r", ""]);
    (prop_oneof![3 => known, 2 => odd.prop_map(str::to_owned), 1 => ".*"], end).prop_map(|(line, end)| line + end)
}

proptest! {
    #[test]
    fn a_description_is_written_as_it_was_read(lines in prop::collection::vec(line(), 0..40)) {
        let text = lines.concat();
        prop_assert_eq!(Description::parse(&text).write(), text);
    }

    #[test]
    fn no_description_makes_an_edit_fail(
        lines in prop::collection::vec(line(), 0..40),
        (redundancy, length_ms) in (any::<bool>(), any::<u8>()),
    ) {
        let (text, packets) = (lines.concat(), Packets { redundancy, length_ms });
        for profile in Profile::ALL {
            opus::offered(&text, profile);
            let edited = opus::accepted(&text, profile, packets);
            prop_assert_eq!(opus::accepted(&edited, profile, packets), edited, "an edit is done once");
        }
        opus::answered(&text);
    }
}
