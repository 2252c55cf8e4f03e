//! What a host's page says before the code that draws it is there: the same as afterwards, in the elements that the server has
//! drawn.

use heartogether::refusal::Refusal;
use heartogether_browser::{View, dom::find};
use leptos::prelude::document;
use web_sys::Element;

use super::{
    super::early::{self, Texts, mark},
    controls::{HINT_ID, OFFER_ID},
    shown::Shown,
};
use crate::components::state_name;

/// Says on the server's stage, where there is one, what is to be seen: to people in words, to tools by the attributes of `<main>`.
pub(crate) fn teller() -> impl Fn(&View) + 'static {
    let tell = early::teller(ServersStage::find, ServersStage::say);
    move |view| tell(Shown { state: view.host_state.get(), link: view.signaling_state.get() })
}

/// The elements that change.
struct ServersStage {
    main: Element,
    badge: Element,
    hint: Element,
    offer: Element,
}

impl ServersStage {
    fn find() -> Option<Self> {
        let page = document();
        Some(Self {
            main: find("main")?,
            badge: find("main .badge")?,
            hint: page.get_element_by_id(HINT_ID)?,
            offer: page.get_element_by_id(OFFER_ID)?,
        })
    }

    fn say(&self, shown: Shown, texts: &Texts) {
        texts.say(&self.badge, shown.headline());
        texts.say(&self.hint, shown.explanation());
        mark(&self.main, "data-state", Some(shown.state.name()));
        mark(&self.main, "data-refusal", shown.refusal().map(Refusal::code));
        mark(&self.main, "data-link", Some(shown.link.name()));
        mark(&self.badge, "data-status", Some(state_name(shown.status())));
        // The server draws the page of a host who does not share yet.
        mark(&self.offer, "hidden", (shown.is_sharing() || shown.is_over()).then_some(""));
    }
}
