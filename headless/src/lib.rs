//! Members without a browser. A [`Load`] says how many there are and how often they act, a [`Plan`] says who does what
//! when, and [`Generator`] carries the plan out against servers, over WebSockets with sessions of real guests.

mod connection;
mod error;
mod generator;
mod load;
mod member;
mod node;
mod plan;
mod stopwatch;
mod tally;

pub use error::HeadlessError;
pub use generator::{Generator, Milestone, Phase, State};
pub use load::{Load, LoadError};
pub use node::Node;
pub use plan::{Act, Deed, Expected, MemberPlan, Plan};
pub use tally::{Delivery, Report};
