//! The id of an event stream: that of its node, and that of its connection, which nobody guesses.

use std::{fmt, str::FromStr};

use heartogether::{
    id::{ConnectionId, NodeId},
    room::ConnectionRef,
};

/// Hexadecimal digits of each of the two.
const DIGITS: usize = 32;

/// The id of an event stream, as 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StreamId {
    pub(super) node: NodeId,
    pub(super) connection: ConnectionId,
}

/// It is not the id of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoStreamId;

impl From<ConnectionRef> for StreamId {
    fn from(ConnectionRef { node, id }: ConnectionRef) -> Self {
        Self { node, connection: id }
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.node, self.connection)
    }
}

impl FromStr for StreamId {
    type Err = NoStreamId;

    fn from_str(text: &str) -> Result<Self, NoStreamId> {
        let (node, connection) = text.split_at_checked(DIGITS).ok_or(NoStreamId)?;
        let node = node.parse().map_err(|_| NoStreamId)?;
        Ok(Self { node, connection: connection.parse().map_err(|_| NoStreamId)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_was_written() {
        let id = StreamId { node: NodeId::from_bits(7), connection: ConnectionId::from_bits(u128::MAX) };
        assert_eq!(id.to_string().parse(), Ok(id));
        for no_id in ["", "7", &"ä".repeat(32), &"f".repeat(63), &"f".repeat(65), &"g".repeat(64)] {
            assert_eq!(no_id.parse::<StreamId>(), Err(NoStreamId), "{no_id}");
        }
    }
}
