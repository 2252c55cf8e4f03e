//! Finds out who sends a request: its session leads to an account. Nothing that a client says about itself is used.
//!
//! Every request passes `middleware`. `routes` lists the paths, shows the visitor's account and logs out. `sign_in`
//! redirects to a provider and takes its response; `providers` talks to them. `session` and `cookie` hold a browser's
//! session, which `signing_keys` and `token` sign.
//! `remembered_sessions` has those that are believed while the database is away.
//! `browser_cookie` lets a room recognise a browser. `session_sockets` has the connections that a log-out ends.
//! `programs` has the tokens of programs, which act for an account.
//! `session_changes` tells all nodes of it.
//! `bans` has the accounts that whoever runs the server keeps out.
//! `untold_rooms` has the rooms that do not know yet that an
//! account is gone. `crypto` makes and checks signatures.

mod bans;
mod browser_cookie;
mod cookie;
mod crypto;
mod export;
mod middleware;
mod programs;
mod providers;
mod remembered_sessions;
mod routes;
mod session;
mod session_changes;
mod session_sockets;
mod sign_in;
mod signing_keys;
#[cfg(test)]
mod tests;
mod token;
mod untold_rooms;

use std::sync::Arc;

pub(crate) use crypto::install as install_crypto;
pub(crate) use middleware::{check_origin, identify};
pub(crate) use programs::{Program, acting_for};
pub(crate) use providers::{Fetcher, OpenIdProvider};
pub(crate) use remembered_sessions::RememberedSessions;
pub(crate) use routes::routes;
pub(crate) use session::CurrentSession;
pub(crate) use session_sockets::{Registration, Sockets};
pub(crate) use signing_keys::{Keys, SECRET_CHARS};
pub(crate) use untold_rooms::UntoldRooms;

/// The parts of the node that identify people.
pub(crate) struct Auth {
    pub(crate) keys: Keys,
    pub(crate) sockets: Sockets,
    pub(crate) remembered: RememberedSessions,
    pub(crate) providers: Vec<Arc<OpenIdProvider>>,
    /// Held while an account is merged or deleted: two such changes of one account would undo each other.
    pub(crate) changing: tokio::sync::Mutex<()>,
    pub(crate) untold_rooms: UntoldRooms,
}
