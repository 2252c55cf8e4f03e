//! What a listener's page says before the code that draws it is there: the same as afterwards, in the elements that the server
//! has drawn. The texts are those that are in every page for its code.

use std::cell::{Cell, OnceCell};

use heartogether::{refusal::Refusal, room::RoomView};
use heartogether_browser::{View, dom::find};
use heartogether_client::{ListenerState, Volume};
use js_sys::Array;
use web_sys::Element;

use super::{
    shown::{Obstacle, Shown},
    status_orb,
};
use crate::{
    browser::{locale::given_texts, page_guard},
    components::state_name,
    locale::Key,
};

/// Says on the server's player, where there is one, what is to be seen: to people in words, to tools by the attributes of
/// `<main>`. Called again, it changes what is new.
pub(crate) fn teller() -> impl Fn(&View, Volume) + 'static {
    // They stand at the end of the document, which is whole when this is called.
    let (texts, said) = (OnceCell::new(), Cell::new(None));
    move |view, volume| {
        let Some(shown) = shown(view, volume).filter(|shown| said.get() != Some(*shown)) else { return };
        if let (Some(player), Some(texts)) = (ServersPlayer::find(), texts.get_or_init(given_texts)) {
            player.say(shown, texts);
            said.set(Some(shown));
        }
    }
}

/// What is to be seen. Before the room is known, the server knew more.
fn shown(view: &View, volume: Volume) -> Option<Shown> {
    let client = view.listener_state.get();
    let stream = view.room.with(|room| room.as_ref().map(RoomView::stream));
    if stream.is_none() && client == ListenerState::Connecting {
        return None;
    }
    let obstacles = Obstacle::among(view.player.get(), volume);
    Some(Shown::of(client, stream.unwrap_or_default(), obstacles).with_silence(view.host_silent.get()))
}

/// The elements that change. What the framework knows of them does not: it takes them over as they are, and then says what is to
/// be seen.
struct ServersPlayer {
    main: Element,
    orb: Element,
    badge: Element,
    explanation: Element,
}

impl ServersPlayer {
    fn find() -> Option<Self> {
        Some(Self {
            main: find("main")?,
            orb: find(".player > .orb")?,
            badge: find(".player > .badge")?,
            explanation: find(".player > p[role=status]")?,
        })
    }

    fn say(&self, shown: Shown, texts: &Array) {
        let text = |key: Key| u32::try_from(key.place()).ok().and_then(|place| texts.get(place).as_string());
        for (element, key) in [(&self.badge, shown.headline()), (&self.explanation, shown.explanation())] {
            text(key).iter().for_each(|text| page_guard::say(element, text));
        }
        let attributes = [
            (&self.main, "data-state", Some(shown.state())),
            (&self.main, "data-refusal", shown.refusal().map(Refusal::code)),
            (&self.badge, "data-status", Some(state_name(shown.status()))),
            (&self.orb, "data-tone", Some(status_orb::tone(shown))),
        ];
        for (element, name, value) in attributes {
            let _ = match value {
                Some(value) => element.set_attribute(name, value),
                None => element.remove_attribute(name),
            };
        }
    }
}
