//! The client without a browser: how a host's and a listener's page react to all events.
//!
//! `scenario` has one page at a time, which gets its inputs directly. `world` is a whole room with the real core as its
//! server.

mod adapting;
mod audience;
mod candidates;
mod capabilities;
mod connection_replacement;
mod conversation;
mod conversation_simulation;
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
mod moving;
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
mod rooms_simulation;
mod scenario;
mod silence;
mod simulation;
mod tracing;
mod tracing_variants;
mod volume;
mod world;
