//! Values that a future sees while it is polled.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::pin;

use shuttle::thread::LocalKey;

/// `tokio::task_local!`.
macro_rules! task_local {
    (static $name:ident: $type:ty;) => {
        static $name: $crate::sync::TaskLocal<$type> = {
            shuttle::thread_local! {
                static VALUE: std::cell::RefCell<Option<$type>> = const { std::cell::RefCell::new(None) }
            }
            $crate::sync::TaskLocal::new(&VALUE)
        };
    };
}

pub(crate) use task_local;

/// `tokio::task::LocalKey`.
pub(crate) struct TaskLocal<T: 'static> {
    value: &'static LocalKey<RefCell<Option<T>>>,
}

/// There is no value here.
pub(crate) struct Absent;

impl<T: 'static> TaskLocal<T> {
    pub(crate) const fn new(value: &'static LocalKey<RefCell<Option<T>>>) -> Self {
        Self { value }
    }

    pub(crate) fn try_with<R>(&'static self, look: impl FnOnce(&T) -> R) -> Result<R, Absent> {
        self.value.with(|value| value.borrow().as_ref().map(look).ok_or(Absent))
    }

    pub(crate) async fn scope<F: Future>(&'static self, value: T, future: F) -> F::Output {
        let mut future = pin!(future);
        let mut inside = Some(value);
        poll_fn(|context| {
            let _swapped = Swapped::new(self, &mut inside);
            future.as_mut().poll(context)
        })
        .await
    }
}

/// The value while it stands where the future sees it.
struct Swapped<'v, T: 'static> {
    key: &'static TaskLocal<T>,
    other: &'v mut Option<T>,
}

impl<'v, T> Swapped<'v, T> {
    fn new(key: &'static TaskLocal<T>, other: &'v mut Option<T>) -> Self {
        let mut swapped = Self { key, other };
        swapped.swap();
        swapped
    }

    fn swap(&mut self) {
        self.key.value.with(|value| std::mem::swap(&mut *value.borrow_mut(), self.other));
    }
}

impl<T> Drop for Swapped<'_, T> {
    fn drop(&mut self) {
        self.swap();
    }
}
