//! A value that a page shows. The room client writes it, and whoever draws the page follows it.

use std::{cell::RefCell, rc::Rc};

/// A value with at most one follower; clones are the same value.
pub struct Shown<T>(Rc<Inner<T>>);

type Follower<T> = Rc<dyn Fn(&T)>;

struct Inner<T> {
    value: RefCell<T>,
    follower: RefCell<Option<Follower<T>>>,
}

impl<T> Shown<T> {
    /// What it is now.
    pub fn get(&self) -> T
    where
        T: Clone,
    {
        self.0.value.borrow().clone()
    }

    /// Looks at what it is now.
    pub fn with<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.0.value.borrow())
    }

    /// Writes it, whether it is something new or not.
    pub(crate) fn set(&self, value: T) {
        *self.0.value.borrow_mut() = value;
        // The follower may look at the value, but does not write it.
        let follower = self.0.follower.borrow().clone();
        follower.iter().for_each(|follower| follower(&self.0.value.borrow()));
    }

    /// Writes it if it is something new. Whether it was.
    pub(crate) fn show(&self, value: T) -> bool
    where
        T: PartialEq,
    {
        let is_new = *self.0.value.borrow() != value;
        if is_new {
            self.set(value);
        }
        is_new
    }

    /// Tells `follower` the value now, and each time that it is written, in place of the follower before.
    pub fn follow(&self, follower: impl Fn(&T) + 'static) {
        follower(&self.0.value.borrow());
        *self.0.follower.borrow_mut() = Some(Rc::new(follower));
    }
}

impl<T> Clone for Shown<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T: Default> Default for Shown<T> {
    fn default() -> Self {
        Self(Rc::new(Inner { value: RefCell::default(), follower: RefCell::default() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_follower_is_told_the_value_now_and_each_new_one() {
        let (shown, told) = (Shown::<u32>::default(), Rc::new(RefCell::new(Vec::new())));
        shown.set(1);
        let telling = Rc::clone(&told);
        shown.follow(move |value| telling.borrow_mut().push(*value));
        assert!(!shown.show(1), "it is the same");
        assert!(shown.show(2));
        shown.set(2);
        assert_eq!(*told.borrow(), [1, 2, 2]);
        assert_eq!((shown.get(), shown.with(|value| value + 1)), (2, 3));
    }
}
