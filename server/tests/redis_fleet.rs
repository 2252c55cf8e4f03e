//! Real Redis servers on free ports: a single one, one with a replica and three Sentinels, or a cluster of three with a replica each.

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// How long servers may take to find each other.
const PATIENCE: Duration = Duration::from_secs(40);
/// Milliseconds after which servers take another one for gone.
pub const GONE_MS: u64 = 2_000;

/// A process of `redis-server` in a folder of its own, killed when dropped.
pub struct RedisProcess {
    pub port: u16,
    arguments: Vec<String>,
    child: Option<Child>,
    folder: TempDir,
}

/// A port that nobody uses.
fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).expect("a port").local_addr().expect("an address").port()
}

/// The password in a server's settings.
fn password<S: AsRef<str>>(settings: &[S]) -> Option<&str> {
    let mut settings = settings.iter().map(AsRef::as_ref);
    settings.find(|setting| *setting == "--requirepass").and_then(|_| settings.next())
}

/// Whether servers with these settings are reached over TLS alone.
fn is_secure<S: AsRef<str>>(settings: &[S]) -> bool {
    settings.iter().any(|setting| setting.as_ref() == "--tls-cert-file")
}

/// A client of servers with these settings.
fn redis_cli<S: AsRef<str>>(settings: &[S]) -> Command {
    let mut command = Command::new("redis-cli");
    command.envs(password(settings).map(|password| ("REDISCLI_AUTH", password)));
    command.args(if is_secure(settings) { &["--tls", "--insecure"][..] } else { &[] });
    command
}

/// The setting by which nodes find servers with these settings.
fn url(settings: &[&str], addresses: &[String]) -> String {
    let user = password(settings).map(|password| format!(":{password}@")).unwrap_or_default();
    let scheme = if is_secure(settings) { "rediss" } else { "redis" };
    format!("{scheme}://{user}{}", addresses.join(","))
}

impl RedisProcess {
    fn start(arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        let (port, folder) = (free_port(), TempDir::new().expect("a folder"));
        let mut process = Self { port, arguments, child: None, folder };
        process.start_again();
        process
    }

    /// Starts it, on the data that it had.
    pub fn start_again(&mut self) {
        let mut command = Command::new("redis-server");
        match self.arguments.iter().any(|argument| argument == "--sentinel") {
            true => _ = command.arg(self.folder.path().join("sentinel.conf")),
            false => _ = command.args(["--save", ""]),
        }
        command.args(if is_secure(&self.arguments) { &["--port", "0", "--tls-port"][..] } else { &["--port"] });
        command.args([&self.port.to_string(), "--bind", "127.0.0.1", "--dir"]);
        command.arg(self.folder.path()).args(&self.arguments).stdout(Stdio::null());
        self.child = Some(command.spawn().expect("redis-server, of Debian's package"));
        wait_until("a server answers", || self.cli(&["PING"]).contains("PONG"));
    }

    /// Asks it something, with the password that it was started with.
    pub fn cli(&self, arguments: &[&str]) -> String {
        let mut command = redis_cli(&self.arguments);
        command.args(["-h", "127.0.0.1", "-p", &self.port.to_string()]).args(arguments);
        String::from_utf8_lossy(&command.output().expect("redis-cli").stdout).into_owned()
    }

    fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("killed");
            child.wait().expect("gone");
        }
    }

    /// Sends it a signal, such as `STOP` or `CONT`.
    pub fn signal(&self, signal: &str) {
        let child = self.child.as_ref().expect("it runs");
        let sent = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status();
        assert!(sent.expect("a signal").success());
    }

    /// Whether nodes give their copies of a room for an epoch that is not open yet.
    pub fn is_being_healed(&self) -> bool {
        let offers = self.cli(&["KEYS", "*:offers:*"]);
        let (rooms, epochs): (Vec<_>, Vec<_>) = offers.lines().filter_map(|key| key.rsplit_once(":offers:")).unzip();
        let latest: Option<u64> = epochs.iter().filter_map(|epoch| epoch.parse().ok()).max();
        let open = |room: &&str| self.cli(&["HGET", &format!("{room}:meta"), "epoch"]).trim().parse().ok();
        latest > rooms.first().and_then(open)
    }

    pub fn is_primary(&self) -> bool {
        self.child.is_some() && self.cli(&["INFO", "replication"]).contains("role:master")
    }
}

impl Drop for RedisProcess {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Servers that belong together.
pub struct Fleet {
    pub servers: Vec<RedisProcess>,
    sentinels: Vec<RedisProcess>,
    /// The setting by which nodes find them.
    pub url: String,
}

impl Fleet {
    /// A single server, which writes everything to its disk before it answers.
    pub fn single() -> Self {
        Self::single_with(&[])
    }

    /// The same with more settings.
    pub fn single_with(settings: &[&str]) -> Self {
        let server = RedisProcess::start(&[&["--appendonly", "yes", "--appendfsync", "always"], settings].concat());
        let url = url(settings, &[server.address()]);
        Self { servers: vec![server], sentinels: Vec::new(), url }
    }

    /// A primary, a replica, and three Sentinels.
    pub fn sentinels() -> Self {
        Self::sentinels_with(&[])
    }

