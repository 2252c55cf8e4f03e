//! A server in the test's own process.

use std::{path::PathBuf, sync::Arc};

use heartogether::{limits::Limits, time::Timestamp};
use heartogether_server::{clock::ManualClock, config::Config, startup::Server};
use tempfile::TempDir;
use tokio::{sync::oneshot, task::JoinHandle};

use super::Site;

/// A server in this process, which is gone with the test.
pub struct TestServer {
    pub site: Site,
    pub clock: Arc<ManualClock>,
    run: Option<Run>,
    limits: Limits,
    data: TempDir,
}

/// A server in this process, on data that may outlast it. It goes on when dropped.
pub struct Run {
    pub site: Site,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Run {
    /// Stops it as a termination signal does.
    pub async fn stop(self) {
        self.stop.send(()).expect("a server that runs");
        self.task.await.expect("an end in order");
    }
}

/// A server in this process, on data that may outlast it.
pub async fn serve(data: &TempDir, clock: &Arc<ManualClock>, limits: Limits, flags: &[&str]) -> Run {
    let folder = data.path().to_str().expect("a path in UTF-8");
    let arguments = ["heartogether-server", "--port", "0", "--host", "127.0.0.1", "--data-dir", folder];
    let config = Config::from_arguments(arguments.into_iter().chain(flags.iter().copied())).expect("valid flags");
    let server = Server::bind(config, limits, clock.clone()).await.expect("a server");
    let site = Site { authority: format!("127.0.0.1:{}", server.port()) };
    let (stop, stopped) = oneshot::channel();
    let shutdown = async {
        if stopped.await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    Run { site, stop, task: tokio::spawn(server.serve(shutdown)) }
}

impl TestServer {
    pub async fn start() -> Self {
        Self::start_with(Limits::default(), &[]).await
    }

    pub async fn start_with(limits: Limits, flags: &[&str]) -> Self {
        let data = TempDir::new().expect("a folder for the data");
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_800_000_000_000)));
        let run = serve(&data, &clock, limits.clone(), flags).await;
        Self { site: run.site.clone(), clock, run: Some(run), limits, data }
    }

    /// Stops, and starts again on the same data with other settings.
    pub async fn again(&mut self, flags: &[&str]) -> Site {
        self.stop().await;
        let run = serve(&self.data, &self.clock, self.limits.clone(), flags).await;
        self.site = run.site.clone();
        self.run = Some(run);
        self.site.clone()
    }

    /// Stops in order.
    pub async fn stop(&mut self) {
        if let Some(run) = self.run.take() {
            run.stop().await;
        }
    }

    /// The file that all is kept in.
    pub fn database(&self) -> PathBuf {
        self.data.path().join("heartogether.db")
    }
}
