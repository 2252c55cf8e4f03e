//! What all TLS connections have in common: the protocols inside, and who does the cryptography.

use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use tokio_rustls::server::TlsStream;

/// What is spoken inside (RFC 7301).
const HTTP2: &[u8] = b"h2";
const HTTP1: &[u8] = b"http/1.1";

/// Whether HTTP/2 was agreed on.
pub(crate) fn is_http2<S>(stream: &TlsStream<S>) -> bool {
    stream.get_ref().1.alpn_protocol() == Some(HTTP2)
}

/// Who does the cryptography.
pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// The protocols that a handshake offers, the preferred one first.
pub(super) fn protocols() -> Vec<Vec<u8>> {
    vec![HTTP2.to_vec(), HTTP1.to_vec()]
}
