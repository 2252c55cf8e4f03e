//! Values that hold `dyn Any` behave as the framework's own.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use leptos::prelude::Owner;

use super::{Memo, RwSignal, Signal, StoredValue};

/// Runs `test` on a page of its own, and leaves what it returns behind.
fn on_a_page<T>(test: impl FnOnce() -> T) -> T {
    Owner::new().with(test)
}

/// A memo of what `read` reads, and how often it was computed.
fn counted<T: Send + Sync + PartialEq + 'static>(
    read: impl Fn() -> T + Send + Sync + 'static,
) -> (Memo<T>, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    let memo = Memo::new(move |_| {
        counter.fetch_add(1, Relaxed);
        read()
    });
    (memo, count)
}

#[test]
fn a_memo_follows_what_it_reads() {
    on_a_page(|| {
        let name = RwSignal::new("Ada".to_owned());
        let (length, count) = counted(move || name.with(String::len));
        assert_eq!((length.get(), length.get()), (3, 3));
        assert_eq!(count.load(Relaxed), 1, "it is computed once");
        name.set("Grace".to_owned());
        assert_eq!(length.get(), 5);
        name.update(|name| name.push('!'));
        assert_eq!(length.get(), 6);
        assert_eq!(name.try_update(|name| name.pop()), Some(Some('!')));
        assert_eq!((length.get(), count.load(Relaxed)), (5, 4));
    });
}

#[test]
fn a_memo_with_the_same_value_wakes_nobody() {
    on_a_page(|| {
        let number = RwSignal::new(1);
        let is_odd = Memo::new(move |_| number.get() % 2 == 1);
        let (told, count) = counted(move || is_odd.get());
        assert!(told.get());
        number.set(3);
        assert!(told.get());
        assert_eq!(count.load(Relaxed), 1);
        number.set(4);
        assert!(!told.get());
        assert_eq!(count.load(Relaxed), 2);
    });
}

#[test]
fn a_memo_knows_the_value_of_before() {
    on_a_page(|| {
        let number = RwSignal::new(1);
        let sum = Memo::new(move |before: Option<&i32>| before.copied().unwrap_or_default() + number.get());
        assert_eq!(sum.get(), 1);
        number.set(5);
        assert_eq!(sum.get(), 6);
    });
}

#[test]
fn what_is_changed_or_read_without_notice_wakes_nobody() {
    on_a_page(|| {
        let number = RwSignal::new(1);
        let (read, count) = counted(move || number.get());
        let (once, of_once) = counted(move || number.get_untracked());
        assert_eq!((read.get(), once.get()), (1, 1));
        number.update_untracked(|number| *number = 2);
        assert_eq!((read.get(), count.load(Relaxed)), (1, 1));
        number.notify();
        assert_eq!((read.get(), count.load(Relaxed)), (2, 2));
        assert_eq!((once.get(), of_once.load(Relaxed)), (1, 1));
    });
}

#[test]
fn what_a_component_is_given_is_computed_whenever_it_is_read() {
    on_a_page(|| {
        let number = RwSignal::new(1);
        let memo = Memo::new(move |_| number.get() * 10);
        let given: [Signal<i32>; 4] =
            [number.into(), memo.into(), Signal::derive(move || number.get() + 100), 7.into()];
        let (read, _) = counted(move || given.map(|given| given.get()));
        assert_eq!(read.get(), [1, 10, 101, 7]);
        number.set(2);
        assert_eq!(read.get(), [2, 20, 102, 7]);
        assert_eq!(given[1].with(|value| value + 1), 21);
        assert!(!Signal::<bool>::default().get_untracked());
    });
}

#[test]
fn a_stored_value_is_followed_by_nobody() {
    on_a_page(|| {
        let stored = StoredValue::new(vec![1]);
        let (read, count) = counted(move || stored.with_value(Vec::len));
        assert_eq!(read.get(), 1);
        stored.update_value(|numbers| numbers.push(2));
        assert_eq!((read.get(), count.load(Relaxed)), (1, 1));
        assert_eq!(stored.try_update_value(Vec::pop), Some(Some(2)));
        stored.set_value(vec![3]);
        assert_eq!((stored.get_value(), stored.try_get_value()), (vec![3], Some(vec![3])));
    });
}

#[test]
fn values_end_with_their_page() {
    let owner = Owner::new();
    let (signal, memo, stored, given) = owner.with(|| {
        let signal = RwSignal::new(1);
        (signal, Memo::new(move |_| signal.get()), StoredValue::new(1), Signal::<i32>::from(signal))
    });
    assert!(!signal.is_disposed());
    owner.cleanup();
    assert!(signal.is_disposed());
    assert_eq!(signal.try_set(2), Some(2), "the value comes back");
    assert_eq!(signal.try_update(|number| *number), None);
    assert_eq!((signal.try_get_untracked(), memo.try_get_untracked()), (None, None));
    assert_eq!((stored.try_get_value(), given.try_get()), (None, None));
    // Nothing happens, and nothing panics.
    signal.set(3);
    signal.update_untracked(|number| *number = 3);
    stored.set_value(3);
}
