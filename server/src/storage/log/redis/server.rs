//! One Redis server as this node reaches it: a connection for what is written and waited for, and one for everything else.

use std::{
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use async_trait::async_trait;
use heartogether::id::RoomId;
use redis::{
    AsyncConnectionConfig, Cmd, FromRedisValue, Pipeline, PushInfo, RedisError, RedisResult, aio::MultiplexedConnection,
};
use tokio::sync::{Notify, mpsc::UnboundedSender};

use super::{
    Links, keys,
    partitions::partition_of,
    settings::Address,
    topology::Mode,
    wire::{self, Unreadable, id_of},
};
use crate::storage::log::{
    NONCES,
    replicated::{
        confirmation::Evidence,
        healing::{Offer, Remains},
        position::{Position, StoredSnapshot},
        server::{Append, Fault, LogServer, Opening, State, Written},
    },
};

/// How long a server may take to answer.
const ANSWER: Duration = Duration::from_millis(1_500);
/// How long one wait for a replica takes, in milliseconds. Less than [`ANSWER`].
const WAIT_MS: u64 = 300;
/// Seconds after which a replica that has not answered counts as away.
const LAG_S: u64 = 3;
/// Seconds for which given copies are kept.
const OFFERS_S: u64 = 60;

/// A server that is connected.
pub(super) struct RedisServer {
    links: Weak<Links>,
    pub(super) address: Address,
    id: String,
    mode: Mode,
    /// `WAIT` waits for what its own connection has written, and holds up the connection.
    writer: MultiplexedConnection,
    reader: MultiplexedConnection,
    is_broken: AtomicBool,
    given_up: Notify,
    /// How many replicas had answered lately when it was asked last.
    replicas: AtomicU64,
}

impl From<RedisError> for Fault {
    fn from(error: RedisError) -> Self {
        Self(Arc::new(error))
    }
}

impl From<Unreadable> for Fault {
    fn from(error: Unreadable) -> Self {
        Self(Arc::new(error))
    }
}

impl RedisServer {
    /// Connects.
    pub(super) async fn connect(
        links: &Arc<Links>,
        address: &Address,
        mode: Mode,
        pushed: UnboundedSender<PushInfo>,
    ) -> Result<Arc<Self>, Fault> {
        let config = AsyncConnectionConfig::new().set_connection_timeout(Some(links.access.settings.connect_timeout));
        let config = config.set_response_timeout(Some(ANSWER));
        let writer = links.access.connect(address, &config).await?;
        let config = config.set_push_sender(pushed);
        let mut reader = links.access.connect(address, &config).await?;
        links.scripts.load(&mut reader).await?;
        let replicas = count_replicas(&mut reader).await?;
        let id = format!("{address} {}", links.count.fetch_add(1, Relaxed));
        let (links, address) = (Arc::downgrade(links), address.clone());
        Ok(Arc::new(Self {
            links,
            address,
            id,
            mode,
            writer,
            reader,
            is_broken: AtomicBool::new(false),
            given_up: Notify::new(),
            replicas: replicas.into(),
        }))
    }

    pub(super) fn is_broken(&self) -> bool {
        self.is_broken.load(Relaxed)
    }

    /// Lets nobody use it any more.
    pub(super) fn give_up(&self) {
        self.is_broken.store(true, Relaxed);
        self.given_up.notify_one();
    }

    /// Returns once nobody uses it any more.
    pub(super) async fn given_up(&self) {
        self.given_up.notified().await;
    }

    fn links(&self) -> Result<Arc<Links>, Fault> {
        self.links.upgrade().ok_or_else(|| Fault(Arc::new(std::io::Error::other("the log has stopped"))))
    }

    /// Notes what makes the connections useless: answers that did not come may come later, to another question.
    fn noted(&self, error: RedisError) -> Fault {
        if error.is_unrecoverable_error()
            || error.is_io_error()
            || error.is_timeout()
            || error.code() == Some("NOSCRIPT")
        {
            self.give_up();
        }
        error.into()
    }

    pub(super) async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Fault> {
        let answered = command.query_async(&mut self.reader.clone()).await;
        answered.map_err(|error| self.noted(error))
    }

    /// Asks for several things at once. The first that fails is the error.
    pub(super) async fn ask_all<T: FromRedisValue>(&self, pipeline: &Pipeline) -> Result<T, Fault> {
        let answered = pipeline.query_async(&mut self.reader.clone()).await;
        answered.map_err(|error| self.noted(error))
    }

    /// Writes, and waits for a replica if there may be one: a wait holds up all that is written after it.
    async fn write<T: FromRedisValue>(&self, command: Cmd) -> Result<(T, u64), Fault> {
        if self.is_alone() {
            let answered = command.query_async(&mut self.writer.clone()).await;
            return answered.map(|answer| (answer, 0)).map_err(|error| self.noted(error));
        }
        let mut pipeline = redis::pipe();
        pipeline.add_command(command).cmd("WAIT").arg(1).arg(WAIT_MS);
        pipeline.query_async(&mut self.writer.clone()).await.map_err(|error| self.noted(error))
    }

    /// Whether no server is ever put in its place, and it has no replica: then what it has written is as sure as it gets.
    fn is_alone(&self) -> bool {
        self.mode == Mode::Single && self.replicas() == 0
    }

    /// How many replicas had answered lately when it was asked last.
    pub(super) fn replicas(&self) -> u64 {
        self.replicas.load(Relaxed)
    }

    fn append_command(&self, links: &Links, append: &Append) -> Cmd {
        let mut command = links.scripts.append.call(&keys::of(append.room));
        command.arg(keys::channel(append.room)).arg(append.epoch).arg(&append.nonce).arg(append.now);
        command.arg(append.data.encode()).arg(NONCES).arg(u8::from(self.is_alone()));
        command
    }
}

/// Replicas that have answered lately.
async fn count_replicas(connection: &mut MultiplexedConnection) -> RedisResult<u64> {
    let info: String = redis::cmd("INFO").arg("replication").query_async(connection).await?;
    let is_there = |line: &&str| {
        let lag =
            line.split(',').find_map(|field| field.strip_prefix("lag=")).and_then(|lag| lag.trim().parse::<u64>().ok());
        line.starts_with("slave") && line.contains("state=online") && lag.is_some_and(|lag| lag <= LAG_S)
    };
    Ok(info.lines().filter(is_there).count().try_into().unwrap_or_default())
}

#[async_trait]
impl LogServer for RedisServer {
    fn id(&self) -> &str {
        &self.id
    }

    async fn append(&self, batch: &[Append]) -> Result<Written, Fault> {
        let links = self.links()?;
        let mut pipeline = redis::pipe();
        batch.iter().for_each(|append| _ = pipeline.add_command(self.append_command(&links, append)));
        if !self.is_alone() {
            pipeline.cmd("WAIT").arg(1).arg(WAIT_MS);
        }
        let answered: RedisResult<Vec<redis::Value>> = pipeline.query_async(&mut self.writer.clone()).await;
        let mut values = answered.map_err(|error| self.noted(error))?;
        let acknowledged = match values.len() > batch.len() {
            true => values.pop().map(redis::from_redis_value).transpose().map_err(|_| Unreadable)?.unwrap_or_default(),
            false => 0,
        };
        let words = |value| redis::from_redis_value::<Vec<String>>(value).map_err(|_| Unreadable);
        let answers = values.into_iter().map(|value| wire::answer(&words(value)?)).collect::<Result<_, _>>()?;
        Ok(Written { answers, acknowledged })
    }

    async fn wait(&self) -> Result<u64, Fault> {
        let waited = redis::cmd("WAIT").arg(1).arg(WAIT_MS).query_async(&mut self.writer.clone()).await;
        waited.map_err(|error| self.noted(error))
    }

    async fn evidence(&self, acknowledged: u64) -> Result<Evidence, Fault> {
        if acknowledged > 0 || self.is_alone() {
            return Ok(Evidence { acknowledged, replicas: 0, deciders: None });
        }
        let counted = count_replicas(&mut self.reader.clone()).await;
        let replicas = counted.map_err(|error| self.noted(error))?;
        self.replicas.store(replicas, Relaxed);
        let deciders = if replicas == 0 { self.links()?.deciders(&self.address).await } else { None };
        Ok(Evidence { acknowledged, replicas, deciders })
    }

    async fn confirm(&self, room: RoomId, epoch: u64, seq: u64) -> Result<(), Fault> {
        let mut command = self.links()?.scripts.confirm.call(&keys::of(room));
        command.arg(keys::channel(room)).arg(epoch).arg(seq);
        self.ask::<i64>(&command).await.map(drop)
    }

    async fn read(&self, room: RoomId, after: Position) -> Result<State, Fault> {
        let mut command = self.links()?.scripts.read.call(&keys::of(room));
        let value: redis::Value = self.ask(command.arg(id_of(after))).await?;
        Ok(wire::state(value, after)??)
    }

    async fn settle(&self, room: RoomId, epoch: u64) -> Result<(Option<u64>, u64), Fault> {
        let mut command = self.links()?.scripts.settle.call(&keys::of(room));
        command.arg(epoch);
        let (last, acknowledged): (i64, u64) = self.write(command).await?;
        Ok((u64::try_from(last).ok(), acknowledged))
    }

    async fn open(&self, room: RoomId, opening: &Opening) -> Result<(bool, u64), Fault> {
        let mut command = self.links()?.scripts.open.call(&keys::of(room));
        let Opening { epoch, expected, line, replaces, contents } = opening;
        command.arg(epoch).arg(expected.0).arg(expected.1).arg(line).arg(u8::from(*replaces)).arg(NONCES);
        command.arg(contents.snapshots.len());
        for snapshot in &contents.snapshots {
            command.arg(id_of(snapshot.position)).arg(snapshot.data.encode());
        }
        for entry in &contents.entries {
            command.arg(id_of(entry.position)).arg(entry.at).arg(&entry.nonce).arg(entry.data.encode());
        }
        let (opened, acknowledged): (i64, u64) = self.write(command).await?;
        Ok((opened == 1, acknowledged))
    }

    async fn call(&self, room: RoomId, epoch: u64, remains: Remains) -> Result<usize, Fault> {
        let mut command = redis::cmd("SPUBLISH");
        command.arg(keys::calls(partition_of(room))).arg(format!("{room} {}", wire::call(epoch, remains)));
        self.ask(&command).await
    }

    async fn offer(&self, room: RoomId, epoch: u64, offer: &Offer) -> Result<(), Fault> {
        let text = serde_json::to_string(offer).map_err(|error| Fault(Arc::new(error)))?;
        let (mut pipeline, key) = (redis::pipe(), keys::offers(room, epoch));
        pipeline.cmd("RPUSH").arg(&key).arg(text).cmd("EXPIRE").arg(&key).arg(OFFERS_S);
        let done: RedisResult<(i64, i64)> = pipeline.query_async(&mut self.reader.clone()).await;
        done.map(drop).map_err(|error| self.noted(error))
    }

    async fn offers(&self, room: RoomId, epoch: u64) -> Result<Vec<Offer>, Fault> {
        let texts: Vec<String> = self.ask(redis::cmd("LRANGE").arg(keys::offers(room, epoch)).arg(0).arg(-1)).await?;
        // What another version has offered in a form of its own cannot be used.
        Ok(texts.iter().filter_map(|text| serde_json::from_str(text).ok()).collect())
    }

    async fn add_snapshot(&self, room: RoomId, epoch: u64, snapshot: &StoredSnapshot, cut: u64) -> Result<bool, Fault> {
        let mut command = self.links()?.scripts.snapshot.call(&keys::of(room));
        command.arg(epoch).arg(id_of(snapshot.position)).arg(snapshot.data.encode()).arg(cut);
        Ok(self.ask::<i64>(&command).await? == 1)
    }

    async fn close(&self, room: RoomId) -> Result<u64, Fault> {
        let mut command = self.links()?.scripts.close.call(&keys::of(room));
        command.arg(keys::channel(room));
        self.write::<i64>(command).await.map(|(_, acknowledged)| acknowledged)
    }
}
