//! The binary: reads the settings, starts the server, and stops it when it is told to.

use std::{
    convert::Infallible,
    error::Error,
    io::{self, Write},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use futures::FutureExt;
use heartogether_server::{
    clock::SystemClock, config::Config, copy::copy, error::explain, health, logging, operator::order, startup::Server,
    storage::database::Moved,
};
use tokio::sync::watch;

fn main() -> ExitCode {
    let config = Config::read();
    match serve(config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("heartogether-server: {}", explain(&*error));
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn serve(config: Config) -> Result<(), Box<dyn Error>> {
    if config.asks_for_health() {
        return Ok(health::ask(&config).await?);
    }
    if let Some(copied) = config.asks_for_copy() {
        let (from, to) = copied.urls();
        for Moved { table, rows } in copy(from, to).await? {
            let _ = writeln!(std::io::stdout(), "{table}: {rows}");
        }
        return Ok(());
    }
    if let Some(task) = config.asks_for_operation() {
        return Ok(order(&config, task, &mut io::stdout()).await?);
    }
    let traces = logging::begin(&config)?;
    config.report_passed_over();
    let limits = config.limits();
    let (signals, time_to_stop) = (signals()?, config.stopping.timeout());
    let stop = received(signals.clone(), 1).inspect(|()| tracing::info!("stopping")).shared();
    let server = tokio::select! {
        server = Server::bind(config, limits, Arc::new(SystemClock::start())) => server?,
        () = stop.clone() => return Ok(()),
    };
    // Scripts wait for this line; whoever does not read it does not stop the server.
    let _ = writeln!(std::io::stdout(), "HearTogether is ready at {}", server.url());
    tokio::select! {
        () = server.serve(stop.clone()) => tracing::info!("stopped"),
        never = cut_short(signals, stop, time_to_stop) => match never {},
    }
    traces.end().await;
    Ok(())
}

/// Ends the process at a second signal, or if the stop takes too long. What was answered is stored; what is under way is lost. The
/// lock on the data is released by the system, after everything that could still write.
async fn cut_short(signals: watch::Receiver<u32>, stop: impl Future<Output = ()>, limit: Duration) -> Infallible {
    let cause = tokio::select! {
        () = received(signals, 2) => "a second signal",
        () = stop.then(|()| tokio::time::sleep(limit)) => "STOP_TIMEOUT_MS",
    };
    tracing::warn!("{cause} ends the server before everything is finished");
    std::process::exit(1)
}

/// Returns once this many signals have come.
async fn received(mut signals: watch::Receiver<u32>, count: u32) {
    if signals.wait_for(|received| *received >= count).await.is_err() {
        std::future::pending().await
    }
}

/// Counts the interrupts and termination signals from now on.
#[cfg(unix)]
fn signals() -> io::Result<watch::Receiver<u32>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupts, mut terminations) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let (count, counted) = watch::channel(0);
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = interrupts.recv() => {}
                _ = terminations.recv() => {}
            }
            count.send_modify(|count| *count += 1);
        }
    });
    Ok(counted)
}

/// Counts the interrupts.
#[cfg(not(unix))]
fn signals() -> io::Result<watch::Receiver<u32>> {
    let (count, counted) = watch::channel(0);
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() {
            count.send_modify(|count| *count += 1);
        }
    });
    Ok(counted)
}
