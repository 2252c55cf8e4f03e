//! The note on a host's and a listener's page while the server cannot be reached or cannot work.

use heartogether::{refusal::Refusal, role::Role};

use crate::{
    browser::RoomHandle,
    components::{Notice, Tone},
    locale::{self, Key},
    prelude::*,
    text::link as text,
};
use heartogether_client::{HostState, ListenerState, SignalingState};

/// Says that the server is out of reach or cannot do its work, and what that means for the sound.
#[component]
pub(super) fn LinkNote(handle: RoomHandle, role: Role) -> impl IntoView {
    let is_over = move || match role {
        Role::Host => matches!(handle.host_state.get(), HostState::Refused(_) | HostState::Ended(_)),
        Role::Listener | Role::Participant => {
            matches!(handle.listener_state.get(), ListenerState::Refused(_) | ListenerState::Ended(_))
        }
    };
    let is_heard = move || match role {
        Role::Host => true,
        Role::Listener | Role::Participant => {
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
const fn text_of(trouble: Option<Refusal>, link: SignalingState, role: Role, is_heard: bool) -> Option<Key> {
    if let Some(trouble) = trouble {
        return Some(locale::refusal(trouble));
    }
    Some(match (link, role) {
        (SignalingState::Connecting | SignalingState::Attached, _) => return None,
        (SignalingState::Unreachable, Role::Host) => text::HOST_UNREACHABLE,
        (SignalingState::Unreachable, Role::Listener | Role::Participant) => text::LISTENER_UNREACHABLE,
        (SignalingState::SocketBlocked, Role::Host) => text::HOST_BLOCKED,
        (SignalingState::SocketBlocked, Role::Listener | Role::Participant) => text::LISTENER_BLOCKED,
        (SignalingState::Reconnecting, Role::Host) => text::HOST_RECONNECTING,
        (SignalingState::Reconnecting, Role::Listener | Role::Participant) if is_heard => text::LISTENER_RECONNECTING,
        (SignalingState::Reconnecting, Role::Listener | Role::Participant) => text::LISTENER_AWAY,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_of_the_server_takes_precedence_over_the_state_of_the_connection() {
        for role in [Role::Host, Role::Listener] {
            let trouble = Some(Refusal::StorageUnavailable);
            for link in [SignalingState::Attached, SignalingState::Reconnecting] {
                assert_eq!(text_of(trouble, link, role, false), Some(locale::refusal(Refusal::StorageUnavailable)));
            }
            for link in [SignalingState::Connecting, SignalingState::Attached] {
                assert_eq!(text_of(None, link, role, false), None);
            }
        }
    }

    #[test]
    fn a_listener_who_hears_is_told_that_the_sound_continues() {
        let told = |is_heard| text_of(None, SignalingState::Reconnecting, Role::Listener, is_heard);
        assert_eq!((told(true), told(false)), (Some(text::LISTENER_RECONNECTING), Some(text::LISTENER_AWAY)));
    }
}
