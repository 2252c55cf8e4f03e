//! The early join: a script at the top of the page opens the socket and requests the place while the page's code is still
//! loading. A listener's answers the first offer and plays what comes, unless the visitor hides their address. A host's does so on
//! a page that is back from a reload, and opens the microphone again that was live. The code then takes over the socket with all
//! messages that it has received, the peer connection and the player, or the microphone.

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
    heartogether_browser::{early_join::WantedPlace, early_microphone, ip_privacy, reload, volume},
    std::sync::{Arc, LazyLock},
};

use crate::prelude::*;

/// A script in a block of its own, with what both of them need.
#[cfg(feature = "ssr")]
macro_rules! script {
    ($file:literal) => {
        without_comments(concat!("{\n", include_str!("early_join/socket.js"), include_str!($file), "}"))
    };
}
#[cfg(feature = "ssr")]
static LISTENER: LazyLock<String> = LazyLock::new(|| script!("early_join/listener.js"));
#[cfg(feature = "ssr")]
static HOST: LazyLock<String> = LazyLock::new(|| script!("early_join/host.js"));

/// The script, for who may come in; nothing for others. The server alone renders it: a page that is gone to from another
/// one has its code.
#[component]
pub(crate) fn EarlyJoin() -> impl IntoView {
    #[cfg(feature = "ssr")]
    let script = wanted().and_then(|wanted| {
        let (say, place) = (protocol::encode(&wanted.frames()), protocol::encode(&wanted));
        match page()? {
            Destination::Host(_) => view! {
                <script
                    nonce=leptos::nonce::use_nonce()
                    data-say=say
                    data-place=place
                    data-room=wanted.code.to_string()
                    data-mark=reload::MARK_KEY
                    data-live=reload::KEEPSAKE_KEY
                    data-microphone=early_microphone::KEY
                    inner_html=HOST.as_str()
                ></script>
            }
            .into_any(),
            _ => view! {
                <script
                    nonce=leptos::nonce::use_nonce()
                    data-say=say
                    data-place=place
                    data-hides=ip_privacy::KEY
                    data-volume=volume::KEY
                    inner_html=LISTENER.as_str()
                ></script>
            }
            .into_any(),
        }
        .into()
    });
    #[cfg(not(feature = "ssr"))]
    let script = ();
    script
}

/// The page that is asked for.
#[cfg(feature = "ssr")]
fn page() -> Option<Destination> {
    Some(Destination::parse(use_context::<http::request::Parts>()?.uri.path()))
}

/// The place for which the page that is asked for has to ask first.
#[cfg(feature = "ssr")]
pub(crate) fn wanted() -> Option<WantedPlace> {
    let request = use_context::<http::request::Parts>()?;
    let (role, permission, code) = match page()? {
        Destination::Listen(code) => (Role::Listener, Permission::Connect, code),
        Destination::Host(code) => (Role::Host, Permission::Host, code),
        _ => return None,
    };
    let visitor = request.extensions.get::<Visitor>()?;
    visitor.kind_of(visitor.account.as_ref()?).check(permission).ok()?;
    let ice_servers = use_context::<Arc<dyn Backend>>()?.public_ice_servers();
    Some(WantedPlace { role, code, ice_servers })
}
