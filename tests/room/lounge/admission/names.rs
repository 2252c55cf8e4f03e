//! Under which names people wait and come in.

use super::*;

#[test]
fn a_name_is_checked_before_somebody_waits_and_is_theirs_only_once_they_are_in() {
    let mut stage = lounge();
    come(&mut stage, 1, 1);
    knock_as(&mut stage, 2, "Grace", 7).joined(2);
    stage.command(1, ASK);
    assert_eq!(knock_as(&mut stage, 3, "Gracе", 7).refusal(3), Refusal::NameTaken);
    assert!(waits(&knock_as(&mut stage, 3, "Edsger", 8), 3));
    assert!(waits(&knock_as(&mut stage, 4, "edsger", 8), 4), "who waits keeps no name from others");
    let [third, fourth] = [0, 1].map(|place| waiting(&stage)[place].member);
    let named = Command::NameOneself { name: name("Edsger"), mark: NameMark::from_bits(8) };
    let outcome = stage.command(2, named);
    assert!(matches!(outcome.everyone_learns()[..], [RoomEvent::MemberNamed { .. }]), "{outcome:?}");

    for member in [third, fourth] {
        assert_eq!(stage.command(1, answer(member, true)).refusal(1), Refusal::NameTaken);
    }
    assert_eq!(waiting(&stage).len(), 2, "they go on waiting");
    assert!(waits(&knock_as(&mut stage, 3, "Edsger W.", 9), 3));
    assert!(admits(&stage.command(1, answer(third, true)), 3));
}

#[test]
fn of_two_who_wait_under_one_name_one_comes_in_when_nobody_is_asked_any_more() {
    let mut stage = asking();
    knock_as(&mut stage, 3, "Edsger", 8);
    knock_as(&mut stage, 4, "edsger", 8);
    let outcome = stage.command(1, ASK_NO_MORE);
    assert!(admits(&outcome, 3));
    assert_eq!(outcome.closed(), [closed_at(4, Refusal::NameTaken)]);
}
