//! Why the server did not start.

use std::{io, net::SocketAddr, path::PathBuf};

use crate::{
    storage::{database, log::LogError},
    tls::TlsError,
};

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartupError {
    /// The data folder cannot be used.
    #[error("the data folder {path} cannot be created or locked (see DATA_DIR)", path = path.display())]
    DataDir {
        /// The path.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// Another server uses it, and did not stop in time.
    #[error("another server uses the data folder {path} (see DATA_DIR and DATA_LOCK_WAIT_MS)", path = .0.display())]
    InUse(PathBuf),
    /// The database cannot be used.
    #[error("the database {path} cannot be opened (see DATA_DIR)", path = path.display())]
    Database {
        /// The path.
        path: PathBuf,
        /// The cause.
        source: database::OpenError,
    },
    /// PostgreSQL refuses.
    #[error("the database {url} cannot be opened (see DATABASE_URL)")]
    Postgres {
        /// Where it is, without a password.
        url: String,
        /// The cause.
        source: database::OpenError,
    },
    /// Another server uses the database, and did not stop in time.
    #[error("another server uses the database {0} (see DATABASE_URL and DATA_LOCK_WAIT_MS)")]
    DatabaseInUse(String),
    /// The pictures cannot be kept.
    #[error("pictures cannot be kept in {place} (see PICTURES_DIR and S3_BUCKET)")]
    Pictures {
        /// Where.
        place: String,
        /// The cause.
        source: object_store::Error,
    },
    /// The keys that sign sessions cannot be used.
    #[error("the keys that sign sessions cannot be read or written in {path} (see DATA_DIR)", path = path.display())]
    Keys {
        /// The data folder.
        path: PathBuf,
        /// The cause.
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
    /// The metrics cannot be kept.
    #[error("the metrics cannot be kept (see METRICS_ADDR)")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
    /// The address cannot be listened on.
    #[error("{address} cannot be listened on (see PORT, HTTP_PORT, HOST and METRICS_ADDR)")]
    Address {
        /// The address.
        address: SocketAddr,
        /// The cause.
        source: io::Error,
    },
}
