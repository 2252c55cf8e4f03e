//! Who is there, in which rooms, and who does what when. A pure function of the load: the same seed gives the same plan.

use heartogether::{engagement::Reaction, role::Role};
use rand::{RngExt, SeedableRng, rngs::StdRng};

use crate::Load;

/// What a load consists of: first the host of each room, then the listeners.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The members. The host of room `n` is at `n`.
    pub members: Vec<MemberPlan>,
    /// Rooms.
    pub rooms: usize,
    /// Whether they are lounges.
    pub lounges: bool,
}

/// What one member does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberPlan {
    /// The role in all of their rooms.
    pub role: Role,
    /// Their rooms, by number.
    pub rooms: Vec<usize>,
    /// Whether they read nothing while the others act.
    pub is_stalled: bool,
    /// What they do in each round, in the order of time.
    pub acts: Vec<Act>,
}

/// Something that a member does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Act {
    /// Milliseconds after the beginning of the round.
    pub at_ms: u64,
    /// What it is.
    pub deed: Deed,
}

/// What a member does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Pauses a publication that is live, and resumes one that is paused.
    Turn,
    /// Reacts in a room.
    React(usize, Reaction),
    /// Writes in a room.
    Write(usize),
    /// Loses the connection, and comes back on a new one.
    Resume,
}

impl Plan {
    /// The plan of a load that was checked.
    pub fn of(load: &Load) -> Self {
        let mut random = StdRng::seed_from_u64(load.seed);
        let (host, turn_every_ms) =
            if load.lounges { (Role::Participant, 0) } else { (Role::Host, load.turn_every_ms) };
        let hosts = (0..load.rooms).map(|room| {
            let acts = acts(turn_every_ms, load, &mut random, |_| Deed::Turn);
            MemberPlan { role: host, rooms: vec![room], is_stalled: false, acts }
        });
        let mut members: Vec<_> = hosts.collect();
        members.extend((0..load.listeners).map(|number| listener(number, load, &mut random)));
        Self { members, rooms: load.rooms, lounges: load.lounges }
    }

    /// What the members together are told in a round. If some resume, nobody can say how often they are told of turns.
    pub fn expected(&self) -> Expected {
        let awake = || self.members.iter().filter(|member| !member.is_stalled);
        let acts = || self.members.iter().flat_map(|member| &member.acts);
        let count = |is_meant: fn(Deed) -> bool| acts().filter(|act| is_meant(act.deed)).count() as u64;
        let is_resume = |deed| deed == Deed::Resume;
        let turns = |room: usize| self.members[room].acts.len() as u64;
        let turns_told = awake().flat_map(|member| &member.rooms).map(|room| turns(*room)).sum();
        let places =
            |member: &MemberPlan| member.rooms.len() * member.acts.iter().filter(|act| is_resume(act.deed)).count();
        // In a lounge, all who are in the room are told.
        let listens_in = |room: usize| awake().filter(|member| member.rooms.contains(&room)).count() as u64;
        let told_in_lounges = acts().map(|act| if let Deed::Write(room) = act.deed { listens_in(room) } else { 0 });
        Expected {
            turns_told: if count(is_resume) == 0 { turns_told } else { 0 },
            // The host of a broadcast is told of reactions; of messages, the host and the author.
            reactions_told: count(|deed| matches!(deed, Deed::React(..))),
            messages_told: match self.lounges {
                true => told_in_lounges.sum(),
                false => 2 * count(|deed| matches!(deed, Deed::Write(_))),
            },
            resumes: self.members.iter().map(places).sum::<usize>() as u64,
        }
    }
}

/// What the members together are told in a round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// Turns, stalled members apart.
    pub turns_told: u64,
    /// Reactions.
    pub reactions_told: u64,
    /// Messages.
    pub messages_told: u64,
    /// Places that are resumed.
    pub resumes: u64,
}

fn listener(number: usize, load: &Load, random: &mut StdRng) -> MemberPlan {
    let first = number * load.rooms_per_listener;
    let rooms: Vec<_> = (first..first + load.rooms_per_listener).map(|room| room % load.rooms).collect();
    let is_stalled = number < load.stalled;
    let mut planned = Vec::new();
    if !is_stalled {
        planned.extend(acts(load.react_every_ms, load, random, |random| {
            let reaction = Reaction::ALL[random.random_range(..Reaction::ALL.len())];
            Deed::React(one_of(&rooms, random), reaction)
        }));
        planned.extend(acts(load.write_every_ms, load, random, |random| Deed::Write(one_of(&rooms, random))));
        planned.extend(acts(load.resume_every_ms, load, random, |_| Deed::Resume));
    }
    planned.sort_by_key(|act| act.at_ms);
    let role = if load.lounges { Role::Participant } else { Role::Listener };
    MemberPlan { role, rooms, is_stalled, acts: planned }
}

