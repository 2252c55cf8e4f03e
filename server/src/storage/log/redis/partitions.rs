//! Where a room's keys lie. Rooms are spread over 128 partitions, and each partition over a slot of its own, evenly: so a cluster
//! can be divided among up to 128 servers, and all keys of a room are on one of them.

use std::sync::OnceLock;

use heartogether::id::RoomId;

/// How many partitions there are. It is a part of the keys: another number would not find the rooms that are there.
pub(super) const PARTITIONS: usize = 128;
/// Slots of a cluster (Redis Cluster specification, "Key distribution model").
pub(super) const SLOTS: u16 = 16_384;

/// The partition of a room.
pub(super) fn partition_of(room: RoomId) -> usize {
    let text = room.to_string();
    usize::from_str_radix(&text[text.len() - 2..], 16).unwrap_or_default() % PARTITIONS
}

/// A partition's hash tag.
pub(super) fn tag_of(partition: usize) -> String {
    static TAGS: OnceLock<Vec<String>> = OnceLock::new();
    TAGS.get_or_init(tags).get(partition).cloned().unwrap_or_default()
}

/// Each partition's hash tag: the smallest number whose slot lies in the partition's share of the slots.
fn tags() -> Vec<String> {
    let mut tags = vec![None; PARTITIONS];
    let mut missing = PARTITIONS;
    let mut number = 0_u32;
    while missing > 0 {
        let tag = number.to_string();
        let partition = usize::from(slot_of(&tag)) * PARTITIONS / usize::from(SLOTS);
        if tags[partition].is_none() {
            tags[partition] = Some(tag);
            missing -= 1;
        }
        number += 1;
    }
    tags.into_iter().flatten().collect()
}

/// The slot of a hash tag: CRC16 (XMODEM) of it.
pub(super) fn slot_of(tag: &str) -> u16 {
    let crc = tag.bytes().fold(0_u16, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(byte) << 8), |crc, _| if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 })
    });
    crc % SLOTS
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn slots_are_those_of_the_specification() {
        // "CRC16 of 123456789 is 31C3".
        assert_eq!(slot_of("123456789"), 0x31c3);
        assert_eq!(slot_of("foo"), 12_182);
    }

    #[test]
    fn each_partition_has_a_tag_in_its_own_share_of_the_slots() {
        let tags = tags();
        assert_eq!(tags.len(), PARTITIONS);
        assert_eq!(tags.iter().collect::<HashSet<_>>().len(), PARTITIONS);
        for (partition, tag) in tags.iter().enumerate() {
            assert_eq!(usize::from(slot_of(tag)) / 128, partition);
        }
    }

    #[test]
    fn rooms_are_spread() {
        assert_eq!(partition_of(RoomId::from_bits(0x17f)), 127);
        assert_eq!(partition_of(RoomId::from_bits(0x80)), 0);
    }
}
