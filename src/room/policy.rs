//! The policy of a room: its kind, and every limit and duration that a replay depends on.

use serde::{Deserialize, Serialize};

use super::RoomKind;
use crate::limits::{
    DIRECT_LISTENERS, Limits, MESSAGE_CHARS, MESSAGE_TO_HOST_CHARS, PAGES_PER_MEMBER, PICTURES_PER_MESSAGE, PINS,
    REPORT_CHARS, REPORTS, REPORTS_PER_MEMBER, WAITING, WAITING_PER_ADDRESS,
};

/// The kind and the limits of a room. Its first entry contains them, so that later changes of settings or constants do
/// not change the meaning of an old log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// The kind of the room, which decides its rules.
    pub kind: RoomKind,
    /// Places beside the owner's.
    pub max_members: u32,
    /// Of these, places for people who come from one address.
    pub max_members_per_address: u32,
    /// How many members may send at once.
    pub max_publications: u32,
    /// Milliseconds without sound or activity after which the room ends.
    pub idle_ms: u64,
    /// Milliseconds without the owner after which the room ends, if its kind needs the owner.
    pub owner_absent_ms: u64,
    /// Milliseconds after its end that the owner can open it again.
    pub reopen_ms: u64,
    /// Milliseconds that a member who lost the connection keeps the place.
    pub member_grace_ms: u64,
    /// Milliseconds that a publication outlasts its source or its member's connection.
    pub publication_grace_ms: u64,
    /// Milliseconds before its end that the room warns.
    pub end_warning_ms: u64,
    /// Messages that the room itself keeps; all others are in the archive alone.
    pub messages_kept: u32,
    /// Messages that the archive keeps of the room; the oldest go first.
    pub messages_archived: u32,
    /// Events kept for members who resume.
    pub events_kept: u32,
    /// Former members who can still be removed.
    pub former_members_kept: u32,
    /// Parts of the audience: its size is told anew once it has changed by more than one of them.
    #[serde(default = "attendance_parts")]
    pub attendance_parts: u32,
    /// Characters in a message.
    #[serde(default = "message_chars", skip_serializing_if = "is_message_chars")]
    pub message_chars: u32,
    /// Pictures in a message. A room from before there were any has none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub max_pictures: u32,
    /// Pages that a member may have at once. Where it is one, a new page takes the place over.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub max_pages: u32,
    /// Members who may listen to a publication at once, where each chooses whether to. Without it, all members are linked with who
    /// sends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_direct_listeners: Option<u32>,
    /// Milliseconds that a page which lost the connection can resume; `None` for as long as its member has the place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_grace_ms: Option<u64>,
    /// Messages that may be pinned.
    #[serde(default = "pins", skip_serializing_if = "is_pins")]
    pub max_pins: u32,
    /// Reports that may wait for the owner.
    #[serde(default = "reports", skip_serializing_if = "is_reports")]
    pub max_reports: u32,
    /// Of these, reports of one member.
    #[serde(default = "reports_per_member", skip_serializing_if = "is_reports_per_member")]
    pub max_reports_per_member: u32,
    /// Characters in the reason of a report.
    #[serde(default = "report_chars", skip_serializing_if = "is_report_chars")]
    pub report_chars: u32,
    /// People who may wait until the owner lets them in.
    #[serde(default = "waiting", skip_serializing_if = "is_waiting")]
    pub max_waiting: u32,
    /// Those of them with one browser, or from one network address other than the owner's.
    #[serde(default = "waiting_per_address", skip_serializing_if = "is_waiting_per_address")]
    pub max_waiting_per_address: u32,
}

/// What held before it stood in the policy.
const fn attendance_parts() -> u32 {
    20
}

const fn message_chars() -> u32 {
    MESSAGE_TO_HOST_CHARS as u32
}

const fn pins() -> u32 {
    PINS
}

const fn reports() -> u32 {
    REPORTS
}

const fn reports_per_member() -> u32 {
    REPORTS_PER_MEMBER
}

const fn report_chars() -> u32 {
    REPORT_CHARS as u32
}

const fn waiting() -> u32 {
    WAITING
}

const fn waiting_per_address() -> u32 {
    WAITING_PER_ADDRESS
}

const fn one() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference in")]
const fn is_message_chars(chars: &u32) -> bool {
    *chars == message_chars()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference in")]
const fn is_zero(count: &u32) -> bool {
    *count == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference in")]
const fn is_one(count: &u32) -> bool {
    *count == one()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference in")]
const fn is_pins(count: &u32) -> bool {
    *count == pins()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference in")]
const fn is_reports(count: &u32) -> bool {
    *count == reports()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference in")]
const fn is_reports_per_member(count: &u32) -> bool {
    *count == reports_per_member()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference in")]
const fn is_report_chars(chars: &u32) -> bool {
    *chars == report_chars()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference in")]
const fn is_waiting(count: &u32) -> bool {
    *count == waiting()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference in")]
const fn is_waiting_per_address(count: &u32) -> bool {
    *count == waiting_per_address()
}

impl Policy {
    /// The policy of a broadcast under these limits.
    pub const fn broadcast(limits: &Limits) -> Self {
        Self {
            kind: RoomKind::Broadcast,
            max_members: limits.max_listeners,
            max_members_per_address: limits.max_listeners_per_address,
            max_publications: 1,
            idle_ms: limits.room_idle_ms,
            owner_absent_ms: limits.room_host_absent_ms,
            reopen_ms: limits.room_reopen_ms,
            member_grace_ms: limits.listener_grace_ms,
            publication_grace_ms: limits.host_grace_ms,
            end_warning_ms: 10 * 60 * 1000,
            messages_kept: 50,
            messages_archived: 500,
            events_kept: 128,
            former_members_kept: 256,
            attendance_parts: attendance_parts(),
            message_chars: message_chars(),
            max_pictures: 0,
            max_pages: one(),
            max_direct_listeners: None,
            page_grace_ms: None,
            max_pins: pins(),
            max_reports: reports(),
            max_reports_per_member: reports_per_member(),
            report_chars: report_chars(),
            max_waiting: waiting(),
            max_waiting_per_address: waiting_per_address(),
        }
    }

    /// The policy of a lounge under these limits. It ends once nobody has written for long enough, and so long its members keep their
    /// places.
    pub const fn lounge(limits: &Limits) -> Self {
        Self {
            kind: RoomKind::Lounge,
            max_members: limits.max_lounge_members,
            max_members_per_address: limits.max_lounge_members,
            max_publications: 1,
            idle_ms: limits.lounge_idle_ms,
            owner_absent_ms: limits.lounge_idle_ms,
            reopen_ms: limits.room_reopen_ms,
            member_grace_ms: limits.lounge_idle_ms,
            publication_grace_ms: limits.host_grace_ms,
            end_warning_ms: 3 * 24 * 60 * 60 * 1000,
            messages_kept: 50,
            messages_archived: u32::MAX,
            events_kept: 256,
            former_members_kept: 256,
            attendance_parts: attendance_parts(),
            message_chars: MESSAGE_CHARS as u32,
            max_pictures: PICTURES_PER_MESSAGE,
            max_pages: PAGES_PER_MEMBER,
            max_direct_listeners: Some(DIRECT_LISTENERS),
            page_grace_ms: Some(limits.host_grace_ms),
            max_pins: pins(),
            max_reports: reports(),
            max_reports_per_member: reports_per_member(),
            report_chars: report_chars(),
            max_waiting: waiting(),
            max_waiting_per_address: waiting_per_address(),
        }
    }
}
