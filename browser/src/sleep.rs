//! Waits for some time.

use std::time::Duration;

use gloo_timers::future::TimeoutFuture;

/// Completes after this long.
pub async fn sleep(length: Duration) {
    TimeoutFuture::new(u32::try_from(length.as_millis()).unwrap_or(u32::MAX)).await;
}
