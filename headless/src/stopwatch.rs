//! The time of the machine, which is what a load measures.

use std::time::Instant;

/// Now.
#[expect(clippy::disallowed_methods, reason = "a load measures time itself")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
