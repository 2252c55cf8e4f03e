//! Icons as inline SVG, so that nothing is loaded: 24 by 24, in strokes of the text's colour.

use crate::prelude::*;

/// Which icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyph {
    /// Something is wrong.
    Alert,
    /// Something to know.
    Info,
    /// Done.
    Check,
    /// Copy to the clipboard.
    Copy,
    /// A tab's or the system's sound.
    Display,
    /// A microphone.
    Microphone,
    /// Hearing.
    Headphones,
    /// Go on.
    Play,
    /// Wait.
    Pause,
    /// End.
    Stop,
    /// Those who listen.
    People,
    /// Away with it.
    Close,
    /// Sound comes out.
    Volume,
    /// No sound comes out.
    Muted,
    /// Hand on.
    Share,
    /// Make large.
    Enlarge,
    /// Somebody.
    Person,
    /// A list beside the page.
    Menu,
    /// What can be done with something.
    More,
    /// An emoji.
    Smile,
    /// On its way.
    Send,
    /// Answer.
    Reply,
    /// Change.
    Edit,
    /// Throw away.
    Delete,
    /// Pictures.
    Picture,
    /// Larger.
    Plus,
    /// Smaller.
    Minus,
    /// The one before.
    Back,
    /// The next one.
    On,
    /// Keep it.
    Download,
    /// Keep in sight.
    Pin,
    /// To the end.
    Down,
    /// Talk.
    Chat,
    /// Be told.
    Bell,
    /// Be told nothing.
    BellOff,
    /// Go out.
    Leave,
    /// Whose it is.
    Crown,
    /// Look for something.
    Search,
}

impl Glyph {
    const fn path(self) -> &'static str {
        match self {
            Self::Alert => "M12 8v5m0 3.2v.1M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18z",
            Self::Info => "M12 11v5m0-8.2v-.1M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18z",
            Self::Check => "M5 12.5l4.5 4.5L19 7.5",
            Self::Copy => "M9 9h11v11H9zM5 15H4V4h11v1",
            Self::Display => "M3 5h18v12H3zM8 21h8M10.5 8.5v5l4-2.5z",
            Self::Microphone => {
                "M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3zM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5V21"
            }
            Self::Headphones => "M4 16v-4a8 8 0 0 1 16 0v4M4 14h3.5v6H6a2 2 0 0 1-2-2zM20 14h-3.5v6H18a2 2 0 0 0 2-2z",
            Self::Play => "M7.5 4.5v15l12-7.5z",
            Self::Pause => "M8 5v14M16 5v14",
            Self::Stop => "M6 6h12v12H6z",
            Self::Close => "M6.5 6.5l11 11M17.5 6.5l-11 11",
            Self::Volume => "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11",
            Self::Muted => "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM16 9.5l5 5M21 9.5l-5 5",
            Self::Share => "M12 15V3.5m-4.5 4L12 3l4.5 4.5M5 12v8.5h14V12",
            Self::Enlarge => "M14.5 4H20v5.5M9.5 20H4v-5.5M20 4l-6.5 6.5M4 20l6.5-6.5",
            Self::Person => "M12 4a4 4 0 1 0 0 8a4 4 0 0 0 0-8zM4.5 20.5a7.5 7.5 0 0 1 15 0",
            Self::Menu => "M4 7h16M4 12h16M4 17h16",
            Self::More => "M6 12v.1M12 12v.1M18 12v.1",
            Self::Smile => "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18zM8.5 14.5a4.5 4.5 0 0 0 7 0M9 9.5v.1M15 9.5v.1",
            Self::Send => "M4 12l16-8l-6 16l-3.5-6.5zM10.5 13.5L20 4",
            Self::Reply => "M9 6L3.5 11.5L9 17M4 11.5h9a7 7 0 0 1 7 7",
            Self::Edit => "M4 20h4L19.5 8.5l-4-4L4 16zM13 7l4 4",
            Self::Delete => "M4.5 7h15M9 7V4h6v3M6.5 7l1 13.5h9l1-13.5",
            Self::Picture => "M4 5h16v14H4zM4 16l4.5-4.5L13 16l2.5-2.5L20 17.5M15.5 9v.1",
            Self::Plus => "M12 5v14M5 12h14",
            Self::Minus => "M5 12h14",
            Self::Back => "M14.5 5.5L8 12l6.5 6.5",
            Self::On => "M9.5 5.5L16 12l-6.5 6.5",
            Self::Download => "M12 4v11m-4.5-4L12 15.5l4.5-4.5M5 19.5h14",
            Self::Pin => "M9 3.5h6l-1 6l3.5 3.5h-11L10 9.5zM12 13v7.5",
            Self::Down => "M6 9.5l6 6l6-6",
            Self::Chat => "M4 5h16v11h-9l-5 4v-4H4z",
            Self::Bell => "M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4",
            Self::BellOff => "M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4M4 3.5l16 17",
            Self::Leave => "M14 4H5v16h9M10 12h10.5M17 8.5l3.5 3.5l-3.5 3.5",
            Self::Search => "M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13zM15.3 15.3L20.5 20.5",
            Self::Crown => "M4 18.5h16L21 7l-5 4l-4-6.5L8 11L3 7z",
            Self::People => {
                "M9 5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 0 0 0-7zM2.5 20a6.5 6.5 0 0 1 13 0M16 5.3a3.5 3.5 0 0 1 0 6.4M18 14.2a6.5 6.5 0 0 1 3.5 5.8"
            }
        }
    }
}

/// An icon beside text that says the same, so screen readers skip it.
#[component]
pub fn Icon(
    /// Which.
    glyph: Glyph,
) -> impl IntoView {
    view! {
        <svg
            class="icon"
            width="22"
            height="22"
            viewBox="0 0 24 24"
            fill="none"
            stroke="currentColor"
            stroke-width="1.8"
            stroke-linecap="round"
            stroke-linejoin="round"
            aria-hidden="true"
        >
            <path d=glyph.path() />
        </svg>
    }
    .into_any()
}

/// The product's mark: two waves that become one.
#[component]
pub(crate) fn Mark() -> impl IntoView {
    view! {
        <svg class="shrink-0" width="32" height="32" viewBox="0 0 32 32" fill="none" aria-hidden="true">
            <rect class="fill-accent" width="32" height="32" rx="9" />
            <g class="stroke-accent-ink" stroke-width="2.6" stroke-linecap="round">
                <path d="M5 16c2.2-8 5.8-8 8 0s5.8 8 8 0c1.5-5.3 4-7 6-3.5" />
                <path d="M5 16c2.2 8 5.8 8 8 0s5.8-8 8 0c1.5 5.3 4 7 6 3.5" opacity=".55" />
            </g>
        </svg>
    }
}
