//! Measures what messages cost: `cargo bench -p heartogether-markup`.
//!
//! First a message of 4,000 characters with formulas and code, cold and warm. Then every hostile message, of which the
//! slowest are shown. At last the memory that all of it takes.

#![expect(clippy::print_stdout, reason = "a bench prints what it measures")]
#![expect(clippy::disallowed_methods, reason = "it measures real time")]

use std::{
    fs,
    time::{Duration, Instant},
};

use heartogether_markup::{Limits, Rendered, render};

mod corpus {
    include!("../tests/corpus.rs");
}

const RUNS: usize = 200;
const SLOWEST: usize = 12;
/// The typical message is made of this, again and again.
const SECTION: &str = include_str!("message.md");

fn main() {
    let limits = Limits::default();
    println!("memory at the start: {:.1} MB\n", resident_megabytes());
    println!(
        "| message | characters | HTML | first | p50 | p95 | slowest |\n| --- | --- | --- | --- | --- | --- | --- |"
    );
    row("plain text", "Shall we listen to the second movement again?", &limits);
    row("a few words set off", "**Yes**, at `20:00`, see https://example.org/concert.", &limits);
    row("formulas", &filled(&section("formulas")), &limits);
    row("code", &filled(&section("code")), &limits);
    row("formulas and code", &filled(SECTION), &limits);
    row(
        "a diagram",
        "```mermaid\nflowchart LR\n  A[Tab] --> B{Live?}\n  B -->|yes| C[Listeners]\n  B -->|no| A\n```",
        &limits,
    );
    hostile(&limits);
    println!("\nmemory at the end: {:.1} MB", resident_megabytes());
}

/// A part of the typical message.
fn section(name: &str) -> String {
    let start = format!("## {name}\n");
    let part = SECTION.split_once(&start).map_or(SECTION, |(_, part)| part);
    part.split("\n## ").next().unwrap_or(part).to_owned()
}

/// As many repetitions as fit into a message.
fn filled(part: &str) -> String {
    let mut text = part.to_owned();
    while text.chars().count() + part.chars().count() < 4_000 {
        text.push('\n');
        text.push_str(part);
    }
    text
}

fn timed(text: &str, limits: &Limits) -> (Duration, Option<Rendered>) {
    let began = Instant::now();
    let rendered = render(text, limits);
    (began.elapsed(), rendered)
}

fn row(name: &str, text: &str, limits: &Limits) {
    let (first, rendered) = timed(text, limits);
    let mut times: Vec<Duration> = (0..RUNS).map(|_| timed(text, limits).0).collect();
    times.sort_unstable();
    let bytes = rendered.map_or(0, |rendered| rendered.html.len());
    println!(
        "| {name} | {} | {bytes} B | {:.2} ms | {:.2} ms | {:.2} ms | {:.2} ms |",
        text.chars().count(),
        milliseconds(first),
        milliseconds(times[RUNS / 2]),
        milliseconds(times[RUNS * 95 / 100]),
        milliseconds(times[RUNS - 1]),
    );
}

fn hostile(limits: &Limits) {
    let messages = corpus::messages();
    let count = messages.len();
    // The first of two runs prepares what is needed once.
    let measured = messages.into_iter().map(|(name, text)| (timed(&text, limits).0, timed(&text, limits), name));
    let mut measured: Vec<_> =
        measured.map(|(first, (again, rendered), name)| (again, first, rendered, name)).collect();
    measured.sort_unstable_by_key(|(again, ..)| std::cmp::Reverse(*again));
    println!(
        "\n{count} hostile messages, the slowest:\n\n| message | HTML | first | again |\n| --- | --- | --- | --- |"
    );
    for (again, first, rendered, name) in measured.into_iter().take(SLOWEST) {
        let bytes = rendered.map_or(0, |rendered| rendered.html.len());
        println!("| {name} | {bytes} B | {:.1} ms | {:.1} ms |", milliseconds(first), milliseconds(again));
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The memory of this process, where the system tells (Linux).
fn resident_megabytes() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes =
        status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    kilobytes.unwrap_or_default() / 1e3
}
