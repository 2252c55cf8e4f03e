//! Signals, memos and stored values that hold `dyn Any`. The framework's are compiled anew for each type of value and each closure that
//! reads one, which was a third of a page's code. These have the same names and methods, and each method of the framework is compiled
//! once for all of them. The framework follows, wakes and disposes of them as of its own.

mod signal;
#[cfg(test)]
mod tests;

use std::{
    any::Any,
    marker::PhantomData,
    ops::{Deref, DerefMut},
};

use leptos::prelude::{
    self, IsDisposed, Notify, Read, ReadUntracked, ReadValue, Track, UntrackableGuard, Write, WriteValue,
};
pub use signal::Signal;

/// A value of any type.
type Held = Box<dyn Any + Send + Sync>;

/// What a value can be.
pub trait Value: Send + Sync + 'static {}
impl<T: Send + Sync + 'static> Value for T {}

/// What is said where a value is read whose page is gone.
const GONE: &str = "a value is read only while its page is there";
/// Nothing else is ever put in its place.
const TYPED: &str = "a value has the type with which it was made";

fn of<T: Value>(held: &Held) -> &T {
    (**held).downcast_ref().expect(TYPED)
}

fn of_mut<T: Value>(held: &mut Held) -> &mut T {
    (**held).downcast_mut().expect(TYPED)
}

/// Makes a type that can be copied, whatever it holds.
macro_rules! copied {
    ($($name:ident),*) => {$(
        impl<T> Clone for $name<T> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<T> Copy for $name<T> {}

        impl<T> std::fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    )*};
}
use copied;
copied!(RwSignal, Memo, StoredValue);

/// A value that begins as its type does.
macro_rules! begun {
    ($($name:ident),*) => {$(
        impl<T: Value + Default> Default for $name<T> {
            fn default() -> Self {
                Self::new(T::default())
            }
        }
    )*};
}
begun!(RwSignal, StoredValue);

/// The methods that read what signals and memos hold, and note who reads it.
macro_rules! followed {
    ($($name:ident),*) => {$(
        impl<T: Value> $name<T> {
            /// Notes that it is read.
            pub fn track(&self) {
                self.held.track();
            }

            /// Reads the value; nothing if its page is gone.
            pub fn try_with<U>(&self, see: impl FnOnce(&T) -> U) -> Option<U> {
                Some(see(of(&*self.read()?)))
            }

            /// Reads the value.
            pub fn with<U>(&self, see: impl FnOnce(&T) -> U) -> U {
                see(of(&*self.read().expect(GONE)))
            }

            /// Reads the value once; nothing if its page is gone.
            pub fn try_with_untracked<U>(&self, see: impl FnOnce(&T) -> U) -> Option<U> {
                Some(see(of(&*self.read_untracked()?)))
            }

            /// Reads the value once.
            pub fn with_untracked<U>(&self, see: impl FnOnce(&T) -> U) -> U {
                see(of(&*self.read_untracked().expect(GONE)))
            }
        }

        impl<T: Value + Clone> $name<T> {
            /// A copy of the value.
            pub fn get(&self) -> T {
                self.with(T::clone)
            }

            /// A copy of the value as it is now.
            pub fn get_untracked(&self) -> T {
                self.with_untracked(T::clone)
            }

            /// A copy of the value as it is now; nothing if its page is gone.
            pub fn try_get_untracked(&self) -> Option<T> {
                self.try_with_untracked(T::clone)
            }
        }
    )*};
}
followed!(RwSignal, Memo);

/// A value that those who read it follow. See [`prelude::RwSignal`].
pub struct RwSignal<T> {
    held: prelude::RwSignal<Held>,
    of: PhantomData<fn() -> T>,
}

fn hold(held: Held) -> prelude::RwSignal<Held> {
    prelude::RwSignal::new(held)
}

fn read(held: prelude::RwSignal<Held>) -> Option<impl Deref<Target = Held>> {
    held.try_read()
}

fn read_untracked(held: prelude::RwSignal<Held>) -> Option<impl Deref<Target = Held>> {
    held.try_read_untracked()
}

fn write(held: &prelude::RwSignal<Held>) -> Option<impl DerefMut<Target = Held>> {
    held.try_write()
}

impl<T> RwSignal<T> {
    fn read(&self) -> Option<impl Deref<Target = Held>> {
        read(self.held)
    }

    fn read_untracked(&self) -> Option<impl Deref<Target = Held>> {
        read_untracked(self.held)
    }

    /// Whether its page is gone.
    pub fn is_disposed(&self) -> bool {
        self.held.is_disposed()
    }

    /// Wakes who follows the value.
    pub fn notify(&self) {
        self.held.notify();
    }
}

impl<T: Value> RwSignal<T> {
    /// Holds a value until the page is gone.
    pub fn new(value: T) -> Self {
        Self { held: hold(Box::new(value)), of: PhantomData }
    }

