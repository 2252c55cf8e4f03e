//! What a host's and a listener's page say while the server is out of reach or cannot do its work.

use heartogether::{refusal::Refusal, role::Role};
use leptos::prelude::*;

use crate::{
    browser::RoomHandle,
    components::{Notice, Tone},
};
use heartogether_client::{HostState, ListenerState, SignalingState};

/// Says that the server is out of reach or cannot do its work, and what that means for the sound.
#[component]
pub(super) fn LinkNote(handle: RoomHandle, role: Role) -> impl IntoView {
    let is_over = move || match role {
        Role::Host => matches!(handle.host_state.get(), HostState::Refused(_) | HostState::Ended(_)),
        Role::Listener => matches!(handle.listener_state.get(), ListenerState::Refused(_) | ListenerState::Ended(_)),
    };
    let is_heard = move || match role {
        Role::Host => true,
        Role::Listener => {
            matches!(handle.listener_state.get(), ListenerState::Listening | ListenerState::Paused)
        }
    };
    let note = Memo::new(move |_| {
        let text = || text_of(handle.trouble.get(), handle.signaling_state.get(), role, is_heard());
        if is_over() { None } else { text() }
    });
    move || note.get().map(|note| view! { <Notice tone=Tone::Warn>{note}</Notice> })
}

/// The text, if there is anything to say. `is_heard` is whether sound goes on meanwhile.
const fn text_of(trouble: Option<Refusal>, link: SignalingState, role: Role, is_heard: bool) -> Option<&'static str> {
    if let Some(trouble) = trouble {
        return Some(trouble.text());
    }
    Some(match (link, role) {
        (SignalingState::Connecting | SignalingState::Attached, _) => return None,
        (SignalingState::Unreachable, Role::Host) => {
            "This page does not reach the server, so nobody can hear you yet. It keeps trying by itself. Check that this \
             device is online."
        }
        (SignalingState::Unreachable, Role::Listener) => {
            "This page does not reach the server. It keeps trying by itself. Check that this device is online."
        }
        (SignalingState::SocketBlocked, Role::Host) => {
            "The server answers, but no live connection (WebSocket) comes about, so nobody can hear you yet: most often a \
             proxy or an extension blocks it. Allow WebSockets for this site, or try another network. This page keeps trying \
             by itself."
        }
        (SignalingState::SocketBlocked, Role::Listener) => {
            "The server answers, but no live connection (WebSocket) comes about: most often a proxy or an extension blocks \
             it. Allow WebSockets for this site, or try another network. This page keeps trying by itself."
        }
        (SignalingState::Reconnecting, Role::Host) => {
            "Reconnecting to the server. Whoever hears you now goes on hearing you."
        }
        (SignalingState::Reconnecting, Role::Listener) if is_heard => {
            "Reconnecting to the room. What you hear goes on."
        }
        (SignalingState::Reconnecting, Role::Listener) => "Reconnecting to the room. This page keeps trying by itself.",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_says_of_itself_comes_before_what_the_connection_shows() {
        for role in [Role::Host, Role::Listener] {
            let trouble = Some(Refusal::StorageUnavailable);
            for link in [SignalingState::Attached, SignalingState::Reconnecting] {
                assert_eq!(text_of(trouble, link, role, false), Some(Refusal::StorageUnavailable.text()));
            }
            for link in [SignalingState::Connecting, SignalingState::Attached] {
                assert_eq!(text_of(None, link, role, false), None);
            }
        }
    }

    #[test]
    fn a_listener_who_hears_is_told_that_the_sound_goes_on() {
        let text = |is_heard| text_of(None, SignalingState::Reconnecting, Role::Listener, is_heard).unwrap_or_default();
        assert!(text(true).contains("What you hear goes on"));
        assert!(text(false).contains("keeps trying"));
    }
}
