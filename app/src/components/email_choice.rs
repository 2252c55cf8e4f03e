//! Whether hosts see the visitor's e-mail address: asked once, changed at any time. Its form works without a script.

use leptos::prelude::*;

use super::{Button, FormAction, Notice, ServerForm, Session, Tone, Variant};
use crate::api::ShowEmail;

/// What holds, and the button that changes it.
#[component]
pub fn EmailChoice(
    /// What holds now.
    shown: bool,
) -> impl IntoView {
    let (said, label) = match shown {
        true => ("Hosts whose rooms you enter see it.", "Hide it from hosts"),
        false => ("Hosts do not see it.", "Show it to hosts"),
    };
    view! {
        <p class="text-sm text-muted">{said}</p>
        <ChoiceForm shown=!shown label variant=Variant::Secondary />
    }
    .into_any()
}

/// The question, for who has an e-mail address and has not said yet.
#[component]
pub fn EmailQuestion() -> impl IntoView {
    let session = expect_context::<Session>();
    // Asked once the page runs: the server's HTML is taken over as it is.
    let asked_about = RwSignal::new(None::<String>);
    Effect::new(move |_| {
        let account = session.account();
        asked_about.set(account.and_then(|account| account.email_to_ask_about().map(str::to_owned)));
    });
    let question = move |email: String| {
        view! {
            <section class="card" aria-labelledby="email-question" data-testid="email-question">
                <h2 id="email-question" class="text-lg">
                    "Show hosts your e-mail address?"
                </h2>
                <p class="text-muted">
                    "Hosts see your name. They see " <bdi translate="no">{email}</bdi>
                    " only if you want it. Your answer holds for every room that you enter from now on, and you can change it in your account menu."
                </p>
                <div class="flex flex-wrap gap-3">
                    <ChoiceForm shown=false label="Keep it hidden" variant=Variant::Secondary />
                    <ChoiceForm shown=true label="Show it to hosts" variant=Variant::Ghost />
                </div>
            </section>
        }
    };
    move || asked_about.get().map(question)
}

/// A button that says so and nothing else.
#[component]
fn ChoiceForm(shown: bool, label: &'static str, variant: Variant) -> impl IntoView {
    let session = expect_context::<Session>();
    let FormAction { action, error, pending } = FormAction::<ShowEmail>::new();
    let answer = action.value();
    Effect::new(move |_| {
        if answer.with(|answer| matches!(answer, Some(Ok(())))) {
            session.ask_again();
        }
    });
    view! {
        <ServerForm action>
            <input type="hidden" name="shown" value=shown.to_string() />
            <Button submit=true variant pending>
                {label}
            </Button>
            {move || error.get().map(|text| view! { <Notice tone=Tone::Error>{text}</Notice> })}
        </ServerForm>
    }
    .into_any()
}
