//! Asks whether hosts may see the visitor's e-mail address: once, and the visitor can change the answer at any time.
//! The form works without a script.

use super::{Button, FormAction, Notice, ServerForm, Session, Tone, Variant};
use crate::{
    api::ShowEmail,
    locale::{Around, Key},
    prelude::*,
    text::account as text,
};

/// What holds, and the button that changes it.
#[component]
pub fn EmailChoice(
    /// What holds now.
    shown: bool,
) -> impl IntoView {
    let (said, label) = match shown {
        true => (text::EMAIL_SHOWN, text::EMAIL_HIDE),
        false => (text::EMAIL_HIDDEN, text::EMAIL_SHOW),
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
                    {text::EMAIL_QUESTION}
                </h2>
                <p class="text-muted">
                    <Around text=text::email_explained name=email />
                </p>
                <div class="flex flex-wrap gap-3">
                    <ChoiceForm shown=false label=text::EMAIL_KEEP_HIDDEN variant=Variant::Secondary />
                    <ChoiceForm shown=true label=text::EMAIL_SHOW variant=Variant::Ghost />
                </div>
            </section>
        }
    };
    move || asked_about.get().map(question)
}

/// A button that says so and nothing else.
#[component]
fn ChoiceForm(shown: bool, label: Key, variant: Variant) -> impl IntoView {
    let session = expect_context::<Session>();
    let FormAction { action, error, pending } = FormAction::to::<ShowEmail>();
    Effect::new(move |_| {
        if action.is_done() {
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
