//! Why nothing can be logged.

/// Why nothing can be logged.
#[derive(Debug, thiserror::Error)]
pub enum LoggingError {
    /// The filter is wrong.
    #[error("LOG")]
    Filter(#[source] tracing_subscriber::filter::ParseError),
    /// The collector's address is wrong, or nothing can be sent to it.
    #[error("OTEL_EXPORTER_OTLP_ENDPOINT")]
    Traces(#[source] opentelemetry_otlp::ExporterBuildError),
}
