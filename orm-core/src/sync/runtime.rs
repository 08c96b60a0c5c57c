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
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{LazyLock, Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::runtime::{Handle, Id};
use tokio::task::JoinHandle;

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
        self.runs_here() || Some(self.0) == ORIGIN.get()
    }

    /// Tells whether the runtime is the one that waits here, or the library's own loop: so that its tasks go on meanwhile.
    pub(crate) fn runs_here(self) -> bool {
        let id = Some(self.0);
        id == own_id() || id == current()
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

    /// Where a connection is opened, so that the runtimes that have asked so far may use it.
    ///
    /// # Errors
    /// If the library's own loop cannot be started.
    pub(crate) fn site(&self) -> io::Result<Site> {
        let current = Handle::try_current().ok().filter(|_| !self.several.load(Ordering::Relaxed));
        Ok(Site(current.map_or_else(|| own_loop().map(|own| own.handle().clone()), Ok)?))
    }
}

/// The runtime that something is opened in.
#[derive(Debug)]
pub(crate) struct Site(Handle);

impl Site {
    pub(crate) fn home(&self) -> Home {
        Home(self.0.id())
    }

    /// Does something on the calling thread as in the runtime.
    pub(crate) fn enter<T>(&self, run: impl FnOnce() -> T) -> T {
        let _entered = self.0.enter();
        run()
    }

    /// Goes on with something for as long as the runtime runs.
    pub(crate) fn spawn<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Task<T> {
        Task { handle: self.0.spawn(work), home: self.home() }
    }
}

/// Something that goes on by itself; dropped, it ends.
#[derive(Debug)]
pub(crate) struct Task<T> {
    handle: JoinHandle<T>,
    home: Home,
}

impl<T> Task<T> {
    pub(crate) fn home(&self) -> Home {
        self.home
    }

    /// Ends it, and waits for that; gives what it had come to.
    pub(crate) async fn end(mut self) -> Option<T> {
        self.handle.abort();
        (&mut self).await
    }
}

/// What it comes to; nothing if its runtime has ended.
impl<T> Future for Task<T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.handle).poll(context).map(Result::ok)
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.handle.abort();
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
