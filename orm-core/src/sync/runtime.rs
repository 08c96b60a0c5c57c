//! The runtime that a database is asked from: whether it can wait for a server, and which connections it may use.
//!
//! The socket of a connection belongs to the runtime in which it was opened: it stands still where that runtime is not
//! running, and fails once it has ended. So a connection is used in its own runtime only. When a pool is asked from a
//! second one, it opens its connections in the library's own loop from then on: that runs as long as the program, so all
//! runtimes may use them. (All of them there from the start would cost a change of thread for each answer.)

use std::cell::Cell;
use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, UdpSocket};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{LazyLock, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use futures::future::poll_fn;
use tokio::runtime::{Handle, Id};

use super::clock::{own_id, own_loop};

/// The runtimes that were found to lack something: few, and each is told once.
static LACKING: LazyLock<Mutex<HashMap<Id, Lack>>> = LazyLock::new(Mutex::default);

thread_local! {
    /// The runtime that this thread came from, while it waits in the library's own loop.
    static ORIGIN: Cell<Option<Id>> = const { Cell::new(None) };
    /// The runtime that was last looked at here, and what it lacks.
    static LOOKED_AT: Cell<Option<(Id, Option<Lack>)>> = const { Cell::new(None) };
}

/// What must be there to talk to a server, and is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lack {
    Runtime,
    Timers,
    Sockets,
}

/// Where the socket of a connection belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Home(Id);

impl Home {
    /// Tells whether the connection may be used here: in its own runtime, or by sync code that came from there; anywhere,
    /// if its home is the library's own loop.
    pub(crate) fn is_near(self) -> bool {
        let id = Some(self.0);
        id == own_id() || id == current() || id == ORIGIN.get()
    }
}

/// The runtimes that a pool is asked from.
#[derive(Debug, Default)]
pub(crate) struct Runtimes {
    first: OnceLock<Id>,
    several: AtomicBool,
}

impl Runtimes {
    /// Notes the runtime that asks.
    ///
    /// # Errors
    /// If a server cannot be waited for here.
    pub(crate) fn enter(&self) -> Result<(), Lack> {
        let current = current().ok_or(Lack::Runtime)?;
        let is_own = Some(current) == own_id();
        if let Some(lack) = if is_own { None } else { lack_of(current) } {
            return Err(lack);
        }
        // What sync code opens is opened in the library's own loop, in which it waits.
        if let Some(asking) = if is_own { ORIGIN.get() } else { Some(current) }
            && *self.first.get_or_init(|| asking) != asking
        {
            self.several.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Opens something where the runtimes that have asked so far may use it.
    ///
    /// # Errors
    /// If the library's own loop cannot be started.
    pub(crate) async fn open<F: Future>(&self, opening: F) -> io::Result<(F::Output, Home)> {
        if let Some(current) = current().filter(|_| !self.several.load(Ordering::Relaxed)) {
            return Ok((opening.await, Home(current)));
        }
        let own = own_loop()?.handle();
        let mut opening = pin!(opening);
        let opened = poll_fn(|context| {
            let _entered = own.enter();
            opening.as_mut().poll(context)
        });
        Ok((opened.await, Home(own.id())))
    }
}

/// Runs what waits in the library's own loop.
pub(crate) fn away_from_home<T>(wait: impl FnOnce() -> T) -> T {
    struct Return(Option<Id>);
    impl Drop for Return {
        fn drop(&mut self) {
            ORIGIN.set(self.0);
        }
    }
    // From a wait inside a wait, the loop itself is where it came from, which says nothing new.
    let origin = current().filter(|id| Some(*id) != own_id()).or(ORIGIN.get());
    let _return = Return(ORIGIN.replace(origin));
    wait()
}

fn current() -> Option<Id> {
    Handle::try_current().ok().map(|handle| handle.id())
}

/// What a runtime lacks. One that lacks nothing is looked at once per thread, any other once.
fn lack_of(current: Id) -> Option<Lack> {
    if let Some((_, lack)) = LOOKED_AT.get().filter(|(id, _)| *id == current) {
        return lack;
    }
    let mut lacking = LACKING.lock().unwrap_or_else(PoisonError::into_inner);
    let lack = lacking.get(&current).copied().or_else(lack_here);
    if let Some(lack) = lack {
        lacking.insert(current, lack);
    }
    LOOKED_AT.set(Some((current, lack)));
    lack
}

fn lack_here() -> Option<Lack> {
    if panics(|| drop(tokio::time::sleep(Duration::ZERO))) {
        return Some(Lack::Timers);
    }
    panics(open_a_socket).then_some(Lack::Sockets)
}

/// Whether tokio panics when it is asked for something. There is no other way to learn what a runtime was built without: all of
/// tokio's public ways to a driver panic where it is missing (1.54, `runtime/driver.rs`). The panic is caught, but the
/// program's panic hook is told of it, and prints it if it is the default one. The hook is one for the whole process, so a
/// library must not replace it, not even for a moment.
fn panics(ask: impl FnOnce()) -> bool {
    catch_unwind(AssertUnwindSafe(ask)).is_err()
}

/// Where not even this can be opened, the server's refusal says more.
fn open_a_socket() {
    let Ok(socket) = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)) else { return };
    if socket.set_nonblocking(true).is_ok() {
        drop(tokio::net::UdpSocket::from_std(socket));
    }
}
