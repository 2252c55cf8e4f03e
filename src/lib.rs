//! HearTogether's shared crate, which server and client use.
//!
//! Two laws explain the structure of the code:
//!
//! 1. **Decide in the core, act at the edge.** Every rule is a plain function here, without a socket, a clock, a random
//!    source, `async` or `cfg`. Servers and browsers carry out its decisions.
//! 2. **A room is a log.** Whatever happens in a room is an [`Entry`](room::Entry) in its ordered log, and every node
//!    replays the same entries through the same [`step`](room::step).
//!
//! ```
//! use heartogether::{id::*, limits::Limits, role::{AccountKind, Role}, room::*, time::Timestamp};
//!
//! let at = Timestamp::from_millis(1_000);
//! let created = Event::RoomCreated(RoomCreated {
//!     id: RoomId::from_bits(1),
//!     code: "ABC234".parse()?,
//!     owner: AccountId::from_bits(2),
//!     owner_member: MemberId::from_bits(3),
//!     owner_name: DisplayName::parse("Ada")?,
//!     name: None,
//!     policy: Policy::broadcast(&Limits::default()),
//! });
//! let (room, _) = step(Room::default(), &Entry { seq: Seq(1), at, event: created });
//!
//! let join = Event::JoinRequested(JoinRequested {
//!     connection: ConnectionRef { node: NodeId::from_bits(4), id: ConnectionId::from_bits(5) },
//!     account: AccountId::from_bits(6),
//!     name: DisplayName::parse("Grace")?,
//!     email: None,
//!     has_picture: false,
//!     kind: AccountKind::Known,
//!     marks: Marks::default(),
//!     role: Role::Listener,
//!     take_over: false,
//!     returns: false,
//!     member: MemberId::from_bits(7),
//!     token: ResumeToken::from_bits(8),
//! });
//! let (room, effects) = step(room, &Entry { seq: Seq(2), at, event: join });
//!
//! assert_eq!(room.audience_count(), 1);
//! assert!(matches!(effects[0], Effect::Send { .. }));
//! # Ok::<(), heartogether::refusal::Refusal>(())
//! ```
//!
//! | module | content |
//! | --- | --- |
//! | [`id`] | validated ids, room codes and names |
//! | [`text`] | which characters are removed from text that people type |
//! | [`engagement`] | reactions and the texts of messages |
//! | [`time`] | [`Timestamp`](time::Timestamp), the log's clock |
//! | [`limits`] | every limit with its unit |
//! | [`refusal`] | all typed refusals |
//! | [`role`] | roles, standings and permissions |
//! | [`rules`] | the differences between kinds of rooms |
//! | [`ice`] | the STUN and TURN servers for a page |
//! | [`protocol`] | the messages between browser and server |
//! | [`sdp`] | session descriptions, read and edited |
//! | [`room`] | the room: its events, its effects, its `step` |

pub mod engagement;
pub mod ice;
pub mod id;
mod json;
pub mod limits;
pub mod protocol;
pub mod refusal;
pub mod role;
pub mod room;
pub mod sdp;
pub mod text;
pub mod time;

pub use room::rules;
