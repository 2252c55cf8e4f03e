//! Calculates which rows of a long list are visible.

/// Height of a row, as `.audience-row` in `style/engagement.css` has it.
pub(super) const ROW_PX: usize = 72;
/// Height of the list at most, as `.audience` has it.
const SEEN_PX: usize = 504;
/// Rows drawn beyond each edge, so that a quick scroll does not meet a gap.
const MARGIN: usize = 6;

/// The rows from `first` up to `last`, and the room that those before and after take up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) before_px: usize,
    pub(super) after_px: usize,
}

impl Window {
    /// What is seen of `total` rows when so much is scrolled away.
    pub(super) fn at(scrolled_px: usize, total: usize) -> Self {
        let seen = SEEN_PX.div_ceil(ROW_PX) + 2 * MARGIN;
        let first = (scrolled_px / ROW_PX).saturating_sub(MARGIN).min(total.saturating_sub(seen));
        let last = (first + seen).min(total);
        Self { first, last, before_px: first * ROW_PX, after_px: (total - last) * ROW_PX }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_fits_is_drawn_whole() {
        assert_eq!(Window::at(0, 0), Window { first: 0, last: 0, before_px: 0, after_px: 0 });
        assert_eq!(Window::at(0, 5), Window { first: 0, last: 5, before_px: 0, after_px: 0 });
    }

    #[test]
    fn the_list_keeps_its_height_and_draws_visible_rows_at_every_position() {
        for total in [1, 19, 20, 3_000] {
            let bottom_px = (total * ROW_PX).saturating_sub(SEEN_PX);
            for scrolled_px in (0..=bottom_px).step_by(17).chain([bottom_px, bottom_px + 10_000]) {
                let window = Window::at(scrolled_px, total);
                let Window { first, last, before_px, after_px } = window;
                assert_eq!(before_px + (last - first) * ROW_PX + after_px, total * ROW_PX, "{window:?}");
                let top_px = scrolled_px.min(bottom_px);
                assert!(before_px <= top_px, "{window:?} at {top_px}");
                assert!(total * ROW_PX - after_px >= (top_px + SEEN_PX).min(total * ROW_PX), "{window:?} at {top_px}");
                assert!(last - first <= 19, "{window:?}");
            }
        }
    }
}
