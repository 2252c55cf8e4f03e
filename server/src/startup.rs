//! Builds and starts the server, and logs the steps.

mod error;
mod housekeeping;
mod listening;
mod logs;
mod other_nodes;
mod storage;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use heartogether::{id::NodeId, limits::Limits, role::Guests};
use heartogether_app::page_code::CodeFiles;
use leptos::config::{Env, LeptosOptions};
use tokio::{sync::Semaphore, task::JoinHandle};

use crate::{
    auth::{Auth, Fetcher, Keys, OpenIdProvider, RememberedSessions, Sockets, UntoldRooms, install_crypto},
    clock::Clock,
    cluster,
    config::Config,
    database_limit::DatabaseLimit,
    error::explain,
    http::{ConnectionLimit, RateLimits, SetupHints},
    invitation::Reach,
    markup::Renderer,
    metrics::{self, Observed, Recorder},
    pictures::UPLOADS_KIB,
    random,
    readiness::Readiness,
    rooms::Rooms,
    router::router,
    state::{AppState, Node},
    storage::{
        accounts::SqlStore,
        keys::SqlKeys,
        log::{RoomLog, redis::RedisServers},
        messages::SqlArchive,
        orders::Orders,
        pictures::Pictures,
        sealing::Sealer,
    },
    tls::Tls,
    websocket::{CarriedPosts, CommandLimits, Origins, Streams},
};
pub use error::StartupError;
use listening::Listening;
use logs::Logs;
use other_nodes::OtherNodes;
use storage::Stored;

/// How long connections of members may take to end once all of them are told.
const SOCKETS_END: Duration = Duration::from_secs(5);

/// A server that is ready.
pub struct Server {
    listening: Listening,
    house: JoinHandle<()>,
    log: Arc<dyn RoomLog>,
    stored: Stored,
    pub(crate) node: Arc<Node>,
}

impl Server {
    /// The logs of its rooms.
    pub const fn log(&self) -> &Arc<dyn RoomLog> {
        &self.log
    }

    /// Listens, waits until no other server uses the data, opens it and takes the live rooms up again. Until that is done,
    /// whoever asks is told that the server is starting. `limits` are those of the configuration except in tests.
    ///
    /// # Errors
    /// Whatever keeps the server from starting.
    pub async fn bind(config: Config, limits: Limits, clock: Arc<dyn Clock>) -> Result<Self, StartupError> {
        install_crypto();
        let folder = create_data_dir(&config)?;
        let recorder = config.monitoring.metrics_addr.map(|_| Recorder::install()).transpose()?;
        let mut listening = Listening::begin(&config, &limits, Tls::start(&config)?).await?;
        let stored = Stored::open(&config, &folder, &listening).await?;
        let database = &stored.database;
        let sealer = Arc::new(Sealer::new(Arc::new(SqlKeys::new(database.clone()))));
        let id = NodeId::from_bits(random::bits());
        let Logs { log, clock: log_clock, redis } =
            Logs::open((&config, id), (database, &sealer), clock.clone(), &listening).await?;
        let archive = Arc::new(SqlArchive::new(database.clone(), sealer.clone()));
        let mut others = OtherNodes::join(id, redis.as_deref().map(RedisServers::shared)).await;
        let inbox = others.inbox.take();
        let place = config.pictures.place(&folder);
        let objects = place.open().map_err(|source| StartupError::Pictures { place: format!("{place:?}"), source })?;
        let pictures = Pictures::new(database.clone(), objects);
        let rooms = Rooms::new(
            id,
            log.clone(),
            (others.bus.clone(), others.look_up.clone(), others.signal_traces()),
            archive.clone(),
            Arc::new(SqlStore::new(database.clone())),
            log_clock,
            config.ice.clone(),
        );
        let kept = Kept { stored: &stored, sealer, log: log.clone(), archive, pictures, rooms, others, redis };
        let node = Arc::new(open_node(config, limits, clock, listening.address, kept)?);
        match node.rooms.recover().await? {
            0 => {}
            live => tracing::info!("{live} live rooms were taken up again"),
        }
        if let (Some(address), Some(recorder)) = (node.config.monitoring.metrics_addr, recorder) {
            serve_metrics(&mut listening, address, &node, recorder)?;
        }
        if let Some(inbox) = inbox {
            tokio::spawn(cluster::receive(node.clone(), inbox));
        }
        let house = tokio::spawn(housekeeping::run(node.clone()));
        let options = leptos_options(&node.config, listening.address);
        let code_files = code_files(&options);
        listening.open(router(AppState { node: node.clone(), options, code_files }));
        Ok(Self { listening, house, log, stored, node })
    }

