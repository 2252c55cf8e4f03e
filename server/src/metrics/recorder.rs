//! Keeps what is recorded.

use std::sync::{Mutex, PoisonError};

use ::metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use heartogether::refusal::Refusal;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use super::catalogue::{
    ALL, APPENDS, BUILD_INFO, FAULTS, FIRST_SOUND, JOINS, Kind, OUTCOMES, RECEIVED, REFUSALS, REQUESTS, RESUMES, SENT,
    STATUSES,
};

/// What this process has recorded. It is one for all servers in the process, as there is one recorder.
#[derive(Clone)]
pub(crate) struct Recorder(PrometheusHandle);

impl Recorder {
    /// Keeps what is recorded from now on.
    ///
    /// # Errors
    /// [`BuildError`], where other code of this process has installed a recorder.
    pub(crate) fn install() -> Result<Self, BuildError> {
        static INSTALLED: Mutex<Option<PrometheusHandle>> = Mutex::new(None);
        let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(handle) = &*installed {
            return Ok(Self(handle.clone()));
        }
        let histograms = ALL.iter().filter_map(|(name, kind, _)| match kind {
            Kind::Histogram(bounds) => Some((Matcher::Full((*name).to_owned()), *bounds)),
            Kind::Gauge | Kind::Counter => None,
        });
        let mut builder = PrometheusBuilder::new();
        for (name, bounds) in histograms {
            builder = builder.set_buckets_for_metric(name, bounds)?;
        }
        let handle = builder.install_recorder()?;
        describe();
        begin_at_zero();
        *installed = Some(handle.clone());
        Ok(Self(handle))
    }

    /// Everything, in the text format of Prometheus.
    pub(super) fn render(&self) -> String {
        // Histograms are filled in by this.
        self.0.run_upkeep();
        self.0.render()
    }
}

fn describe() {
    for (name, kind, help) in ALL {
        match kind {
            Kind::Gauge => describe_gauge!(name, help),
            Kind::Counter => describe_counter!(name, help),
            Kind::Histogram(_) => describe_histogram!(name, help),
        }
    }
}

/// A counter that is there from the start with 0 shows its first event as an increase. One that comes with it does not.
fn begin_at_zero() {
    for name in [JOINS, RESUMES, FAULTS, RECEIVED, SENT] {
        counter!(name).absolute(0);
    }
    for refusal in Refusal::ALL {
        counter!(REFUSALS, "code" => refusal.code()).absolute(0);
    }
    for outcome in OUTCOMES {
        drop(histogram!(APPENDS, "outcome" => outcome));
    }
    for status in STATUSES {
        drop(histogram!(REQUESTS, "status" => status));
    }
    drop(histogram!(FIRST_SOUND));
    gauge!(BUILD_INFO, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
}
