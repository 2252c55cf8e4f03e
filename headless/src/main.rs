//! The binary: carries out a load, and writes a line of JSON for the beginning and the end of each phase.

use std::{
    io::{self, Write},
    process::ExitCode,
    time::Duration,
};

use clap::Parser;
use heartogether_headless::{Generator, HeadlessError, Load, Milestone, Node};
use tokio::runtime::Builder;

/// Puts a load on HearTogether servers: members without a browser, with sessions of real guests
#[derive(Parser)]
#[command(name = "heartogether-headless")]
struct Arguments {
    /// URLs of the servers, such as http://127.0.0.1:3000; members are spread over them
    #[arg(required = true)]
    nodes: Vec<String>,

    /// Permits servers on other machines
    #[arg(long)]
    allow_remote: bool,

    /// Requests and joins that are under way at the same time
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..))]
    at_once: u16,

    /// Milliseconds before and after each phase in which nothing is asked of the servers
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u64).range(..=60_000))]
    pause_ms: u64,

    #[command(flatten)]
    load: Load,
}

/// One thread, so that a load can have a core of its own.
fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = Builder::new_current_thread().enable_all().build();
    match runtime.map_err(HeadlessError::from).and_then(|runtime| runtime.block_on(carry_out(arguments))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("heartogether-headless: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn carry_out(arguments: Arguments) -> Result<(), HeadlessError> {
    let mut nodes = Vec::new();
    for url in &arguments.nodes {
        nodes.push(Node::find(url, arguments.allow_remote).await?);
    }
    let pause = Duration::from_millis(arguments.pause_ms);
    Generator::new(nodes, arguments.load, arguments.at_once.into(), pause)?.run(tell).await
}

/// Whoever started this may have stopped reading. Then nobody is told.
fn tell(milestone: Milestone) {
    let line = serde_json::to_string(&milestone).unwrap_or_default();
    let _ = writeln!(io::stdout(), "{line}");
}
