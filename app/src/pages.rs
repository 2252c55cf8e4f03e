//! The pages, one in each file. A page reads the address, calls server functions and composes components. All URLs are
//! in [`routes`](crate::routes).

mod about;
#[cfg(feature = "hydrate")]
mod early;
#[cfg(debug_assertions)]
mod gallery;
mod home;
mod host;
#[cfg(feature = "hydrate")]
pub(crate) mod host_code;
mod http_status;
mod invitation;
mod ip_privacy;
mod lazy_routes;
mod link_note;
mod listen;
pub(crate) mod listen_code;
mod login;
mod lounge;
mod measured;
mod needs_code;
mod not_found;
mod privacy;
mod programs;
mod room;
mod room_bootstrap;
mod session_time;
mod speaker;
mod stats_panel;
mod way_out;

pub use about::AboutPage;
#[cfg(debug_assertions)]
pub use gallery::GalleryPage;
pub use home::HomePage;
pub(crate) use host::MicrophoneNotice;
#[cfg(feature = "hydrate")]
pub(crate) use host::teller as host_teller;
pub use lazy_routes::{HostRoute, ListenRoute, LoungeRoute, ProgramsRoute, RoomRoute};
#[cfg(feature = "hydrate")]
pub(crate) use listen::teller as listen_teller;
pub use login::LoginPage;
pub use not_found::NotFoundPage;
pub use privacy::PrivacyPage;
pub(crate) use room_bootstrap::HandedEntrance;
