//! Puts the server together, in plain words in the log.

use std::{io, net::SocketAddr, path::PathBuf, sync::Arc};

use futures::FutureExt;
use heartogether::{id::NodeId, limits::Limits, role::Guests};
use leptos::config::{Env, LeptosOptions};
use tokio::net::TcpListener;

use crate::{
    clock::Clock,
    config::{Config, has_hashed_names},
    database,
    edge::{Door, Places, Quotas, to_https},
    error::ServerError,
    identity::{Fetcher, Identity, Keys, OpenIdProvider, Sockets, install_crypto},
    invitation::Reach,
    log::{LogError, RoomLog, SqliteLog},
    random,
    report::Reports,
    rooms::Rooms,
    router::router,
    signalling::{Allowances, Origins},
    state::{AppState, Node},
    store::{SqliteStore, Store},
    tls::{Tls, TlsError},
};

/// Files that are open beside connections: the database's, and those being served.
const OTHER_FILES: u32 = 256;

/// Milliseconds after which what has run out is looked for again.
const HOUSEKEEPING_MS: u64 = 60 * 60 * 1000;

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartupError {
    /// The data folder cannot be used.
    #[error("the data folder {path} cannot be created (see DATA_DIR)", path = path.display())]
    DataDir {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The database cannot be used.
    #[error("the database {path} cannot be opened (see DATA_DIR)", path = path.display())]
    Database {
        /// Which.
        path: PathBuf,
        /// Why.
        source: sqlx::migrate::MigrateError,
    },
    /// The keys that sign sessions cannot be used.
    #[error("the keys that sign sessions cannot be read or written in {path} (see DATA_DIR)", path = path.display())]
    Keys {
        /// The data folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Sign-in providers cannot be asked.
    #[error("no sign-in provider can be asked: this machine has no certificates to check others by")]
    Certificates(#[from] reqwest::Error),
    /// There is no HTTPS.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The live rooms cannot be read.
    #[error("the live rooms cannot be read")]
    Rooms(#[from] LogError),
    /// The address cannot be listened on.
    #[error("{address} cannot be listened on (see PORT, HTTP_PORT and HOST)")]
    Address {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
}

/// A server that listens.
pub struct Server {
    listener: TcpListener,
    door: Door,
    port: u16,
    is_secure: bool,
    /// Where plain HTTP is led to HTTPS.
    side: Option<(TcpListener, Door)>,
    /// For tests that look behind the door.
    #[cfg(test)]
    pub(crate) node: Arc<Node>,
}

impl Server {
    /// Opens the data, takes the live rooms up again and listens. `limits` are those of the configuration except in tests.
    ///
    /// # Errors
    /// Whatever keeps the server from starting.
    pub async fn bind(config: Config, limits: Limits, clock: Arc<dyn Clock>) -> Result<Self, StartupError> {
        install_crypto();
        let pool = open_database(&config).await?;
        let identity = open_identity(&config, &clock)?;
        let log_clock: Arc<dyn Clock> = Arc::new(SqliteLog::clock(&pool, clock.clone()).await?);
        let log: Arc<dyn RoomLog> = Arc::new(SqliteLog::new(pool.clone(), log_clock.clone()));
        let id = NodeId::from_bits(random::bits());
        let rooms = Rooms::new(id, log.clone(), log_clock, config.ice.clone());
        match rooms.recover().await? {
            0 => {}
            live => tracing::info!("{live} live rooms were taken up again"),
        }
        let tls = Tls::start(&config)?;
        let (listener, address) = listen(config.address()).await?;
        let options = leptos_options(&config, address);
        let origins = Origins::new(config.origins());
        let reach = Reach::new(config.public_url.as_deref(), address);
        let store: Arc<dyn Store> = Arc::new(SqliteStore::new(pool));
        let allowances = Allowances::new(&limits);
        let (quotas, sockets) = (Quotas::new(&limits), Places::new(u32::MAX, limits.sockets_per_address));
        let places = Places::new(possible(limits.connections), limits.connections_per_address);
        let trusted = config.edge.trusted_proxies().clone();
        let reports = Reports::default();
        let node = Arc::new(Node {
            id,
            config,
            limits,
            clock,
            log,
            store,
            rooms,
            identity,
            origins,
            reach,
            quotas,
            allowances,
            sockets,
            reports,
        });
        let (port, is_secure) = (address.port(), tls.is_some());
        let side = match node.config.tls.redirected_port(port) {
            Some(side_port) => {
                let (listener, _) = listen(SocketAddr::new(address.ip(), side_port)).await?;
                Some((listener, Door::new(to_https(port), places.clone(), trusted.clone(), None)))
            }
            None => None,
        };
        tokio::spawn(finish_departures(node.clone()));
        tokio::spawn(keep_house(node.store.clone(), node.clock.clone()));
        let state = AppState { node, options };
        let door = Door::new(router(state.clone()), places, trusted, tls);
        Ok(Self {
            listener,
            door,
            port,
            is_secure,
            side,
            #[cfg(test)]
            node: state.node,
        })
    }

    /// The port, also where 0 was asked for.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The URL on this machine.
    pub fn url(&self) -> String {
        let scheme = if self.is_secure { "https" } else { "http" };
        format!("{scheme}://localhost:{}", self.port)
    }

    /// The port on which plain HTTP is led to HTTPS, if there is one.
    pub fn redirected_port(&self) -> Option<u16> {
        self.side.as_ref().and_then(|(listener, _)| listener.local_addr().ok()).map(|address| address.port())
    }

    /// Serves until `shutdown` completes and the requests that are under way are answered.
    pub async fn serve(self, shutdown: impl Future<Output = ()> + Send + 'static) {
        let shutdown = shutdown.shared();
        let side = async {
            if let Some((listener, door)) = self.side {
                door.serve(listener, shutdown.clone()).await;
            }
        };
        tokio::join!(self.door.serve(self.listener, shutdown.clone()), side);
    }
}

/// Carries out what the last run of the server could not finish.
async fn finish_departures(node: Arc<Node>) {
    if let Err(error) = node.finish_departures().await {
        error.report();
    }
}

/// Forgets what has run out, also where nobody comes any more.
async fn keep_house(store: Arc<dyn Store>, clock: Arc<dyn Clock>) {
    loop {
        let now = clock.now();
        if let Err(error) = store.forget_expired(now).await {
            ServerError::from(error).report();
        }
        clock.sleep_until(now.after_ms(HOUSEKEEPING_MS)).await;
    }
}

/// As many connections as are asked for, or as the system has files for.
fn possible(connections: u32) -> u32 {
    let files = match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(files) => files,
        Err(error) => {
            tracing::warn!(%error, "the number of open files cannot be told");
            return connections;
        }
    };
    let possible = u32::try_from(files).unwrap_or(u32::MAX).saturating_sub(OTHER_FILES).max(1);
    if possible < connections {
        tracing::warn!("{possible} connections at once, not {connections}: the system allows {files} open files");
    }
    connections.min(possible)
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

async fn open_database(config: &Config) -> Result<sqlx::SqlitePool, StartupError> {
    let folder = config.data_dir();
    create_private(&folder).map_err(|source| StartupError::DataDir { path: folder.clone(), source })?;
    let path = folder.join("heartogether.db");
    tracing::info!("accounts and rooms are kept in {}", path.display());
    database::open(&path).await.map_err(|source| StartupError::Database { path, source })
}

fn open_identity(config: &Config, clock: &Arc<dyn Clock>) -> Result<Identity, StartupError> {
    let (folder, ttl_ms) = (config.data_dir(), config.cookie.session_ttl_seconds.saturating_mul(1000));
    let keys = Keys::open(&folder, config.identity.secret(), clock.now(), ttl_ms);
    let keys = keys.map_err(|source| StartupError::Keys { path: folder, source })?;
    let providers = config.identity.providers();
    if providers.is_empty() {
        if config.identity.guests() == Guests::Off {
            tracing::warn!("nobody can come in: GUESTS is off, and no sign-in provider is configured");
        }
        return Ok(Identity {
            keys,
            sockets: Sockets::default(),
            providers: Vec::new(),
            changing: tokio::sync::Mutex::default(),
        });
    }
    let fetcher = Fetcher::new()?;
    let names: Vec<_> = providers.iter().map(|provider| provider.name.as_str()).collect();
    tracing::info!("people sign in with {}", names.join(", "));
    let open = |settings| OpenIdProvider::new(settings, fetcher.clone(), clock.clone());
    let providers = providers.into_iter().map(open).collect();
    Ok(Identity { keys, sockets: Sockets::default(), providers, changing: tokio::sync::Mutex::default() })
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartupError> {
    let failed = |source| StartupError::Address { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
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
        .hash_files(has_hashed_names())
        .build()
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_new_data_folder_is_the_servers_own() {
        let parent = tempfile::TempDir::new().expect("a folder");
        let folder = parent.path().join("made/here");
        create_private(&folder).expect("a folder");
        assert_eq!(std::fs::metadata(&folder).expect("the folder").permissions().mode() & 0o777, 0o700);
    }
}
