//! Explains which data is sent where, and how long it is kept.

use crate::{
    components::Page,
    prelude::*,
    routes,
    text::{account, frame, privacy as text},
};

/// `/privacy`
#[component]
pub fn PrivacyPage() -> impl IntoView {
    view! {
        <Page name="privacy" title=frame::PRIVACY>
            <article class="prose">
                <h1>{frame::PRIVACY}</h1>
                <p class="text-lg">{text::LEAD}</p>
                <h2>{text::SOUND}</h2>
                <p>{text::SOUND_TEXT}</p>
                <h2>{text::NAME}</h2>
                <p>{text::NAME_TEXT}</p>
                <h2>{text::SIGN_IN}</h2>
                <p>{text::SIGN_IN_TEXT}</p>
                <h2>{text::SESSION}</h2>
                <p>{text::SESSION_TEXT}</p>
                <h2>{text::ADDRESS}</h2>
                <p>{text::ADDRESS_TEXT}</p>
                <h2>{text::ROOM}</h2>
                <p>{text::ROOM_TEXT}</p>
                <h2>{text::LOUNGE}</h2>
                <p>{text::LOUNGE_TEXT}</p>
                <p>{text::PICTURE_TEXT}</p>
                <h2>{text::DATA}</h2>
                <p>
                    {text::DATA_TEXT} " "
                    <a class="link" rel="external" href=routes::href(routes::EXPORT)>
                        {account::EXPORT}
                    </a>
                </p>
                <h2>{text::LOG}</h2>
                <p>{text::LOG_TEXT}</p>
            </article>
        </Page>
    }
}
