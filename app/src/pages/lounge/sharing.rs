//! What a member can share, and how. Its code, and that of the devices, is loaded when somebody wants to share.

use heartogether_browser::OpenDevices;
use leptos::wasm_split::{SplitLoaderError, wasm_split};

use super::{later::later, shared::Lounge};
use crate::{browser::RoomHandle, pages::host::Sources, prelude::*};

/// What is loaded.
#[derive(Clone, Copy)]
struct Sharing {
    open_devices: OpenDevices,
    controls: fn(RoomHandle) -> AnyView,
}

#[wasm_split(sharing, wasm_split_path = leptos::wasm_split, fallible)]
fn load() -> Result<Sharing, SplitLoaderError> {
    Ok(Sharing { open_devices: heartogether_browser::open_devices, controls })
}

fn controls(handle: RoomHandle) -> AnyView {
    view! { <Sources handle /> }.into_any()
}

/// The sources to choose from, or those that are live.
pub(super) fn sharing(lounge: Lounge) -> AnyView {
    let handle = lounge.handle;
    later(load(), move |sharing| {
        handle.provide_devices(sharing.open_devices);
        (sharing.controls)(handle)
    })
}
