//! Where pages meet the browser. The room client, in a crate of its own, knows nothing of pages; [`RoomHandle`] brings the
//! two together. Here is what needs both a Web API and the framework, or the pages' texts.

pub(crate) mod form_post;
pub(crate) mod locale;
pub mod page_guard;
pub(crate) mod picture_worker;
mod room_handle;
pub(crate) mod stylesheet;

pub use heartogether_browser::{
    CaptureError, ListNews, Microphone, Speaker, clipboard, ip_privacy, media_session, navigation_guard,
    peer_connections, volume,
};
pub(crate) use heartogether_browser::{keeps_cookies, page_clock, reachability, sleep};
pub use room_handle::{RoomHandle, Sound, Speakers};
