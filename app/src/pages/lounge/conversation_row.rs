//! A row of the log with what it shows.

use crate::prelude::*;

use super::rows::{Row, RowKey};

/// A row with what it shows, which changes while the row stays.
#[derive(Clone)]
pub(super) struct Laid {
    pub(super) key: RowKey,
    pub(super) row: ArcRwSignal<Row>,
}
