//! The size of a load, and what is too much.

use clap::{ArgAction, Args};
use heartogether::limits::{Limits, ROOMS_PER_CONNECTION};

/// Members of a load, at most.
const MEMBERS: usize = 100_000;
/// Milliseconds that a load acts, at most: an hour.
const ACTING_MS: u64 = 60 * 60 * 1000;

/// How many members there are, and how often each of them acts. A period of 0 means never.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct Load {
    /// Seed of everything that is drawn: the same seed gives the same load
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Rooms, each with a host
    #[arg(long, default_value_t = 1)]
    pub rooms: usize,
    /// Whether the rooms are lounges: everybody is told what everybody writes, and nobody sends sound
    #[arg(long, default_value_t = false, action = ArgAction::Set)]
    pub lounges: bool,
    /// Connections of listeners, spread evenly over the rooms
    #[arg(long, default_value_t = 1)]
    pub listeners: usize,
    /// Rooms that each listener is in
    #[arg(long, default_value_t = 1)]
    pub rooms_per_listener: usize,
    /// Listeners who read nothing while the others act
    #[arg(long, default_value_t = 0)]
    pub stalled: usize,
    /// Milliseconds between two acts of a host, who pauses and resumes in turn
    #[arg(long, default_value_t = 0)]
    pub turn_every_ms: u64,
    /// Milliseconds between two reactions of a listener
    #[arg(long, default_value_t = 0)]
    pub react_every_ms: u64,
    /// Milliseconds between two messages of a listener
    #[arg(long, default_value_t = 0)]
    pub write_every_ms: u64,
    /// Milliseconds after which a listener loses the connection and resumes, at the next of the servers
    #[arg(long, default_value_t = 0)]
    pub resume_every_ms: u64,
    /// Milliseconds that everybody rests after the last has joined
    #[arg(long, default_value_t = 0)]
    pub rest_ms: u64,
    /// Milliseconds that everybody acts
    #[arg(long, default_value_t = 0)]
    pub act_ms: u64,
    /// How many times everybody acts
    #[arg(long, default_value_t = 1)]
    pub rounds: u32,
}

/// Why a load is not carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// There is no room or too many members.
    #[error(
        "a load has at least one room and at most {MEMBERS} members, and this has {rooms} rooms and {members} members"
    )]
    Members {
        /// The rooms.
        rooms: usize,
        /// Hosts and listeners.
        members: usize,
    },
    /// A listener cannot be in so many rooms.
    #[error("a listener is in 1 to {most} rooms, and not in {asked}")]
    RoomsPerListener {
        /// The rooms that were asked for.
        asked: usize,
        /// The rooms that can be.
        most: usize,
    },
    /// The load lasts too long.
    #[error("a load rests and acts for at most {ACTING_MS} ms")]
    Duration,
    /// The server refuses acts that come so often.
    #[error("{what} every {asked_ms} ms is more than the protocol allows: every {least_ms} ms")]
    Rate {
        /// The kind of act.
        what: &'static str,
        /// The period that was asked for.
        asked_ms: u64,
        /// The shortest period.
        least_ms: u64,
    },
}

impl Load {
    /// Hosts and listeners.
    pub const fn members(&self) -> usize {
        self.rooms.saturating_add(self.listeners)
    }

    /// Checks that the load is bounded, and that the protocol allows it.
    ///
    /// # Errors
    /// What is too much.
    pub fn check(&self) -> Result<(), LoadError> {
        let (rooms, members) = (self.rooms, self.members());
        if rooms == 0 || members > MEMBERS {
            return Err(LoadError::Members { rooms, members });
        }
        let (asked, most) = (self.rooms_per_listener, ROOMS_PER_CONNECTION.min(rooms));
        if !(1..=most).contains(&asked) {
            return Err(LoadError::RoomsPerListener { asked, most });
        }
        if self.act_ms.saturating_mul(self.rounds.into()).saturating_add(self.rest_ms) > ACTING_MS {
            return Err(LoadError::Duration);
        }
        let Limits {
            stream_commands_per_second, reactions_per_second, messages_per_second, requests_per_second, ..
        } = Limits::default();
        let rates = [
            ("pausing and resuming", self.turn_every_ms, stream_commands_per_second),
            ("reacting", self.react_every_ms, reactions_per_second),
            ("writing", self.write_every_ms, messages_per_second),
            ("losing the connection", self.resume_every_ms, requests_per_second),
        ];
        for (what, asked_ms, per_second) in rates {
            let least_ms = 1000 / u64::from(per_second);
            if asked_ms != 0 && asked_ms < least_ms {
                return Err(LoadError::Rate { what, asked_ms, least_ms });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use clap::{Parser, error::ErrorKind};

    use super::*;

    #[derive(Debug, Parser)]
    struct Arguments {
        #[command(flatten)]
        load: Load,
    }

    fn load(arguments: &[&str]) -> Load {
        Arguments::try_parse_from([&["load"], arguments].concat()).expect("arguments").load
    }

    #[test]
    fn a_load_is_bounded() {
        assert_eq!(load(&[]).check(), Ok(()));
        assert_eq!(load(&["--rooms", "0"]).check(), Err(LoadError::Members { rooms: 0, members: 1 }));
        assert_eq!(
            load(&["--rooms", "1", "--listeners", "100000"]).check(),
            Err(LoadError::Members { rooms: 1, members: 100_001 })
        );
        assert_eq!(load(&["--act-ms", "1800001", "--rounds", "2"]).check(), Err(LoadError::Duration));
        assert_eq!(load(&["--rest-ms", "3600001"]).check(), Err(LoadError::Duration));
        let malformed = Arguments::try_parse_from(["load", "--listeners", "-1"]).expect_err("a negative number");
        assert!(matches!(malformed.kind(), ErrorKind::UnknownArgument | ErrorKind::ValueValidation));
    }

    #[test]
    fn nobody_is_in_more_rooms_than_a_connection_may() {
        let in_rooms = |rooms, each| load(&["--rooms", rooms, "--rooms-per-listener", each]).check();
        assert_eq!(in_rooms("50", "50"), Ok(()));
        assert_eq!(in_rooms("51", "51"), Err(LoadError::RoomsPerListener { asked: 51, most: 50 }));
        assert_eq!(in_rooms("3", "4"), Err(LoadError::RoomsPerListener { asked: 4, most: 3 }));
        assert_eq!(in_rooms("3", "0"), Err(LoadError::RoomsPerListener { asked: 0, most: 3 }));
    }

    #[test]
    fn nobody_acts_more_often_than_the_protocol_allows() {
        for (flag, least) in [
            ("--turn-every-ms", 500),
            ("--react-every-ms", 200),
            ("--write-every-ms", 1_000),
            ("--resume-every-ms", 1_000),
        ] {
            assert_eq!(load(&[flag, &least.to_string()]).check(), Ok(()), "{flag}");
            let refused = load(&[flag, &(least - 1).to_string()]).check();
            assert!(
                matches!(refused, Err(LoadError::Rate { least_ms, .. }) if least_ms == least),
                "{flag}: {refused:?}"
            );
        }
    }
}
