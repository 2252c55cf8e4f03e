//! The client without a browser: what a host's and a listener's page do about everything that can happen to them.
//!
//! `stage` is one page at a time, spoken to directly; `world` is a whole room, with the real core as its server.

mod adapting;
mod audience;
mod broadcast;
mod candidates;
mod capabilities;
mod descriptions;
mod engagement;
mod gathering;
mod joining;
mod keepsake;
mod listening;
mod measuring;
mod mixing;
mod no_path;
mod offering;
mod outage;
mod player;
mod profiles;
mod reconnecting;
mod recovering;
mod reporting;
mod routes;
mod silence;
mod simulation;
mod stage;
mod succeeding;
mod tracing;
mod tracing_variants;
mod turn;
mod volume;
mod world;
