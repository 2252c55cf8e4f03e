//! A certificate that an authority issues and renews automatically (ACME, RFC 8555). The authority verifies the name on
//! the HTTPS port (TLS-ALPN-01, RFC 8737).

use std::{fs, io, path::Path, sync::Arc};

use futures::StreamExt;
use rustls::{
    ClientConfig, RootCertStore, ServerConfig,
    pki_types::{CertificateDer, pem::PemObject},
};
use rustls_acme::{AcmeConfig, caches::DirCache};

use super::{
    error::TlsError,
    parameters::{protocols, provider},
};
use crate::config::AcmeSettings;

/// Begins to ask for a certificate, which is kept in `folder`. Gives what callers are shown, and what the authority is.
pub(super) fn start(
    settings: &AcmeSettings,
    folder: &Path,
) -> Result<(Arc<ServerConfig>, Arc<ServerConfig>), TlsError> {
    make_private(folder).map_err(|source| TlsError::Folder { path: folder.to_owned(), source })?;
    let contact = settings.contact.iter().map(|address| format!("mailto:{address}"));
    let mut acme = AcmeConfig::new_with_provider(&settings.domains, provider())
        .directory(&settings.directory)
        .contact(contact)
        .cache(DirCache::new(folder.to_owned()));
    if let Some(roots) = &settings.roots {
        acme = acme.client_tls_config(Arc::new(trusting(roots)?));
    }
    let mut state = acme.state();
    let challenge = state.challenge_rustls_config_with_provider(provider());
    let mut shown = ServerConfig::clone(&state.default_rustls_config_with_provider(provider()));
    shown.alpn_protocols = protocols();
    tokio::spawn(async move {
        while let Some(event) = state.next().await {
            match event {
                Ok(event) => tracing::info!(?event, "the certificate authority answered"),
                Err(error) => tracing::error!("no certificate yet, trying again: {error:?}"),
            }
        }
    });
    Ok((Arc::new(shown), challenge))
}

/// The files in it hold private keys, and are written with whatever rights the system gives new ones. So nobody else gets
/// at them through their folder, open as the one around it may be.
fn make_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    #[cfg(unix)]
    fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
}

/// For authorities that the web's own do not vouch for.
fn trusting(path: &Path) -> Result<ClientConfig, TlsError> {
    let failed = |source| TlsError::Pem { path: path.to_owned(), source };
    let mut roots = RootCertStore::empty();
    for root in CertificateDer::pem_file_iter(path).map_err(failed)? {
        roots.add(root.map_err(failed)?)?;
    }
    let builder = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions()?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn keys_are_in_a_folder_that_only_the_server_can_read() {
        let parent = tempfile::TempDir::new().expect("a folder");
        let folder = parent.path().join("acme");
        for is_there in [false, true] {
            if is_there {
                fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).expect("an open folder");
            }
            make_private(&folder).expect("a folder");
            assert_eq!(fs::metadata(&folder).expect("the folder").permissions().mode() & 0o777, 0o700);
        }
    }
}
