//! How the server stops.

use std::time::Duration;

use clap::Args;

/// The steps after a termination signal.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Stopping")]
pub struct StopSettings {
    /// Milliseconds after a termination signal for which the server still serves everybody while `/api/ready` says that it is
    /// not ready, so that a balancer sends nobody here any more; a single server has nobody to hand over to and needs none
    #[arg(long, env = "STOP_DELAY_MS", default_value_t = 0)]
    stop_delay_ms: u64,

    /// Milliseconds over which members are told to connect to another server, so that not all of them come there at once; 0
    /// tells all of them at once, which is best for a single server
    #[arg(long, env = "STOP_SPREAD_MS", default_value_t = 0)]
    stop_spread_ms: u64,

    /// Milliseconds after a termination signal at which the server ends, whatever is still under way
    #[arg(long, env = "STOP_TIMEOUT_MS", default_value_t = 25_000)]
    stop_timeout_ms: u64,
}

impl StopSettings {
    /// Says whether there is time left for what is under way.
    pub(super) fn check(&self) -> Result<(), String> {
        match self.stop_delay_ms.saturating_add(self.stop_spread_ms) < self.stop_timeout_ms {
            true => Ok(()),
            false => Err("STOP_TIMEOUT_MS has to be longer than STOP_DELAY_MS and STOP_SPREAD_MS together".to_owned()),
        }
    }

    /// How long everybody is served before members are told.
    pub(crate) const fn delay(&self) -> Duration {
        Duration::from_millis(self.stop_delay_ms)
    }

    /// The time over which members are told.
    pub(crate) const fn spread(&self) -> Duration {
        Duration::from_millis(self.stop_spread_ms)
    }

    /// How long all of it may take.
    pub const fn timeout(&self) -> Duration {
        Duration::from_millis(self.stop_timeout_ms)
    }
}
