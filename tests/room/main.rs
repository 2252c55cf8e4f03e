//! The room's rules: tables, with one topic in each file, and properties of random histories.

mod accounts;
mod census;
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
