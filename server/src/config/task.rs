//! What the binary is called for.

use clap::{Args, Subcommand};

use super::ice::Secret;
use crate::operator::tasks::OperatorTask;

/// What the binary can do instead of serving.
#[derive(Clone, Debug, Subcommand)]
pub(super) enum Task {
    /// Ask the server that runs with these settings on this machine whether it lives, and say so by the exit code
    Health,
    /// Copy a database into another one that is empty, while no server uses either: from SQLite to PostgreSQL or back
    Copy(Copied),
    #[command(flatten)]
    Operator(OperatorTask),
}

/// The databases of a copy.
#[derive(Args, Clone, Debug)]
pub struct Copied {
    /// The database to copy: `sqlite:PATH` or `postgres://USER:PASSWORD@HOST/DATABASE`
    #[arg(long)]
    from: Secret,

    /// The database to copy it into, in the same form
    #[arg(long)]
    to: Secret,
}

impl Copied {
    /// The addresses, with their passwords.
    pub fn urls(&self) -> (&str, &str) {
        (self.from.as_str(), self.to.as_str())
    }
}
