//! The pages, one a file. A page reads the address, calls server functions and composes components; every URL stands in
//! [`routes`](crate::routes).

mod about;
mod answer;
mod discretion;
mod entrance;
#[cfg(debug_assertions)]
mod gallery;
mod home;
mod host;
mod link_note;
mod listen;
mod login;
mod measured;
mod not_found;
mod on_demand;
mod privacy;
mod room;
mod session_time;
mod way_out;

pub use about::AboutPage;
pub(crate) use entrance::HandedEntrance;
#[cfg(debug_assertions)]
pub use gallery::GalleryPage;
pub use home::HomePage;
pub use login::LoginPage;
pub use not_found::NotFoundPage;
pub(crate) use on_demand::PageCode;
pub use on_demand::{HostRoute, ListenRoute, RoomRoute};
pub use privacy::PrivacyPage;
