//! What the server keeps: the rooms' logs, accounts with their sessions, and the archive of messages. One trait an aggregate; a
//! storage's own error type stands in no trait's file.

pub mod accounts;
pub mod database;
pub mod log;
pub mod messages;
