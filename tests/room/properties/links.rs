//! Links have two ends, and signals go over them.

use heartogether::room::{Member, Room, SignalDirection};
use proptest::prelude::*;

/// Checks that the two ends of each link know of it, and that signals go where one is.
pub(super) fn check_links(room: &Room) -> Result<(), TestCaseError> {
    use SignalDirection::{Either, FromAnswerer, FromOfferer};
    let links = |member: &Member| room.view(member.id).map(|view| view.links).unwrap_or_default();
    for member in room.members() {
        for link in links(member) {
            let peer = link.peer_of(member.id);
            prop_assert!(link.has(member.id) && peer != member.id && room.view(peer).is_some(), "{:?}", link);
        }
        for other in room.members() {
            let with = |of: &Member, peer: &Member| -> Vec<_> {
                links(of).into_iter().filter(|link| link.peer_of(of.id) == peer.id).collect()
            };
            let shared = with(member, other);
            prop_assert!(shared.len() <= 1);
            prop_assert_eq!(&shared, &with(other, member), "both ends have the same link");
            let (Some(from), Some(_)) = (member.connection(), other.connection()) else { continue };
            let offers = shared.first().map(|link| link.offerer == member.id);
            for (direction, is_right) in
                [(FromOfferer, offers == Some(true)), (FromAnswerer, offers == Some(false)), (Either, offers.is_some())]
            {
                prop_assert_eq!(room.route_signal(from.id, other.id, direction).is_ok(), is_right);
            }
        }
    }
    Ok(())
}
