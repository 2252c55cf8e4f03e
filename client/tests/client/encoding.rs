//! Which descriptions a peer connection sets, and when.

use heartogether_client::{
    Encoding, EncodingInput as Input, EncodingOrder as Order, Profile, Side, adaptation::Packets, sdp::opus,
};

const OFFER: &str = include_str!("descriptions/chromium_offer.sdp");
const ANSWER: &str = include_str!("descriptions/chromium_answer.sdp");

const TWICE: Packets = Packets { redundancy: true, ..Packets::USUAL };

fn answer(profile: Profile, packets: Packets) -> String {
    opus::accepted(ANSWER, profile, packets)
}

fn came() -> Input {
    Input::AnswerCame(ANSWER.to_owned())
}

/// One that has offered, and whose offer is out.
fn offered(profile: Profile) -> Encoding {
    let mut encoding = Encoding::new(Side::Offering { receives: false }, profile);
    assert_eq!(encoding.step(Input::Begun), Some(Order::Offer { restarts: false }));
    assert_eq!(encoding.step(Input::CarriedOut), None);
    encoding
}

/// One that sends as this profile wants.
fn sending(profile: Profile) -> Encoding {
    let mut encoding = offered(profile);
    assert_eq!(encoding.step(came()), Some(Order::Accept { answer: answer(profile, Packets::USUAL) }));
    assert_eq!(encoding.step(Input::CarriedOut), None);
    encoding
}

#[test]
fn a_profile_chosen_during_an_offer_is_in_the_answer() {
    let mut encoding = offered(Profile::Voice);
    assert_eq!(encoding.step(Input::ProfileChosen(Profile::Music)), None);
    assert_eq!(encoding.step(Input::PacketsChosen(TWICE)), None);
    assert_eq!(encoding.step(came()), Some(Order::Accept { answer: answer(Profile::Music, TWICE) }));
    assert_eq!(encoding.step(Input::CarriedOut), None);
}

#[test]
fn a_new_profile_is_set_on_this_side_only() {
    let mut encoding = sending(Profile::Voice);
    let order = encoding.step(Input::ProfileChosen(Profile::Studio));
    assert_eq!(order, Some(Order::OfferAlone { answer: answer(Profile::Studio, Packets::USUAL) }));
    assert_eq!(encoding.step(Input::CarriedOut), None);
    assert_eq!(encoding.step(Input::ProfileChosen(Profile::Studio)), None, "it stands there");
}

#[test]
fn a_profile_chosen_while_descriptions_are_set_is_set_afterwards() {
    let mut encoding = sending(Profile::Voice);
    assert!(encoding.step(Input::PacketsChosen(TWICE)).is_some());
    assert_eq!(encoding.step(Input::ProfileChosen(Profile::Music)), None);
    assert_eq!(encoding.step(Input::PacketsChosen(Packets::USUAL)), None);
    let next = encoding.step(Input::CarriedOut);
    assert_eq!(next, Some(Order::OfferAlone { answer: answer(Profile::Music, Packets::USUAL) }));
    assert_eq!(encoding.step(Input::CarriedOut), None);
}

#[test]
fn a_choice_that_is_undone_meanwhile_is_not_set() {
    let mut encoding = sending(Profile::Voice);
    assert!(encoding.step(Input::ProfileChosen(Profile::Music)).is_some());
    assert_eq!(encoding.step(Input::ProfileChosen(Profile::Studio)), None);
    assert_eq!(encoding.step(Input::ProfileChosen(Profile::Music)), None);
    assert_eq!(encoding.step(Input::CarriedOut), None);
}

#[test]
fn a_restart_waits_until_the_descriptions_are_set() {
    let mut encoding = sending(Profile::Voice);
    assert!(encoding.step(Input::ProfileChosen(Profile::Music)).is_some());
    assert_eq!(encoding.step(Input::RestartWanted), None);
    assert_eq!(encoding.step(Input::CarriedOut), Some(Order::Offer { restarts: true }));
    assert_eq!(encoding.step(Input::CarriedOut), None, "it restarts once");
}

#[test]
fn after_a_failure_a_restart_sets_what_is_wanted() {
    let mut encoding = sending(Profile::Voice);
    assert!(encoding.step(Input::PacketsChosen(TWICE)).is_some());
    assert_eq!(encoding.step(Input::Failed), None);
    assert_eq!(encoding.step(Input::ProfileChosen(Profile::Music)), None, "nothing is agreed on");
    assert_eq!(encoding.step(came()), None, "it answers nothing");
    assert_eq!(encoding.step(Input::RestartWanted), Some(Order::Offer { restarts: true }));
    assert_eq!(encoding.step(Input::CarriedOut), None);
    assert_eq!(encoding.step(came()), Some(Order::Accept { answer: answer(Profile::Music, TWICE) }));
    assert_eq!(encoding.step(Input::CarriedOut), None);
}

