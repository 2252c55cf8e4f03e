//! The server from outside: its real router on a free port with a clock that stands still, and the contracts of its
//! stores on real files.

mod bad_input;
mod engagement;
mod invitation;
mod joining;
mod limits;
mod log_contract;
mod openid;
mod pages;
mod provider;
mod restart;
mod sealed;
mod sessions;
mod siege;
mod signals;
mod store_contract;
mod support;
