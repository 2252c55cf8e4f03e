//! What a host's page says of its microphone before its code is there.

use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {
    crate::{early_join, text::host as text},
    heartogether::role::Role,
};

/// Says that the microphone is open again, and closes it, as long as the page itself cannot. The script at the top of the page
/// notes that it is open, and the style shows the notice then. The server alone renders it, after the app.
#[component]
pub(crate) fn MicrophoneNotice() -> impl IntoView {
    #[cfg(feature = "ssr")]
    let notice = early_join::wanted().filter(|wanted| wanted.role == Role::Host).map(|_| {
        view! {
            <aside id="microphone-open" class="microphone-open" role="alert">
                <p class="page-failure-text" data-text=text::MICROPHONE_OPEN.place()>
                    {text::MICROPHONE_OPEN}
                </p>
                <button type="button" class="button button-primary" data-text=text::CLOSE_MICROPHONE.place()>
                    {text::CLOSE_MICROPHONE}
                </button>
            </aside>
        }
    });
    #[cfg(not(feature = "ssr"))]
    let notice = ();
    notice
}