#[test]
fn what_has_waited_for_an_order_follows_its_failure() {
    let mut offering = sending(Profile::Voice);
    assert!(offering.step(Input::ProfileChosen(Profile::Music)).is_some());
    assert_eq!(offering.step(Input::RestartWanted), None);
    assert_eq!(offering.step(Input::Failed), Some(Order::Offer { restarts: true }));

    let mut answering = Encoding::new(Side::Answering { sends: false }, Profile::Voice);
    let offer = OFFER.to_owned();
    assert!(answering.step(Input::OfferCame(offer.clone())).is_some());
    assert_eq!(answering.step(Input::OfferCame(offer.clone())), None);
    assert_eq!(answering.step(Input::Failed), Some(Order::Answer { offer }));
}

#[test]
fn a_restart_replaces_an_unanswered_offer() {
    let mut encoding = offered(Profile::Voice);
    assert_eq!(encoding.step(Input::RestartWanted), Some(Order::Offer { restarts: true }));
    assert_eq!(encoding.step(Input::RestartWanted), None, "the one before is still being made");
    assert_eq!(encoding.step(Input::CarriedOut), Some(Order::Offer { restarts: true }));
    assert_eq!(encoding.step(Input::CarriedOut), None);
    assert!(matches!(encoding.step(came()), Some(Order::Accept { .. })));
}

#[test]
fn a_new_profile_waits_for_the_answer_to_a_restart() {
    let mut encoding = sending(Profile::Voice);
    assert!(encoding.step(Input::RestartWanted).is_some());
    assert_eq!(encoding.step(Input::CarriedOut), None);
    assert_eq!(encoding.step(Input::ProfileChosen(Profile::Music)), None);
    assert_eq!(encoding.step(came()), Some(Order::Accept { answer: answer(Profile::Music, Packets::USUAL) }));
}

#[test]
fn an_answer_without_an_offer_is_not_set() {
    assert_eq!(sending(Profile::Voice).step(came()), None);
    let mut accepting = offered(Profile::Voice);
    assert!(accepting.step(came()).is_some());
    assert_eq!(accepting.step(came()), None);
}

#[test]
fn a_receiver_sets_offers_unchanged() {
    let mut encoding = Encoding::new(Side::Answering { sends: false }, Profile::Voice);
    let offer = OFFER.to_owned();
    assert_eq!(encoding.step(Input::OfferCame(offer.clone())), Some(Order::Answer { offer: offer.clone() }));
    assert_eq!(encoding.step(Input::OfferCame(offer.clone())), None, "one after the other");
    assert_eq!(encoding.step(Input::CarriedOut), Some(Order::Answer { offer }));
    assert_eq!(encoding.step(Input::CarriedOut), None);
    assert_eq!(encoding.step(Input::ProfileChosen(Profile::Music)), None);
}

#[test]
fn an_answerer_who_sends_adds_the_profile_to_the_offer() {
    let mut encoding = Encoding::new(Side::Answering { sends: true }, Profile::Voice);
    let shaped = |profile| opus::accepted(OFFER, profile, Packets::USUAL);
    let order = encoding.step(Input::OfferCame(OFFER.to_owned()));
    assert_eq!(order, Some(Order::Answer { offer: shaped(Profile::Voice) }));
    assert_eq!(encoding.step(Input::ProfileChosen(Profile::Music)), None);
    assert_eq!(encoding.step(Input::CarriedOut), Some(Order::AnswerAlone { offer: shaped(Profile::Music) }));
    assert_eq!(encoding.step(Input::CarriedOut), None);
}

#[test]
fn own_descriptions_accept_two_channels_if_sound_is_received() {
    for (side, is_stereo) in [
        (Side::Offering { receives: false }, false),
        (Side::Offering { receives: true }, true),
        (Side::Answering { sends: false }, true),
    ] {
        let own = Encoding::new(side, Profile::Voice).set_locally(ANSWER);
        assert_eq!(own.contains("stereo=1"), is_stereo, "{side:?}");
    }
}

#[test]
fn an_offer_announces_the_sound_to_the_other_side() {
    let mut encoding = offered(Profile::Voice);
    encoding.step(Input::ProfileChosen(Profile::Music));
    assert_eq!(encoding.told(OFFER), opus::offered(OFFER, Profile::Music));
    let answering = Encoding::new(Side::Answering { sends: true }, Profile::Music);
    assert_eq!(answering.told(ANSWER), ANSWER);
}
