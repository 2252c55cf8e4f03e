//! The page that the service worker shows in place of one that the server does not send. It has its texts in every
//! language, because a kept page stays while the visitor chooses another one.

use std::sync::LazyLock;

use super::NAME;
use crate::{
    components::{Mark, Theme, theme_bars},
    inline_script::without_comments,
    locale::{Key, Language, Table},
    prelude::*,
    routes,
    text::{action, installed, wait},
};

/// Its script, exactly as it stands in the page, for the content policy.
pub static SCRIPT: LazyLock<String> = LazyLock::new(|| without_comments(include_str!("offline.js")));

/// The page and what it depends on.
#[derive(Clone, Copy, Debug)]
pub struct OfflinePage<'a> {
    /// The language it shows until the visitor's choice is known.
    pub language: Language,
    /// The path below which the site lies.
    pub base: &'a str,
    /// The path of the stylesheet within the site.
    pub style: &'a str,
}

impl OfflinePage<'_> {
    /// The document.
    pub fn html(self) -> String {
        Owner::new().with(|| self.view().to_html())
    }

    fn view(self) -> impl IntoView {
        let Self { language, base, style } = self;
        let told_base = Some(base.to_owned()).filter(|base| !base.is_empty());
        let sections = Language::ALL.map(|of| section(of, of == language)).collect_view();
        view! {
            <!DOCTYPE html>
            <html lang=language.tag() data-base=told_base>
                <head>
                    <meta charset="utf-8" />
                    <meta name="viewport" content="width=device-width, initial-scale=1" />
                    <meta name="color-scheme" content="light dark" />
                    <meta name="robots" content="noindex" />
                    {theme_bars(Theme::System)}
                    <title inner_html=NAME></title>
                    <link rel="icon" type="image/svg+xml" href=format!("{base}{}", routes::FAVICON) />
                    <link rel="stylesheet" href=format!("{base}{style}") />
                    <script inner_html=SCRIPT.as_str()></script>
                </head>
                <body>
                    <header class="bar">
                        <a class="brand" href=format!("{base}{}", routes::HOME) translate="no">
                            <Mark />
                            {NAME}
                        </a>
                    </header>
                    <main class="main main-narrow" data-page="offline" data-state="waiting">
                        {sections}
                    </main>
                </body>
            </html>
        }
    }
}

/// All that is said, in one language.
fn section(language: Language, is_shown: bool) -> impl IntoView {
    let table = Table::of(language);
    let say = |key: Key| table.say(key).into_owned();
    let reason = |state: &'static str, title: Key, hint: Key| {
        view! {
            <div class="grid gap-3" data-when=state hidden=state == "offline">
                <h1>{say(title)}</h1>
                <p class="text-lg text-muted">{say(hint)}</p>
            </div>
        }
    };
    view! {
        <section class="grid gap-6" lang=language.tag() hidden=!is_shown>
            <div role="status">
                {reason("waiting", wait::FOR_SERVER, wait::SERVER_HINT)}
                {reason("offline", installed::OFFLINE, installed::OFFLINE_HINT)}
            </div>
            <div class="ring" aria-hidden="true"></div>
            <div class="card">
                <h2>{say(installed::WORKS)}</h2>
                <p class="text-muted">{say(installed::WORKS_TEXT)}</p>
            </div>
            // The address of the page that is missing.
            <a class="button button-secondary" href="">
                {say(action::TRY_AGAIN)}
            </a>
        </section>
    }
}
