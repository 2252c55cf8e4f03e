//! The emoji to choose from: search, groups, skin tones, and those that were chosen last.

use leptos::{ev, html, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use super::{
    emoji_data::{self, Choice, Emojis},
    erased::{Attribute, Press, effect, icon_button, key, part, press, switch},
};
use crate::{
    components::{Button, Glyph, Skeleton, Variant},
    locale::{Key, Locale},
    prelude::*,
    text::{action, emoji as text},
};

/// The groups with a sign for each. The first are the latest.
const GROUPS: [(&str, Key); 10] = [
    ("🕘", text::RECENT),
    ("😀", text::SMILEYS),
    ("👋", text::PEOPLE),
    ("🐻", text::NATURE),
    ("🍎", text::FOOD),
    ("✈️", text::TRAVEL),
    ("⚽", text::ACTIVITIES),
    ("💡", text::OBJECTS),
    ("❤️", text::SYMBOLS),
    ("🏁", text::FLAGS),
];
/// A hand in each skin tone.
const HANDS: [&str; 6] = ["✋", "✋🏻", "✋🏼", "✋🏽", "✋🏾", "✋🏿"];

/// The choice as it is.
#[derive(Clone, Copy)]
struct Picking {
    /// What there is; nothing before it is loaded.
    emojis: RwSignal<Option<Emojis>>,
    has_failed: RwSignal<bool>,
    sought: RwSignal<String>,
    group: RwSignal<usize>,
    tone: RwSignal<usize>,
    grid: NodeRef<html::Div>,
    locale: Locale,
    on_choose: Callback<String>,
}

/// Calls `on_choose` for each emoji that is chosen, and `on_close` when the visitor is done.
pub(super) fn emoji_picker(on_choose: Callback<String>, on_close: Callback<()>) -> AnyView {
    let picking = Picking {
        emojis: RwSignal::new(None),
        has_failed: RwSignal::new(false),
        sought: RwSignal::new(String::new()),
        group: RwSignal::new(1),
        tone: RwSignal::new(emoji_data::tone()),
        grid: NodeRef::new(),
        locale: Locale::current(),
        on_choose,
    };
    picking.load();
    let escape = key(move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            event.stop_propagation();
            on_close.run(());
        }
    });
    view! {
        <div class="picker" role="dialog" aria-label=text::LABEL data-testid="emoji-picker" on:keydown=escape>
            <div class="picker-head">
                {search(picking)}
                {icon_button(Glyph::Close, action::CLOSE, press(move |_| on_close.run(())))}
            </div>
            {groups(picking)}
            {grid(picking)}
            {tones(picking)}
        </div>
    }
    .into_any()
}

impl Picking {
    fn load(self) {
        let language = self.locale.table_now().language;
        self.has_failed.set(false);
        spawn_local(async move {
            let loaded = Emojis::load(language).await;
            // The visitor may be done by now.
            _ = self.has_failed.try_set(loaded.is_none());
            if let Some(loaded) = loaded {
                let has_recent = !loaded.recent().is_empty();
                _ = self.group.try_update(|group| *group = usize::from(!has_recent));
                _ = self.emojis.try_set(Some(loaded));
            }
        });
    }

    /// What there is to choose now. Reads reactively.
    fn choices(self) -> Vec<Choice> {
        let (sought, group) = (self.sought.get(), self.group.get());
        self.emojis.with(|emojis| match emojis {
            None => Vec::new(),
            Some(emojis) if !sought.trim().is_empty() => emojis.find(&sought),
            Some(emojis) if group == 0 => emojis.recent(),
            Some(emojis) => emojis.group(group - 1).to_vec(),
        })
    }

    fn choose(self, sign: String) {
        emoji_data::note(&sign);
        self.on_choose.run(sign);
    }

    /// The signs that can be chosen, as they are drawn.
    fn drawn(self) -> Vec<HtmlElement> {
        let Some(grid) = self.grid.get_untracked() else { return Vec::new() };
        let found = grid.query_selector_all("[data-emoji]").ok();
        let nodes = found.iter().flat_map(|found| (0..found.length()).filter_map(|place| found.get(place)));
        nodes.filter_map(|node| node.dyn_into().ok()).collect()
    }

    /// Moves the focus among the signs, as their rows lie.
    fn go(self, key: &str) -> bool {
        let drawn = self.drawn();
        let focused = document().active_element();
        let here = drawn.iter().position(|sign| focused.as_ref() == Some(sign.as_ref()));
        let columns = drawn
            .iter()
            .take_while(|sign| Some(sign.offset_top()) == drawn.first().map(HtmlElement::offset_top))
            .count();
        let last = drawn.len().saturating_sub(1);
        let there = match (key, here) {
            ("ArrowRight" | "ArrowDown", None) | ("Home", _) => 0,
            ("ArrowRight", Some(here)) => (here + 1).min(last),
            ("ArrowLeft", Some(here)) => here.saturating_sub(1),
            ("ArrowDown", Some(here)) => (here + columns).min(last),
            ("ArrowUp", Some(here)) if here >= columns => here - columns,
            ("End", _) => last,
            _ => return false,
        };
        drawn.get(there).is_some_and(|sign| sign.focus().is_ok())
    }
}

