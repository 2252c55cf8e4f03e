//! What is begun before the code that draws the page is there: a listener joins, hears, and has the controls that the
//! server has drawn; a host can share, and is heard again after a reload.

mod controls;
mod share_buttons;
pub(crate) mod words;

use std::{cell::RefCell, time::Duration};

use heartogether::{id::RoomCode, role::Role};
use heartogether_client::{Input, Volume};

use crate::{
    Page, View,
    early_join::{self, WantedPlace},
    early_microphone,
    sources::open_devices,
};
use controls::Controls;
use share_buttons::ShareButtons;
use words::Words;

thread_local! {
    static BEGUN: RefCell<Option<Begun>> = const { RefCell::new(None) };
}

/// A page that nobody draws yet.
struct Begun {
    role: Role,
    code: RoomCode,
    page: Page,
}

/// How long nothing happens before the code that draws is loaded although there is no sound yet: longer than a round trip on a
/// slow line, on which it would be in the way.
const DRAWN_AFTER: Duration = Duration::from_secs(1);
/// How long it waits at most, in a room in which something happens all the time.
const DRAWN_WITHIN: Duration = Duration::from_secs(5);

/// Joins the room for which the script at the top of the page has requested a place, if it has. Until the page is drawn, `tell`
/// says on it what is to be seen, at the volume that is chosen. Gives what completes when the rest may take the line and the
/// browser's one thread.
pub fn begin(tell: impl Fn(&View, Volume) + 'static) -> Option<impl Future<Output = ()> + 'static> {
    let WantedPlace { role, code, ice_servers } = early_join::wanted()?;
    let page = Page::join(role, code, ice_servers, None);
    let controls = Controls::attach(&page);
    page.begin_words(move |view| tell(view, controls.volume()));
    page.publish();
    BEGUN.set(Some(Begun { role, code, page: page.clone() }));
    Some(async move {
        let report = page.reporter();
        page.settle(DRAWN_AFTER, DRAWN_WITHIN).await;
        report.page().iter().for_each(Page::prepare_speakers);
    })
}

/// How long nothing happens before a host's page is drawn although nobody hears it yet: its controls are wanted.
const HOST_DRAWN_AFTER: Duration = Duration::from_millis(100);
/// How long it waits at most.
const HOST_DRAWN_WITHIN: Duration = Duration::from_secs(1);

/// Joins the room of a host's page, or goes on with what was begun after a reload. Until the page is drawn, the buttons that share
/// a source work, and `tell` says on it what is to be seen.
/// Gives what completes when the rest may take the browser's one thread: where the script at the top of the page opens the microphone
/// again, once somebody hears it.
pub fn begin_hosting(tell: impl Fn(&View) + 'static) -> Option<impl Future<Output = ()> + 'static> {
    let WantedPlace { role, code, ice_servers } = early_join::wanted()?;
    let comes_back = early_microphone::is_begun();
    let page = Page::join(role, code, ice_servers, Some(open_devices));
    let buttons = ShareButtons::attach(&page);
    page.begin_words(move |view| {
        // They work for as long as the words are said.
        let _ = &buttons;
        tell(view);
    });
    page.publish();
    BEGUN.set(Some(Begun { role, code, page: page.clone() }));
    Some(async move {
        if comes_back {
            page.settle(HOST_DRAWN_AFTER, HOST_DRAWN_WITHIN).await;
        }
    })
}

impl Page {
    fn begin_words(&self, tell: impl Fn(&View) + 'static) {
        *self.0.words.borrow_mut() = Some(Words::begin(self, tell));
    }
}

/// What has been begun for this very place, once. What was begun for another one ends.
pub fn take_begun(role: Role, code: RoomCode) -> Option<Page> {
    let begun = BEGUN.take()?;
    let is_wanted = (begun.role, begun.code) == (role, code);
    if !is_wanted {
        begun.page.input(Input::Left);
    }
    is_wanted.then_some(begun.page)
}

/// Ends what has been begun: nobody draws a player or a stage.
pub fn abandon() {
    early_microphone::release();
    if let Some(begun) = BEGUN.take() {
        begun.page.input(Input::Left);
    }
    early_join::abandon();
}