    /// The same with more settings of the primary and the replica.
    pub fn sentinels_with(settings: &[&str]) -> Self {
        let primary = RedisProcess::start(settings);
        let follow = ["--replicaof", "127.0.0.1", &primary.port.to_string()];
        let replica = RedisProcess::start(&[settings, &follow].concat());
        let sentinels: Vec<_> = (0..3).map(|_| start_sentinel(primary.port, password(settings))).collect();
        wait_until("the Sentinels know each other and the replica", || {
            sentinels.iter().all(|sentinel| {
                let known = sentinel.cli(&["SENTINEL", "MASTER", "mine"]);
                known.contains("num-slaves\n1\n") && known.contains("num-other-sentinels\n2\n")
            })
        });
        wait_until("the replica follows", || replica.cli(&["INFO", "replication"]).contains("master_link_status:up"));
        let addresses: Vec<_> = sentinels.iter().map(RedisProcess::address).collect();
        let url = url(settings, &addresses) + "?master=mine";
        Self { servers: vec![primary, replica], sentinels, url }
    }

    /// Three primaries with a replica each.
    pub fn cluster() -> Self {
        Self::cluster_with(&[])
    }

    /// The same with more settings.
    pub fn cluster_with(settings: &[&str]) -> Self {
        let gone = GONE_MS.to_string();
        let start = || {
            let bus = free_port().to_string();
            let own = ["--cluster-enabled", "yes", "--cluster-node-timeout", &gone, "--cluster-port", &bus];
            RedisProcess::start(&[settings, &own].concat())
        };
        let servers: Vec<_> = (0..6).map(|_| start()).collect();
        let addresses: Vec<_> = servers.iter().map(RedisProcess::address).collect();
        let mut command = redis_cli(settings);
        command.args(["--cluster", "create"]).args(&addresses).args(["--cluster-replicas", "1", "--cluster-yes"]);
        let made = command.output().expect("redis-cli");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stdout));
        let fleet = Self { servers, sentinels: Vec::new(), url: url(settings, &addresses[..2]) };
        fleet.wait_until_whole();
        fleet
    }

    /// Waits until every server sees a whole cluster, or a replica.
    pub fn wait_until_whole(&self) {
        wait_until("every primary has its replica", || {
            let infos: Vec<_> = self.servers.iter().map(|server| server.cli(&["INFO", "replication"])).collect();
            let (primaries, replicas): (Vec<_>, Vec<_>) = infos.iter().partition(|info| info.contains("role:master"));
            let is_single = self.servers.len() == 1;
            let has_replica = |info: &&String| is_single || info.contains("state=online");
            primaries.iter().all(has_replica) && replicas.iter().all(|info| info.contains("master_link_status:up"))
        });
        if self.servers.len() == 6 {
            wait_until("the cluster is whole", || {
                let is_ok = |server: &RedisProcess| server.cli(&["CLUSTER", "INFO"]).contains("cluster_state:ok");
                self.servers.iter().all(is_ok)
            });
        }
    }

    /// The server that has most rooms as a primary.
    pub fn primary(&self) -> usize {
        let rooms =
            |server: &RedisProcess| server.cli(&["KEYS", "*:meta"]).lines().filter(|line| !line.is_empty()).count();
        let primaries = (0..self.servers.len()).filter(|number| self.servers[*number].is_primary());
        primaries.max_by_key(|number| rooms(&self.servers[*number])).expect("a primary")
    }

    /// The servers that have rooms, but one.
    pub fn others_with_rooms(&self, but: usize) -> Vec<usize> {
        let has_rooms = |number: &usize| !self.servers[*number].cli(&["KEYS", "*:meta"]).trim().is_empty();
        (0..self.servers.len()).filter(|number| *number != but).filter(has_rooms).collect()
    }

    /// Every server loses all it has.
    pub fn empty(&self) {
        for server in self.servers.iter().filter(|server| server.is_primary()) {
            server.cli(&["FLUSHALL"]);
        }
    }

    /// How many Sentinels there are.
    pub const fn sentinel_count(&self) -> usize {
        self.sentinels.len()
    }

    /// Gives all servers a user, and the Sentinels one of the same name and password, each with these rights.
    pub fn add_user(&self, (user, password): (&str, &str), rights: &[&str], on_sentinels: &[&str]) {
        let of_servers = self.servers.iter().map(|server| (server, rights));
        for (server, rights) in of_servers.chain(self.sentinels.iter().map(|sentinel| (sentinel, on_sentinels))) {
            let password = format!(">{password}");
            let made = server.cli(&[&["ACL", "SETUSER", user, "on", &password][..], rights].concat());
            assert_eq!(made.trim(), "OK");
        }
    }
}

fn start_sentinel(primary: u16, password: Option<&str>) -> RedisProcess {
    let mut process = RedisProcess {
        port: free_port(),
        arguments: vec!["--sentinel".to_owned()],
        child: None,
        folder: TempDir::new().expect("a folder"),
    };
    let settings = format!(
        "sentinel monitor mine 127.0.0.1 {primary} 2\nsentinel down-after-milliseconds mine {GONE_MS}\n\
         sentinel failover-timeout mine 6000\n{}",
        password.map(|password| format!("sentinel auth-pass mine {password}\n")).unwrap_or_default()
    );
    std::fs::write(process.folder.path().join("sentinel.conf"), settings).expect("a file");
    process.start_again();
    process
}

/// Asks again and again.
#[expect(clippy::disallowed_methods, reason = "how long it takes is measured on real servers")]
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "in good time: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
