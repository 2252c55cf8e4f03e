//! The actions that a page offers after a refusal, in one table and one component for host and listener.

use heartogether::{id::RoomCode, refusal::Refusal, role::Role};

use crate::{
    browser::RoomHandle,
    components::{Button, ButtonLink},
    locale::Key,
    prelude::*,
    routes::{self, Destination},
    text::{action, host, listen},
};
use heartogether_client::Input;

/// What a visitor can do about a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WayOut {
    /// Ask for the place again.
    TryAgain,
    /// Take the place over from the page that has it now.
    TakeOver,
    /// Say who they are, and come back.
    SignIn,
    /// Fetch a page that speaks the server's language.
    Reload,
    /// Go elsewhere.
    Leave,
}

impl WayOut {
    const fn of(refusal: Refusal) -> Self {
        match refusal {
            Refusal::SessionReplaced | Refusal::HostElsewhere => Self::TakeOver,
            Refusal::NotSignedIn | Refusal::GuestsOff => Self::SignIn,
            Refusal::VersionUnsupported
            | Refusal::FrameMalformed
            | Refusal::FrameTooLarge
            | Refusal::ConnectionNotFound
            | Refusal::OutOfOrder
            | Refusal::WebRtcMissing
            | Refusal::WebSocketMissing
            | Refusal::CookiesBlocked => Self::Reload,
            Refusal::RoomNotFound
            | Refusal::RoomEnded
            | Refusal::CodeMalformed
            | Refusal::Removed
            | Refusal::NotOwner
            | Refusal::NotAllowed
            | Refusal::OriginNotAllowed => Self::Leave,
            _ => Self::TryAgain,
        }
    }
}

/// The button or the link that helps against a refusal, if one does. The way to the start is not here.
#[component]
pub(super) fn RefusalAction(handle: RoomHandle, refusal: Refusal, role: Role, code: RoomCode) -> impl IntoView {
    let press = move |label: Key, input: Input| {
        view! { <Button on:click=move |_| handle.press(input.clone())>{label}</Button> }.into_any()
    };
    match (WayOut::of(refusal), role) {
        (WayOut::TryAgain, _) => press(action::TRY_AGAIN, Input::RetryPressed),
        (WayOut::TakeOver, Role::Host) => press(host::HOST_HERE, Input::TakeOverPressed),
        // A listener's newer page always takes the place over.
        (WayOut::TakeOver, Role::Listener | Role::Participant) => press(listen::LISTEN_HERE, Input::RetryPressed),
        (WayOut::SignIn, _) => {
            let destination = match role {
                Role::Host => Destination::Host(code),
                Role::Listener | Role::Participant => Destination::Listen(code),
            };
            // A whole new page, since this one believes that it knows who the visitor is.
            view! {
                <ButtonLink href=routes::login_then(destination) attr:rel="external">
                    {action::SIGN_IN}
                </ButtonLink>
            }
            .into_any()
        }
        (WayOut::Reload, _) => {
            view! { <Button on:click=move |_| _ = window().location().reload()>{action::RELOAD}</Button> }.into_any()
        }
        (WayOut::Leave, _) => ().into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::{self, Language, Table};

    fn asks_for_reload(refusal: Refusal) -> bool {
        Table::of(Language::English).say(locale::refusal(refusal)).contains("reload")
    }

    #[test]
    fn every_refusal_offers_an_action_that_can_help() {
        for refusal in Refusal::ALL {
            let way_out = WayOut::of(*refusal);
            assert!(
                !asks_for_reload(*refusal) || way_out == WayOut::Reload,
                "{refusal:?} asks for what is not offered"
            );
        }
        assert!(asks_for_reload(Refusal::VersionUnsupported));
        assert_eq!(WayOut::of(Refusal::RoomFull), WayOut::TryAgain);
        assert_eq!(WayOut::of(Refusal::RoomEnded), WayOut::Leave);
        assert_eq!(WayOut::of(Refusal::NotSignedIn), WayOut::SignIn);
        assert_eq!(WayOut::of(Refusal::HostElsewhere), WayOut::TakeOver);
        assert_eq!(WayOut::of(Refusal::SessionReplaced), WayOut::TakeOver);
    }
}
