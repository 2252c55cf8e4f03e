//! HTTPS without a proxy: with the operator's own certificate, or with one from a certificate authority (ACME).
//!
//! ring is the only provider of cryptography, and nothing uses a process-wide provider.

mod acme;
mod error;
mod files;
mod parameters;

use std::{io, sync::Arc, time::Duration};

use rustls::{ServerConfig, server::Acceptor};
use rustls_acme::is_tls_alpn_challenge;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio_rustls::{LazyConfigAcceptor, server::TlsStream};

use crate::config::{Certificate, Config};
pub use error::TlsError;
pub(crate) use parameters::is_http2;

/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How callers are met over TLS.
pub(crate) struct Tls {
    config: Arc<ServerConfig>,
    /// For the authority's own question whether the name is ours (RFC 8737).
    challenge: Option<Arc<ServerConfig>>,
}

impl Tls {
    /// As it is set, and watched or renewed from now on; none where it is not.
    pub(crate) fn start(config: &Config) -> Result<Option<Arc<Self>>, TlsError> {
        let tls = match config.tls.certificate() {
            None => return Ok(None),
            Some(Certificate::Files { cert, key }) => Self { config: files::start(cert, key)?, challenge: None },
            Some(Certificate::Acme(settings)) => {
                let (config, challenge) = acme::start(settings, &config.data_dir().join("acme"))?;
                Self { config, challenge: Some(challenge) }
            }
        };
        Ok(Some(Arc::new(tls)))
    }

    /// Shakes hands. `None` if that was all the other side wanted.
    pub(crate) async fn accept<S>(&self, stream: S) -> io::Result<Option<TlsStream<S>>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        tokio::time::timeout(HANDSHAKE, self.shake_hands(stream)).await?
    }

    async fn shake_hands<S>(&self, stream: S) -> io::Result<Option<TlsStream<S>>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let start = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
        match &self.challenge {
            Some(challenge) if is_tls_alpn_challenge(&start.client_hello()) => {
                start.into_stream(challenge.clone()).await?.shutdown().await?;
                Ok(None)
            }
            _ => start.into_stream(self.config.clone()).await.map(Some),
        }
    }
}
