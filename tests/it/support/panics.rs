//! Panics that are not seen: of tasks whose handle was dropped, and of threads.

use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, Once};

static COUNT: AtomicUsize = AtomicUsize::new(0);
static LAST: Mutex<String> = Mutex::new(String::new());

/// Counts panics from now on, whatever thread they are on: all but those that tests and examples make themselves.
pub(crate) fn watch_for_panics() {
    static WATCHING: Once = Once::new();
    WATCHING.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            let text = panic.to_string();
            // The library asks tokio what a runtime was built without, and this is tokio's way to answer.
            let answers = ["Call `enable_time`", "Call `enable_io`"].iter().any(|answer| text.contains(answer));
            if !answers && !place.starts_with("tests/") && !place.starts_with("examples/") {
                COUNT.fetch_add(1, Ordering::Relaxed);
                text.clone_into(&mut LAST.lock().expect("no panic under the lock"));
            }
            before(panic);
        }));
    });
}

/// Fails if anything has panicked.
pub(crate) fn no_panic() {
    let last = LAST.lock().expect("no panic under the lock").clone();
    assert_eq!(COUNT.load(Ordering::Relaxed), 0, "panics in the library or below it; the last: {last}");
}
