//! Requests for a microphone: which request is still wanted, and what the page does with the answer.

use heartogether::room::Source;
use heartogether_client::{
    MicrophoneAnswer as Answer, MicrophoneInput as Input, MicrophoneOrder as Order, MicrophonePurpose as Purpose,
    MicrophoneQuestion as Question, MicrophoneRequests as Requests, Mix, OpenMicrophone, Processing,
};

const QUIET: Processing = Processing { echo_cancellation: true, noise_suppression: true, gain_control: true };

/// A mix with the microphone in it, or with nothing.
fn mix(has_microphone: bool) -> Mix {
    let mut mix = Mix::default();
    mix.put(Source::Microphone, has_microphone);
    mix
}

fn nothing() -> Mix {
    mix(false)
}

fn ask(number: u32, device: Option<&str>) -> Order {
    Order::Ask(Question { number, device: device.map(str::to_owned) })
}

fn opened(number: u32, device: &str) -> Input {
    let open = OpenMicrophone { device: Some(device.to_owned()), processing: QUIET };
    Input::Answered(number, Answer::Opened(open))
}

/// One that is open for trying out, as the answer to question 1.
fn trying(device: &str) -> Requests {
    let mut requests = Requests::default();
    assert_eq!(requests.step(Input::Wanted(Purpose::Trial), &nothing()), [ask(1, None)]);
    assert_eq!(requests.step(opened(1, device), &nothing()), []);
    requests
}

#[test]
fn a_microphone_that_is_requested_for_sharing_is_shared_once_it_opens() {
    let mut requests = Requests::default();
    assert_eq!(requests.step(Input::Wanted(Purpose::Share), &nothing()), [ask(1, None)]);
    assert!(requests.is_wanted(1) && requests.is_asking());
    assert_eq!(requests.step(opened(1, "desk"), &nothing()), [Order::Share]);
    assert!(!requests.is_wanted(1) && !requests.is_asking());
    assert_eq!(requests.chosen(), Some("desk"));
}

#[test]
fn a_tested_microphone_is_shared_without_reopening() {
    assert_eq!(trying("desk").step(Input::Wanted(Purpose::Share), &nothing()), [Order::Share]);
}

#[test]
fn an_answer_to_an_older_request_is_not_used() {
    let mut requests = Requests::default();
    requests.step(Input::Wanted(Purpose::Trial), &nothing());
    assert_eq!(requests.step(Input::DeviceChosen("head".to_owned()), &nothing()), [ask(2, Some("head"))]);
    assert!(!requests.is_wanted(1));
    assert_eq!(requests.step(opened(1, "desk"), &nothing()), []);
    assert_eq!(requests.chosen(), Some("head"));
}

#[test]
fn a_newer_request_keeps_the_purpose_of_the_older_one() {
    let mut requests = Requests::default();
    requests.step(Input::Wanted(Purpose::Share), &nothing());
    requests.step(Input::DeviceChosen("head".to_owned()), &nothing());
    let orders = requests.step(opened(2, "head"), &nothing());
    assert_eq!(orders, [Order::Remember("head".to_owned()), Order::Share]);
}

#[test]
fn a_request_for_permission_leaves_no_device_open() {
    let mut requests = Requests::default();
    requests.step(Input::Wanted(Purpose::Permission), &nothing());
    assert_eq!(requests.step(opened(1, "desk"), &nothing()), [Order::Close]);
    assert_eq!(trying("desk").step(Input::Wanted(Purpose::Permission), &nothing()), [], "it is given");
}

#[test]
fn a_missing_device_is_replaced_by_any_and_remembered_for_later() {
    let mut requests = Requests::default();
    requests.step(Input::Remembered(Some("head".to_owned())), &nothing());
    assert_eq!(requests.chosen(), Some("head"));
    assert_eq!(requests.step(Input::Wanted(Purpose::Share), &nothing()), [ask(1, Some("head"))]);
    let missing = Input::Answered(1, Answer::DeviceMissing);
    assert_eq!(requests.step(missing, &nothing()), [ask(2, None)]);
    assert_eq!(requests.step(opened(2, "desk"), &nothing()), [Order::Share], "nobody chose this one");
    assert_eq!(requests.chosen(), Some("desk"));
}

#[test]
fn a_choice_is_remembered_once_it_opens() {
    let mut requests = trying("desk");
    requests.step(Input::DeviceChosen("head".to_owned()), &nothing());
    assert_eq!(requests.step(opened(2, "head"), &nothing()), [Order::Remember("head".to_owned())]);
    requests.step(Input::Wanted(Purpose::Trial), &nothing());
    assert_eq!(requests.step(opened(3, "head"), &nothing()), [], "it is remembered");
}

#[test]
fn a_failed_choice_keeps_the_open_microphone() {
    let mut requests = trying("desk");
    requests.step(Input::DeviceChosen("head".to_owned()), &nothing());
    assert_eq!(requests.step(Input::Answered(2, Answer::Failed), &nothing()), []);
    assert_eq!(requests.chosen(), Some("desk"));
    assert!(!requests.is_asking());
}

#[test]
fn a_failed_choice_without_an_open_microphone_falls_back_to_the_remembered_one() {
    let mut requests = Requests::default();
    requests.step(Input::Remembered(Some("desk".to_owned())), &nothing());
    requests.step(Input::DeviceChosen("head".to_owned()), &nothing());
    requests.step(Input::Answered(1, Answer::Failed), &nothing());
    assert_eq!(requests.chosen(), Some("desk"));
}

#[test]
fn an_open_microphone_is_reopened_only_for_other_processing() {
    let mut requests = trying("desk");
    assert_eq!(requests.step(Input::ProcessingWanted(QUIET), &nothing()), []);
    let wanted = Input::ProcessingWanted(Processing::default());
    assert_eq!(requests.step(wanted.clone(), &nothing()), [ask(2, Some("desk"))]);
    assert_eq!(Requests::default().step(wanted, &nothing()), [], "none is open");
}

#[test]
fn the_end_of_a_test_closes_a_microphone_that_is_not_shared() {
    assert_eq!(trying("desk").step(Input::TrialOver, &nothing()), [Order::Close]);
    assert_eq!(trying("desk").step(Input::TrialOver, &mix(true)), []);
    assert_eq!(Requests::default().step(Input::TrialOver, &nothing()), []);
    let mut shared_soon = Requests::default();
    shared_soon.step(Input::Wanted(Purpose::Share), &nothing());
    assert_eq!(shared_soon.step(Input::TrialOver, &nothing()), []);
    assert!(shared_soon.is_wanted(1));
}

#[test]
fn a_microphone_that_is_closed_during_its_request_is_not_opened() {
    let mut requests = Requests::default();
    requests.step(Input::Wanted(Purpose::Share), &nothing());
    requests.step(Input::Closed, &nothing());
    assert!(!requests.is_wanted(1) && !requests.is_asking());
    assert_eq!(requests.step(opened(1, "desk"), &nothing()), []);
    assert_eq!(requests.step(Input::Wanted(Purpose::Share), &nothing()), [ask(2, None)]);
}
