//! The overlay for a sleeping server or a slow sign-in provider. It says what the page waits for. The page then
//! continues, or shows an error and offers to try again. The only state here is the current wait.

use std::time::Duration;

use leptos::{html, leptos_dom::helpers::IntervalHandle, tachys::view::IntoRender, task::spawn_local};

use super::{Button, Session, Variant, query};
use crate::{
    api::{Provider, current_session},
    browser::reachability,
    locale::{Key, Phrase},
    prelude::*,
    routes::{self, Destination},
    text::{action, wait as text},
};

/// Between two questions whether it is awake.
const PROBE_EVERY: Duration = Duration::from_millis(2_500);
/// What answers within this time was not asleep, and nothing is said.
const QUIET: Duration = Duration::from_millis(1_200);
/// Where the server has never said how long a page waits.
const USUAL_MS: u64 = 150_000;

/// What a page waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Awaited {
    /// This server, with the visitor's session.
    Server,
    /// A sign-in provider.
    Provider {
        /// What people call it.
        name: String,
        /// Where it is asked whether it is ready.
        ready: String,
        /// Where the visitor goes then.
        href: String,
    },
}

impl Awaited {
    /// A provider, on the way to `next`, as another account than the one it knows if `switch` says so.
    pub fn provider(provider: &Provider, next: Destination, switch: bool) -> Self {
        let way = if switch { routes::switch_account } else { routes::sign_in_with };
        Self::Provider {
            name: provider.name.clone(),
            ready: routes::is_ready(&provider.id),
            href: way(&provider.id, next),
        }
    }

    /// Nobody has clicked on this page: the server lets it go on if it told the page to wait.
    fn without_a_click(self) -> Self {
        match self {
            Self::Provider { name, ready, href } => Self::Provider { name, ready, href: routes::having_waited(&href) },
            Self::Server => Self::Server,
        }
    }
}

/// How a wait goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Phase {
    /// There is none, or it is too short to speak of.
    #[default]
    Rest,
    Waiting(Awaited),
    GivenUp(Awaited),
}

/// The wait at hand. Provided by the app to every page.
#[derive(Clone, Copy)]
pub struct Waiting {
    phase: RwSignal<Phase>,
    /// Tells a wait from those before it.
    number: StoredValue<u32>,
    timeout_ms: StoredValue<u64>,
    session: Session,
}

impl Waiting {
    /// Provides it as context, and begins a wait whenever the server was asked for the session and did not answer, or the
    /// page may be an old one that the browser kept.
    pub fn provide(session: Session) -> Self {
        let (phase, number) = (RwSignal::default(), StoredValue::new(0));
        let waiting = Self { phase, number, timeout_ms: StoredValue::new(USUAL_MS), session };
        provide_context(waiting);
        Effect::new(move |_| {
            if let Some(view) = session.view() {
                waiting.timeout_ms.set_value(view.warm_up_ms);
            }
            if session.is_unanswered() {
                waiting.begin(Awaited::Server, Duration::ZERO, Duration::ZERO);
            }
        });
        Effect::new(move |_| {
            if reachability::is_from_history() {
                waiting.begin(Awaited::Server, QUIET, Duration::ZERO);
            }
            let shown = window_event_listener_untyped("pageshow", move |event| {
                if reachability::is_persisted(&event) {
                    waiting.begin(Awaited::Server, QUIET, Duration::ZERO);
                }
            });
            on_cleanup(move || shown.remove());
        });
        waiting
    }

    /// The browser is on its way: only if that takes long the page says what it waits for, and asks.
    pub fn watch(self, awaited: Awaited) {
        self.begin(awaited, QUIET, QUIET);
    }

    /// Waits for something that is known to be asleep.
    pub fn wait_for(self, awaited: Awaited) {
        self.begin(awaited, Duration::ZERO, Duration::ZERO);
    }

    fn begin(self, awaited: Awaited, quiet: Duration, before_asking: Duration) {
        let number = self.outdate();
        let is_current = move || self.number.get_value() == number;
        let (shown, failed, asked) = (awaited.clone(), awaited.clone(), awaited);
        let show = move || self.phase.set(Phase::Waiting(shown));
        if quiet.is_zero() {
            // What is shown stays: a dialog that closes and opens again loses the focus.
            show();
        } else {
            self.rest();
            set_timeout(move || _ = is_current().then(show), quiet);
        }
        let timeout = Duration::from_millis(self.timeout_ms.get_value());
        set_timeout(move || _ = is_current().then(|| self.give_up(failed)), timeout);
        let ask = move || {
            if is_current() {
                self.ask(asked.clone(), number)
            }
        };
        set_timeout(move || self.repeat(ask, is_current), before_asking);
    }

    /// Asks now, and again and again for as long as the wait lasts.
    fn repeat(self, ask: impl Fn() + 'static, is_current: impl Fn() -> bool + 'static) {
        ask();
        let timer = StoredValue::new(None::<IntervalHandle>);
        let again = move || match is_current() {
            true => ask(),
            false => timer.with_value(|timer| timer.iter().for_each(IntervalHandle::clear)),
        };
        timer.set_value(set_interval_with_handle(again, PROBE_EVERY).ok());
    }

