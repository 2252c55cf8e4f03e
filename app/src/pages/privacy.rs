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
                    "It goes from the host’s browser to each listener’s browser, encrypted. Where no direct way is found it goes through a relay server, still encrypted. No server hears it, and nobody records it here. A listener can of course record what they hear, as with any sound."
                </p>
                <h2>"Your name"</h2>
                <p>
                    "The guest name you enter is stored on the server with a random number that stands for you. Listeners see the host’s name; the host sees the names of the listeners. Listeners see nothing of one another. If you listen without giving a name, you get one."
                </p>
                <h2>"If you sign in"</h2>
                <p>
                    "With a sign-in service the server also keeps what that service tells of you: your name, your e-mail address if the service has checked it, your picture, and the number under which it knows you. You see them in your account menu. Nobody else sees your e-mail address unless you allow it: you are asked once, in the first room in which you listen, and “no” is what holds until then. If you allow it, the hosts of the rooms you enter from then on see it. You can change this in your account menu at any time; a host who has seen the address has seen it. All of it is kept until you delete your data in the account menu, or have not been here for a year; so are the last eight rooms you were in. On the way to the service a cookie remembers for an hour at most where you were going."
                </p>
                <h2>"Your session"</h2>
                <p>
                    "One cookie remembers that you are you. It is needed for the room to know you, it cannot be read by scripts, and it is used for nothing else. It ends when you log out, or 30 days after your last visit unless whoever runs this server chose otherwise; a guest’s name is deleted within the hour after that. The server keeps a fingerprint of it, not the cookie. A second cookie holds a random number for a year: it belongs to your browser, not to you, and serves for nothing but that somebody whom a host has removed does not come back as a new guest. If you choose light or dark colours, a third cookie remembers that, and nothing else. How loud you listen, which microphone and loudspeaker you took and whether you hide your address stay in your browser alone."
                </p>
                <h2>"Your address"</h2>
                <p>
                    "For a direct connection, the host and each listener learn each other’s network address (IP address); listeners do not learn one another’s. “Hide my address”, on the pages on which you host or listen, sends everything through the relay server instead, which then is all the other side sees; it works where this server has a relay. To find its own, your browser asks STUN servers, which may be run by others: they see your address, but neither your name, nor the room, nor any sound. The server you opened this page from sees your address too."
                </p>
                <h2>"Your room"</h2>
                <p>
                    "While a room is live the server keeps its code, its host, who is in it, and what listeners write and react with, so that a restart does not end it. Messages are for the host alone. When the room has ended it is deleted, after ten minutes in which its host can open it again. To keep out somebody whom its host has removed, it also keeps, until then, a fingerprint of each browser’s second cookie and of each network address, made for this room alone, from which nobody without the server’s key can tell the address. A listener who was removed is remembered by these. Whoever deletes their data is taken out of the rooms of others at once, with their name, their e-mail address and what they wrote; a page of the host’s that shows it already does so until it is loaded anew. The server also remembers the last eight rooms you were in, to lead you back to them; a guest’s are forgotten with the session."
                </p>
                <h2>"The server’s log"</h2>
                <p>
                    "It says what the server does and what breaks: no names, e-mail addresses, messages, network addresses of visitors, cookies or connection details. Servers in front of this one, which belong to whoever runs it, may keep logs of their own."
                </p>
            </article>
        </Page>
    }
}
