//! What a host's page stores for its reload.

use heartogether::{
    protocol::{Publish, ToRoom},
    refusal::Refusal,
    role::Role,
    room::{EndReason, RoomEvent, Source, StreamState},
};
use heartogether_client::{ComeBack, Fader, HostState, Input, Mix, Output, Profile, ReloadState};
use proptest::prelude::*;

use crate::scenario::*;

/// The reloaded page of a host, in a room that waits for it.
fn reloaded(keepsake: ReloadState) -> Page {
    let mut page = Page::new(Role::Host, true, 1);
    page.take(Input::Recalled(keepsake));
    page.take(Input::Started);
    page.take(Input::SocketOpened);
    page.hear(joined(HOST, 10, view(StreamState::Interrupted, &[])));
    page
}

#[test]
fn the_reload_state_exists_while_something_is_shared() {
    let mut page = Page::hosting(&[]);
    assert_eq!(page.client.keepsake(), None);
    page.take(Input::CaptureStarted(Source::Microphone));
    assert!(page.client.keepsake().is_some());
    page.take(Input::CaptureEnded(Source::Microphone));
    assert_eq!(page.client.keepsake(), None);
    page.take(Input::CaptureStarted(Source::Display));
    page.learn(RoomEvent::RoomEnded { reason: EndReason::Stopped });
    assert_eq!(page.client.keepsake(), None);
}

#[test]
fn a_reloaded_page_continues_once_the_source_is_back() {
    let mut before = Page::live(&[]);
    before.take(Input::ProfileChosen(Profile::Studio));
    before.take(Input::FaderMoved { source: Source::Microphone, fader: Fader { volume_percent: 40, muted: true } });
    before.take(Input::PausePressed);
    let keepsake = before.client.keepsake().expect("something is shared");

    let mut page = reloaded(keepsake);
    assert_eq!(page.client.host_state(), HostState::Interrupted, "nothing is shared yet");
    let commands = page.take(Input::CaptureStarted(Source::Microphone));
    assert_eq!(sent(&commands), [to_room(ToRoom::Publish(Publish { source: Source::Microphone, paused: true }))]);
    assert!(commands.contains(&Output::SetSending(false)));
    assert_eq!(page.client.keepsake(), Some(keepsake));
    assert_eq!(page.client.host_state(), HostState::Paused);
}

#[test]
fn a_microphone_comes_back_by_itself_where_it_may_and_a_tab_waits_for_a_click() {
    let come_back = |sources: &[Source], is_back, may_open| {
        let mut mix = Mix::default();
        sources.iter().for_each(|source| mix.put(*source, true));
        let kept = ReloadState { code: code(), mix, chosen: None, headphones: false, paused: false };
        let ComeBack { opens_microphone, waits } = kept.come_back(is_back, may_open);
        (opens_microphone, waits)
    };
    let (tab, microphone) = (Source::Display, Source::Microphone);
    assert_eq!(come_back(&[microphone], true, true), (true, None));
    assert_eq!(come_back(&[microphone], true, false), (false, Some(microphone)));
    assert_eq!(come_back(&[microphone], false, true), (false, Some(microphone)), "a tab that was duplicated");
    assert_eq!(come_back(&[tab], true, true), (false, Some(tab)));
    assert_eq!(come_back(&[tab, microphone], true, true), (true, Some(tab)));
    assert_eq!(come_back(&[tab, microphone], true, false), (false, Some(tab)));
}

#[test]
fn what_the_next_page_asks_for_a_microphone_is_known_before_the_reload() {
    let tab_and_microphone = || {
        let mut page = Page::live(&[]);
        page.take(Input::CaptureStarted(Source::Display));
        page
    };
    let studio = || {
        let mut page = Page::live(&[]);
        page.take(Input::ProfileChosen(Profile::Studio));
        page
    };
    for before in [Page::live(&[]), studio(), tab_and_microphone()] {
        let page = reloaded(before.client.keepsake().expect("something is shared"));
        let asked = (page.client.profile(), page.client.processing());
        assert_eq!(before.client.microphone_after_reload(), Some(asked));
    }
}

