//! Asks a running server with the same settings for its health. A container's health check uses this, because the
//! container has no HTTP client.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use crate::{auth::install_crypto, config::Config};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(4);

/// Why the server does not count as alive.
#[derive(Debug, thiserror::Error)]
pub enum HealthError {
    /// The port is drawn anew at every start.
    #[error("with port 0 nobody knows where the server listens (see PORT)")]
    NoPort,
    /// It does not answer.
    #[error("the server does not answer")]
    NoAnswer(#[source] reqwest::Error),
    /// It answers something else.
    #[error("the server answers {0}")]
    Answer(u16),
}

/// Asks `GET /api/health` at the address that these settings listen on; where that is every address, on loopback. The server's own
/// certificate is taken whatever it is: nothing is told to it, and nothing but its life is believed.
///
/// # Errors
/// [`HealthError`], if it does not answer with 200.
pub async fn ask(config: &Config) -> Result<(), HealthError> {
    install_crypto();
    let address = config.address();
    if address.port() == 0 {
        return Err(HealthError::NoPort);
    }
    let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).tls_danger_accept_invalid_certs(true).build();
    let client = client.map_err(HealthError::NoAnswer)?;
    let scheme = if config.tls.certificate().is_some() { "https" } else { "http" };
    let mut outcome = Err(HealthError::NoPort);
    for ip in reachable(address.ip()) {
        let url = format!("{scheme}://{}/api/health", SocketAddr::new(ip, address.port()));
        outcome = match client.get(url).send().await {
            Ok(answer) if answer.status().as_u16() == 200 => return Ok(()),
            Ok(answer) => Err(HealthError::Answer(answer.status().as_u16())),
            Err(error) => Err(HealthError::NoAnswer(error.without_url())),
        };
    }
    outcome
}

/// Where a server that listens there is reached from this machine.
fn reachable(host: IpAddr) -> Vec<IpAddr> {
    match host {
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()],
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => vec![Ipv4Addr::LOCALHOST.into()],
        host => vec![host],
    }
}
