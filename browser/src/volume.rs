//! The player's volume: set on the element, and stored in the browser for the next visit.

use web_sys::HtmlAudioElement;

use super::storage;
use heartogether_client::Volume;

/// Where it is kept in the browser.
pub const KEY: &str = "heartogether.volume";

/// What was kept; as loud as can be if nothing was.
pub fn remembered() -> Volume {
    let kept = storage::local().and_then(|storage| storage.get_item(KEY).ok().flatten());
    kept.and_then(|kept| kept.parse().ok()).unwrap_or_default()
}

/// Keeps it for the next visit. A browser that forbids storage loses no more than that.
pub fn remember(volume: Volume) {
    if let Some(storage) = storage::local() {
        let _ = storage.set_item(KEY, &volume.to_string());
    }
}

/// Lets the player play so loud.
pub fn apply(player: &HtmlAudioElement, volume: Volume) {
    player.set_volume(volume.fraction());
    player.set_muted(volume.muted);
}

/// Whether pages have a say: on iOS the keys at the device's side alone decide, and a volume that is set is not taken.
pub fn can_be_set() -> bool {
    const PROBE: f64 = 0.5;
    let probe = HtmlAudioElement::new().inspect(|player| player.set_volume(PROBE));
    probe.is_ok_and(|player| player.volume() == PROBE)
}
