//! How a page names and starts its code. A room's page does nothing without code, and loads it at once. The other pages are
//! complete without code: they load it once the browser is idle, or the visitor begins to do something.

use leptos::prelude::*;

#[cfg(feature = "ssr")]
pub use files::CodeFiles;

/// The script that loads the page's code, and links to the files that are needed first. The server alone renders them.
#[component]
pub(crate) fn PageCode() -> impl IntoView {
    #[cfg(feature = "ssr")]
    let code = files::links(&crate::routes::base());
    #[cfg(not(feature = "ssr"))]
    let code = ();
    code
}

#[cfg(feature = "ssr")]
mod files {
    use std::{collections::HashMap, fs, io, path::Path, sync::Arc};

    use leptos::{config::LeptosOptions, nonce::use_nonce, prelude::*};

    use crate::routes::Destination;

    /// The names of the site's code files. A name carries the hash of the content where the build has put it there.
    #[derive(Debug, Default)]
    pub struct CodeFiles {
        /// The folder, as a path within the site.
        folder: String,
        /// The script that the compiler of the WebAssembly has made.
        script: String,
        /// The WebAssembly that every page needs.
        wasm: String,
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
            Ok(Self {
                folder: format!("/{}", options.site_pkg_dir),
                script: named("js", &options.output_name, "js"),
                wasm: named("wasm", &options.output_name, "wasm"),
                loader: named("split", loader, "js"),
                pieces: serde_json::from_str(&read(&site.join(list))?)?,
            })
        }

        fn address(&self, base: &str, file: &str) -> String {
            format!("{base}{}/{file}", self.folder)
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

    /// The pieces that a page needs before all others, and whether it starts at once.
    fn plan(page: Destination) -> (&'static [&'static str], bool) {
        match page {
            // What draws the page comes once the room client is there.
            Destination::Listen(_) => (&["client"], true),
            Destination::Host(_) => (&["client", "frame", "host"], true),
            _ => (&[], false),
        }
    }

    pub(super) fn links(base: &str) -> Option<impl IntoView + use<>> {
        let files = use_context::<Arc<CodeFiles>>()?;
        let request = use_context::<http::request::Parts>()?;
        let (pieces, is_urgent) = plan(Destination::parse(request.uri.path()));
        let (script, wasm) = (files.address(base, &files.script), files.address(base, &files.wasm));
        let named = is_urgent.then(|| {
            let pieces = pieces.iter().filter_map(|piece| files.pieces.get(*piece)).flatten();
            let wasm =
                [wasm.clone()].into_iter().chain(pieces.map(|file| files.address(base, &format!("{file}.wasm"))));
            let scripts = [script.clone(), files.address(base, &files.loader)];
            (scripts.map(script_link).collect_view(), wasm.map(wasm_link).collect_view())
        });
        let start = include_str!("page_code/start.js");
        let when = if is_urgent { "now" } else { "idle" };
        Some(view! {
            {named}
            <script nonce=use_nonce() data-code=script data-wasm=wasm data-when=when inner_html=start></script>
        })
    }

    fn script_link(file: String) -> impl IntoView {
        view! { <link rel="modulepreload" href=file crossorigin="" /> }
    }

    fn wasm_link(file: String) -> impl IntoView {
        view! { <link rel="preload" href=file r#as="fetch" r#type="application/wasm" crossorigin="" /> }
    }
}
