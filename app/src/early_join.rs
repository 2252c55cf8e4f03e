//! A listener's early join: a few lines of script at the top of the page open the socket and request the place while
//! the page's code is still loading. The code then takes over the socket with all messages that it has received.

use leptos::prelude::*;

/// Where the script leaves what it has begun.
pub(crate) const GLOBAL: &str = "heartogetherHeadStart";

/// The script, for who may come in; nothing for others. The server alone renders it: a page that is gone to from another
/// one has its code.
#[component]
pub(crate) fn EarlyJoin() -> impl IntoView {
    #[cfg(feature = "ssr")]
    let script = said_ahead().map(|say| {
        let script = include_str!("early_join/script.js");
        view! { <script nonce=leptos::nonce::use_nonce() data-say=say inner_html=script></script> }
    });
    #[cfg(not(feature = "ssr"))]
    let script = ();
    script
}

/// What the page that is asked for will say first, as a list of frames in JSON.
#[cfg(feature = "ssr")]
fn said_ahead() -> Option<String> {
    use heartogether::{
        protocol,
        role::{Permission, Role},
    };

    use crate::{api::Visitor, routes::Destination};
    use heartogether_client::introduction;

    let request = use_context::<http::request::Parts>()?;
    let Destination::Listen(code) = Destination::parse(request.uri.path()) else { return None };
    request.extensions.get::<Visitor>()?.permit(Permission::Connect).ok()?;
    Some(protocol::encode(&introduction(Role::Listener, code).map(|message| protocol::encode(&message))))
}
