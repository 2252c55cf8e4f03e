//! The client without a browser: what a host's and a listener's page do about everything that can happen to them.
//!
//! `stage` is one page at a time, spoken to directly; `world` is a whole room, with the real core as its server.

mod adapting;
mod audience;
mod candidates;
mod capabilities;
mod connection_replacement;
mod descriptions;
mod encoding;
mod equals;
mod gathering;
mod ice_errors;
mod ice_restart;
mod joining;
mod listening;
mod lounge_simulation;
mod measuring;
mod messages;
mod microphone_requests;
mod microphone_watch;
mod mixing;
mod no_path;
mod offering;
mod outage;
mod player;
mod profiles;
mod publishing;
mod reactions;
mod reconnecting;
mod reload_state;
mod removals;
mod reporting;
mod rooms;
mod scenario;
mod silence;
mod simulation;
mod tracing;
mod tracing_variants;
mod volume;
mod world;
