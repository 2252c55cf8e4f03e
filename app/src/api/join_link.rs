//! The link that leads others to a room.

use serde::{Deserialize, Serialize};

/// How others get into a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinLink {
    /// The link to its preview.
    pub link: String,
    /// All the ways that a link can lead by, the one of `link` first: a machine may have several addresses.
    pub ways: Vec<Way>,
    /// Whether others than the machine itself get through, as far as the server can tell.
    pub is_reachable: bool,
}

/// A way that a link leads by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// The address or the name in the link.
    pub name: String,
    /// The link.
    pub link: String,
}
