//! The URLs of all pages.
//!
//! The paths here are relative to the site. If the site is below a path of its host, [`href`] returns the address for
//! links. The router and the server handle that path themselves.

use std::sync::Arc;

use heartogether::{
    id::{MemberId, PictureId, RoomCode},
    refusal::Refusal,
};

use crate::locale::Language;

/// The path below which the site lies: empty, or such as `/hear`. The server provides it as context to every page.
#[derive(Clone, Debug)]
pub struct BasePath(pub Arc<str>);

/// The path below which the site lies: empty, or such as `/hear`.
pub fn base() -> String {
    #[cfg(feature = "ssr")]
    let base = leptos::prelude::use_context::<BasePath>().map(|BasePath(base)| base.to_string()).unwrap_or_default();
    #[cfg(all(feature = "hydrate", not(feature = "ssr")))]
    let base = heartogether_browser::site::base();
    #[cfg(not(any(feature = "ssr", feature = "hydrate")))]
    let base = String::new();
    base
}

/// The address in a page of a path within the site.
pub fn href(path: &str) -> String {
    format!("{}{path}", base())
}

/// The path within the site of the page that the router shows. In the browser, the router's paths are the host's.
pub fn within(path: &str) -> String {
    match cfg!(feature = "ssr") {
        true => path.to_owned(),
        false => path.strip_prefix(base().as_str()).unwrap_or(path).to_owned(),
    }
}

pub use heartogether_browser::site::{FAVICON, HEALTH, HOME, SOCKET};

/// Where a visitor says their name.
pub const LOGIN: &str = "/login";
/// What is sent where.
pub const ABOUT: &str = "/about";
/// What is kept how long.
pub const PRIVACY: &str = "/privacy";

/// The script that uploads pictures.
pub const PICTURE_WORKER: &str = "/pictures.js";
/// The tokens of the visitor's programs.
pub const ACCOUNT: &str = "/account";

/// The visitor's picture.
pub const PICTURE: &str = "/auth/picture";
/// What the server has of the visitor's account, to be downloaded.
pub const EXPORT: &str = "/auth/export";
/// Ends the session.
pub const LOG_OUT: &str = "/auth/logout";
/// Deletes the account.
pub const DELETE: &str = "/auth/delete";

/// Whether a sign-in provider is ready.
pub fn is_ready(provider: &str) -> String {
    format!("/auth/{provider}/ready")
}

/// Where a sign-in provider lets its visitor choose another account.
pub fn switch_account(provider: &str, destination: Destination) -> String {
    format!("{}&switch=1", sign_in_with(provider, destination))
}

/// Where a sign-in provider is asked.
pub fn sign_in_with(provider: &str, destination: Destination) -> String {
    format!("/auth/{provider}?next={}", destination.path())
}

/// The same way, gone by a page that has waited for the provider and not by its visitor's click.
pub fn having_waited(way: &str) -> String {
    format!("{way}&waited=1")
}

/// Where a language is chosen without a script.
pub const LANGUAGE: &str = "/language";

/// A language's texts, which never change under this name.
pub fn texts(language: Language) -> String {
    format!("/locale/{}.{}.json", language.tag(), crate::text::VERSION)
}

/// The emoji to choose from with their names in a language. The address changes with what is in the file.
pub fn emoji(language: Language) -> String {
    format!("/emoji/{}.json?v={}", language.tag(), crate::text::ASSETS)
}

/// The style of lounges, which other pages do not load. The address changes with what is in the file.
pub fn lounge_style() -> String {
    format!("/lounge.css?v={}", crate::text::ASSETS)
}

/// A room's preview.
pub fn room(code: RoomCode) -> String {
    format!("/room/{code}")
}

/// Where members of a room upload pictures.
pub fn pictures_of(code: RoomCode) -> String {
    format!("/api/rooms/{code}/pictures")
}

/// A picture in a message of a room.
pub fn picture(code: RoomCode, id: PictureId) -> String {
    format!("/pictures/{code}/{id}")
}

/// The picture of a member's account.
pub fn portrait(code: RoomCode, member: MemberId) -> String {
    format!("/pictures/{code}/members/{member}")
}

/// The picture of the link to a room's preview that leads by this way.
pub fn qr_code(code: RoomCode, way: &str) -> String {
    format!("/room/{code}/qr.svg?by={way}")
}

/// What browsers need to install the site.
pub const MANIFEST: &str = "/manifest.webmanifest";
/// Where the icon with a number is, which [`counting_icon`] completes.
pub const COUNTING_ICON: &str = "/counting-icon";
/// From here on the icon does not say how many are unread, but that they are many.
pub const MOST_COUNTED: usize = 10;

/// The page's icon that says how much is unread; without a number if nothing is.
pub fn counting_icon(count: usize) -> String {
    match count.min(MOST_COUNTED) {
        0 => FAVICON.to_owned(),
        count => format!("{COUNTING_ICON}/{count}"),
    }
}

