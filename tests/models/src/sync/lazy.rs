//! Statics: new ones for each execution of a model.

use std::any::Any;
use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Deref;

std::thread_local! {
    /// The values of this execution, by the addresses of their statics. (A checker runs all threads of a model on one.)
    static VALUES: RefCell<HashMap<usize, &'static (dyn Any + Send + Sync)>> = RefCell::default();
}

pub(super) fn forget() {
    VALUES.take();
}

/// `std::sync::LazyLock`.
pub(crate) struct LazyLock<T> {
    make: fn() -> T,
}

impl<T> LazyLock<T> {
    pub(crate) const fn new(make: fn() -> T) -> Self {
        Self { make }
    }
}

impl<T: Send + Sync + 'static> Deref for LazyLock<T> {
    type Target = T;

    fn deref(&self) -> &T {
        let address = std::ptr::from_ref(self).addr();
        let found = VALUES.with_borrow(|values| values.get(&address).copied());
        let value = found.unwrap_or_else(|| {
            // A static is never dropped.
            let made: &'static T = Box::leak(Box::new((self.make)()));
            VALUES.with_borrow_mut(|values| values.insert(address, made));
            made
        });
        value.downcast_ref().expect("an address has one type")
    }
}
