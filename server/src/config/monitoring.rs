//! How the server is watched.

use std::net::SocketAddr;

use clap::{Args, ValueEnum};

/// What is given to those who watch the server.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Monitoring")]
pub struct MonitoringSettings {
    /// Address and port, such as 127.0.0.1:9464, at which Prometheus fetches `/metrics`; anybody who reaches it can read it, so
    /// keep it from the public [default: no metrics]
    #[arg(long, env = "METRICS_ADDR")]
    pub(crate) metrics_addr: Option<SocketAddr>,

    /// How the log is written: lines for people (`text`), or an object in JSON for each line (`json`)
    #[arg(long, env = "LOG_FORMAT", value_enum, default_value_t)]
    pub(crate) log_format: LogFormat,

    /// URL of an OpenTelemetry collector, such as http://127.0.0.1:4318, to which traces are sent (OTLP over HTTP) [default: no
    /// traces]
    #[arg(long = "otel-exporter-otlp-endpoint", env = "OTEL_EXPORTER_OTLP_ENDPOINT", value_parser = parse_url)]
    pub(crate) otlp_endpoint: Option<String>,

    /// Share of the requests that are traced, from 0 to 1
    #[arg(long = "otel-traces-sampler-arg", env = "OTEL_TRACES_SAMPLER_ARG", default_value = "1", value_parser = parse_ratio)]
    pub(crate) traces_ratio: f64,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    #[default]
    Text,
    Json,
}

fn parse_url(text: &str) -> Result<String, String> {
    match text.starts_with("http://") || text.starts_with("https://") {
        true => Ok(text.to_owned()),
        false => Err("expected http://HOST:PORT or https://HOST:PORT".to_owned()),
    }
}

fn parse_ratio(text: &str) -> Result<f64, String> {
    let ratio = text.parse().ok().filter(|ratio| (0.0..=1.0).contains(ratio));
    ratio.ok_or_else(|| "expected a number from 0 to 1".to_owned())
}