    /// Changes the value, and wakes who follows it; nothing if its page is gone.
    pub fn try_update<U>(&self, act: impl FnOnce(&mut T) -> U) -> Option<U> {
        Some(act(of_mut(&mut *write(&self.held)?)))
    }

    /// Changes the value, and wakes who follows it.
    pub fn update(&self, act: impl FnOnce(&mut T)) {
        _ = self.try_update(act);
    }

    /// Changes the value. Nobody is told.
    pub fn update_untracked(&self, act: impl FnOnce(&mut T)) {
        if let Some(mut held) = self.held.try_write() {
            held.untrack();
            act(of_mut(&mut held));
        }
    }

    /// Another value, and wakes who follows it. Gives the value back if its page is gone.
    pub fn try_set(&self, value: T) -> Option<T> {
        let Some(mut held) = write(&self.held) else { return Some(value) };
        *of_mut(&mut held) = value;
        None
    }

    /// Another value, and wakes who follows it.
    pub fn set(&self, value: T) {
        _ = self.try_set(value);
    }
}

/// A value that follows others, and that wakes its own followers only when it is another one. See [`prelude::Memo`].
pub struct Memo<T> {
    held: prelude::Memo<Held>,
    of: PhantomData<fn() -> T>,
}

type Compute = Box<dyn Fn(Option<&Held>) -> Held + Send + Sync>;

fn remember(compute: Compute, is_same: fn(&Held, &Held) -> bool) -> prelude::Memo<Held> {
    prelude::Memo::new_owning(move |before: Option<Held>| {
        let now = compute(before.as_ref());
        let is_new = before.is_none_or(|before| !is_same(&before, &now));
        (now, is_new)
    })
}

fn is_same<T: Value + PartialEq>(one: &Held, other: &Held) -> bool {
    of::<T>(one) == of::<T>(other)
}

fn recall(held: prelude::Memo<Held>) -> Option<impl Deref<Target = Held>> {
    held.try_read()
}

fn recall_untracked(held: prelude::Memo<Held>) -> Option<impl Deref<Target = Held>> {
    held.try_read_untracked()
}

impl<T> Memo<T> {
    fn read(&self) -> Option<impl Deref<Target = Held>> {
        recall(self.held)
    }

    fn read_untracked(&self) -> Option<impl Deref<Target = Held>> {
        recall_untracked(self.held)
    }
}

impl<T: Value + PartialEq> Memo<T> {
    /// Computes the value from what it reads, and from the value of before.
    pub fn new(compute: impl Fn(Option<&T>) -> T + Send + Sync + 'static) -> Self {
        let compute = move |before: Option<&Held>| -> Held { Box::new(compute(before.map(of))) };
        Self { held: remember(Box::new(compute), is_same::<T>), of: PhantomData }
    }
}

/// A value that nobody follows. See [`prelude::StoredValue`].
pub struct StoredValue<T> {
    held: prelude::StoredValue<Held>,
    of: PhantomData<fn() -> T>,
}

fn store(held: Held) -> prelude::StoredValue<Held> {
    prelude::StoredValue::new(held)
}

fn look_up(held: prelude::StoredValue<Held>) -> Option<impl Deref<Target = Held>> {
    held.try_read_value()
}

fn look_up_mut(held: prelude::StoredValue<Held>) -> Option<impl DerefMut<Target = Held>> {
    held.try_write_value()
}

impl<T: Value> StoredValue<T> {
    /// Stores a value until the page is gone.
    pub fn new(value: T) -> Self {
        Self { held: store(Box::new(value)), of: PhantomData }
    }

    /// Reads the value; nothing if its page is gone.
    pub fn try_with_value<U>(&self, see: impl FnOnce(&T) -> U) -> Option<U> {
        Some(see(of(&*look_up(self.held)?)))
    }

    /// Reads the value.
    pub fn with_value<U>(&self, see: impl FnOnce(&T) -> U) -> U {
        see(of(&look_up(self.held).expect(GONE)))
    }

    /// Changes the value; nothing if its page is gone.
    pub fn try_update_value<U>(&self, act: impl FnOnce(&mut T) -> U) -> Option<U> {
        Some(act(of_mut(&mut *look_up_mut(self.held)?)))
    }

    /// Changes the value.
    pub fn update_value(&self, act: impl FnOnce(&mut T)) {
        _ = self.try_update_value(act);
    }

    /// Another value.
    pub fn set_value(&self, value: T) {
        self.update_value(|place| *place = value);
    }
}

impl<T: Value + Clone> StoredValue<T> {
    /// A copy of the value.
    pub fn get_value(&self) -> T {
        self.with_value(T::clone)
    }

    /// A copy of the value; nothing if its page is gone.
    pub fn try_get_value(&self) -> Option<T> {
        self.try_with_value(T::clone)
    }
}