#[test]
fn the_next_page_opens_no_microphone_that_is_not_shared() {
    assert_eq!(Page::hosting(&[]).client.microphone_after_reload(), None);
    let mut page = Page::hosting(&[]);
    page.take(Input::CaptureStarted(Source::Display));
    assert_eq!(page.client.microphone_after_reload(), None);
}

#[test]
fn sources_that_the_host_declines_are_forgotten() {
    let mut before = Page::live(&[]);
    before.take(Input::FaderMoved { source: Source::Microphone, fader: Fader { volume_percent: 40, muted: true } });
    before.take(Input::PausePressed);
    let mut page = reloaded(before.client.keepsake().expect("something is shared"));
    page.take(Input::Dismissed);
    page.take(Input::CaptureStarted(Source::Microphone));
    assert_eq!((page.client.host_state(), page.client.mix()), (HostState::Live, Page::live(&[]).client.mix()));
    page.take(Input::Dismissed);
    assert_eq!(page.client.host_state(), HostState::Live, "what is shared by now goes on");
}

#[test]
fn sources_of_another_room_are_not_restored() {
    let mut keepsake = Page::live(&[]).client.keepsake().expect("something is shared");
    keepsake.code = "ZZZ999".parse().expect("a code of the tests");
    keepsake.paused = true;
    let mut page = reloaded(keepsake);
    page.take(Input::CaptureStarted(Source::Microphone));
    assert_eq!(page.client.host_state(), HostState::Live);
}

/// Whether the page, going away, leaves the next one in its tab the right to the room.
fn leaves_mark(page: &mut Page) -> bool {
    page.take(Input::Hidden).contains(&Output::LeaveMark(code()))
}

#[test]
fn a_page_that_goes_away_leaves_the_room_to_the_next_one_in_its_tab() {
    assert!(leaves_mark(&mut Page::hosting(&[])));
    let mut page = Page::live(&[GRACE]);
    page.lose();
    assert!(leaves_mark(&mut page));

    let mut page = Page::new(Role::Host, true, 1);
    page.take(Input::Started);
    assert!(leaves_mark(&mut page), "it was about to take the room over");
}

#[test]
fn a_page_without_the_room_leaves_no_mark() {
    let mut page = Page::new(Role::Host, false, 1);
    page.take(Input::Started);
    assert!(!leaves_mark(&mut page));
    page.take(Input::SocketOpened);
    page.refuse(Refusal::HostElsewhere);
    assert!(!leaves_mark(&mut page));

    let mut page = Page::live(&[GRACE]);
    page.refuse(Refusal::SessionReplaced);
    assert!(!leaves_mark(&mut page));
    assert!(!leaves_mark(&mut Page::hearing(StreamState::Live)));
}

proptest! {
    #[test]
    fn the_reload_state_can_be_stored_as_text(
        (display, microphone) in any::<(bool, bool)>(),
        volumes in any::<[u8; 2]>(),
        (muted, headphones, paused) in any::<([bool; 2], bool, bool)>(),
        chosen in prop::option::of(prop::sample::select(&Profile::ALL)),
    ) {
        let mut keepsake = ReloadState { code: code(), mix: Default::default(), chosen, headphones, paused };
        for (i, (source, is_in)) in [(Source::Display, display), (Source::Microphone, microphone)].into_iter().enumerate() {
            keepsake.mix.put(source, is_in);
            keepsake.mix.set(source, Fader { volume_percent: volumes[i], muted: muted[i] });
        }
        prop_assert_eq!(ReloadState::parse(&keepsake.to_string()), Some(keepsake));
    }

    #[test]
    fn text_in_another_format_is_refused(text in ".*") {
        prop_assert_eq!(ReloadState::parse(&text), None);
    }
}
