//! Browsers that lack a feature, and networks that block WebSockets.

use heartogether::{refusal::Refusal, role::Role, room::StreamState};
use heartogether_client::{Capabilities, HostState, Input, ListenerState, Output, SignalingState, Timer};

use crate::scenario::*;

const ALL: Capabilities = Capabilities { web_rtc: true, web_socket: true, web_audio: true, storage: true };

#[test]
fn a_page_starts_unless_a_required_feature_is_missing() {
    for (there, refusal, shortfalls) in [
        (ALL, None, 0),
        (Capabilities { web_rtc: false, ..ALL }, Some(Refusal::WebRtcMissing), 0),
        (Capabilities { web_socket: false, ..ALL }, Some(Refusal::WebSocketMissing), 0),
        (Capabilities { web_audio: false, ..ALL }, None, 1),
        (Capabilities { web_audio: false, storage: false, ..ALL }, None, 2),
    ] {
        assert_eq!((there.refusal(), there.shortfalls().count()), (refusal, shortfalls), "{there:?}");
    }
    assert_eq!(Capabilities::default(), ALL, "nothing is missing before somebody has looked");
}

#[test]
fn a_page_without_a_required_feature_says_so_and_tries_nothing() {
    for &role in Role::ALL {
        let mut page = Page::new(role, false, 1);
        let done = page.take(Input::BrowserLacks(Refusal::WebRtcMissing));
        assert!(!done.iter().any(|command| matches!(command, Output::OpenSocket | Output::StartTimer { .. })));
        match role {
            Role::Host => assert_eq!(page.client.host_state(), HostState::Refused(Refusal::WebRtcMissing)),
            Role::Listener | Role::Participant => {
                assert_eq!(page.client.listener_state(), ListenerState::Refused(Refusal::WebRtcMissing))
            }
        }
        assert_eq!(page.lose(), []);
    }
}

#[test]
fn a_failing_peer_connection_constructor_is_not_reported_as_a_network_problem() {
    let mut page = Page::listening(StreamState::Live);
    page.signal(HOST, offer(100));
    page.take(Input::BrowserLacks(Refusal::WebRtcMissing));
    assert_eq!(page.client.listener_state(), ListenerState::Refused(Refusal::WebRtcMissing));
}

#[test]
fn blocked_websockets_are_distinguished_from_an_unreachable_server() {
    let probes = |commands: &[Output]| commands.contains(&Output::ProbeServer);
    let mut page = Page::new(Role::Listener, false, 1);
    page.take(Input::Started);
    for _ in 0..2 {
        assert!(!probes(&page.lose()), "there is still another way to the server");
        page.fire(Timer::Reconnect);
    }
    assert!(probes(&page.lose()));
    assert_eq!(page.client.signaling_state(), SignalingState::Unreachable);
    page.take(Input::ServerProbed { answers: true });
    assert_eq!(page.client.signaling_state(), SignalingState::SocketBlocked);
    page.take(Input::ServerProbed { answers: false });
    assert_eq!(page.client.signaling_state(), SignalingState::Unreachable);
    page.take(Input::ServerProbed { answers: true });
    page.fire(Timer::Reconnect);
    page.take(Input::SocketOpened);
    page.welcome();
    assert_eq!(page.client.signaling_state(), SignalingState::Connecting);
    page.hear(joined(GRACE, 1, view_of(GRACE, StreamState::Idle)));
    assert!(!probes(&page.lose()), "a page that was in the room knows that the server can be reached");
}
