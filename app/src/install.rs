//! HearTogether as an installed app, and the service worker: what the head of every page says of them, and what the server
//! serves for them.
//!
//! | file | content |
//! | --- | --- |
//! | `manifest` | the web app manifest |
//! | `counting_icon` | the icon that says how much is unread |
//! | `offline` | the page that the worker shows while the server does not answer, with `offline.js` |
//! | `worker` | the worker's script, from `worker.js` or `retired_worker.js` |
//! | `register.js` | registers the worker on every page |
//!
//! Nothing here is part of the WebAssembly.

#[cfg(feature = "ssr")]
mod counting_icon;
#[cfg(feature = "ssr")]
mod manifest;
#[cfg(feature = "ssr")]
mod offline;
#[cfg(feature = "ssr")]
mod worker;

#[cfg(feature = "ssr")]
use crate::inline_script::without_comments;
use crate::prelude::*;
#[cfg(feature = "ssr")]
pub use counting_icon::counting_icon;
#[cfg(feature = "ssr")]
pub use manifest::manifest;
#[cfg(feature = "ssr")]
pub use offline::{OfflinePage, SCRIPT as OFFLINE_SCRIPT};
#[cfg(feature = "ssr")]
pub use worker::{retired_worker, worker};

/// The product's name below its icon.
#[cfg(feature = "ssr")]
const NAME: &str = "HearTogether";

#[cfg(feature = "ssr")]
static REGISTER: std::sync::LazyLock<String> =
    std::sync::LazyLock::new(|| without_comments(include_str!("install/register.js")));

/// Provided as context to pages that register no service worker.
#[derive(Clone, Copy, Debug)]
pub struct WithoutWorker;

/// What browsers need to install the site, for the head of every page. The server alone renders it.
#[component]
pub(crate) fn InstallHead() -> impl IntoView {
    #[cfg(feature = "ssr")]
    let head = {
        use crate::{locale::Locale, routes};

        let language = Locale::current().table_now().language;
        let script = use_context::<WithoutWorker>()
            .is_none()
            .then(|| view! { <script nonce=leptos::nonce::use_nonce() inner_html=REGISTER.as_str()></script> });
        view! {
            <link rel="manifest" href=routes::href(&manifest::path(language)) />
            // Safari's home screen takes neither this picture nor the name from the manifest.
            <link rel="apple-touch-icon" href=routes::href(manifest::APPLE_ICON) />
            <meta name="apple-mobile-web-app-title" content=NAME />
            <meta name="mobile-web-app-capable" content="yes" />
            <meta name="apple-mobile-web-app-capable" content="yes" />
            {script}
        }
    };
    #[cfg(not(feature = "ssr"))]
    let head = ();
    head
}
