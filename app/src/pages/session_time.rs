//! How long the host has been live, and how long the room will still be open.

use std::time::Duration;

use heartogether::time::Timestamp;

use crate::{
    browser::RoomHandle,
    components::{Notice, Tone},
    locale::Key,
    prelude::*,
    text::{host, room},
};

/// How long the stream has been on, counting up.
#[component]
pub(crate) fn SessionTime(handle: RoomHandle) -> impl IntoView {
    let started_at = move || handle.room.with(|room| room.as_ref()?.started_at());
    let tick = ticking(Duration::from_secs(1));
    let elapsed = move || {
        tick.track();
        started_at().map(|started_at| elapsed_text(-handle.ms_until(started_at)))
    };
    view! {
        {move || {
            elapsed()
                .map(|elapsed| {
                    view! {
                        <span class="tabular-nums text-muted" data-testid="session-time" aria-label=host::SESSION_TIME role="timer" translate="no">
                            {elapsed}
                        </span>
                    }
                })
        }}
    }
    .into_any()
}

/// Says ten, five and one minute before the room's end that it is near.
#[component]
pub(crate) fn EndWarning(
    handle: RoomHandle,
    /// What to do about it.
    advice: Key,
) -> impl IntoView {
    let ends_at = Memo::new(move |_| handle.room.with(|room| room.as_ref()?.ends_at));
    let tick = ticking(Duration::from_secs(5));
    let minutes = Memo::new(move |_| {
        tick.track();
        ends_at.get().map(|ends_at: Timestamp| minutes_left(handle.ms_until(ends_at)))
    });
    view! {
        {move || {
            minutes
                .get()
                .map(|minutes| {
                    view! { <Notice tone=Tone::Warn>{room::ends_soon(minutes)} " " {advice}</Notice> }
                })
        }}
    }
    .into_any()
}

/// Changes now and then while the page is in the browser.
fn ticking(every: Duration) -> RwSignal<()> {
    let tick = RwSignal::new(());
    Effect::new(move |_| {
        let timer = set_interval_with_handle(move || tick.notify(), every);
        on_cleanup(move || timer.iter().for_each(leptos::leptos_dom::helpers::IntervalHandle::clear));
    });
    tick
}

/// `MM:SS`, from the first hour on `H:MM:SS`.
fn elapsed_text(elapsed_ms: f64) -> String {
    let seconds = (elapsed_ms / 1000.0).max(0.0) as u64;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes:02}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// The last of ten, five and one minute that has not passed.
fn minutes_left(left_ms: f64) -> u32 {
    match left_ms {
        left if left > 5.0 * 60_000.0 => 10,
        left if left > 60_000.0 => 5,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_counts_up_in_minutes_and_then_in_hours() {
        for (ms, text) in [
            (-5.0, "00:00"),
            (999.0, "00:00"),
            (61_000.0, "01:01"),
            (3_599_999.0, "59:59"),
            (3_600_000.0, "1:00:00"),
            (36_061_000.0, "10:01:01"),
        ] {
            assert_eq!(elapsed_text(ms), text);
        }
    }

    #[test]
    fn the_page_warns_of_the_end_in_three_steps() {
        for (ms, minutes) in [(600_000.0, 10), (300_001.0, 10), (300_000.0, 5), (60_001.0, 5), (60_000.0, 1), (-1.0, 1)]
        {
            assert_eq!(minutes_left(ms), minutes, "{ms}");
        }
    }
}
