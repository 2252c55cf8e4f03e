//! The pages, one a file. A page reads the address, calls server functions and composes components; every URL stands in
//! [`routes`](crate::routes).

mod about;
mod http_status;
mod ip_privacy;
mod room_bootstrap;
#[cfg(debug_assertions)]
mod gallery;
mod home;
mod host;
mod link_note;
mod listen;
mod login;
mod stats_panel;
mod not_found;
mod lazy_routes;
mod privacy;
mod room;
mod session_time;
mod way_out;

pub use about::AboutPage;
pub(crate) use room_bootstrap::HandedEntrance;
#[cfg(debug_assertions)]
pub use gallery::GalleryPage;
pub use home::HomePage;
pub use login::LoginPage;
pub use not_found::NotFoundPage;
pub(crate) use lazy_routes::PageCode;
pub use lazy_routes::{HostRoute, ListenRoute, RoomRoute};
pub use privacy::PrivacyPage;
