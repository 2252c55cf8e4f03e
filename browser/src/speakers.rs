//! The loudspeakers that the browser names, and the listener's choice (W3C Audio Output Devices).

use gloo_events::EventListener;
use js_sys::{Array, Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlAudioElement, MediaDeviceInfo, MediaDeviceKind};

use crate::{Page, Reporter, dom::window, js_property::property, microphones, storage};

const CHOICE_KEY: &str = "heartogether.speaker";

/// A loudspeaker to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speaker {
    /// The browser's id for it, the same on every visit; empty for the system's own choice.
    pub id: String,
    /// What people call it.
    pub label: String,
}

impl Page {
    /// Plays there from now on, and on later visits.
    pub fn choose_speaker(&self, id: String) {
        let page = self.clone();
        spawn_local(async move {
            let failed = !page.play_on(&id).await;
            page.0.view.speakers.failed.show(failed);
            if !failed {
                remember(&id);
                page.0.view.speakers.chosen.show(id);
            }
        });
    }

    /// Opens the browser's own picker. Call it from a click: browsers demand one.
    pub fn pick_speaker(&self) {
        let Some(picking) = call_picker() else { return };
        let report = self.reporter();
        spawn_local(async move {
            // Whoever closes the picker wants what there is.
            let Ok(picked) = JsFuture::from(picking).await else { return };
            if let (Some(page), Some(id)) = (report.page(), property(&picked, "deviceId").as_string()) {
                page.choose_speaker(id);
                page.list_speakers();
            }
        });
    }

    /// Takes the one that was chosen on an earlier visit, and follows what is plugged in and out.
    pub(crate) fn prepare_speakers(&self) {
        let Some(playback) = &self.0.playback else { return };
        if !can_be_set(playback.element()) {
            return;
        }
        let speakers = &self.0.view.speakers;
        speakers.has_picker.show(picker().is_some());
        speakers.chosen.show(choice());
        self.list_speakers();
        let report = self.reporter();
        *self.0.speakers.borrow_mut() = microphones::watch(move || report.page().iter().for_each(Page::list_speakers));
    }

    /// Lists them and plays on the chosen one while it is there, elsewhere while it is not.
    fn list_speakers(&self) {
        let report: Reporter = self.reporter();
        spawn_local(async move {
            let outputs = list().await;
            let named: Vec<Speaker> = outputs.iter().filter(|speaker| is_named(speaker)).cloned().collect();
            let Some(page) = report.page() else { return };
            let chosen = choice();
            // A browser that names none may know the chosen one all the same.
            let is_there = named.is_empty() || named.iter().any(|speaker| speaker.id == chosen);
            let speakers = &page.0.view.speakers;
            speakers.unnamed.show(named.is_empty() && outputs.iter().any(|speaker| speaker.label.is_empty()));
            speakers.named.show(named);
            if !chosen.is_empty() && !page.play_on(if is_there { &chosen } else { "" }).await {
                page.play_on("").await;
            }
        });
    }

    /// Whether the browser plays there now.
    async fn play_on(&self, id: &str) -> bool {
        let Some(playback) = &self.0.playback else { return false };
        let player = playback.element();
        if property(player, "sinkId").as_string().as_deref() == Some(id) {
            return true;
        }
        let Ok(set) = property(player, "setSinkId").dyn_into::<Function>() else { return false };
        let setting = set.call1(player, &id.into()).ok().and_then(|setting| setting.dyn_into::<Promise>().ok());
        match setting {
            Some(setting) => JsFuture::from(setting).await.is_ok(),
            None => false,
        }
    }
}

/// What a page keeps to follow its loudspeakers.
pub(crate) type Following = Option<EventListener>;

fn can_be_set(player: &HtmlAudioElement) -> bool {
    property(player, "setSinkId").is_function()
}

/// Those that the browser has. Most name none before a microphone was allowed, or one was picked.
async fn list() -> Vec<Speaker> {
    let devices = window().navigator().media_devices().ok().filter(|devices| !devices.is_undefined());
    let Some(Ok(asking)) = devices.map(|devices| devices.enumerate_devices()) else { return Vec::new() };
    let Ok(devices) = JsFuture::from(asking).await else { return Vec::new() };
    let devices = devices.unchecked_into::<Array>();
    let devices = devices.iter().map(JsValue::unchecked_into::<MediaDeviceInfo>);
    let outputs = devices.filter(|device| device.kind() == MediaDeviceKind::Audiooutput);
    outputs.map(|device| Speaker { id: device.device_id(), label: device.label() }).collect()
}

/// Whether it can be chosen: `default` is the system's own choice, which has no id of its own here.
fn is_named(speaker: &Speaker) -> bool {
    !speaker.label.is_empty() && speaker.id != "default"
}

fn picker() -> Option<Function> {
    let devices = property(&window().navigator(), "mediaDevices");
    property(&devices, "selectAudioOutput").dyn_into().ok()
}

fn call_picker() -> Option<Promise> {
    let devices = property(&window().navigator(), "mediaDevices");
    picker()?.call0(&devices).ok()?.dyn_into().ok()
}

fn choice() -> String {
    storage::local().and_then(|storage| storage.get_item(CHOICE_KEY).ok().flatten()).unwrap_or_default()
}

fn remember(id: &str) {
    if let Some(storage) = storage::local() {
        // A browser that forbids storage loses no more than this convenience.
        let _ = storage.set_item(CHOICE_KEY, id);
    }
}
