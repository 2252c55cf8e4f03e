//! The system's media controls on lock screens, headsets and keyboards (W3C Media Session). web-sys has this API only
//! behind an unstable flag, so the bindings are written here. In a browser without the API, nothing happens.

use crate::dom::window;
use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

use super::js_property::property;
use crate::site;

/// What can be pressed there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaKey {
    /// Go on.
    Play,
    /// Be silent.
    Pause,
}

/// What the system shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaState {
    /// Sound comes in, and it is heard.
    Playing,
    /// Sound comes in, and it is not heard.
    Paused,
    /// There is nothing to play.
    Nothing,
}

/// The names of the actions a system may have (W3C Media Session, `MediaSessionAction`). Nothing is kept of a live sound,
/// so that to stop it is to pause it.
const ACTIONS: [(&str, MediaKey); 3] =
    [("play", MediaKey::Play), ("pause", MediaKey::Pause), ("stop", MediaKey::Pause)];

/// The page's entry there. Dropped, it is gone.
pub struct MediaSession {
    session: JsValue,
    _handlers: Vec<Closure<dyn Fn()>>,
}

/// Whether the browser reports what is pressed there.
pub(crate) fn is_supported() -> bool {
    session().is_some()
}

fn session() -> Option<JsValue> {
    Some(property(&window().navigator(), "mediaSession")).filter(JsValue::is_object)
}

impl MediaSession {
    /// Names what is played, and reports what is pressed.
    pub fn begin(title: &str, press: impl Fn(MediaKey) + Clone + 'static) -> Option<Self> {
        let session = session()?;
        // Without a title the system shows the page's own.
        let metadata = describe(title).unwrap_or(JsValue::NULL);
        Reflect::set(&session, &"metadata".into(), &metadata).ok()?;
        let handlers = ACTIONS.map(|(action, key)| {
            let press = press.clone();
            let handler = Closure::new(move || press(key));
            set_handler(&session, action, handler.as_ref());
            handler
        });
        Some(Self { session, _handlers: handlers.into() })
    }

    /// Says whether it plays: the system cannot tell a live sound from an endless one.
    pub fn show(&self, state: MediaState) {
        let name = match state {
            MediaState::Playing => "playing",
            MediaState::Paused => "paused",
            MediaState::Nothing => "none",
        };
        let _ = Reflect::set(&self.session, &"playbackState".into(), &name.into());
    }
}

impl Drop for MediaSession {
    fn drop(&mut self) {
        self.show(MediaState::Nothing);
        let _ = Reflect::set(&self.session, &"metadata".into(), &JsValue::NULL);
        ACTIONS.iter().for_each(|(action, _)| set_handler(&self.session, action, &JsValue::NULL));
    }
}

/// A browser that does not know an action throws, which is answer enough.
fn set_handler(session: &JsValue, action: &str, handler: &JsValue) {
    if let Ok(set) = property(session, "setActionHandler").dyn_into::<Function>() {
        let _ = set.call2(session, &action.into(), handler);
    }
}

fn describe(title: &str) -> Result<JsValue, JsValue> {
    let icon = site::href(site::FAVICON);
    let picture = object([("src", icon.as_str()), ("sizes", "any"), ("type", "image/svg+xml")])?;
    let description = object([("title", title), ("artist", "HearTogether")])?;
    Reflect::set(&description, &"artwork".into(), &Array::of1(&picture))?;
    let make = property(&window(), "MediaMetadata").dyn_into::<Function>()?;
    Reflect::construct(&make, &Array::of1(&description))
}

fn object<const N: usize>(entries: [(&str, &str); N]) -> Result<JsValue, JsValue> {
    let object: JsValue = Object::new().into();
    for (name, value) in entries {
        Reflect::set(&object, &name.into(), &value.into())?;
    }
    Ok(object)
}
