//! What a listener's page says before the code that draws it is there: the same as afterwards, in the elements that the server
//! has drawn.

use heartogether::{refusal::Refusal, room::RoomView};
use heartogether_browser::{View, dom::find};
use heartogether_client::{ListenerState, Volume};
use web_sys::Element;

use super::{
    super::early::{self, Texts, mark},
    shown::{Obstacle, Shown},
    status_orb,
};
use crate::components::state_name;

/// Says on the server's player, where there is one, what is to be seen: to people in words, to tools by the attributes of
/// `<main>`.
pub(crate) fn teller() -> impl Fn(&View, Volume) + 'static {
    let tell = early::teller(ServersPlayer::find, ServersPlayer::say);
    move |view, volume| {
        if let Some(shown) = shown(view, volume) {
            tell(shown);
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

/// The elements that change.
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

    fn say(&self, shown: Shown, texts: &Texts) {
        texts.say(&self.badge, shown.headline());
        texts.say(&self.explanation, shown.explanation());
        mark(&self.main, "data-state", Some(shown.state()));
        mark(&self.main, "data-refusal", shown.refusal().map(Refusal::code));
        mark(&self.badge, "data-status", Some(state_name(shown.status())));
        mark(&self.orb, "data-tone", Some(status_orb::tone(shown)));
    }
}
