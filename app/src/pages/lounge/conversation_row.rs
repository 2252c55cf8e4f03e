//! A row of the log with what it shows.

use super::rows::{Row, RowKey};
use crate::prelude::*;

/// A row with what it shows, which changes while the row stays.
#[derive(Clone)]
pub(super) struct Laid {
    pub(super) key: RowKey,
    pub(super) row: ArcRwSignal<Row>,
}
