//! The tokens with which programs act for the visitor's account: made, shown once, and revoked.

use heartogether::{refusal::Refusal, time::Timestamp};
use leptos::{ev, html, task::spawn_local};
use leptos_router::components::Redirect;

use crate::{
    api::{
        ApiError, NewProgramToken, ProgramToken, Scope, ask, make_program_token, program_tokens, revoke_program_token,
    },
    browser::{clipboard, locale::day_name},
    components::{
        Button, EmptyState, Entry, Field, Glyph, Notice, Page, Skeleton, Toast, Toasts, Tone, Variant, Width,
    },
    locale::{Key, Locale, Phrase},
    prelude::*,
    routes::{self, Destination},
    text::programs as text,
};

/// `/account`
#[component]
pub(super) fn ProgramsPage() -> impl IntoView {
    let locale = Locale::current();
    let tokens = ask(|| (), |()| program_tokens());
    let made = RwSignal::new(None::<String>);
    // What is known of the session may be older than the sign-in that led here.
    let is_signed_out = Memo::new(move |_| tokens.get() == Some(Err(ApiError::Refused(Refusal::NotSignedIn))));
    let listed = move || {
        Some(match tokens.get()? {
            Ok(tokens_now) if tokens_now.is_empty() => none().into_any(),
            Ok(tokens_now) => list(tokens_now, locale, Callback::new(move |()| tokens.refetch())),
            Err(error) => view! { <Notice tone=Tone::Error>{error.phrase()}</Notice> }.into_any(),
        })
    };
    let content = move || {
        if is_signed_out.get() {
            return view! { <Redirect path=routes::login_then(Destination::Account) /> }.into_any();
        }
        view! {
            {move || made.get().map(|token| new_token(token, locale))}
            <Maker made on_made=Callback::new(move |()| tokens.refetch()) />
            <section class="card" aria-labelledby="tokens">
                <h2 id="tokens">{text::TOKENS}</h2>
                <Transition fallback=|| view! { <Skeleton /> }>{listed}</Transition>
            </section>
        }
        .into_any()
    };
    view! {
        <Page name="programs" title=text::TITLE width=Width::Narrow>
            <h1>{text::TITLE}</h1>
            <p class="text-muted">{text::LEAD}</p>
            <Transition>{content}</Transition>
        </Page>
    }
}

fn none() -> impl IntoView {
    view! {
        <EmptyState glyph=Glyph::Display title=text::NONE>
            {text::NONE_HINT}
        </EmptyState>
    }
}

const fn scope_name(scope: Scope) -> Key {
    match scope {
        Scope::ReadRooms => text::READ_ROOMS,
        Scope::CreateRooms => text::CREATE_ROOMS,
        Scope::ReadMessages => text::READ_MESSAGES,
        Scope::SendMessages => text::SEND_MESSAGES,
    }
}

/// The form that makes a token.
#[component]
fn Maker(made: RwSignal<Option<String>>, on_made: Callback<()>) -> impl IntoView {
    let form = NodeRef::<html::Form>::new();
    let (error, pending) = (RwSignal::new(None::<Phrase>), RwSignal::new(false));
    let make = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let Some((label, scopes)) = form.get_untracked().map(|form| read(&form)) else { return };
        if scopes.is_empty() {
            return error.set(Some(text::CHOOSE.into()));
        }
        pending.set(true);
        error.set(None);
        spawn_local(async move {
            let answer = make_program_token(label, scopes).await;
            // The visitor may be elsewhere by now.
            _ = pending.try_set(false);
            match answer {
                Ok(NewProgramToken { token }) => {
                    _ = made.try_set(Some(token));
                    form.try_get_untracked().flatten().into_iter().for_each(|form| form.reset());
                    on_made.run(());
                }
                Err(why) => _ = error.try_set(Some(why.phrase())),
            }
        });
    };
    let choice = |scope: Scope| {
        view! {
            <label class="flex items-center gap-2">
                <input type="checkbox" name="scope" value=scope.code() />
                {scope_name(scope)}
            </label>
        }
    };
    view! {
        <form class="card" method="post" node_ref=form on:submit=make>
            <h2>{text::MAKE}</h2>
            <Field entry=Entry::Name label=text::LABEL name="label" hint=text::LABEL_HINT error />
            <fieldset class="grid gap-2">
                <legend class="field-label">{text::ALLOWS}</legend>
                {Scope::ALL.iter().copied().map(choice).collect_view()}
            </fieldset>
            <p>
                <Button submit=true pending>
                    {text::MAKE_IT}
                </Button>
            </p>
        </form>
    }
}

