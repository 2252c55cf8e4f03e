//! Reactions, which are of a moment.

use heartogether::{
    engagement::Reaction,
    protocol::{React, ToRoom},
    refusal::Refusal,
    room::{RoomEvent, StreamState},
    time::Timestamp,
};
use heartogether_client::{Input, Output};

use crate::scenario::*;

#[test]
fn a_reaction_goes_out_and_is_shown_as_chosen() {
    let mut page = Page::hearing(StreamState::Live);
    let commands = page.take(Input::ReactionPressed(Reaction::Fire));
    assert_eq!(sent(&commands), [to_room(ToRoom::React(React { reaction: Reaction::Fire }))]);
    assert_eq!(page.client.chosen_reaction(), Some(Reaction::Fire));
}

#[test]
fn a_reaction_without_a_connection_is_of_a_moment_that_has_passed() {
    let mut page = Page::hearing(StreamState::Live);
    page.lose();
    assert!(page.take(Input::ReactionPressed(Reaction::Fire)).is_empty());
    assert_eq!(page.client.chosen_reaction(), None);
}

#[test]
fn a_reaction_that_is_refused_is_not_shown_as_chosen() {
    let mut page = Page::hearing(StreamState::Live);
    for reaction in [Reaction::Heart, Reaction::Fire, Reaction::Party] {
        page.take(Input::ReactionPressed(reaction));
    }
    page.refuse(Refusal::TooManyReactions);
    page.refuse(Refusal::TooManyReactions);
    assert_eq!(page.client.chosen_reaction(), Some(Reaction::Heart), "the one before those that were refused");
    page.refuse(Refusal::TooManyReactions);
    assert_eq!(page.client.chosen_reaction(), None);
}

#[test]
fn reactions_that_come_in_rise_at_the_host_but_not_those_of_before_a_resume() {
    let mut page = Page::hosting(&[GRACE]);
    let reacted = RoomEvent::Reacted { member: GRACE, reaction: Reaction::Party, at: Timestamp::from_millis(1) };
    assert!(page.learn(reacted.clone()).contains(&Output::ShowReaction(Reaction::Party)));
    page.lose();
    assert!(!page.miss(vec![reacted]).contains(&Output::ShowReaction(Reaction::Party)));
}

#[test]
fn too_many_reactions_are_said_kindly_until_the_next() {
    let mut page = Page::hearing(StreamState::Live);
    page.refuse(Refusal::TooManyReactions);
    assert_eq!(page.client.engagement_notice(), Some(Refusal::TooManyReactions));
    page.take(Input::ReactionPressed(Reaction::Heart));
    assert_eq!(page.client.engagement_notice(), None);
}
