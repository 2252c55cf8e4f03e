//! Who is kept out after a removal, and the share of places for one address.

use heartogether::{
    id::{AccountId, AddressMark, BrowserMark, MemberId, ResumeToken},
    refusal::Refusal,
    role::{AccountKind, Role},
    room::{Command, Event, JoinRequested, Marks, Policy, RoomCreated, RoomEvent},
};

use crate::scenario::*;

const HOSTS_ADDRESS: u128 = 1;

fn marks(browser: u128, address: u128) -> Marks {
    let (browser, address) = (BrowserMark::from_bits(browser), AddressMark::from_bits(address));
    Marks { browser: Some(browser), address: Some(address), name: None }
}

/// A room in which an address has two of five places, hosted on connection 1.
fn stage() -> Stage {
    let mut stage = Stage::before_creation();
    let policy = Policy { max_members: 5, max_members_per_address: 2, ..created().policy };
    stage.append(Event::RoomCreated(RoomCreated { policy, ..created() }));
    let host = ask(&mut stage, OWNER, Role::Host, 1, marks(1, HOSTS_ADDRESS));
    host.joined(1);
    stage
}

fn ask(stage: &mut Stage, account: AccountId, role: Role, at: u128, marks: Marks) -> Outcome {
    stage.append(Event::JoinRequested(JoinRequested {
        connection: connection(at),
        account,
        name: name("Somebody"),
        email: None,
        has_picture: false,
        kind: AccountKind::Known,
        marks,
        role,
        take_over: false,
        returns: false,
        member: MemberId::from_bits(1_000 + at),
        token: ResumeToken::from_bits(2_000 + at),
    }))
}

/// A guest of their own account on their own connection.
fn listen(stage: &mut Stage, guest: u128, marks: Marks) -> Outcome {
    ask(stage, AccountId::from_bits(100 + guest), Role::Listener, guest, marks)
}

fn remove(stage: &mut Stage, guest: u128, block_address: bool) -> Outcome {
    stage.command(
        1,
        Command::RemoveMember { member: MemberId::from_bits(1_000 + guest), block_address, may_return: false },
    )
}

#[test]
fn a_removed_guest_cannot_come_back_as_another_guest_of_the_same_browser() {
    let mut stage = stage();
    listen(&mut stage, 10, marks(10, 2)).joined(10);
    remove(&mut stage, 10, false);
    assert_eq!(listen(&mut stage, 11, marks(10, 3)).refusal(11), Refusal::Removed);
    listen(&mut stage, 12, marks(12, 2)).joined(12);
}

#[test]
fn a_member_who_left_is_recognised_by_their_browser() {
    let mut stage = stage();
    listen(&mut stage, 10, marks(10, 2)).joined(10);
    stage.command(10, Command::Leave);
    remove(&mut stage, 10, false);
    assert_eq!(listen(&mut stage, 11, marks(10, 3)).refusal(11), Refusal::Removed);
}

#[test]
fn if_the_host_chooses_everybody_at_the_address_is_removed_and_stays_out() {
    let mut stage = stage();
    let address = 2;
    listen(&mut stage, 10, marks(10, address)).joined(10);
    listen(&mut stage, 11, marks(11, address)).joined(11);
    listen(&mut stage, 12, marks(12, 3)).joined(12);
    let outcome = remove(&mut stage, 10, true);
    let left = |guest: u128| RoomEvent::MemberLeft { member: MemberId::from_bits(1_000 + guest) };
    assert_eq!(outcome.host_learns(), [&left(10), &left(11)]);
    assert_eq!(outcome.closed(), [10, 11].map(|at| (connection(at).id, Refusal::Removed)));
    assert_eq!(listen(&mut stage, 13, marks(13, address)).refusal(13), Refusal::Removed);
    // Who was there with them is known by account and browser elsewhere as well.
    assert_eq!(
        ask(&mut stage, AccountId::from_bits(111), Role::Listener, 14, Marks::default()).refusal(14),
        Refusal::Removed
    );
    listen(&mut stage, 15, marks(15, 4)).joined(15);
}

#[test]
fn one_address_has_a_share_of_the_places_and_the_hosts_address_has_all() {
    let mut stage = stage();
    let stranger = 2;
    for guest in [10, 11] {
        listen(&mut stage, guest, marks(guest, stranger)).joined(guest);
    }
    assert_eq!(listen(&mut stage, 12, marks(12, stranger)).refusal(12), Refusal::AddressFull);
    // Whoever has a place keeps it on another page.
    ask(&mut stage, AccountId::from_bits(110), Role::Listener, 13, marks(10, stranger)).joined(13);
    for guest in [20, 21, 22] {
        listen(&mut stage, guest, marks(guest, HOSTS_ADDRESS)).joined(guest);
    }
    assert_eq!(listen(&mut stage, 23, marks(23, HOSTS_ADDRESS)).refusal(23), Refusal::RoomFull);
    stage.command(13, Command::Leave);
    listen(&mut stage, 14, marks(14, stranger)).joined(14);
}

#[test]
fn members_are_identified_by_their_account() {
    let mut stage = stage();
    listen(&mut stage, 10, Marks::default()).joined(10);
    let account = AccountId::from_bits(110);
    assert!(stage.room.has_place(OWNER) && stage.room.has_place(account) && !stage.room.has_place(GRACE));
    stage.command(10, Command::Leave);
    assert!(!stage.room.has_place(account));
    stage.command(1, Command::StopRoom);
    assert!(!stage.room.has_place(OWNER));
}
