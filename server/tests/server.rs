//! The server from outside: its real router on a free port, with a clock that stands still, and the contracts of its
//! stores with real files.

mod accounts;
mod acme;
mod archive_contract;
#[cfg(target_os = "linux")]
mod backup;
mod bad_input;
mod base_path;
mod blocking;
mod browser;
mod bus_contract;
mod clocks;
mod conformance;
#[cfg(target_os = "linux")]
mod container;
#[cfg(target_os = "linux")]
mod copy;
mod custom_events;
mod deletion_faults;
mod deploy;
#[cfg(target_os = "linux")]
mod durability;
mod engagement;
mod epochs_contract;
mod event_streams;
mod export;
mod forgetting;
mod frames;
mod guests;
mod headless;
mod history;
mod hostile;
mod hosts;
mod http_api;
mod install;
mod invitation;
mod joining;
mod keys_contract;
mod languages;
mod limits;
mod load;
mod log_contract;
mod log_lines;
mod log_secrecy;
mod lounge_sound;
mod lounges;
mod many_rooms;
mod markup;
mod message_search;
mod metrics;
#[cfg(target_os = "linux")]
mod nodes;
mod older_messages;
mod openid;
#[cfg(target_os = "linux")]
mod operator;
#[cfg(target_os = "linux")]
mod package;
mod pages;
mod permissions;
mod pictures;
#[cfg(target_os = "linux")]
mod postgres;
mod prometheus;
mod provider;
mod redis_drills;
mod redis_fleet;
mod restart;
mod room_kinds;
mod security_headers;
mod sessions;
mod settings;
mod shared_limits;
mod signals;
mod stop_steps;
mod stopping;
mod storage;
mod store_contract;
mod stored_log;
mod support;
mod tls;
mod traces;
mod turn;
mod upgrade;
