//! HearTogether's server: pages, signaling and rooms in one binary.
//!
//! ```no_run
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//! use heartogether_server::{clock::SystemClock, config::Config, startup::Server};
//!
//! let config = Config::read();
//! let limits = config.limits();
//! let server = Server::bind(config, limits, Arc::new(SystemClock::start())).await?;
//! println!("{}", server.url());
//! server.serve(std::future::pending()).await;
//! # Ok(()) }
//! ```
//!
//! | module | what it does |
//! | --- | --- |
//! | [`config`], [`startup`], `router`, `state` | put the server together |
//! | [`clock`], `random` | time and randomness, which the core never reads itself |
//! | [`copy`] | moves an installation to another database |
//! | [`operator`] | what whoever runs the server orders on the command line |
//! | [`storage`] | the rooms' logs, the archive of messages, accounts and sessions |
//! | [`search`] | what a word is, for finding messages |
//! | `rooms` | a task for each live room, which appends entries and performs effects |
//! | [`cluster`] | what nodes say to each other and share |
//! | `websocket` | the WebSockets, whose input is checked first |
//! | `auth` | who sends a request |
//! | `backend`, `json_api`, `room_lookup` | answers for pages and other programs |
//! | `install` | what browsers need to install the site |
//! | `invitation` | a room's link and the QR code of it |
//! | `markup` | Markdown, formulas, code and diagrams in messages |
//! | `http` | who calls, and the limits for callers |
//! | [`health`], `readiness` | whether the server lives; whether it can do its work |
//! | [`logging`] | the log and the traces |
//! | `metrics` | what is counted and measured for those who watch the server |
//! | [`tls`] | HTTPS without a proxy |
//! | `error`, `uncancelled` | faults; work that must be finished |

mod auth;
mod backend;
pub mod clock;
pub mod cluster;
pub mod config;
pub mod copy;
mod data_lock;
mod database_limit;
pub mod error;
pub mod health;
mod http;
mod install;
mod invitation;
mod json_api;
mod language;
pub mod logging;
mod markup;
mod metrics;
pub mod operator;
mod pictures;
mod random;
mod readiness;
mod room_lookup;
mod rooms;
mod router;
pub mod search;
pub mod startup;
mod state;
pub mod storage;
pub mod tls;
mod uncancelled;
mod websocket;
