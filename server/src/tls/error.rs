//! Why there is no HTTPS.

use std::{io, path::PathBuf};

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