    /// The port, also where 0 was asked for.
    pub const fn port(&self) -> u16 {
        self.listening.address.port()
    }

    /// The URL on this machine.
    pub fn url(&self) -> String {
        let scheme = if self.listening.is_secure { "https" } else { "http" };
        format!("{scheme}://localhost:{}", self.port())
    }

    /// The port on which plain HTTP is led to HTTPS, if there is one.
    pub const fn redirected_port(&self) -> Option<u16> {
        self.listening.side_port
    }

    /// Serves until `shutdown` completes, and then stops in order: the server says that it is not ready and serves on for a
    /// moment, members are told to connect again, requests that are under way are answered, what was asked to be written is
    /// written, the database is closed, and only then may another server use the data. The last connection to a database
    /// writes its write-ahead log back and deletes it.
    pub async fn serve(self, shutdown: impl Future<Output = ()> + Send + 'static) {
        shutdown.await;
        self.node.readiness.stop();
        let (delay, spread) = (self.node.config.stopping.delay(), self.node.config.stopping.spread());
        tokio::time::sleep(delay).await;
        let sockets = tokio::time::timeout(spread + SOCKETS_END, self.node.auth.sockets.stop(spread));
        let ((), sockets) = tokio::join!(self.listening.stop(), sockets);
        self.house.abort();
        self.log.stop().await;
        let closed = self.stored.close().await;
        if sockets.is_err() || !closed {
            tracing::warn!("some connections did not end in time");
        }
    }
}

/// Serves the metrics at their own address.
fn serve_metrics(
    listening: &mut Listening,
    address: SocketAddr,
    node: &Arc<Node>,
    recorder: Recorder,
) -> Result<(), StartupError> {
    let observed = Observed { node: node.clone(), connections: listening.connections.clone(), recorder };
    let address = listening.serve_beside(address, metrics::page(observed))?;
    tracing::info!("metrics are served at http://{address}/metrics");
    Ok(())
}

/// The data, and whoever works on it.
struct Kept<'a> {
    stored: &'a Stored,
    sealer: Arc<Sealer>,
    log: Arc<dyn RoomLog>,
    archive: Arc<SqlArchive>,
    pictures: Pictures,
    rooms: Arc<Rooms>,
    others: OtherNodes,
    redis: Option<Arc<RedisServers>>,
}

/// Puts together what every request can reach.
fn open_node(
    config: Config,
    limits: Limits,
    clock: Arc<dyn Clock>,
    address: SocketAddr,
    kept: Kept<'_>,
) -> Result<Node, StartupError> {
    let Kept { stored, sealer, log, archive, pictures, rooms, others, redis } = kept;
    tell_of_other_sites(&config);
    let auth = open_auth(&config, &clock)?;
    let shared = others.limits(&auth.keys);
    Ok(Node {
        id: rooms.node(),
        rooms,
        origins: Origins::new(config.origins()),
        reach: Reach::new(config.public_url.clone(), address),
        store: Arc::new(SqlStore::new(stored.database.clone())),
        orders: Orders::new(stored.database.clone()),
        rate_limits: RateLimits::new(&limits, shared.clone()),
        command_limits: CommandLimits::new(&limits, shared.as_ref().map(|shared| &shared.allowances)),
        socket_limit: ConnectionLimit::new(limits.connections, limits.sockets_per_address),
        streams: Streams::default(),
        carried_posts: CarriedPosts::default(),
        room_lookup: others.look_up,
        setup_hints: SetupHints::default(),
        readiness: Readiness::new(stored.database.clone(), stored.is_ours(), redis.clone()),
        database_limit: DatabaseLimit::new(limits.database_bytes),
        markup: Renderer::default(),
        config,
        limits,
        clock,
        log,
        bus: others.bus,
        auth,
        search: archive.clone(),
        archive,
        pictures,
        uploads: Semaphore::new(UPLOADS_KIB),
        sealer,
        redis,
    })
}

