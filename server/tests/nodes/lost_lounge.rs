//! A lounge whose log Redis loses while no node runs.

use std::time::{Duration, Instant};

use heartogether::{
    id::{MessageNumber, RoomCode},
    protocol::{FetchMessages, FromRoom, RemoveMember, RoomFrame, ServerMessage, ToRoom},
    refusal::Refusal,
    role::Role,
    room::RoomEvent,
};
use tokio::time::sleep;

use super::house::{House, write};
use crate::{
    lounges::open_lounge,
    support::{Connection, Site, join, refused, resume, tell_kept, told},
};

/// After which time from the start of a node the lounge has to go on.
pub const BACK: Duration = Duration::from_secs(180);

/// Asks to come in. Returns the page and the first answer.
async fn ask(site: &Site, cookie: &str, code: RoomCode) -> (Connection, ServerMessage) {
    let mut page = site.greet(cookie).await;
    page.send(&join(code, Role::Participant)).await;
    let answer = page.receive().await;
    (page, answer)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::disallowed_methods, reason = "how long it takes is measured on real servers")]
async fn a_lounge_whose_log_is_lost_while_no_node_runs_goes_on_with_all_its_messages() {
    let house = House::build().await;
    let node = house.start(&[]);
    let site = node.site();
    let [ada, grace, mallory] = [site.sign_in("Ada").await, site.sign_in("Grace").await, site.sign_in("Mallory").await];
    let code = open_lounge(site, &ada, "The engine room").await;
    let (mut adas, _) = site.join(&ada, code, Role::Participant).await;
    let (mut graces, as_grace) = site.join(&grace, code, Role::Participant).await;
    let (_mallorys, as_mallory) = site.join(&mallory, code, Role::Participant).await;
    graces.say(write(1)).await;
    let removal = RemoveMember { member: as_mallory.member, block_address: false, may_return: false };
    adas.say(ToRoom::RemoveMember(removal)).await;
    // The copy has the removal a second later. Two more messages come after it, and reach the archive.
    sleep(Duration::from_secs(4)).await;
    adas.say(write(2)).await;
    graces.say(write(3)).await;
    loop {
        if let Some(RoomEvent::MessageSent { message }) = told(adas.receive().await)
            && message.number == MessageNumber(3)
        {
            break;
        }
    }
    sleep(Duration::from_secs(2)).await;
    drop(node);
    house.fleet.empty();

    let (node, started) = (house.start(&[]), Instant::now());
    let site = node.site();
    let (mut adas, answer) = loop {
        let (page, answer) = ask(site, &ada, code).await;
        if refused(&answer) != Some(Refusal::RoomUnreadable) {
            break (page, answer);
        }
        assert!(started.elapsed() < BACK, "the lounge does not go on");
        sleep(Duration::from_secs(2)).await;
    };
    let ServerMessage::Room(RoomFrame { message: FromRoom::Joined(joined), .. }) = answer else { panic!("{answer:?}") };
    assert_eq!(joined.room.name.as_ref().map(|name| name.as_str()), Some("The engine room"));
    let took = started.elapsed();
    assert_eq!(refused(&ask(site, &mallory, code).await.1), Some(Refusal::Removed));
    // Grace's page has seen more of the log than there is now. It cannot resume, so it comes in anew, as pages do.
    let mut graces = site.greet(&grace).await;
    graces.send(&resume(code, &as_grace, as_grace.seq)).await;
    assert_eq!(graces.refusal().await, Refusal::NotAMember);
    graces.send(&join(code, Role::Participant)).await;
    let room = graces.joined().await.room;
    assert!(room.messages.is_empty() && room.has_earlier_messages);
    graces.say(ToRoom::FetchMessages(FetchMessages { before: MessageNumber(4) })).await;
    let page = loop {
        // Others come at the same time.
        if let FromRoom::Messages(page) = graces.hear().await {
            break page;
        }
    };
    assert_eq!(page.messages.iter().map(|message| message.number.0).collect::<Vec<_>>(), [1, 2, 3]);
    graces.say(write(4)).await;
    let next = loop {
        if let Some(RoomEvent::MessageSent { message }) = told(adas.receive().await) {
            break message.number;
        }
    };
    assert_eq!(next, MessageNumber(4), "no number is given twice");
    tell_kept(&format!("a lounge whose log was lost while no node ran went on after {took:?}, with 3 of 3 messages"));
}
