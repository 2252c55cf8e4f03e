//! A listener's early join: a script at the top of the page opens the socket and requests the place while the page's code
//! is still loading. It answers the first offer and plays what comes, unless the visitor hides their address. The code then takes
//! over the socket with all messages that it has received, the peer connection and the player.

use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {
    crate::{
        api::{Backend, Visitor},
        inline_script::without_comments,
        routes::Destination,
    },
    heartogether::{
        protocol,
        role::{Permission, Role},
    },
    heartogether_browser::{early_join::WantedPlace, ip_privacy, volume},
    std::sync::{Arc, LazyLock},
};

#[cfg(feature = "ssr")]
static SCRIPT: LazyLock<String> = LazyLock::new(|| without_comments(include_str!("early_join/script.js")));

/// The script, for who may come in; nothing for others. The server alone renders it: a page that is gone to from another
/// one has its code.
#[component]
pub(crate) fn EarlyJoin() -> impl IntoView {
    #[cfg(feature = "ssr")]
    let script = wanted().map(|place| {
        let (say, place) = (protocol::encode(&place.frames()), protocol::encode(&place));
        view! {
            <script
                nonce=leptos::nonce::use_nonce()
                data-say=say
                data-place=place
                data-hides=ip_privacy::KEY
                data-volume=volume::KEY
                inner_html=SCRIPT.as_str()
            ></script>
        }
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
