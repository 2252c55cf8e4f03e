//! Pictures on their way to the server, and what they look like until the message is sent.

use std::rc::Rc;

use heartogether::{protocol, refusal::Refusal, room::Picture};
use leptos::server_fn::error::FromServerFnError;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsValue;

use crate::{
    api::ApiError,
    browser::picture_worker::{PictureWorker, UploadTold, is_picture, name_of},
    components::{Button, Glyph, Icon, Variant},
    locale::Locale,
    pages::lounge::{
        added::{Added, Pictures, Upload},
        erased::{attribute, part, press, rows},
        shared::Lounge,
    },
    prelude::*,
    routes,
    text::{action, lounge as text},
};

/// What the server says once it has a picture (RFC 9110, section 15.3.2).
const CREATED: u16 = 201;

/// Adds files to the message that the visitor writes, as many as it may have.
pub(in crate::pages::lounge) fn add(lounge: Lounge, files: Vec<JsValue>) {
    let most = lounge.handle.room.with_untracked(|room| room.as_ref().map_or(0, |room| room.max_pictures as usize));
    let (pictures, others): (Vec<_>, Vec<_>) = files.into_iter().partition(is_picture);
    let space = most.saturating_sub(lounge.pictures.with_untracked(|pictures| pictures.added.len()));
    let refusal = match () {
        () if pictures.len() > space => Some(Refusal::TooManyPictures),
        () if !others.is_empty() => Some(Refusal::PictureUnreadable),
        () => None,
    };
    let first = lounge.pictures.with_untracked(|pictures| pictures.next);
    let added = (first..).zip(pictures.into_iter().take(space)).map(|(id, file)| {
        let name = name_of(&file).into();
        Added { id, name, file: SendWrapper::new(file), upload: Upload::Preparing }
    });
    let added: Vec<Added> = added.collect();
    lounge.pictures.update(|pictures| {
        pictures.trouble = refusal.map(ApiError::from);
        pictures.next = first + u32::try_from(added.len()).unwrap_or_default();
        pictures.added.extend(added.iter().cloned());
    });
    added.iter().for_each(|added| upload(lounge, added.id, &added.file));
}

/// Notes how far an upload is.
fn set(lounge: Lounge, id: u32, upload: Upload) {
    let note = |pictures: &mut Pictures| {
        if let Some(added) = pictures.added.iter_mut().find(|added| added.id == id) {
            added.upload = upload;
        }
    };
    // The page may be gone.
    lounge.pictures.try_update(note);
}

fn upload(lounge: Lounge, id: u32, file: &JsValue) {
    let to = routes::href(&routes::pictures_of(lounge.code));
    match worker(lounge) {
        Some(worker) => worker.upload(id, file, &to),
        None => set(lounge, id, Upload::Failed(ApiError::Unreachable)),
    }
}

/// The page's worker, which begins with the first picture.
fn worker(lounge: Lounge) -> Option<SendWrapper<Rc<PictureWorker>>> {
    if let Some(worker) = lounge.pictures.with_untracked(|pictures| pictures.worker.clone()) {
        return Some(worker);
    }
    let script = routes::href(routes::PICTURE_WORKER);
    let worker = PictureWorker::begin(&script, move |id, told| note(lounge, id, told))?;
    let worker = SendWrapper::new(Rc::new(worker));
    lounge.pictures.update(|pictures| pictures.worker = Some(worker.clone()));
    Some(worker)
}

/// The worker tells of an upload.
fn note(lounge: Lounge, id: u32, told: UploadTold) {
    let upload = match told {
        UploadTold::Sent(percent) => Upload::Sending(percent),
        UploadTold::Answered(CREATED, answer) => match protocol::read::<Picture>(&answer) {
            Ok(picture) => Upload::Ready(picture),
            Err(_) => Upload::Failed(ApiError::Unreachable),
        },
        UploadTold::Answered(_, answer) => Upload::Failed(ApiError::de(answer.into_bytes().into())),
    };
    set(lounge, id, upload);
}

fn remove(lounge: Lounge, id: u32) {
    if let Some(worker) = lounge.pictures.with_untracked(|pictures| pictures.worker.clone()) {
        worker.cancel(id);
    }
    lounge.pictures.update(|pictures| {
        pictures.added.retain(|added| added.id != id);
        pictures.trouble = None;
    });
}

/// The pictures that were added, each with how far it is and the way to be rid of it.
pub(in crate::pages::lounge) fn added(lounge: Lounge) -> AnyView {
    let ids =
        move || lounge.pictures.with(|pictures| pictures.added.iter().map(|added| added.id.to_string()).collect());
    let row = move |id: String| {
        let id = id.parse().unwrap_or_default();
        let found = lounge.pictures.with_untracked(|pictures| pictures.find(id).cloned());
        found.map_or_else(|| ().into_any(), |added| drawn(lounge, added))
    };
    view! {
        <ul class="adding" aria-label=text::ADDING>
            {rows(ids, row)}
        </ul>
    }
    .into_any()
}

fn drawn(lounge: Lounge, added: Added) -> AnyView {
    let (locale, Added { id, name, file, .. }) = (Locale::current(), added);
    let now = Memo::new(move |_| lounge.pictures.with(|pictures| pictures.find(id).map(|added| added.upload.clone())));
    let remove_label = locale.say_once(text::remove_picture(&*name)).into_owned();
    let state = attribute(move || now.get().map(|upload| state_name(&upload).to_owned()));
    let shown = part(move || match now.get() {
        Some(upload) => content(lounge, (id, &name, &file), upload, locale),
        None => ().into_any(),
    });
    view! {
        <li class="adding-picture" data-testid="adding" data-state=state>
            {shown}
            <button
                type="button"
                class="icon-button adding-remove"
                aria-label=remove_label.clone()
                title=remove_label
                on:click=press(move |_| remove(lounge, id))
            >
                <Icon glyph=Glyph::Close />
            </button>
        </li>
    }
    .into_any()
}

/// How far it is, for tools and styles.
const fn state_name(upload: &Upload) -> &'static str {
    match upload {
        Upload::Preparing => "preparing",
        Upload::Sending(_) => "sending",
        Upload::Ready(_) => "ready",
        Upload::Failed(_) => "failed",
    }
}

fn content(
    lounge: Lounge,
    (id, name, file): (u32, &str, &SendWrapper<JsValue>),
    upload: Upload,
    locale: Locale,
) -> AnyView {
    let name = name.to_owned();
    match upload {
        Upload::Preparing => view! { <progress max="100" aria-label=name></progress> }.into_any(),
        Upload::Sending(percent) => {
            view! { <progress max="100" value=percent.to_string() aria-label=name></progress> }.into_any()
        }
        Upload::Ready(picture) => {
            let address = routes::href(&routes::picture(lounge.code, picture.id));
            view! { <img src=address alt=name width="96" height="96" decoding="async" /> }.into_any()
        }
        Upload::Failed(why) => {
            let again = {
                let file = file.clone();
                press(move |_| {
                    set(lounge, id, Upload::Preparing);
                    self::upload(lounge, id, &file);
                })
            };
            view! {
                <p role="alert">{locale.say(why.phrase())}</p>
                <Button variant=Variant::Ghost on:click=again>
                    {action::TRY_AGAIN}
                </Button>
            }
            .into_any()
        }
    }
}
