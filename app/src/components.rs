//! What pages are drawn with. A component draws what it is given and owns no state of a room; its looks stand in
//! `style/` under the class of the same name. What stands on every page erases its type, so that the types
//! of whole pages stay short.
//!
//! | component | what it draws |
//! | --- | --- |
//! | [`Page`] | `<main>` with the names that tests and tools rely on |
//! | [`Header`], [`Footer`] | the frame around every page |
//! | [`Button`], [`ButtonLink`] | an action, pending or not; a link that looks like one |
//! | [`Field`] | a labelled input with its hint and its error |
//! | [`Select`], [`Slider`] | one of several; how much of something |
//! | [`ThemeSelect`], [`LanguageSwitch`] | light or dark; the language |
//! | [`Session`], [`ProviderLinks`] | who the visitor is; the ways to sign in |
//! | [`WaitOverlay`] | what a page waits for that wakes up |
//! | [`Notice`] | something the visitor should know |
//! | [`EmptyState`], [`Skeleton`] | what stands where there is nothing yet, or something on its way |
//! | [`Sparkline`] | how a figure went lately |
//! | [`StatusBadge`] | what a stream does right now |
//! | [`CodeDisplay`] | a room's code |
//! | [`LevelMeter`] | how loud it is |
//! | [`IconButton`] | an action that is an icon alone, or a switch |
//! | [`FocusPreservingShow`] | one of two things in one place, without losing the focus |
//! | [`Toasts`], [`ToastRegion`] | short messages that go by themselves |
//! | [`Icon`], [`Wave`] | pictures |
//! | [`ServerForm`] | a form that calls a server function |
//! | [`CreateRoomForm`], [`JoinForm`] | forms that more than one page has |

mod account_menu;
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

pub use button::{Button, ButtonLink, Variant};
pub use code_display::CodeDisplay;
pub use create_room_form::CreateRoomForm;
pub use email_choice::{EmailChoice, EmailQuestion};
pub use empty_state::EmptyState;
pub use field::{Entry, Field};
pub use focus_preserving_show::FocusPreservingShow;
pub use footer::Footer;
pub use form_action::FormAction;
pub use header::Header;
pub use icon::{Glyph, Icon};
pub use icon_button::IconButton;
pub use join_form::JoinForm;
pub use language_switch::LanguageSwitch;
pub use level_meter::LevelMeter;
pub use notice::{Notice, Tone};
pub use page::{Page, Width};
pub use provider_links::ProviderLinks;
pub use select::{Choice, Select};
pub use server_form::ServerForm;
pub use session::Session;
pub use skeleton::Skeleton;
pub use slider::Slider;
pub use sparkline::Sparkline;
pub use status_badge::{StatusBadge, state_name};
pub use theme::{Theme, ThemeSelect};
pub use toast::{Toast, ToastId, ToastRegion, Toasts};
pub use wait_overlay::{Awaited, WaitOverlay, Waiting};
pub use wave::Wave;