/// What was typed, and which scopes were chosen.
fn read(form: &web_sys::HtmlFormElement) -> (String, String) {
    let Ok(fields) = web_sys::FormData::new_with_form(form) else { return Default::default() };
    let scopes = fields.get_all("scope").iter().filter_map(|scope| scope.as_string()).collect::<Vec<_>>();
    (fields.get("label").as_string().unwrap_or_default(), scopes.join(" "))
}

/// A token that was just made. It is shown until the page is left.
fn new_token(token: String, locale: Locale) -> AnyView {
    let toasts = expect_context::<Toasts>();
    let copied = token.clone();
    let copy = move |_| {
        let token = copied.clone();
        spawn_local(async move {
            let said = if clipboard::copy(&token).await { text::COPIED } else { text::UNCOPIED };
            toasts.show(Toast::new(said));
        });
    };
    view! {
        <section class="card" role="status" data-testid="new-token">
            <h2>{locale.say(text::MADE)}</h2>
            <p>{locale.say(text::MADE_HINT)}</p>
            <p>
                <code class="wrap-anywhere" translate="no">
                    {token}
                </code>
            </p>
            <p>
                <Button variant=Variant::Secondary on:click=copy>
                    {text::COPY}
                </Button>
            </p>
        </section>
    }
    .into_any()
}

fn list(tokens: Vec<ProgramToken>, locale: Locale, on_revoked: Callback<()>) -> AnyView {
    let rows = tokens.into_iter().map(|token| row(&token, locale, on_revoked)).collect_view();
    view! { <ul class="grid gap-4" aria-labelledby="tokens">{rows}</ul> }.into_any()
}

/// One token, with the button that revokes it.
fn row(token: &ProgramToken, locale: Locale, on_revoked: Callback<()>) -> AnyView {
    let (made, used) = (token.created_at, token.used_at);
    let when = RwSignal::new(String::new());
    // Only the browser knows how its visitor writes dates.
    Effect::new(move |_| {
        let day = |at: Timestamp| day_name(at.as_millis() as f64, locale.language());
        let used: Phrase = used.map_or_else(|| text::UNUSED.into(), |at| text::used(day(at)));
        when.set(format!("{} {}", locale.say(text::made_on(day(made))), locale.say(used)));
    });
    let scopes: Vec<_> = token.scopes.iter().map(|scope| locale.say(scope_name(*scope)).into_owned()).collect();
    let (id, error, pending) = (token.id.clone(), RwSignal::new(None::<ApiError>), RwSignal::new(false));
    let revoke = move |_| {
        let id = id.clone();
        pending.set(true);
        spawn_local(async move {
            let answer = revoke_program_token(id).await;
            _ = pending.try_set(false);
            match answer {
                Ok(()) => on_revoked.run(()),
                Err(why) => _ = error.try_set(Some(why)),
            }
        });
    };
    let label = token.label.to_string();
    view! {
        <li class="grid gap-1" data-testid="token">
            <strong translate="no" dir="auto">
                {label.clone()}
            </strong>
            <span>{scopes.join(", ")}</span>
            <span class="text-sm text-muted">
                {move || when.get()}
            </span>
            <p>
                <Button
                    variant=Variant::Danger
                    pending
                    attr:aria-label=locale.say(text::revoke_named(label)).into_owned()
                    on:click=revoke
                >
                    {text::REVOKE}
                </Button>
            </p>
            {move || error.get().map(|error| view! { <Notice tone=Tone::Error>{error.phrase()}</Notice> })}
        </li>
    }
    .into_any()
}
