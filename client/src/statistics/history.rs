//! The measurements of the last two minutes, for drawing.

use std::collections::VecDeque;

use heartogether::id::MemberId;

use super::{PeerStatistics, REMEMBERED};

/// The curves that can be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Bits a second.
    Bitrate,
    /// Packets lost of a thousand.
    Loss,
}

/// Bitrate and loss of every member who has a peer connection, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History(Vec<(MemberId, VecDeque<(u32, u32)>)>);

impl History {
    /// Adds a round of measurements, and drops members who have gone.
    pub fn remember(&mut self, round: &[(MemberId, PeerStatistics)]) {
        self.0.retain(|(member, _)| round.iter().any(|(there, _)| there == member));
        for (member, statistics) in round {
            let at = self.0.iter().position(|(known, _)| known == member).unwrap_or_else(|| {
                self.0.push((*member, VecDeque::new()));
                self.0.len() - 1
            });
            let series = &mut self.0[at].1;
            series.push_back((statistics.bitrate_bps, statistics.loss_permille.unwrap_or_default()));
            if series.len() > REMEMBERED {
                series.pop_front();
            }
        }
    }

    /// The points of a member's curve in a box of [`REMEMBERED`] by 20, the latest at the right, the highest at the
    /// top.
    pub fn points(&self, member: MemberId, measure: Measure) -> String {
        const HEIGHT: u32 = 20;
        let Some((_, series)) = self.0.iter().find(|(known, _)| *known == member) else { return String::new() };
        let value = |(bitrate, loss): &(u32, u32)| match measure {
            Measure::Bitrate => *bitrate,
            Measure::Loss => *loss,
        };
        // A curve of little loss stays low: the full height is at least a tenth.
        let least = if measure == Measure::Loss { 100 } else { 1 };
        let highest = series.iter().map(value).max().unwrap_or_default().max(least);
        let first = REMEMBERED - series.len();
        let point = |(number, at): (usize, &(u32, u32))| {
            let height = u64::from(value(at)) * u64::from(HEIGHT) / u64::from(highest);
            format!("{},{}", first + number, u64::from(HEIGHT) - height)
        };
        series.iter().enumerate().map(point).collect::<Vec<_>>().join(" ")
    }
}
