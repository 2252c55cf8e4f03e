//! A listener's early join: a few lines of script at the top of the page open the socket and request the place while
//! the page's code is still loading. The code then takes over the socket with all messages that it has received.

use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {
    crate::{
        api::{Backend, Visitor},
        routes::Destination,
    },
    heartogether::{
        protocol,
        role::{Permission, Role},
    },
    heartogether_browser::early_join::WantedPlace,
    std::sync::Arc,
};

/// The script, for who may come in; nothing for others. The server alone renders it: a page that is gone to from another
/// one has its code.
#[component]
pub(crate) fn EarlyJoin() -> impl IntoView {
    #[cfg(feature = "ssr")]
    let script = wanted().map(|place| {
        let script = include_str!("early_join/script.js");
        let (say, place) = (protocol::encode(&place.frames()), protocol::encode(&place));
        view! { <script nonce=leptos::nonce::use_nonce() data-say=say data-place=place inner_html=script></script> }
    });
    #[cfg(not(feature = "ssr"))]
    let script = ();
    script
}

/// The place for which the page that is asked for has to ask first.
#[cfg(feature = "ssr")]
fn wanted() -> Option<WantedPlace> {
    let request = use_context::<http::request::Parts>()?;
    let Destination::Listen(code) = Destination::parse(request.uri.path()) else { return None };
    request.extensions.get::<Visitor>()?.permit(Permission::Connect).ok()?;
    let ice_servers = use_context::<Arc<dyn Backend>>()?.public_ice_servers();
    Some(WantedPlace { role: Role::Listener, code, ice_servers })
}