/// Makes a folder that nobody else on this machine reads: it holds addresses, tokens and keys. One that is there keeps the
/// rights that its owner gave it.
fn create_private(folder: &std::path::Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn create_data_dir(config: &Config) -> Result<PathBuf, StartupError> {
    let path = config.data_dir();
    match create_private(&path) {
        Ok(()) => Ok(path),
        Err(source) => Err(StartupError::DataDir { path, source }),
    }
}

/// Says which other sites' pages the operator has let in.
fn tell_of_other_sites(config: &Config) {
    let sites: Vec<_> = config.frontend_origins().collect();
    if !sites.is_empty() {
        tracing::info!("pages of {} may send requests and read the answers", sites.join(", "));
    }
}

fn open_auth(config: &Config, clock: &Arc<dyn Clock>) -> Result<Auth, StartupError> {
    let (folder, ttl_ms) = (config.data_dir(), config.cookie.session_ttl_seconds.saturating_mul(1000));
    let keys = Keys::open(&folder, config.auth.secret(), clock.now(), ttl_ms);
    let keys = keys.map_err(|source| StartupError::Keys { path: folder, source })?;
    let providers = config.auth.providers();
    let providers = if providers.is_empty() {
        if config.auth.guests() == Guests::Off {
            tracing::warn!("nobody can come in: GUESTS is off, and no sign-in provider is configured");
        }
        Vec::new()
    } else {
        let fetcher = Fetcher::new()?;
        let names: Vec<_> = providers.iter().map(|provider| provider.name.as_str()).collect();
        tracing::info!("people sign in with {}", names.join(", "));
        let open = |settings| OpenIdProvider::new(settings, fetcher.clone(), clock.clone());
        providers.into_iter().map(open).collect()
    };
    Ok(Auth {
        keys,
        sockets: Sockets::default(),
        remembered: RememberedSessions::new(config.data.database().is_some()),
        providers,
        changing: tokio::sync::Mutex::default(),
        untold_rooms: UntoldRooms::default(),
    })
}

fn leptos_options(config: &Config, address: SocketAddr) -> LeptosOptions {
    let site = config.site_dir();
    match site.is_dir() {
        true => tracing::info!("the site is served from {}", site.display()),
        false => tracing::warn!(
            "there is no site in {}: pages come without styles and scripts (see SITE_DIR)",
            site.display()
        ),
    }
    LeptosOptions::builder()
        .output_name("heartogether")
        .site_root(site.to_string_lossy())
        .site_pkg_dir("pkg")
        .site_addr(address)
        .reload_port(config.leptos_reload_port)
        .env(if cfg!(debug_assertions) { Env::DEV } else { Env::PROD })
        .hash_files(config.has_hashed_names())
        .build()
}

/// A site that is not whole is told of, and served as far as it goes.
fn code_files(options: &LeptosOptions) -> Option<Arc<CodeFiles>> {
    if !Path::new(&*options.site_root).is_dir() {
        return None;
    }
    let read = CodeFiles::read(options);
    read.inspect_err(|error| tracing::error!("pages come without scripts: {}", explain(error))).ok().map(Arc::new)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn only_the_server_can_read_a_new_data_folder() {
        let parent = tempfile::TempDir::new().expect("a folder");
        let folder = parent.path().join("made/here");
        create_private(&folder).expect("a folder");
        assert_eq!(std::fs::metadata(&folder).expect("the folder").permissions().mode() & 0o777, 0o700);
    }
}
