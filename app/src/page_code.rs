//! How a page names and starts its code. A host's page does nothing without code, and starts it at once. A listener's page is
//! heard without code: it loads the code at once, and starts it once the sound is there. The other pages are complete without code:
//! they load it once the browser is idle, or the visitor begins to do something.
//!
//! A first visit's page contains its style: on a slow line a file of its own would be there a round trip later, and nothing
//! is drawn before. Whoever has been here has the file in the browser's cache.

use leptos::{config::LeptosOptions, either::Either, nonce::use_nonce};
use leptos_meta::HashedStylesheet;

#[cfg(feature = "ssr")]
pub use files::CodeFiles;

use crate::prelude::*;

/// The script that loads the page's code, and links to the files that are needed first. The server alone renders them.
#[component]
pub(crate) fn PageCode() -> impl IntoView {
    #[cfg(feature = "ssr")]
    let code = files::links(&crate::routes::base());
    #[cfg(not(feature = "ssr"))]
    let code = ();
    code
}

/// The style of all pages: as it is on a first visit, otherwise as a file.
#[component]
pub(crate) fn PageStyle(options: LeptosOptions) -> impl IntoView {
    /// Names it for tools that replace it, such as `cargo leptos watch`.
    const ID: &str = "heartogether";
    #[cfg(feature = "ssr")]
    let text = files::style_for_this_page();
    #[cfg(not(feature = "ssr"))]
    let text = None::<String>;
    let style = match text {
        Some(text) => Either::Left(view! { <style id=ID nonce=use_nonce() inner_html=text></style> }),
        None => Either::Right(view! { <HashedStylesheet id=ID options root=crate::routes::base() /> }),
    };
    // That of a lounge comes after it.
    #[cfg(feature = "ssr")]
    let of_page = files::style_beside().map(|href| view! { <link rel="stylesheet" href=href /> });
    #[cfg(not(feature = "ssr"))]
    let of_page = ();
    view! { {style} {of_page} }
}

#[cfg(feature = "ssr")]
mod files {
    use std::{
        collections::HashMap,
        fs, io,
        path::Path,
        sync::{Arc, LazyLock},
    };

    use leptos::{config::LeptosOptions, nonce::use_nonce, prelude::*};
    use leptos_axum::ResponseOptions;

    use crate::{
        inline_script::without_comments,
        routes::{self, Destination},
    };

    /// The names of the site's code files. A name carries the hash of the content where the build has put it there.
    #[derive(Debug, Default)]
    pub struct CodeFiles {
        /// The folder, as a path within the site.
        folder: String,
        /// The script that the compiler of the WebAssembly has made.
        script: String,
        /// The WebAssembly that every page needs.
        wasm: String,
        /// The style of all pages.
        style: String,
        /// What it contains. Unknown while a developer changes it.
        style_text: Option<String>,
        /// The script that loads the other pieces.
        loader: String,
        /// The files of each piece.
        pieces: HashMap<String, Vec<String>>,
    }

    impl CodeFiles {
        /// Reads the names that the build has written: `hash.txt` beside the server, and the list of pieces in the site.
        ///
        /// # Errors
        /// A file is missing or is not what the build writes.
        pub fn read(options: &LeptosOptions) -> io::Result<Self> {
            let hashes = if options.hash_files { read_hashes(&options.hash_file)? } else { HashMap::new() };
            let named = |kind: &str, name: &str, ending: &str| match hashes.get(kind) {
                Some(hash) => format!("{name}.{hash}.{ending}"),
                None => format!("{name}.{ending}"),
            };
            let list = named("manifest", "__wasm_split_manifest", "json");
            // cargo-leptos leaves room for a hash where there is none.
            let loader = if options.hash_files { "__wasm_split" } else { "__wasm_split.______________________" };
            let site = Path::new(&*options.site_root).join(&*options.site_pkg_dir);
            let style = named("css", &options.output_name, "css");
            Ok(Self {
                folder: format!("/{}", options.site_pkg_dir),
                script: named("js", &options.output_name, "js"),
                wasm: named("wasm", &options.output_name, "wasm"),
                style_text: options.hash_files.then(|| read(&site.join(&style))).transpose()?,
                style,
                loader: named("split", loader, "js"),
                pieces: serde_json::from_str(&read(&site.join(list))?)?,
            })
        }

        fn address(&self, base: &str, file: &str) -> String {
            format!("{base}{}/{file}", self.folder)
        }

        /// The style for the page itself, where the browser cannot have the file. A browser that has been here sends a cookie.
        fn style_for(&self, request: &http::request::Parts) -> Option<&str> {
            let is_new = !request.headers.contains_key(http::header::COOKIE);
            self.style_text.as_deref().filter(|_| is_new)
        }
    }

    fn read(file: &Path) -> io::Result<String> {
        fs::read_to_string(file).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", file.display())))
    }