    fn ask(self, awaited: Awaited, number: u32) {
        spawn_local(async move {
            let is_awake = match &awaited {
                Awaited::Server => reachability::answers(routes::HEALTH).await,
                Awaited::Provider { ready, .. } => reachability::answers(ready).await,
            };
            let view = match awaited {
                Awaited::Server if is_awake => current_session().await.ok(),
                _ => None,
            };
            if self.number.try_get_value() != Some(number) {
                return;
            }
            match awaited {
                Awaited::Server => view.into_iter().for_each(|view| {
                    self.stop();
                    self.session.update(view);
                }),
                Awaited::Provider { href, .. } if is_awake => {
                    self.stop();
                    // A browser that goes nowhere leaves the page as it is.
                    let _ = window().location().assign(&routes::href(&href));
                }
                Awaited::Provider { .. } => {}
            }
        });
    }

    fn give_up(self, awaited: Awaited) {
        self.outdate();
        self.phase.set(Phase::GivenUp(awaited));
    }

    /// Ends the wait at hand, if there is one.
    fn stop(self) {
        self.outdate();
        self.rest();
    }

    /// The answers to earlier questions count no more. Gives the number of the next wait.
    fn outdate(self) -> u32 {
        self.number.update_value(|number| *number = number.wrapping_add(1));
        self.number.get_value()
    }

    fn rest(self) {
        if self.phase.with_untracked(|phase| *phase != Phase::Rest) {
            self.phase.set(Phase::Rest);
        }
    }
}

/// What stands over the page meanwhile.
#[component]
pub fn WaitOverlay(waiting: Waiting) -> impl IntoView {
    let overlay = NodeRef::<html::Dialog>::new();
    let phase = waiting.phase;
    Effect::new(move |_| {
        let (is_shown, overlay) = (phase.with(|phase| *phase != Phase::Rest), overlay.get());
        let Some(overlay) = overlay.filter(|overlay| overlay.open() != is_shown) else { return };
        match is_shown {
            // It fails for a dialog that is open already.
            true => _ = overlay.show_modal(),
            false => overlay.close(),
        }
    });
    let state = move || match phase.get() {
        Phase::Rest => None,
        Phase::Waiting(_) => Some("waiting"),
        Phase::GivenUp(_) => Some("failed"),
    };
    let retry = move || {
        if let Phase::GivenUp(awaited) = phase.get_untracked() {
            waiting.wait_for(awaited);
        }
    };
    let has_given_up = Signal::derive(move || matches!(phase.get(), Phase::GivenUp(_)));
    view! {
        <dialog node_ref=overlay class="warm-up" aria-labelledby="warm-up" data-warm-up=state on:cancel=move |_: leptos::ev::Event| waiting.stop()>
            <div class="grid gap-5" role="status">
                <h2 id="warm-up">{move || phase.with(headline).map(IntoRender::into_render)}</h2>
                <p class="text-muted">{move || phase.with(explanation).map(IntoRender::into_render)}</p>
            </div>
            <Show when=move || has_given_up.get() fallback=|| view! { <div class="ring" aria-hidden="true"></div> }>
                <Button on:click=move |_| retry()>{action::TRY_AGAIN}</Button>
            </Show>
            <Button variant=Variant::Ghost on:click=move |_| waiting.stop()>
                {text::BACK}
            </Button>
        </dialog>
    }
    .into_any()
}

fn headline(phase: &Phase) -> Option<Phrase> {
    Some(match phase {
        Phase::Rest => return None,
        Phase::Waiting(Awaited::Server) => text::FOR_SERVER.into(),
        Phase::Waiting(Awaited::Provider { name, .. }) => text::for_provider(name.as_str()),
        Phase::GivenUp(Awaited::Server) => text::SERVER_FAILED.into(),
        Phase::GivenUp(Awaited::Provider { name, .. }) => text::provider_failed(name.as_str()),
    })
}

const fn explanation(phase: &Phase) -> Option<Key> {
    match phase {
        Phase::Rest => None,
        Phase::Waiting(Awaited::Server) => Some(text::SERVER_HINT),
        Phase::Waiting(Awaited::Provider { .. }) => Some(text::PROVIDER_HINT),
        Phase::GivenUp(_) => Some(text::FAILED_HINT),
    }
}

/// A page that the server sent back because a provider is asleep: waits for it, and takes the note out of the address.
pub(crate) fn wait_as_told(providers: &[Provider], next: Destination) {
    let (Some(waiting), Some(id)) = (use_context::<Waiting>(), query::parameter("wait")) else { return };
    if let Some(provider) = providers.iter().find(|provider| provider.id == id) {
        let awaited = Awaited::provider(provider, next, query::parameter("switch").is_some());
        waiting.wait_for(awaited.without_a_click());
    }
}
