//! The rows, side by side, so that a packet's way through all of them is straight. Their ids stay.

use super::row::Row;

/// A row of a table. An id is never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RowId {
    slot: u32,
    generation: u32,
}

/// Where the row with an id is.
#[derive(Clone, Copy)]
struct Slot {
    generation: u32,
    /// Its place among the rows, if there is one.
    at: Option<u32>,
}

#[derive(Default)]
pub(super) struct Rows {
    rows: Vec<Row>,
    /// By place among the rows.
    owners: Vec<u32>,
    slots: Vec<Slot>,
    free: Vec<u32>,
}

impl Rows {
    pub(super) fn insert(&mut self, row: Row) -> RowId {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot { generation: 0, at: None });
            (self.slots.len() - 1) as u32
        });
        let entry = &mut self.slots[slot as usize];
        entry.at = Some(self.rows.len() as u32);
        self.rows.push(row);
        self.owners.push(slot);
        RowId { slot, generation: entry.generation }
    }

    /// The last row takes the place of the one that goes.
    pub(super) fn remove(&mut self, id: RowId) -> Option<Row> {
        let at = self.find(id)?;
        let entry = &mut self.slots[id.slot as usize];
        *entry = Slot { generation: entry.generation.wrapping_add(1), at: None };
        self.free.push(id.slot);
        let row = self.rows.swap_remove(at);
        self.owners.swap_remove(at);
        if let Some(moved) = self.owners.get(at) {
            self.slots[*moved as usize].at = Some(at as u32);
        }
        Some(row)
    }

    pub(super) fn get(&self, id: RowId) -> Option<&Row> {
        self.find(id).map(|at| &self.rows[at])
    }

    pub(super) fn get_mut(&mut self, id: RowId) -> Option<&mut Row> {
        self.find(id).map(|at| &mut self.rows[at])
    }

    pub(super) fn as_mut_slice(&mut self) -> &mut [Row] {
        &mut self.rows
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    fn find(&self, id: RowId) -> Option<usize> {
        let entry = self.slots.get(id.slot as usize).filter(|entry| entry.generation == id.generation)?;
        entry.at.map(|at| at as usize)
    }
}
