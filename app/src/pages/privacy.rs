//! What is sent where and kept how long, in plain words.

use leptos::prelude::*;

use crate::components::Page;

/// `/privacy`
#[component]
pub fn PrivacyPage() -> impl IntoView {
    view! {
        <Page name="privacy" title="Privacy">
            <article class="prose">
                <h1>"Privacy"</h1>
                <p class="text-lg">
                    "What leaves your browser, who sees it, and how long it is kept. There is no advertising, no tracking, and nothing is loaded from other sites."
                </p>
                <h2>"Your sound"</h2>
                <p>
                    "It goes from the host’s browser to each listener’s browser, encrypted. The server never hears it, and nobody records it here. A listener can of course record what they hear, as with any sound."
                </p>
                <h2>"Your name"</h2>
                <p>
                    "The guest name you enter is stored on the server with a random number that stands for you. Listeners see the host’s name; the host sees the names of the listeners. If you listen without giving a name, you get one."
                </p>
                <h2>"Signing in"</h2>
                <p>
                    "If you sign in with a provider such as Google, it tells this server your name, your e-mail address and your picture, and learns that you were here. They are kept until you delete them in the menu on your name, or have not come back for a year. The picture is shown to you alone. On the way to the provider a cookie remembers for an hour at most where you were going."
                </p>
                <h2>"Your session"</h2>
                <p>
                    "One cookie remembers that you are you. It is needed for the room to know you, it cannot be read by scripts, and it is used for nothing else. It ends when you log out, or after 30 days in which you do not come back, unless whoever runs this server chose otherwise; the name of a guest is deleted with it. If you choose light or dark colours, a second cookie remembers that, and nothing else."
                </p>
                <h2>"Your address"</h2>
                <p>
                    "For a direct connection, host and listeners learn each other’s network address (IP address). To find its own, your browser asks STUN servers, which may be run by others: they see your address, but neither your name, nor the room, nor any sound. The server you opened this page from sees your address too."
                </p>
                <h2>"Your room"</h2>
                <p>
                    "While a room is live the server keeps its code, its host, who is in it, and what listeners write and react with, so that a restart does not end it. Messages are for the host alone. When the room has ended it is deleted, after ten minutes in which its host can open it again. The server also remembers the last eight rooms you were in, to lead you back to them; that goes with your session."
                </p>
            </article>
        </Page>
    }
}
