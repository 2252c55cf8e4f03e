//! A certificate in files that another program renews.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};

use super::{
    error::TlsError,
    parameters::{protocols, provider},
};
use crate::error::explain;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// The certificate that is shown, and where it comes from.
struct Files {
    cert: PathBuf,
    key: PathBuf,
    current: RwLock<Arc<CertifiedKey>>,
}

/// When a file was written, and its length.
type Stamp = Option<(SystemTime, u64)>;

/// Shows the certificate of these files, and the new one whenever they change.
pub(super) fn start(cert: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let files = Arc::new(Files {
        current: RwLock::new(Arc::new(load(cert, key)?)),
        cert: cert.to_owned(),
        key: key.to_owned(),
    });
    let builder = ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions()?;
    let mut config = builder.with_no_client_auth().with_cert_resolver(files.clone());
    config.alpn_protocols = protocols();
    tokio::spawn(watch(files));
    Ok(Arc::new(config))
}

/// Looks at the files for as long as somebody shows them.
async fn watch(files: Arc<Files>) {
    let mut seen = files.stamps();
    let watched = Arc::downgrade(&files);
    drop(files);
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let Some(files) = watched.upgrade() else { return };
        let now = files.stamps();
        if now != seen {
            seen = now;
            files.reload();
        }
    }
}

fn load(cert: &Path, key: &Path) -> Result<CertifiedKey, TlsError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| TlsError::Pem { path, source }
    };
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(cert).map_err(failed(cert))?.collect();
    let key = PrivateKeyDer::from_pem_file(key).map_err(failed(key))?;
    Ok(CertifiedKey::from_der(chain.map_err(failed(cert))?, key, &provider())?)
}

impl Files {
    fn stamps(&self) -> [Stamp; 2] {
        [&self.cert, &self.key].map(|path| {
            let about = std::fs::metadata(path).ok()?;
            Some((about.modified().ok()?, about.len()))
        })
    }

    /// Files that are half written, or do not fit each other yet, leave the certificate as it is.
    fn reload(&self) {
        match load(&self.cert, &self.key) {
            Ok(loaded) => {
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(loaded);
                tracing::info!("the certificate in {} was taken in anew", self.cert.display());
            }
            Err(error) => tracing::warn!("the certificate stays as it was: {}", explain(&error)),
        }
    }
}

impl ResolvesServerCert for Files {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Files").field("cert", &self.cert).finish_non_exhaustive()
    }
}
