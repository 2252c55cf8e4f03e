//! The STUN and TURN servers for peer connections. STUN servers are known before joining, TURN servers come with the
//! place. This module requests new TURN passwords before they expire, and reports errors of the servers.

use gloo_events::EventListener;
use gloo_net::http::Request;
use gloo_timers::callback::Timeout;
use heartogether::{
    ice::{IceConfiguration, IceServer, Relay},
    id::RoomCode,
    protocol,
};
use js_sys::{Array, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::{RtcBundlePolicy, RtcConfiguration, RtcIceServer, RtcIceTransportPolicy, RtcPeerConnection};

use crate::{Page, Reporter, js_property::property, site};
use heartogether_client::Input;

/// Candidates that are gathered before they are needed (W3C WebRTC, `iceCandidatePoolSize`).
const CANDIDATE_POOL: u32 = 4;
/// Seconds until the servers are asked for again when that went wrong.
const RETRY_S: u32 = 10;

/// Where peer connections look for their paths.
pub(crate) struct Paths {
    known: IceConfiguration,
    /// Whether the visitor wants sound to go through TURN servers only.
    hidden: bool,
}

impl Paths {
    pub(crate) const fn new(known: IceConfiguration, hidden: bool) -> Self {
        Self { known, hidden }
    }

    /// What a peer connection is configured with.
    pub(crate) fn configuration(&self, gathers_ahead: bool) -> RtcConfiguration {
        let servers = Array::new();
        for server in &self.known.servers {
            let entry = RtcIceServer::new();
            entry.set_urls(&server.urls.iter().map(JsValue::from).collect::<Array>());
            server.username.iter().for_each(|username| entry.set_username(username));
            server.credential.iter().for_each(|credential| entry.set_credential(credential));
            servers.push(&entry);
        }
        let configuration = RtcConfiguration::new();
        configuration.set_ice_servers(&servers);
        configuration.set_bundle_policy(RtcBundlePolicy::MaxBundle);
        // Restricted, peer connections look for paths through a relay or for none: no candidate names this browser's own address
        // (RFC 8828, section 5.2).
        configuration.set_ice_transport_policy(match self.known.relay_only || self.hidden {
            true => RtcIceTransportPolicy::Relay,
            false => RtcIceTransportPolicy::All,
        });
        if gathers_ahead {
            // web-sys has no setter for it; setting a property of a plain object does not fail.
            let _ = Reflect::set(&configuration, &"iceCandidatePoolSize".into(), &CANDIDATE_POOL.into());
        }
        configuration
    }
}

/// Reports what goes wrong with a STUN or TURN server (W3C WebRTC, `icecandidateerror`).
pub(crate) fn report_failures(connection: &RtcPeerConnection, report: Reporter) -> EventListener {
    EventListener::new(connection, "icecandidateerror", move |event| {
        let property = |name: &str| Reflect::get(event, &name.into()).unwrap_or(JsValue::UNDEFINED);
        if let (Some(url), Some(code)) = (property("url").as_string(), property("errorCode").as_f64()) {
            report.input(Input::IceServerFailed { url, code: code as u16 });
        }
    })
}

/// Reports the server that gave a candidate, where one did (W3C WebRTC, `RTCIceCandidate.url`; older browsers have it at the
/// event).
pub(crate) fn report_answer(event: &web_sys::RtcPeerConnectionIceEvent, report: &Reporter) {
    let of_candidate = event.candidate().map(|candidate| property(&candidate, "url"));
    let url = of_candidate.and_then(|url| url.as_string()).or_else(|| property(event, "url").as_string());
    if let Some(url) = url.filter(|url| !url.is_empty()) {
        report.input(Input::IceServerAnswered { url });
    }
}

/// Asks for the servers for members of a room, if there is an answer.
async fn fetch(code: RoomCode) -> Option<IceConfiguration> {
    let form = "application/x-www-form-urlencoded";
    let request = Request::post(&site::href(site::ICE_SERVERS)).header("content-type", form);
    let answer = request.body(format!("code={code}")).ok()?.send().await.ok().filter(|answer| answer.ok())?;
    protocol::read(&answer.text().await.ok()?).ok()
}

/// The URLs of all servers.
pub(crate) fn urls(ice_servers: &[IceServer]) -> Vec<String> {
    ice_servers.iter().flat_map(|server| server.urls.iter().cloned()).collect()
}

impl Page {
    /// Asks for the servers again in a while, if their passwords end: a path that is looked for later needs them. A member is
    /// given them with the place and with each resume, which begins the time anew.
    fn renew_ice_servers(&self, in_s: Option<u32>) {
        let Some(in_s) = in_s else { return };
        let (report, code) = (self.reporter(), self.0.client.borrow().code());
        let renew = move || {
            spawn_local(async move {
                let known = fetch(code).await;
                let Some(page) = report.page() else { return };
                match known {
                    Some(known) => page.take_ice_servers(&known),
                    None => page.renew_ice_servers(Some(RETRY_S)),
                }
            });
        };
        *self.0.renewal.borrow_mut() = Some(Timeout::new(in_s.saturating_mul(1_000), renew));
    }

    /// Uses the servers that came with the place, or anew: also for peer connections that are there.
    pub(crate) fn take_ice_servers(&self, known: &IceConfiguration) {
        self.change_paths(|paths| *paths = Paths::new(known.clone(), paths.hidden));
        self.input(Input::IceServersRenewed);
        self.input(Input::IceServersKnown(urls(&known.servers)));
        self.renew_ice_servers(known.renew_in_s);
    }

    /// Whether there is a relay, as the servers say that are known now.
    pub fn relay(&self) -> Relay {
        self.0.paths.borrow().known.relay()
    }

    /// Hides this browser's address in every path that is looked for from now on, or no longer.
    pub(crate) fn change_hiding(&self, hidden: bool) {
        self.change_paths(|paths| paths.hidden = hidden);
    }

    fn change_paths(&self, change: impl FnOnce(&mut Paths)) {
        change(&mut self.0.paths.borrow_mut());
        let paths = self.0.paths.borrow();
        self.0.peers.borrow().iter().for_each(|peer| peer.configure(&paths));
    }
}
