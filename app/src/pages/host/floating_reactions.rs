//! Reactions that rise over the level meter. If there are many, they are combined.

use std::time::Duration;

use heartogether::engagement::Reaction;

use crate::{
    browser::{RoomHandle, page_clock},
    prelude::*,
};

/// How long a reaction is on its way, as `.rising-reaction` in `style/engagement.css` has it.
const RISES: Duration = Duration::from_millis(2_400);
/// Milliseconds in which the same reaction again is counted, not drawn.
const JOINS_MS: f64 = 600.0;
/// Reactions in sight at most.
const MOST: usize = 12;
/// Where they rise from, in hundredths of the width: neighbours in time are far from one another.
const LANES: [u32; 7] = [44, 8, 72, 26, 88, 56, 16];

/// One reaction in sight, for everybody who sent it in the same moment.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Risen {
    number: u32,
    reaction: Reaction,
    count: u32,
    began_ms: f64,
}

/// What is in sight.
#[derive(Clone, Debug, Default, PartialEq)]
struct Sky {
    risen: Vec<Risen>,
    next: u32,
}

impl Sky {
    /// Takes a reaction in. The number of the one that has begun to rise, if it did not join another.
    fn add(&mut self, reaction: Reaction, now_ms: f64) -> Option<u32> {
        let joined = self.risen.iter_mut().rev().find(|risen| risen.reaction == reaction);
        if let Some(risen) = joined.filter(|risen| now_ms - risen.began_ms < JOINS_MS) {
            risen.count += 1;
            return None;
        }
        let number = self.next;
        self.next = number.wrapping_add(1);
        if self.risen.len() >= MOST {
            self.risen.remove(0);
        }
        self.risen.push(Risen { number, reaction, count: 1, began_ms: now_ms });
        Some(number)
    }

    fn remove(&mut self, number: u32) {
        self.risen.retain(|risen| risen.number != number);
    }
}

/// Draws them. Screen readers have the last reaction of each listener in the audience.
#[component]
pub(super) fn Rising(handle: RoomHandle) -> impl IntoView {
    let sky = RwSignal::new(Sky::default());
    Effect::new(move |_| {
        let Some((_, reaction)) = handle.reaction.get() else { return };
        let begun = sky.try_update(|sky| sky.add(reaction, page_clock::now_ms())).flatten();
        if let Some(number) = begun {
            set_timeout(move || _ = sky.try_update(|sky| sky.remove(number)), RISES);
        }
    });
    let in_sight =
        move || sky.with(|sky| sky.risen.iter().map(|risen| (risen.number, risen.reaction)).collect::<Vec<_>>());
    let count = move |number: u32| {
        let count =
            sky.with(|sky| sky.risen.iter().find(|risen| risen.number == number).map_or(1, |risen| risen.count));
        (count > 1).then(|| format!("×{count}"))
    };
    view! {
        <div class="rising" aria-hidden="true" data-testid="rising">
            <For each=in_sight key=|(number, _)| *number let((number, reaction))>
                <span class="rising-reaction" style:left=format!("{}%", LANES[number as usize % LANES.len()])>
                    {reaction.emoji()}
                    <small>{move || count(number)}</small>
                </span>
            </For>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_reactions_at_the_same_time_are_combined() {
        let mut sky = Sky::default();
        assert_eq!(sky.add(Reaction::Fire, 0.0), Some(0));
        assert_eq!(sky.add(Reaction::Heart, 10.0), Some(1));
        for at in 1..100 {
            assert_eq!(sky.add(Reaction::Fire, f64::from(at)), None);
        }
        assert_eq!(sky.risen.iter().map(|risen| risen.count).collect::<Vec<_>>(), [100, 1]);
        assert_eq!(sky.add(Reaction::Fire, JOINS_MS), Some(2), "a new moment");
    }

    #[test]
    fn the_number_of_shown_reactions_is_limited() {
        let mut sky = Sky::default();
        for round in 0..100 {
            for reaction in Reaction::ALL {
                sky.add(*reaction, f64::from(round) * JOINS_MS);
            }
        }
        assert_eq!(sky.risen.len(), MOST);
        let number = sky.risen[0].number;
        sky.remove(number);
        assert!(sky.risen.iter().all(|risen| risen.number != number));
    }
}
