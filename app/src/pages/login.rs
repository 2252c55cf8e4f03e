//! Where a visitor says their name, on the way to somewhere else.

use leptos::{form::ActionForm, prelude::*};
use leptos_router::hooks::use_query_map;

use crate::{
    api::{Account, SignInAsGuest},
    components::{Button, ButtonLink, CreateRoomForm, Entry, Field, Page, Session, Submission, Width},
    routes::Destination,
};

/// `/login`
#[component]
pub fn LoginPage() -> impl IntoView {
    let session = expect_context::<Session>();
    let query = use_query_map();
    let next = Memo::new(move |_| query.with(|query| Destination::parse(query.get_str("next").unwrap_or_default())));
    let content = move || match session.account() {
        Some(account) => view! { <Known account next=next.get() /> }.into_any(),
        None => view! { <GuestForm next=next.get() /> }.into_any(),
    };
    view! {
        <Page name="login" title="Sign in" width=Width::Narrow>
            <Transition>{content}</Transition>
        </Page>
    }
}

/// For those who have no name yet.
#[component]
fn GuestForm(next: Destination) -> impl IntoView {
    let Submission { action, error, pending } = Submission::<SignInAsGuest>::new();
    let why = match next {
        Destination::NewRoom => "Then your room is ready. Your listeners see this name.",
        Destination::Home | Destination::About | Destination::Privacy => "The people you meet in a room see this name.",
        Destination::Room(_) | Destination::Listen(_) | Destination::Host(_) => {
            "Then you go straight on to the room. The host sees this name."
        }
    };
    view! {
        <div class="grid gap-2">
            <h1>"What should we call you?"</h1>
            <p class="text-lg text-muted">{why}</p>
        </div>
        <div class="card">
            <ActionForm action attr:class="grid gap-5">
                <input type="hidden" name="next" value=next.path() />
                <Field
                    entry=Entry::Name
                    label="Your name"
                    name="name"
                    hint="No account, no e-mail address: a name is enough."
                    error
                    autofocus=true
                />
                <Button submit=true pending>
                    "Continue as guest"
                </Button>
            </ActionForm>
        </div>
    }
}

/// For those who have one.
#[component]
fn Known(account: Account, next: Destination) -> impl IntoView {
    view! {
        <div class="grid gap-2">
            <h1>
                "Hello, "
                <bdi>{account.name.to_string()}</bdi>
            </h1>
            <p class="text-lg text-muted">"You are signed in as a guest."</p>
        </div>
        {match next {
            Destination::NewRoom => view! { <CreateRoomForm /> }.into_any(),
            elsewhere => view! { <ButtonLink href=elsewhere.path()>"Continue"</ButtonLink> }.into_any(),
        }}
    }
}
