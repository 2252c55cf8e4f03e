//! The components of pages. A component draws its inputs and has no state of a room. Its styles are in `style/` under
//! the class of the same name. Components that are on every page erase their type, so that the types of whole pages
//! stay short.
//!
//! | component | content |
//! | --- | --- |
//! | [`Page`] | `<main>` with the attributes that tests and tools use |
//! | [`Header`], [`Footer`] | header and footer of every page |
//! | [`Button`], [`ButtonLink`] | a button, pending or not; a link that looks like a button |
//! | [`Field`] | a labelled input with a hint and an error |
//! | [`Select`], [`Slider`] | a choice; an amount |
//! | [`ThemeSelect`], [`LanguageSwitch`] | the theme; the language |
//! | [`Session`], [`ProviderLinks`] | the visitor's account; the ways to sign in |
//! | [`WaitOverlay`] | what the page waits for while something wakes up |
//! | [`Notice`] | information for the visitor |
//! | [`EmptyState`], [`Skeleton`] | placeholders for an empty list, and for content that is loading |
//! | [`Sparkline`] | a value's recent history |
//! | [`StatusBadge`] | the state of a stream |
//! | [`CodeDisplay`] | a room's code |
//! | [`LevelMeter`] | the level of the sound |
//! | [`IconButton`] | a button or a toggle with only an icon |
//! | [`FocusPreservingShow`] | one of two elements in the same place, without losing the focus |
//! | [`Toasts`], [`ToastRegion`] | short messages that disappear by themselves |
//! | [`Icon`], [`Wave`] | pictures |
//! | [`Avatar`] | a person's letters and colour |
//! | [`ServerForm`] | a form that calls a server function |
//! | [`CreateRoomForm`], [`OpenLoungeForm`], [`JoinForm`] | forms that several pages use |

mod account_menu;
mod avatar;
mod button;
mod code_display;
mod create_room_form;
mod email_choice;
mod empty_state;
mod field;
pub(crate) mod focus;
mod focus_preserving_show;
mod footer;
mod form_action;
mod header;
mod icon;
mod icon_button;
mod join_form;
mod language_switch;
mod level_meter;
mod notice;
mod open_lounge_form;
mod page;
mod provider_links;
pub(crate) mod query;
mod select;
mod server_form;
mod session;
mod skeleton;
mod slider;
mod sparkline;
mod status_badge;
mod theme;
mod toast;
pub(crate) mod wait_overlay;
mod wave;

pub use avatar::Avatar;
pub use button::{Button, ButtonLink, Variant};
pub use code_display::CodeDisplay;
pub use create_room_form::CreateRoomForm;
pub use email_choice::{EmailChoice, EmailQuestion};
pub use empty_state::EmptyState;
pub use field::{Entry, Field};
pub use focus_preserving_show::FocusPreservingShow;
pub use footer::Footer;
pub use form_action::{FormAction, FormPost};
pub use header::Header;
#[cfg(feature = "ssr")]
pub(crate) use icon::Mark;
pub use icon::{Glyph, Icon};
pub use icon_button::IconButton;
pub use join_form::JoinForm;
pub use language_switch::LanguageSwitch;
pub use level_meter::LevelMeter;
pub use notice::{Notice, Tone};
pub use open_lounge_form::OpenLoungeForm;
pub use page::{Page, Width};
pub use provider_links::ProviderLinks;
pub use select::{Choice, Select};
pub use server_form::ServerForm;
pub use session::Session;
pub use skeleton::Skeleton;
pub use slider::Slider;
pub use sparkline::Sparkline;
pub use status_badge::{StatusBadge, state_name};
pub use theme::{Theme, ThemeSelect, theme_bars};
pub use toast::{Toast, ToastId, ToastRegion, Toasts};
pub use wait_overlay::{Awaited, WaitOverlay, Waiting};
pub use wave::Wave;

/// A factor as a stylesheet's number, to hundredths. Whole numbers need no code that writes fractions, which every page would
/// load.
pub(crate) fn css_factor(factor: f32) -> String {
    format!("calc({} / 100)", (100.0 * factor).round() as i32)
}
