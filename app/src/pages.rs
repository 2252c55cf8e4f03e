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
mod listen;
mod login;
mod measured;
mod not_found;
mod privacy;
mod room;
mod session_time;

pub use about::AboutPage;
#[cfg(debug_assertions)]
pub use gallery::GalleryPage;
pub use home::HomePage;
pub use host::HostPage;
pub use listen::ListenPage;
pub use login::LoginPage;
pub use not_found::NotFoundPage;
pub use privacy::PrivacyPage;
pub use room::RoomPage;