/// The field to search in. Enter takes the first that is found.
fn search(picking: Picking) -> AnyView {
    let field = NodeRef::<html::Input>::new();
    effect(move || {
        if let Some(field) = field.get() {
            // A browser that refuses leaves the focus where it is, which hurts nobody.
            let _ = field.focus();
        }
    });
    let press = key(move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" if !event.is_composing() => {
            event.prevent_default();
            let first = picking.drawn().first().and_then(|sign| sign.get_attribute("data-emoji"));
            first.into_iter().for_each(|sign| picking.choose(sign));
        }
        "ArrowDown" if picking.go("ArrowDown") => event.prevent_default(),
        _ => {}
    });
    view! {
        <input
            node_ref=field
            class="input picker-search"
            type="search"
            autocomplete="off"
            enterkeyhint="done"
            aria-label=text::SEARCH
            placeholder=text::SEARCH
            on:input=move |event| picking.sought.set(event_target_value(&event))
            on:keydown=press
        />
    }
    .into_any()
}

/// One of several buttons of which one is pressed.
fn choice_of(sign: &'static str, name: Key, is_chosen: Attribute, act: Press) -> AnyView {
    view! {
        <button type="button" class="picker-group" aria-label=name title=name aria-pressed=is_chosen on:click=act>
            {sign}
        </button>
    }
    .into_any()
}

fn groups(picking: Picking) -> AnyView {
    let group = move |(place, (sign, name)): (usize, (&'static str, Key))| {
        let is_open = move || picking.group.get() == place && picking.sought.with(|sought| sought.trim().is_empty());
        choice_of(sign, name, switch(is_open), press(move |_| picking.group.set(place)))
    };
    view! {
        <div class="picker-groups" role="group" aria-label=text::GROUPS>
            {GROUPS.into_iter().enumerate().map(group).collect_view()}
        </div>
    }
    .into_any()
}

fn grid(picking: Picking) -> AnyView {
    let choose = press(move |event: ev::MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let pressed = target.and_then(|target| target.closest("[data-emoji]").ok().flatten());
        let sign = pressed.and_then(|pressed| pressed.get_attribute("data-emoji"));
        sign.into_iter().for_each(|sign| picking.choose(sign));
    });
    let walk = key(move |event: KeyboardEvent| {
        if picking.go(&event.key()) {
            event.prevent_default();
        }
    });
    let drawn = move || {
        let tone = picking.tone.get();
        let sign = |choice: Choice| {
            let (sign, Choice { name, .. }) = (choice.in_tone(tone), choice);
            let title = name.clone();
            view! {
                <button type="button" class="picker-emoji" tabindex="-1" data-emoji=sign.clone() aria-label=name title=title>
                    {sign.clone()}
                </button>
            }
        };
        picking.choices().into_iter().map(sign).collect_view().into_any()
    };
    view! {
        <div class="picker-grid" node_ref=picking.grid role="group" aria-label=text::LABEL tabindex="0" on:click=choose on:keydown=walk>
            {part(drawn)}
        </div>
        {part(move || told(picking))}
    }
    .into_any()
}

/// What stands there while there is nothing to choose.
fn told(picking: Picking) -> AnyView {
    let is_there = picking.emojis.with(Option::is_some);
    if is_there && !picking.choices().is_empty() {
        return ().into_any();
    }
    let said = match (picking.has_failed.get(), is_there) {
        (true, _) => {
            let again = press(move |_| picking.load());
            view! {
                <p>{text::FAILED}</p>
                <Button variant=Variant::Secondary on:click=again>
                    {action::TRY_AGAIN}
                </Button>
            }
            .into_any()
        }
        (false, true) => view! { <p>{text::NONE}</p> }.into_any(),
        (false, false) => view! { <Skeleton /> }.into_any(),
    };
    view! { <div class="picker-told">{said}</div> }.into_any()
}

fn tones(picking: Picking) -> AnyView {
    let names = [
        text::TONE_NONE,
        text::TONE_LIGHT,
        text::TONE_MEDIUM_LIGHT,
        text::TONE_MEDIUM,
        text::TONE_MEDIUM_DARK,
        text::TONE_DARK,
    ];
    let hand = move |(tone, (sign, name)): (usize, (&'static str, Key))| {
        let choose = press(move |_| {
            emoji_data::choose_tone(tone);
            picking.tone.set(tone);
        });
        choice_of(sign, name, switch(move || picking.tone.get() == tone), choose)
    };
    view! {
        <div class="picker-tones" role="group" aria-label=text::TONE>
            {HANDS.into_iter().zip(names).enumerate().map(hand).collect_view()}
        </div>
    }
    .into_any()
}
