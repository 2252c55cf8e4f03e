//! The web app manifest (W3C Web Application Manifest).

use serde_json::{Value, json};

use super::NAME;
use crate::{
    locale::{Key, Language, Table},
    routes::{self, Destination},
    text::{action, frame, installed},
};

/// The picture on the home screen of Apple's devices, which rounds its corners itself.
pub(super) const APPLE_ICON: &str = "/apple-touch-icon.png";
/// The icon's ground, around the first page until it is drawn: it suits both themes.
const GROUND: &str = "#0b6470";
/// Each icon: its path, size and purpose. `end2end/icons.mjs` draws the pictures from the first one.
const ICONS: [(&str, &str, &str); 5] = [
    (routes::FAVICON, "any", "any"),
    ("/icon-192.png", "192x192", "any"),
    ("/icon-512.png", "512x512", "any"),
    ("/icon-maskable-192.png", "192x192", "maskable"),
    ("/icon-maskable-512.png", "512x512", "maskable"),
];

/// The path of the manifest in a language, which is named because browsers ask for it without cookies.
pub(super) fn path(language: Language) -> String {
    format!("{}?language={}", routes::MANIFEST, language.tag())
}

/// The manifest of the site below a path of its host, in a language.
pub fn manifest(language: Language, base: &str) -> String {
    let table = Table::of(language);
    let say = |key: Key| table.say(key).into_owned();
    let at = |path: &str| format!("{base}{path}");
    let icon = |(path, sizes, purpose): (&str, &str, &str)| {
        let kind = if path.ends_with(".svg") { "image/svg+xml" } else { "image/png" };
        json!({ "src": at(path), "sizes": sizes, "type": kind, "purpose": purpose })
    };
    let shortcut = |name: Key, path: &str| {
        let [_, icon_192, ..] = ICONS;
        json!({ "name": say(name), "url": at(path), "icons": [icon(icon_192)] })
    };
    let manifest = json!({
        "id": at(routes::HOME),
        "name": NAME,
        "short_name": NAME,
        "description": say(frame::DESCRIPTION),
        "lang": language.tag(),
        "dir": "ltr",
        "start_url": at(routes::HOME),
        "scope": at(routes::HOME),
        "display": "standalone",
        "theme_color": GROUND,
        "background_color": GROUND,
        "categories": ["music", "social"],
        "icons": ICONS.map(icon),
        "shortcuts": [
            shortcut(action::CREATE_ROOM, &routes::login_then(Destination::NewRoom)),
            shortcut(installed::JOIN, &routes::code_field()),
        ],
        "share_target": share_target(&at(routes::SHARE)),
    });
    manifest.to_string()
}

/// Programs share a link as `url` or, as most on Android do, within `text`.
fn share_target(action: &str) -> Value {
    json!({
        "action": action,
        "method": "GET",
        // Chromium wants it said, also where it is what holds anyway.
        "enctype": "application/x-www-form-urlencoded",
        "params": { "title": "title", "text": "text", "url": "url" },
    })
}
