//! The binary: reads the settings, starts the server, and stops it when it is told to.

use std::{
    error::Error,
    io::{IsTerminal, Write},
    process::ExitCode,
    sync::Arc,
};

use futures::FutureExt;
use heartogether_server::{clock::SystemClock, config::Config, error::explain, health, startup::Server};
use tracing::{Level, Metadata};
use tracing_subscriber::{EnvFilter, filter::filter_fn, prelude::*};

#[tokio::main]
async fn main() -> ExitCode {
    match run(Config::read()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("heartogether-server: {}", explain(&*error));
            ExitCode::FAILURE
        }
    }
}

async fn run(config: Config) -> Result<(), Box<dyn Error>> {
    if config.asks_for_health() {
        return Ok(health::ask(&config).await?);
    }
    let filter = EnvFilter::try_new(&config.log).map_err(|error| format!("LOG: {error}"))?;
    let is_terminal = std::io::stderr().is_terminal();
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(is_terminal).with_writer(std::io::stderr);
    log.finish().with(filter_fn(|line| is_ours(line) || *line.level() <= Level::INFO)).init();
    config.report_passed_over();
    let limits = config.limits();
    let stop = told_to_stop().shared();
    let server = tokio::select! {
        server = Server::bind(config, limits, Arc::new(SystemClock::start())) => server?,
        () = stop.clone() => return Ok(()),
    };
    // Scripts wait for this line; whoever does not read it does not stop the server.
    let _ = writeln!(std::io::stdout(), "HearTogether is ready at {}", server.url());
    server.serve(stop).await;
    tracing::info!("stopped");
    Ok(())
}

/// Libraries that tell more than a little write what passes through them: headers, frames, descriptions.
fn is_ours(line: &Metadata<'_>) -> bool {
    line.target().starts_with("heartogether")
}

/// Returns at the first interrupt or termination signal.
async fn told_to_stop() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = interrupt => {}
        () = terminated() => {}
    }
    tracing::info!("stopping");
}

#[cfg(unix)]
async fn terminated() {
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut signal) => drop(signal.recv().await),
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}
