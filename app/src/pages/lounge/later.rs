//! Code that is loaded when it is wanted.

use leptos::{task::spawn_local, wasm_split::SplitLoaderError};

use super::erased::part;
use crate::{
    api::ApiError,
    components::{Notice, Skeleton, Tone},
    prelude::*,
};

/// Draws with what is loaded, as soon as it is there.
pub(super) fn later<Loaded: Copy + Send + Sync + 'static>(
    load: impl Future<Output = Result<Loaded, SplitLoaderError>> + 'static,
    draw: impl Fn(Loaded) -> AnyView + Send + 'static,
) -> AnyView {
    let loaded = RwSignal::new(None::<Option<Loaded>>);
    spawn_local(async move {
        let there = load.await.ok();
        // The visitor may be done by now.
        _ = loaded.try_set(Some(there));
    });
    let shown = move || match loaded.get() {
        None => view! { <Skeleton /> }.into_any(),
        Some(Some(there)) => draw(there),
        Some(None) => view! { <Notice tone=Tone::Error>{ApiError::Unreachable.phrase()}</Notice> }.into_any(),
    };
    part(shown).into_any()
}
