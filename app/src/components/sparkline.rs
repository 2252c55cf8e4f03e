//! A small chart of a value's recent history.

use crate::prelude::*;

const WIDTH: usize = 100;
const HEIGHT: f32 = 24.0;

/// A line through the values, the oldest on the left; the highest of them, or `full` if that is more, touches the top.
/// Screen readers skip it: the page says the last value in words.
#[component]
pub fn Sparkline(
    /// None below zero.
    #[prop(into)]
    values: Signal<Vec<f32>>,
    /// What is as high as the line at least, so that small noise stays small.
    full: f32,
) -> impl IntoView {
    let points = move || values.with(|values| trace(values, full));
    view! {
        <svg class="sparkline" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">
            <polyline points=points />
        </svg>
    }
    .into_any()
}

/// Whole numbers are fine enough for a line of this size.
fn trace(values: &[f32], full: f32) -> String {
    let highest = values.iter().copied().fold(full, f32::max).max(f32::MIN_POSITIVE);
    let last = values.len().saturating_sub(1).max(1);
    let point = |(index, value): (usize, &f32)| {
        let y = HEIGHT * (1.0 - (value / highest).clamp(0.0, 1.0));
        format!("{},{}", index * WIDTH / last, y as u32)
    };
    values.iter().enumerate().map(point).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::trace;

    #[test]
    fn the_highest_value_touches_the_top_and_the_last_the_right_edge() {
        assert_eq!(trace(&[0.0, 5.0, 10.0], 1.0), "0,24 50,12 100,0");
    }

    #[test]
    fn small_values_stay_small() {
        assert_eq!(trace(&[1.0, 1.0], 4.0), "0,18 100,18");
    }

    #[test]
    fn an_empty_history_a_single_value_and_nan_can_be_drawn() {
        assert_eq!(trace(&[], 1.0), "");
        assert_eq!(trace(&[1.0], 1.0), "0,0");
        assert_eq!(trace(&[f32::NAN, 0.0], 0.0), "0,0 100,24");
    }
}
