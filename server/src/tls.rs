//! HTTPS without a proxy: with the operator's own certificate, or with one from a certificate authority (ACME).
//!
//! ring is the only provider of cryptography, and nothing uses a process-wide provider.

mod acme;
mod files;

use std::{io, path::PathBuf, sync::Arc, time::Duration};

use rustls::{ServerConfig, crypto::CryptoProvider, server::Acceptor};
use rustls_acme::is_tls_alpn_challenge;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio_rustls::{LazyConfigAcceptor, server::TlsStream};

use crate::config::{Certificate, Config};

/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// What is spoken inside (RFC 7301).
const HTTP2: &[u8] = b"h2";
const HTTP1: &[u8] = b"http/1.1";

/// Why there is no HTTPS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read, or is no PEM (RFC 7468).
    #[error("{path} cannot be used (see TLS_CERT, TLS_KEY and ACME_ROOTS)", path = path.display())]
    Pem {
        /// The path.
        path: PathBuf,
        /// The cause.
        source: rustls::pki_types::pem::Error,
    },
    /// There is no place to keep what the authority issues.
    #[error("{path} cannot be made, or not be closed to others (see DATA_DIR)", path = path.display())]
    Folder {
        /// The path.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// Certificate and key do not fit, or are of a kind that is not known.
    #[error("the certificate cannot be used (see TLS_CERT and TLS_KEY)")]
    Certificate(#[from] rustls::Error),
}

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

/// Whether HTTP/2 was agreed on.
pub(crate) fn is_http2<S>(stream: &TlsStream<S>) -> bool {
    stream.get_ref().1.alpn_protocol() == Some(HTTP2)
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn protocols() -> Vec<Vec<u8>> {
    vec![HTTP2.to_vec(), HTTP1.to_vec()]
}
