//! HTTPS without a proxy.

use std::path::{Path, PathBuf};

use clap::Args;

/// Where browsers are met over TLS.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "HTTPS without a proxy")]
pub struct TlsSettings {
    /// Certificate chain (PEM); read again when the file changes
    #[arg(long, env = "TLS_CERT")]
    tls_cert: Option<PathBuf>,

    /// Private key of TLS_CERT (PEM)
    #[arg(long, env = "TLS_KEY")]
    tls_key: Option<PathBuf>,

    /// Names of this server, separated by commas: the server obtains and renews a certificate for them (ACME,
    /// TLS-ALPN-01) and accepts the authority's terms; port 443 of each name must lead to this server
    #[arg(long, env = "ACME_DOMAIN", value_delimiter = ',')]
    acme_domain: Vec<String>,

    /// E-mail address to which the certificate authority may write
    #[arg(long, env = "ACME_CONTACT")]
    acme_contact: Option<String>,

    /// Directory of another certificate authority
    #[arg(long, env = "ACME_DIRECTORY", default_value = rustls_acme::acme::LETS_ENCRYPT_PRODUCTION_DIRECTORY)]
    acme_directory: String,

    /// Root certificates (PEM) for ACME_DIRECTORY [default: the public ones]
    #[arg(long, env = "ACME_ROOTS")]
    acme_roots: Option<PathBuf>,

    /// Port for plain HTTP, which is redirected to HTTPS [default: 80 if PORT is 443]
    #[arg(long, env = "HTTP_PORT")]
    http_port: Option<u16>,

    #[arg(skip)]
    acme: Option<AcmeSettings>,
}

/// How a certificate is obtained.
#[derive(Clone, Debug)]
pub(crate) struct AcmeSettings {
    pub(crate) domains: Vec<String>,
    pub(crate) contact: Option<String>,
    pub(crate) directory: String,
    pub(crate) roots: Option<PathBuf>,
}

/// Where the certificate comes from.
pub(crate) enum Certificate<'a> {
    /// From files.
    Files { cert: &'a Path, key: &'a Path },
    /// From an authority.
    Acme(&'a AcmeSettings),
}

/// What HTTPS is expected on.
const HTTPS_PORT: u16 = 443;
const HTTP_PORT: u16 = 80;

impl TlsSettings {
    /// Takes the settings in.
    pub(super) fn check(&mut self) -> Result<(), String> {
        if self.tls_cert.is_some() != self.tls_key.is_some() {
            return Err("TLS_CERT and TLS_KEY have to be set together".to_owned());
        }
        let domains = self.acme_domain.iter().map(|name| name.trim().to_owned());
        let domains: Vec<String> = domains.filter(|name| !name.is_empty()).collect();
        if !domains.is_empty() && self.tls_cert.is_some() {
            return Err("ACME_DOMAIN and TLS_CERT are two ways to one certificate: set one of them".to_owned());
        }
        self.acme = (!domains.is_empty()).then(|| AcmeSettings {
            domains,
            contact: self.acme_contact.clone(),
            directory: self.acme_directory.clone(),
            roots: self.acme_roots.clone(),
        });
        Ok(())
    }

    /// The names for which a certificate is obtained.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.acme.iter().flat_map(|acme| &acme.domains).map(String::as_str)
    }

    /// Where the certificate comes from, if there is to be one.
    pub(crate) fn certificate(&self) -> Option<Certificate<'_>> {
        let files = self.tls_cert.as_deref().zip(self.tls_key.as_deref());
        let files = files.map(|(cert, key)| Certificate::Files { cert, key });
        files.or(self.acme.as_ref().map(Certificate::Acme))
    }

    /// The port where nothing else is set.
    pub(super) fn default_port(&self) -> Option<u16> {
        self.certificate().map(|_| HTTPS_PORT)
    }

    /// The port whose callers are led to `https_port`, if there is one.
    pub(crate) fn redirected_port(&self, https_port: u16) -> Option<u16> {
        self.certificate()?;
        self.http_port.or((https_port == HTTPS_PORT).then_some(HTTP_PORT))
    }
}
