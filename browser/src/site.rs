//! The addresses of the site that the room client asks for.

use crate::dom::document;

/// The attribute of `<html>` with the path below which the site lies.
pub const BASE_ATTRIBUTE: &str = "data-base";

/// The landing page.
pub const HOME: &str = "/";
/// Where members' connections are opened (WebSocket).
pub const SOCKET: &str = "/ws";
/// Where what takes their place is opened, and posted to below.
pub(crate) const STREAM: &str = "/api/stream";
/// The site's picture.
pub const FAVICON: &str = "/favicon.svg";
/// Whether the server answers.
pub const HEALTH: &str = "/api/health";
/// How long a listener waited is told there.
pub(crate) const FIRST_SOUND: &str = "/api/first-sound";
/// The STUN and TURN servers for members of a room.
pub(crate) const ICE_SERVERS: &str = "/api/fn/ice_servers";

/// The path below which the site lies: empty, or such as `/hear`.
pub fn base() -> String {
    document().document_element().and_then(|html| html.get_attribute(BASE_ATTRIBUTE)).unwrap_or_default()
}

/// The address of a path within the site.
pub(crate) fn href(path: &str) -> String {
    format!("{}{path}", base())
}
