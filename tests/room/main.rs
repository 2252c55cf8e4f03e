//! The room's rules, as tables (one facet a file) and as properties of random histories.

mod accounts;
mod chat;
mod ending;
mod history;
mod joining;
mod lifetime;
mod log;
mod lounge;
mod permissions;
mod personal;
mod properties;
mod removing;
mod replies;
mod resuming;
mod scenario;
mod stream;
