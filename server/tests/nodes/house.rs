//! Nodes of a test's own: real servers that share a Redis and a PostgreSQL.

use std::{any::Any, process::Stdio, sync::Arc};

use heartogether::{
    engagement::MessageText,
    protocol::{ToRoom, Write},
    refusal::Refusal,
    room::{Message, RoomEvent},
    time::Timestamp,
};
use heartogether_server::clock::ManualClock;
use tempfile::TempDir;

use crate::{
    older_messages::patient,
    redis_fleet::Fleet,
    support::{Connection, Pair, PostgresDatabase, Process, Run, Site, refused, serve, told},
};

/// The secret that all nodes are given.
pub const SECRET: &str = "a secret that all nodes of the tests have";

/// What nodes share.
pub struct House {
    pub fleet: Fleet,
    pub database_url: String,
    pub kept: Box<dyn Any + Send>,
}

/// A real binary, and its own folder.
pub struct Node {
    pub process: Process,
    data: TempDir,
}

/// A server in this process that nobody is too fast for.
pub struct PatientNode {
    pub site: Site,
    pub clock: Arc<ManualClock>,
    _run: Run,
    _data: TempDir,
}

impl House {
    /// One Redis without a replica.
    pub async fn build() -> Self {
        Self::with(Fleet::single()).await
    }

    pub async fn with(fleet: Fleet) -> Self {
        let kept = PostgresDatabase::create().await;
        Self { fleet, database_url: kept.url.clone(), kept: Box::new(kept) }
    }

    /// The settings of a node.
    pub fn flags(&self) -> [&str; 6] {
        ["--redis-url", &self.fleet.url, "--database-url", &self.database_url, "--jwt-secret", SECRET]
    }

    pub fn start(&self, more: &[&str]) -> Node {
        self.start_with(more, "warn", Stdio::inherit())
    }

    pub fn start_with(&self, more: &[&str], log: &str, stderr: Stdio) -> Node {
        let data = TempDir::new().expect("a folder");
        let process = Process::start_with(data.path(), &[&self.flags(), more].concat(), log, stderr);
        Node { process, data }
    }

    pub async fn start_patient(&self, more: &[&str]) -> PatientNode {
        let data = TempDir::new().expect("a folder");
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_800_000_000_000)));
        let run = serve(&data, &clock, patient(), &[&self.flags(), more].concat()).await;
        PatientNode { site: run.site.clone(), clock, _run: run, _data: data }
    }
}

impl Node {
    pub const fn site(&self) -> &Site {
        &self.process.site
    }

    /// Stops it in order.
    pub fn terminate(self) {
        assert!(self.process.terminate().success());
        drop(self.data);
    }
}

impl PatientNode {
    /// Lets a minute pass in which members do nothing, but that their connections live.
    pub async fn pass_quiet_minute(&self, pairs: &mut [&mut Pair]) {
        for _ in 0..4 {
            self.clock.advance(15_000);
            for member in pairs.iter_mut().flat_map(|pair| [&mut pair.host, &mut pair.listener]) {
                member.drain().await;
            }
        }
    }
}

pub fn write(nonce: u32) -> ToRoom {
    let text = MessageText::parse(&format!("number {nonce}")).expect("a message");
    ToRoom::Write(Write { nonce, text, pictures: Vec::new(), reply_to: None })
}

/// Writes a message until it is acknowledged: its author gets it from the room. Returns how often it was refused.
pub async fn write_surely(author: &mut Connection, nonce: u32) -> u32 {
    let mut refusals = 0;
    loop {
        author.say(write(nonce)).await;
        loop {
            let message = author.receive().await;
            if let Some(refusal) = refused(&message) {
                assert_eq!(refusal, Refusal::StorageUnavailable);
                refusals += 1;
                break;
            }
            if matches!(told(message), Some(RoomEvent::MessageSent { message }) if message.nonce == nonce) {
                return refusals;
            }
        }
    }
}

/// The nonces of messages, in the room's order.
pub fn nonces(messages: &[Message]) -> Vec<u32> {
    messages.iter().map(|message| message.nonce).collect()
}
