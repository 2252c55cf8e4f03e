//! Traces for an OpenTelemetry collector (OTLP over HTTP).

use std::time::Duration;

use opentelemetry::{KeyValue, trace::TracerProvider};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{Sampler, SdkTracerProvider},
};
use tracing::Subscriber;
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};

use super::{LoggingError, is_ours};
use crate::{auth::install_crypto, config::MonitoringSettings};

/// The path below the collector's address (OpenTelemetry Protocol Exporter, "Endpoint URLs for OTLP/HTTP").
const PATH: &str = "v1/traces";
const SERVICE: &str = "heartogether";
/// How long the collector may take for what it is sent.
const SENDING: Duration = Duration::from_secs(5);
/// How long the last traces may take at the end.
const FAREWELL: Duration = Duration::from_secs(2);

/// Sends spans to a collector, if there is one.
#[derive(Clone)]
pub struct Traces(Option<SdkTracerProvider>);

impl Traces {
    /// Sends spans from now on, from a thread of its own.
    pub(super) fn begin(settings: &MonitoringSettings) -> Result<Self, LoggingError> {
        let Some(endpoint) = &settings.otlp_endpoint else { return Ok(Self(None)) };
        install_crypto();
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{}/{PATH}", endpoint.trim_end_matches('/')))
            .with_timeout(SENDING)
            .build()
            .map_err(LoggingError::Traces)?;
        let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let provider = SdkTracerProvider::builder()
            .with_sampler(Sampler::TraceIdRatioBased(settings.traces_ratio))
            .with_resource(Resource::builder_empty().with_service_name(SERVICE).with_attribute(version).build())
            .with_batch_exporter(exporter)
            .build();
        Ok(Self(Some(provider)))
    }

    /// Takes this crate's spans and lines, whatever the level of the log is.
    pub(super) fn layer<S: Subscriber + for<'a> LookupSpan<'a>>(&self) -> Option<impl Layer<S> + use<S>> {
        let tracer = self.0.as_ref()?.tracer(SERVICE);
        let layer = tracing_opentelemetry::layer().with_tracer(tracer).with_location(false).with_threads(false);
        Some(layer.with_filter(filter_fn(|span| is_ours(span) && *span.level() <= tracing::Level::DEBUG)))
    }

    /// Sends what is still to be sent. It waits for the collector, but not for long.
    pub async fn end(self) {
        let Some(provider) = self.0 else { return };
        let ended = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(FAREWELL)).await;
        if !matches!(ended, Ok(Ok(()))) {
            tracing::warn!("the last traces could not be sent");
        }
    }
}
