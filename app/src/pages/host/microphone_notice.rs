//! What a host's page says of its microphone before its code is there.

#[cfg(feature = "ssr")]
use {
    crate::{early_join, text::host as text},
    heartogether::role::Role,
    heartogether_browser::early_microphone::NOTICE_ID,
};

use crate::prelude::*;

/// Says that the microphone is open again, and closes it, as long as the page itself cannot. The script at the top of the page
/// shows it while the microphone is open; the page removes it once it is drawn. The server alone renders it, after the app.
#[component]
pub(crate) fn MicrophoneNotice() -> impl IntoView {
    #[cfg(feature = "ssr")]
    let notice = early_join::wanted().filter(|wanted| wanted.role == Role::Host).map(|_| {
        view! {
            <div id=NOTICE_ID class="microphone-open" role="alert" hidden>
                <p class="page-failure-text" data-text=text::MICROPHONE_OPEN.place()>
                    {text::MICROPHONE_OPEN}
                </p>
                <button type="button" class="button button-primary" data-text=text::CLOSE_MICROPHONE.place()>
                    {text::CLOSE_MICROPHONE}
                </button>
            </div>
        }
    });
    #[cfg(not(feature = "ssr"))]
    let notice = ();
    notice
}
