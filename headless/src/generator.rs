//! Carries out a plan, phase by phase.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt, TryStreamExt, stream};
use heartogether::id::RoomCode;
use serde::Serialize;
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::{
    HeadlessError, Load, Node, Plan, Report,
    member::{Guest, Stage},
    stopwatch::now,
    tally::Tally,
};

/// How much earlier members learn of a round than it begins.
const NOTICE: Duration = Duration::from_millis(50);
/// How long a round may last beyond its time.
const LATEST: Duration = Duration::from_secs(10);
/// Files of this process beside its connections.
const OTHER_FILES: u64 = 64;

/// A load, and the servers that carry it.
pub struct Generator {
    nodes: Arc<[Node]>,
    load: Load,
    plan: Plan,
    /// Requests and joins that are under way at the same time.
    at_once: usize,
    /// Before and after each phase, so that what a phase costs can be read from outside.
    pause: Duration,
}

/// A part of a load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Everybody signs in as a guest.
    SignIn,
    /// Hosts open their rooms.
    OpenRooms,
    /// Everybody connects and takes their places.
    Join,
    /// Nobody does anything.
    Rest,
    /// Everybody acts. Comes once for each round.
    Act,
}

/// Whether a phase begins or has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It begins now.
    Begins,
    /// It has ended.
    Ended,
}

/// The beginning or the end of a phase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Milestone {
    /// The phase.
    pub phase: Phase,
    /// Whether it begins or has ended.
    pub state: State,
    /// Milliseconds that it took.
    pub took_ms: u64,
    /// What came of it; empty at its beginning.
    pub report: Report,
}

impl Generator {
    /// A load for these servers; there is at least one.
    ///
    /// # Errors
    /// [`HeadlessError::Load`], or [`HeadlessError::Files`].
    pub fn new(nodes: Vec<Node>, load: Load, at_once: usize, pause: Duration) -> Result<Self, HeadlessError> {
        load.check()?;
        let connections = load.members();
        let files = rlimit::increase_nofile_limit(u64::MAX)?;
        if connections as u64 + OTHER_FILES > files {
            return Err(HeadlessError::Files { connections, files });
        }
        let plan = Plan::of(&load);
        Ok(Self { nodes: nodes.into(), load, plan, at_once: at_once.max(1), pause })
    }

    /// The plan.
    pub const fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Carries the load out, and tells of each phase.
    ///
    /// # Errors
    /// A failure without which nothing else can be measured. Failures of single members are in the reports.
    pub async fn run(&self, mut tell: impl FnMut(Milestone)) -> Result<(), HeadlessError> {
        let tally = Arc::new(Tally::new(self.plan.rooms));
        let guests = self.during(Phase::SignIn, &tally, &mut tell, self.sign_in()).await?;
        let codes = self.during(Phase::OpenRooms, &tally, &mut tell, self.open_rooms(&guests)).await?;
        let (stage, _) = watch::channel(Stage::Rest);
        let joining = self.join(guests, &codes, &tally, &stage);
        let mut members = self.during(Phase::Join, &tally, &mut tell, joining).await?;
        let rest = async {
            sleep(Duration::from_millis(self.load.rest_ms)).await;
            Ok(())
        };
        self.during(Phase::Rest, &tally, &mut tell, rest).await?;
        if self.load.act_ms > 0 {
            for _ in 0..self.load.rounds {
                self.during(Phase::Act, &tally, &mut tell, self.act(&stage, &tally)).await?;
            }
        }
        stage.send_replace(Stage::Leave);
        members.shutdown().await;
        Ok(())
    }

    /// Tells of a phase before and after it.
    async fn during<T>(
        &self,
        phase: Phase,
        tally: &Tally,
        tell: &mut impl FnMut(Milestone),
        doing: impl Future<Output = Result<T, HeadlessError>>,
    ) -> Result<T, HeadlessError> {
        sleep(self.pause).await;
        tally.take();
        tell(Milestone { phase, state: State::Begins, took_ms: 0, report: Report::default() });
        let began = now();
        let done = doing.await?;
        let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        sleep(self.pause).await;
        tell(Milestone { phase, state: State::Ended, took_ms, report: tally.take() });
        Ok(done)
    }

    /// Members are spread over the servers in turn.
    async fn sign_in(&self) -> Result<Vec<Guest>, HeadlessError> {
        let members = self.plan.members.iter().enumerate();
        let signing_in = members.map(|(number, plan)| async move {
            let nodes = self.nodes.clone();
            let mut guest = Guest { number, plan: plan.clone(), nodes, at: number, cookie: String::new() };
            guest.cookie = guest.node().sign_in(&format!("Guest+{number}")).await?;
            Ok(guest)
        });
        stream::iter(signing_in).buffered(self.at_once).try_collect().await
    }

    async fn open_rooms(&self, guests: &[Guest]) -> Result<Vec<RoomCode>, HeadlessError> {
        let hosts = guests.iter().take(self.plan.rooms);
        let opening = hosts.map(|host| host.node().open_room(&host.cookie, self.plan.lounges));
        stream::iter(opening).buffered(self.at_once).try_collect().await
    }

    /// Everybody takes their places. Whoever has them lives on in a task.
    async fn join(
        &self,
        guests: Vec<Guest>,
        codes: &[RoomCode],
        tally: &Arc<Tally>,
        stage: &watch::Sender<Stage>,
    ) -> Result<JoinSet<()>, HeadlessError> {
        let mut members = JoinSet::new();
        let joining = guests.into_iter().map(|guest| guest.join(codes, tally.clone()));
        let mut joining = stream::iter(joining).buffer_unordered(self.at_once);
        while let Some(joined) = joining.next().await {
            match joined {
                Ok(member) => {
                    let (stages, tally) = (stage.subscribe(), tally.clone());
                    members.spawn(async move {
                        if let Err(error) = member.live(stages).await {
                            tally.note_failure(&error);
                        }
                    });
                }
                Err(error) => tally.note_failure(&error),
            }
        }
        Ok(members)
    }

    /// One round. It lasts until everybody was told what they are to be told, or nothing more comes.
    async fn act(&self, stage: &watch::Sender<Stage>, tally: &Tally) -> Result<(), HeadlessError> {
        stage.send_replace(Stage::Act(now() + NOTICE));
        sleep(NOTICE + Duration::from_millis(self.load.act_ms)).await;
        let expected = self.plan.expected();
        let told = async {
            while !tally.has_told(&expected) {
                sleep(NOTICE).await;
            }
        };
        // Who has not been told by then is missing in the report.
        let _ = timeout(LATEST, told).await;
        stage.send_replace(Stage::Rest);
        Ok(())
    }
}
