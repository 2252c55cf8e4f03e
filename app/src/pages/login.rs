//! The page on which a visitor enters a name or signs in, before the page that they wanted.

use heartogether::{
    refusal::Refusal,
    role::{AccountKind, Guests, Permission},
};
use leptos_router::{components::Redirect, hooks::use_query_map};

use crate::{
    api::{Account, Provider, SessionView, SignInAsGuest},
    browser::keeps_cookies,
    components::{
        Button, ButtonLink, CreateRoomForm, Entry, Field, FormAction, Notice, Page, ProviderLinks, ServerForm, Session,
        Tone, Width, query, wait_overlay,
    },
    locale::{self, Key, Phrase},
    prelude::*,
    routes::{self, Destination},
    text::{action, login as text},
};

/// `/login`
#[component]
pub fn LoginPage() -> impl IntoView {
    let session = expect_context::<Session>();
    let query = use_query_map();
    let next = Memo::new(move |_| query.with(|query| Destination::parse(query.get_str("next").unwrap_or_default())));
    let told = Memo::new(move |_| query.with(|query| routes::reason(query.get_str("why").unwrap_or_default())));
    // Only the browser knows of a sign-in before this page; the first render is the server's.
    let lost = RwSignal::new(None);
    Effect::new(move |_| {
        lost.set(match () {
            () if !keeps_cookies() => Some(Refusal::CookiesBlocked),
            () if session.is_lost() => Some(Refusal::CookieNotKept),
            () => None,
        });
    });
    let has_signed_in = Memo::new(move |_| query.with(|query| query.get_str(routes::SIGNED_IN).is_some()));
    let is_unknown = move || session.view().is_some_and(|view| view.account.is_none());
    let not_kept = move || (has_signed_in.get() && is_unknown()).then_some(Refusal::CookieNotKept);
    let why = move || lost.get().or_else(not_kept).or_else(|| told.get());
    Effect::new(move |_| {
        query.track();
        let providers = session.view().map(|view| view.providers).unwrap_or_default();
        wait_overlay::wait_as_told(&providers, next.get_untracked());
        // Said once: whoever comes back to this page later comes for another reason.
        query::forget(&["why", "wait", "switch", routes::SIGNED_IN]);
    });
    let content = move || {
        let way = Way::new(session.view(), next.get());
        match session.account() {
            // Whoever has just signed in without a script goes on to where they were going.
            Some(_) if has_signed_in.get() => view! { <Redirect path=next.get().path() /> }.into_any(),
            Some(account) => view! { <Known account way /> }.into_any(),
            None => view! { <Unknown way /> }.into_any(),
        }
    };
    view! {
        <Page name="login" title=action::SIGN_IN width=Width::Narrow>
            <Transition>{move || why().map(|why| view! { <Reason why /> })} {content}</Transition>
        </Page>
    }
}

/// Where somebody is going, and what leads there.
#[derive(Clone)]
struct Way {
    next: Destination,
    guests: Guests,
    providers: Vec<Provider>,
}

impl Way {
    /// Where the server has not said who may come, guests may try.
    fn new(view: Option<SessionView>, next: Destination) -> Self {
        let (guests, providers) = view.map_or((Guests::Host, Vec::new()), |view| (view.guests, view.providers));
        Self { next, guests, providers }
    }

    /// Why guests do not get there, if they do not.
    fn refusal(&self) -> Option<Refusal> {
        let permission = match self.next {
            Destination::NewRoom | Destination::NewLounge => Permission::CreateRoom,
            Destination::Host(_) => Permission::Host,
            _ => Permission::Connect,
        };
        AccountKind::Guest(self.guests).check(permission).err()
    }
}

/// What happened on the way here.
#[component]
fn Reason(why: Refusal) -> impl IntoView {
    let tone = match why {
        Refusal::GuestsListenOnly | Refusal::GuestsOff | Refusal::SignInCancelled => Tone::Info,
        Refusal::CookiesBlocked => Tone::Error,
        _ => Tone::Warn,
    };
    view! { <Notice tone>{locale::refusal(why)}</Notice> }
}

/// For those who have no name yet.
#[component]
fn Unknown(way: Way) -> impl IntoView {
    let refusal = way.refusal();
    let is_open = refusal.is_none();
    let (heading, lead) = match (refusal, way.providers.is_empty()) {
        (None, true) => (text::CALL, what_for(way.next)),
        (None, false) => (text::COME_IN, what_for(way.next)),
        (Some(refusal), _) => (action::SIGN_IN, locale::refusal(refusal)),
    };
    let (next, providers) = (way.next, way.providers);
    let has_both = is_open && !providers.is_empty();
    view! {
        <div class="grid gap-2">
            <h1>{heading}</h1>
            <p class="text-lg text-muted">{lead}</p>
        </div>
        <div class="card">
            {(!providers.is_empty()).then(|| view! { <ProviderLinks providers next /> })}
            {has_both.then(|| view! { <p class="divider">{text::OR_GUEST}</p> })}
            {is_open.then(|| view! { <GuestForm next alone=!has_both /> })}
        </div>
    }
}

const fn what_for(next: Destination) -> Key {
    match next {
        Destination::NewRoom => text::FOR_NEW_ROOM,
        Destination::Room(_) | Destination::Listen(_) | Destination::Host(_) => text::FOR_ROOM,
        _ => text::FOR_ANYWHERE,
    }
}

/// `alone` says whether there is nothing else to do on the page.
#[component]
fn GuestForm(next: Destination, alone: bool) -> impl IntoView {
    let FormAction { action, error, pending } = FormAction::to::<SignInAsGuest>();
    let session = expect_context::<Session>();
    Effect::new(move |_| {
        if action.is_done() {
            session.note_sign_in();
        }
    });
    view! {
        <ServerForm action attr:class="grid gap-5">
            <input type="hidden" name="next" value=next.path() />
            <Field
                entry=Entry::Name
                label=text::NAME
                name="name"
                hint=text::NAME_HINT
                error
                autofocus=alone
            />
            <Button submit=true pending>
                {text::CONTINUE_AS_GUEST}
            </Button>
        </ServerForm>
    }
}

/// For those who have one.
#[component]
fn Known(account: Account, way: Way) -> impl IntoView {
    let refusal = way.refusal().filter(|_| account.is_guest());
    let may_go_on = refusal.is_none();
    let by = account.profile.as_ref().map(|profile| profile.provider.clone());
    let (next, has_providers) = (way.next, !way.providers.is_empty());
    let told: Phrase = match (&by, refusal) {
        (Some(provider), _) => text::signed_in_with(provider.as_str()),
        (None, None) => text::AS_GUEST.into(),
        (None, Some(refusal)) => locale::refusal(refusal).into(),
    };
    let other = match (&by, may_go_on) {
        (Some(_), _) => text::OR_SOMEBODY_ELSE,
        (None, true) => text::OR_SIGN_IN,
        (None, false) => text::STAYS_YOURS,
    };
    let go_on = move || match next {
        Destination::NewRoom => view! { <CreateRoomForm /> }.into_any(),
        elsewhere => view! { <ButtonLink href=elsewhere.path()>{text::CONTINUE}</ButtonLink> }.into_any(),
    };
    view! {
        <div class="grid gap-2">
            <h1>{text::hello(&account.name)}</h1>
            <p class="text-lg text-muted">{told}</p>
        </div>
        {may_go_on.then(go_on)}
        {has_providers
            .then(|| {
                view! {
                    <p class="divider">{other}</p>
                    <ProviderLinks providers=way.providers next switch=by.is_some() />
                }
            })}
    }
}
