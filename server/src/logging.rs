//! The log and the traces. Both follow the spans of this crate: of a request, of a socket, of what is asked of a room.
//!
//! Lines go to standard error. They name rooms, members and connections by their ids, which let nobody in, and never by the code
//! of a room, by a name or by an address.

mod error;
mod traces;

use std::io::IsTerminal;

use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{FilterExt, filter_fn},
    fmt,
    prelude::*,
    registry::LookupSpan,
};

pub use error::LoggingError;
pub use traces::Traces;

use crate::config::{Config, LogFormat};

/// Begins to log, and to send traces if there is a collector.
///
/// # Errors
/// [`LoggingError`].
pub fn begin(config: &Config) -> Result<Traces, LoggingError> {
    let filter = EnvFilter::try_new(&config.log).map_err(LoggingError::Filter)?;
    let lines = lines(config.monitoring.log_format).with_filter(filter.and(filter_fn(is_told)));
    let traces = Traces::begin(&config.monitoring)?;
    tracing_subscriber::registry().with(lines).with(traces.layer()).init();
    Ok(traces)
}

/// Writes lines in a format.
fn lines<S: Subscriber + for<'a> LookupSpan<'a>>(format: LogFormat) -> Box<dyn Layer<S> + Send + Sync> {
    let lines = fmt::layer().with_writer(std::io::stderr);
    match format {
        LogFormat::Text => lines.with_ansi(std::io::stderr().is_terminal()).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).boxed(),
    }
}

/// Libraries that tell more than a little write what passes through them: headers, frames, descriptions.
fn is_told(line: &Metadata<'_>) -> bool {
    is_ours(line) || *line.level() <= Level::INFO
}

fn is_ours(line: &Metadata<'_>) -> bool {
    line.target().starts_with("heartogether")
}