/// The service worker's script.
pub const WORKER: &str = "/sw.js";
/// The page that the service worker shows while the server does not answer.
pub const OFFLINE: &str = "/offline";
/// Where the installed app is given what other programs share.
pub const SHARE: &str = "/share";
/// What stands in the landing page's address after something was shared that leads to no room.
pub const SHARED_NO_ROOM: &str = "shared_no_room";

/// The landing page, with the cursor in the field for a room's code.
pub fn code_field() -> String {
    format!("{HOME}#code")
}

/// The landing page that says that what was shared leads to no room.
pub fn shared_no_room() -> String {
    format!("{HOME}?{SHARED_NO_ROOM}=1")
}

/// A room's player.
pub fn listen(code: RoomCode) -> String {
    format!("/listen/{code}")
}

/// A lounge.
pub fn lounge(code: RoomCode) -> String {
    format!("/lounge/{code}")
}

/// A picture in a lounge's messages. Its name tells the message and the theme.
pub fn diagram(code: RoomCode, name: &str) -> String {
    format!("/lounge/{code}/diagrams/{name}.svg")
}

/// A room's stage.
pub fn host(code: RoomCode) -> String {
    format!("/host/{code}")
}

/// The sign-in page that returns to `destination`.
pub fn login_then(destination: Destination) -> String {
    format!("{LOGIN}?next={}", destination.path())
}

/// What stands in the sign-in page's address after a form was sent there without a script.
pub const SIGNED_IN: &str = "signed_in";

/// The sign-in page that leads on to `destination` if the browser has kept the session's cookie, and says so if it has not. A
/// script sees that by itself.
pub fn login_done(destination: Destination) -> String {
    format!("{}&{SIGNED_IN}=1", login_then(destination))
}

/// The sign-in page that says why it is needed, and returns to `destination`.
pub fn login_because(refusal: Refusal, destination: Destination) -> String {
    format!("{}&why={}", login_then(destination), refusal.code())
}

/// The sign-in page that waits for a provider which does not answer yet, to let its visitor choose another account there if
/// that was wanted.
pub fn login_waiting(provider: &str, destination: Destination, switch: bool) -> String {
    let switch = if switch { "&switch=1" } else { "" };
    format!("{}&wait={provider}{switch}", login_because(Refusal::ProviderUnreachable, destination))
}

/// Why the sign-in page was opened, by what stands in its address.
pub fn reason(code: &str) -> Option<Refusal> {
    use Refusal::*;
    let of_sign_in = [SignInCancelled, SignInFailed, SignInExpired, ProviderUnreachable, Banned];
    let of_rooms = [GuestsListenOnly, GuestsOff, TooManyRequests, TooManyRooms, ServerFull, StorageUnavailable];
    of_sign_in.into_iter().chain(of_rooms).find(|reason| reason.code() == code)
}

/// Where a visitor was going before signing in. Only places of our own can be named.
///
/// ```
/// use heartogether_app::routes::Destination;
///
/// assert_eq!(Destination::parse("/listen/abc234").path(), "/listen/ABC234");
/// assert_eq!(Destination::parse("https://elsewhere.example/"), Destination::Home);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Destination {
    /// The landing page.
    #[default]
    Home,
    /// What is sent where.
    About,
    /// What is kept how long.
    Privacy,
    /// The tokens of the visitor's programs.
    Account,
    /// A room that is to be created.
    NewRoom,
    /// A lounge that is to be opened.
    NewLounge,
    /// A lounge.
    Lounge(RoomCode),
    /// A room's preview.
    Room(RoomCode),
    /// A room's player.
    Listen(RoomCode),
    /// A room's stage.
    Host(RoomCode),
}

impl Destination {
    /// Reads a `next` parameter; whatever names no place of ours leads home.
    pub fn parse(path: &str) -> Self {
        let page = path.strip_prefix('/').unwrap_or_default();
        let (page, code) = page.split_once('/').unwrap_or((page, ""));
        let at = |to: fn(RoomCode) -> Self| RoomCode::parse(code).map(to).unwrap_or_default();
        match page {
            "new" if code.is_empty() => Self::NewRoom,
            "new-lounge" if code.is_empty() => Self::NewLounge,
            "lounge" => at(Self::Lounge),
            "about" if code.is_empty() => Self::About,
            "privacy" if code.is_empty() => Self::Privacy,
            "account" if code.is_empty() => Self::Account,
            "room" => at(Self::Room),
            "listen" => at(Self::Listen),
            "host" => at(Self::Host),
            _ => Self::Home,
        }
    }

    /// Its path. Those of [`Destination::NewRoom`] and [`Destination::NewLounge`] are understood by [`Destination::parse`] alone;
    /// there are no such pages.
    pub fn path(self) -> String {
        match self {
            Self::Home => HOME.to_owned(),
            Self::About => ABOUT.to_owned(),
            Self::Privacy => PRIVACY.to_owned(),
            Self::Account => ACCOUNT.to_owned(),
            Self::NewRoom => "/new".to_owned(),
            Self::NewLounge => "/new-lounge".to_owned(),
            Self::Lounge(code) => lounge(code),
            Self::Room(code) => room(code),
            Self::Listen(code) => listen(code),
            Self::Host(code) => host(code),
        }
    }
}