    fn read_hashes(hash_file: &str) -> io::Result<HashMap<String, String>> {
        let server = std::env::current_exe()?;
        let list = read(&server.parent().unwrap_or(Path::new("")).join(hash_file))?;
        let pairs = list.lines().filter_map(|line| line.split_once(':'));
        Ok(pairs.map(|(kind, hash)| (kind.trim().to_owned(), hash.trim().to_owned())).collect())
    }

    static START: LazyLock<String> = LazyLock::new(|| without_comments(include_str!("page_code/start.js")));

    /// Which code a page needs first, and when.
    struct Plan {
        /// Its pieces, beside what everybody needs.
        pieces: &'static [&'static str],
        when: When,
    }

    /// When a page's code is loaded.
    #[derive(PartialEq, Eq)]
    enum When {
        /// At once.
        Now,
        /// At once, and started once the script at the top of the page has brought the first sound, or none is to be expected.
        Heard,
        /// The named pieces, for the next page, once this one is loaded; the rest once the browser is idle.
        Ahead,
        /// Once the browser is idle.
        Idle,
    }

    impl When {
        /// Whether the page's answer names the code, so that the browser loads it beside the page.
        const fn is_at_once(&self) -> bool {
            matches!(self, Self::Now | Self::Heard)
        }

        const fn name(&self) -> &'static str {
            match self {
                Self::Now => "now",
                Self::Heard => "heard",
                Self::Ahead | Self::Idle => "idle",
            }
        }
    }

    fn plan(page: Destination) -> Plan {
        let (pieces, when): (&[&str], _) = match page {
            // What draws the page comes once the room client is there.
            Destination::Listen(_) => (&["client"], When::Heard),
            Destination::Host(_) => (&["client", "devices", "frame", "host"], When::Now),
            Destination::Lounge(_) => (&["client", "frame", "lounge"], When::Now),
            // The listener's page comes next.
            Destination::Room(_) => (&["client"], When::Ahead),
            _ => (&[], When::Idle),
        };
        Plan { pieces, when }
    }

    /// Sends the style and the code that a page needs at once as headers, which arrive before the page itself (RFC 8288), and
    /// which a proxy can send ahead of it (RFC 8297). The page has the script that starts the code.
    pub(super) fn links(base: &str) -> Option<impl IntoView + use<>> {
        let files = use_context::<Arc<CodeFiles>>()?;
        let request = use_context::<http::request::Parts>()?;
        let Plan { pieces, when } = plan(Destination::parse(request.uri.path()));
        let (script, wasm) = (files.address(base, &files.script), files.address(base, &files.wasm));
        let pieces = pieces.iter().filter_map(|piece| files.pieces.get(*piece)).flatten();
        let pieces = pieces.map(|file| files.address(base, &format!("{file}.wasm")));
        let wasms = [wasm.clone()].into_iter().chain(pieces).collect::<Vec<_>>();
        let scripts = [script.clone(), files.address(base, &files.loader)];
        let style = files.address(base, &files.style);
        let is_inline = files.style_for(&request).is_some();
        let own = (!is_inline).then(|| style.clone()).into_iter().chain(style_beside());
        let mut first: Vec<String> = own.map(|style| format!("<{style}>; rel=preload; as=style")).collect();
        if when.is_at_once() {
            first.extend(scripts.iter().map(|file| format!("<{file}>; rel=modulepreload; crossorigin")));
            let wasms = wasms.iter();
            first.extend(
                wasms.map(|file| format!("<{file}>; rel=preload; as=fetch; type=\"application/wasm\"; crossorigin")),
            );
        }
        send_links(&first);
        let of_next_page = (when == When::Ahead).then(|| scripts.into_iter().chain(wasms)).into_iter().flatten();
        let ahead = is_inline.then_some(style).into_iter().chain(of_next_page).collect::<Vec<_>>().join(" ");
        let ahead = (!when.is_at_once() && !ahead.is_empty()).then_some(ahead);
        Some(view! {
            <script
                nonce=use_nonce()
                data-code=script
                data-wasm=wasm
                data-when=when.name()
                data-ahead=ahead
                inner_html=START.as_str()
            ></script>
        })
    }

    /// The style for the page that is asked for, if it is to contain it.
    pub(super) fn style_for_this_page() -> Option<String> {
        let (files, request) = (use_context::<Arc<CodeFiles>>()?, use_context::<http::request::Parts>()?);
        files.style_for(&request).map(str::to_owned)
    }

    /// The style that the page that is asked for has beside that of all pages.
    pub(super) fn style_beside() -> Option<String> {
        let request = use_context::<http::request::Parts>()?;
        let is_lounge = matches!(Destination::parse(request.uri.path()), Destination::Lounge(_));
        is_lounge.then(|| routes::href(&routes::lounge_style()))
    }

    fn send_links(links: &[String]) {
        let Some(response) = use_context::<ResponseOptions>().filter(|_| !links.is_empty()) else { return };
        let header = http::HeaderValue::from_str(&links.join(", "));
        header.into_iter().for_each(|links| response.append_header(http::header::LINK, links));
    }
}
