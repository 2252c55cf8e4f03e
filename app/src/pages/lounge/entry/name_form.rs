//! The field for the name in this lounge, and the button with which somebody becomes a member.

use heartogether::{id::DisplayName, refusal::Refusal};
use leptos::{ev, html, task::spawn_local};
use leptos_router::hooks::use_navigate;

use super::super::{shared::Lounge, standing::Standing};
use crate::{
    api::{ApiError, SignInAsGuest, sign_in_as_guest},
    components::{Button, Entry, Field, FormAction, Notice, ServerForm, Session, Tone},
    locale::{self, Phrase},
    prelude::*,
    routes::{self, Destination},
    text::lounge as text,
};

/// Who is not signed in becomes a guest of this name by the same click. Without a script the form makes them a guest, and the
/// page that comes then has the button still.
#[component]
pub(super) fn NameForm(lounge: Lounge) -> impl IntoView {
    let FormAction { action, error, .. } = FormAction::to::<SignInAsGuest>();
    let (session, navigate) = (expect_context::<Session>(), use_navigate());
    let (pending, failed) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let place = NodeRef::<html::Div>::new();
    let come_in = move |event: ev::MouseEvent| {
        event.prevent_default();
        let field = place.get_untracked().and_then(|place| place.query_selector("input[name=name]").ok().flatten());
        let typed = field.and_then(|field| js_sys::Reflect::get(&field, &"value".into()).ok()?.as_string());
        let name = match DisplayName::parse(&typed.unwrap_or_default()) {
            Ok(name) => name,
            Err(why) => return failed.set(Some(why.into())),
        };
        if pending.get_untracked() {
            return;
        }
        pending.set(true);
        failed.set(None);
        let navigate = navigate.clone();
        spawn_local(async move {
            let known = if session.is_signed_in() { Ok(()) } else { become_guest(lounge, session, &name).await };
            if pending.is_disposed() {
                // The visitor has gone elsewhere meanwhile, and is left there.
                return;
            }
            pending.set(false);
            match known {
                Ok(()) => lounge.go_in_as(name),
                // Where there are no guests, whoever comes in says who they are first.
                Err(ApiError::Refused(Refusal::NotSignedIn | Refusal::GuestsOff)) => {
                    navigate(&routes::login_then(Destination::Lounge(lounge.code)), Default::default());
                }
                Err(error) => failed.set(Some(error)),
            }
        });
    };
    let is_taken = move || lounge.standing.get() == Standing::Refused(Refusal::NameTaken);
    let wrong = Signal::derive(move || {
        let of_name = failed.with(|failed| failed.as_ref().filter(|error| is_about_name(error)).map(ApiError::phrase));
        of_name.or_else(|| is_taken().then(|| Phrase::from(locale::refusal(Refusal::NameTaken))))
    });
    let broken =
        move || failed.with(|failed| failed.as_ref().filter(|error| !is_about_name(error)).map(ApiError::phrase));
    let shown = move || broken().or_else(|| error.get());
    view! {
        <ServerForm action attr:class="grid gap-4">
            <input type="hidden" name="next" value=routes::lounge(lounge.code) />
            <div node_ref=place>
                <Field entry=Entry::Name label=text::NAME_HERE name="name" hint=text::NAME_HINT value=lounge.first_name() error=wrong awaited=true />
            </div>
            <Button submit=true pending on:click=come_in>
                {text::COME_IN}
            </Button>
            {move || shown().map(|text| view! { <Notice tone=Tone::Error>{text}</Notice> })}
        </ServerForm>
    }
    .into_any()
}

async fn become_guest(lounge: Lounge, session: Session, name: &DisplayName) -> Result<(), ApiError> {
    sign_in_as_guest(name.to_string(), Some(routes::lounge(lounge.code))).await?;
    session.note_sign_in();
    session.ask_again();
    Ok(())
}

const fn is_about_name(error: &ApiError) -> bool {
    matches!(
        error,
        ApiError::Refused(
            Refusal::NameEmpty | Refusal::NameTooLong | Refusal::NameControlCharacter | Refusal::NameTaken
        )
    )
}