fn one_of(rooms: &[usize], random: &mut StdRng) -> usize {
    rooms[random.random_range(..rooms.len())]
}

/// Acts with a period. The first comes at some time of the first period, so that members do not act all at once.
fn acts(every_ms: u64, load: &Load, random: &mut StdRng, deed: impl Fn(&mut StdRng) -> Deed) -> Vec<Act> {
    if every_ms == 0 {
        return Vec::new();
    }
    let first = random.random_range(..every_ms);
    let times = (first..load.act_ms).step_by(usize::try_from(every_ms).unwrap_or(usize::MAX));
    times.map(|at_ms| Act { at_ms, deed: deed(random) }).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn load() -> Load {
        Load {
            seed: 7,
            rooms: 4,
            lounges: false,
            listeners: 10,
            rooms_per_listener: 2,
            stalled: 1,
            turn_every_ms: 500,
            react_every_ms: 200,
            write_every_ms: 1_000,
            resume_every_ms: 3_000,
            rest_ms: 0,
            act_ms: 10_000,
            rounds: 1,
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_plan() {
        assert_eq!(Plan::of(&load()), Plan::of(&load()));
        assert_ne!(Plan::of(&load()), Plan::of(&Load { seed: 8, ..load() }));
    }

    #[test]
    fn every_room_has_a_host_and_as_many_listeners_as_the_others() {
        let plan = Plan::of(&load());
        let mut listeners = BTreeMap::<usize, usize>::new();
        for (number, member) in plan.members.iter().enumerate() {
            match member.role {
                Role::Host => assert_eq!(member.rooms, [number]),
                _ => member.rooms.iter().for_each(|room| *listeners.entry(*room).or_default() += 1),
            }
        }
        assert_eq!(listeners, (0..4).map(|room| (room, 5)).collect());
    }

    #[test]
    fn nobody_acts_more_often_than_the_load_says_or_elsewhere() {
        let (load, plan) = (load(), Plan::of(&load()));
        for member in &plan.members {
            assert!(member.acts.is_sorted_by_key(|act| act.at_ms));
            let of = |is_meant: fn(&Deed) -> bool| {
                member.acts.iter().filter(move |act| is_meant(&act.deed)).map(|act| act.at_ms).collect::<Vec<_>>()
            };
            let kinds = [
                (of(|deed| *deed == Deed::Turn), load.turn_every_ms, member.role == Role::Host),
                (of(|deed| matches!(deed, Deed::React(..))), load.react_every_ms, member.role == Role::Listener),
                (of(|deed| matches!(deed, Deed::Write(_))), load.write_every_ms, member.role == Role::Listener),
                (of(|deed| *deed == Deed::Resume), load.resume_every_ms, member.role == Role::Listener),
            ];
            for (times, period, is_theirs) in kinds {
                let expected = if is_theirs && !member.is_stalled { load.act_ms / period } else { 0 };
                assert!(times.len() as u64 == expected || times.len() as u64 == expected + u64::from(expected > 0));
                assert!(times.iter().all(|at| *at < load.act_ms));
                assert!(times.windows(2).all(|pair| pair[1] - pair[0] == period));
            }
            for act in &member.acts {
                if let Deed::React(room, _) | Deed::Write(room) = act.deed {
                    assert!(member.rooms.contains(&room));
                }
            }
        }
    }

    #[test]
    fn in_a_lounge_everybody_is_told_what_anybody_writes() {
        let plan = Plan::of(&Load { lounges: true, stalled: 0, react_every_ms: 0, resume_every_ms: 0, ..load() });
        assert!(plan.members.iter().all(|member| member.role == Role::Participant));
        let acts = || plan.members.iter().flat_map(|member| &member.acts);
        assert!(acts().all(|act| matches!(act.deed, Deed::Write(_))));
        // A host and five others in each room.
        assert_eq!(plan.expected().messages_told, 6 * acts().count() as u64);
    }

    #[test]
    fn what_is_told_is_known_before() {
        let plan = Plan::of(&Load { react_every_ms: 0, resume_every_ms: 0, ..load() });
        let writes =
            plan.members.iter().flat_map(|member| &member.acts).filter(|act| matches!(act.deed, Deed::Write(_)));
        // 20 turns in each of 4 rooms, for a host and 5 listeners; the stalled one is in two of them.
        let expected = Expected {
            turns_told: 20 * 4 * 6 - 20 * 2,
            messages_told: 2 * writes.count() as u64,
            ..Expected::default()
        };
        assert_eq!(plan.expected(), expected);
        let resuming = Plan::of(&Load { react_every_ms: 0, write_every_ms: 0, ..load() }).expected();
        assert_eq!((resuming.turns_told, resuming.messages_told), (0, 0));
        assert!(resuming.resumes >= 9 * 2 * 3);
    }
}
