//! Which packet comes, where its number has only 16 bits, and whether it was there before.

/// Extends sequence numbers by the count of their roll-overs (RFC 3711, section 3.3.1 and appendix A).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RollOver {
    highest: Option<u64>,
}

impl RollOver {
    /// The index that is nearest to the highest one. The first sequence number is its own index.
    pub fn estimate(&self, sequence: u16) -> u64 {
        let Some(highest) = self.highest else { return sequence.into() };
        let ahead = sequence.wrapping_sub(highest as u16) as i16;
        // Before the start there is nothing: there the number must be from the next round.
        highest.checked_add_signed(ahead.into()).unwrap_or_else(|| u64::from(sequence))
    }

    /// Remembers an index that came.
    pub fn take(&mut self, index: u64) {
        self.highest = self.highest.max(Some(index));
    }

    /// The highest index that came.
    pub fn highest(&self) -> Option<u64> {
        self.highest
    }
}

/// The last 128 indices (RFC 3711, section 3.3.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReplayWindow {
    /// One above the highest index that came.
    next: u64,
    /// A bit for each index below, the lowest bit for the highest one.
    seen: u128,
}

impl ReplayWindow {
    /// Whether an index came before, or is so old that nobody knows.
    pub fn has(&self, index: u64) -> bool {
        match self.next.checked_sub(index + 1) {
            None => false,
            Some(age) => age >= 128 || self.seen >> age & 1 == 1,
        }
    }

    /// Remembers an index.
    pub fn insert(&mut self, index: u64) {
        if index >= self.next {
            let ahead = index + 1 - self.next;
            self.seen = if ahead < 128 { self.seen << ahead } else { 0 };
            self.next = index + 1;
        }
        let age = self.next - index - 1;
        if age < 128 {
            self.seen |= 1 << age;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_go_on_after_a_roll_over() {
        let mut roll_over = RollOver::default();
        for (sequence, index) in [(65_534, 65_534), (0, 65_536), (65_535, 65_535), (1, 65_537), (40_000, 40_000)] {
            assert_eq!(roll_over.estimate(sequence), index);
            roll_over.take(index);
        }
        assert_eq!(roll_over.highest(), Some(65_537));
    }

    #[test]
    fn before_the_first_round_there_is_none() {
        let mut roll_over = RollOver::default();
        roll_over.take(3);
        assert_eq!(roll_over.estimate(65_535), 65_535);
    }

    proptest! {
        #[test]
        fn what_came_is_known(steps in prop::collection::vec(0_u64..300, 1..400)) {
            let (mut window, mut all) = (ReplayWindow::default(), BTreeSet::new());
            for (at, step) in steps.into_iter().enumerate() {
                let index = (at as u64 * 2 + step).saturating_sub(150);
                let highest = all.last().copied().unwrap_or(0);
                let is_old = index + 128 <= highest;
                prop_assert_eq!(window.has(index), all.contains(&index) || is_old);
                window.insert(index);
                all.insert(index);
            }
        }
    }
}
