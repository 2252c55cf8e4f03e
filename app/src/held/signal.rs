//! A value that a component is given, whatever it comes from.

use std::{any::Any, marker::PhantomData, sync::Arc};

use leptos::prelude::{self, GetValue, untrack};

use super::{GONE, Memo, RwSignal, Value, copied};

/// Computes a value of any type.
type Compute<T> = Arc<dyn Fn() -> T + Send + Sync>;
/// The computation, as one type.
type Held = Arc<dyn Any + Send + Sync>;

/// A value that a component is given: one that never changes, or one that is computed whenever it is read. See [`prelude::Signal`].
pub struct Signal<T> {
    held: prelude::StoredValue<Held>,
    of: PhantomData<fn() -> T>,
}

copied!(Signal);

fn hold(held: Held) -> prelude::StoredValue<Held> {
    prelude::StoredValue::new(held)
}

fn held(held: prelude::StoredValue<Held>) -> Option<Held> {
    held.try_get_value()
}

impl<T: Value> Signal<T> {
    /// Computes the value whenever it is read.
    pub fn derive(compute: impl Fn() -> T + Send + Sync + 'static) -> Self {
        let compute: Compute<T> = Arc::new(compute);
        Self { held: hold(Arc::new(compute)), of: PhantomData }
    }

    /// A value that never changes.
    pub fn stored(value: T) -> Self
    where
        T: Clone,
    {
        Self::derive(move || value.clone())
    }

    /// The value; nothing if its page is gone.
    pub fn try_get(&self) -> Option<T> {
        let held = held(self.held)?;
        held.downcast_ref::<Compute<T>>().map(|compute| compute())
    }

    /// The value.
    pub fn get(&self) -> T {
        self.try_get().expect(GONE)
    }

    /// The value as it is now.
    pub fn get_untracked(&self) -> T {
        untrack(|| self.get())
    }

    /// Reads the value.
    pub fn with<U>(&self, see: impl FnOnce(&T) -> U) -> U {
        see(&self.get())
    }

    /// Reads the value as it is now.
    pub fn with_untracked<U>(&self, see: impl FnOnce(&T) -> U) -> U {
        see(&self.get_untracked())
    }
}

impl<T: Value + Clone> From<T> for Signal<T> {
    fn from(value: T) -> Self {
        Self::stored(value)
    }
}

impl<T: Value + Clone + Default> Default for Signal<T> {
    fn default() -> Self {
        T::default().into()
    }
}

impl<T: Value + Clone> From<RwSignal<T>> for Signal<T> {
    fn from(value: RwSignal<T>) -> Self {
        Self::derive(move || value.get())
    }
}

impl<T: Value + Clone> From<Memo<T>> for Signal<T> {
    fn from(value: Memo<T>) -> Self {
        Self::derive(move || value.get())
    }
}
