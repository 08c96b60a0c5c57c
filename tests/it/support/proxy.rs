//! A proxy in front of a server that delays, swallows and cuts what goes through it. A cut is at a byte, not at a time, so a sweep
//! can do every one there is.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use url::Url;

/// What happens to the bytes of all connections.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Mode {
    Pass,
    /// Each piece comes so much later.
    Delay(Duration),
    /// So many bytes in a second, each way.
    Throttle(usize),
    /// Bytes are taken and never arrive, nor does any later one of the same connection.
    Blackhole,
    /// Each byte is a segment of its own.
    Split,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    ToServer,
    ToClient,
}

/// How a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Close,
    Reset,
    /// Nothing more goes the way of the cut; the other way stays open.
    HalfClose,
}

/// The end of one connection, after so many bytes on one way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cut {
    pub(crate) way: Way,
    pub(crate) after: usize,
    pub(crate) since: Since,
    pub(crate) ending: Ending,
}

/// Where the bytes before a cut are counted from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Since {
    /// The start of the next connection.
    Start,
    /// The piece in which a client first says this; for the other way, whatever comes after it.
    Said(&'static str),
}

/// How many bytes went through a connection: to the server, to the client.
pub(crate) type Traffic = [usize; 2];

/// The proxy. Dropping it ends its connections.
pub(crate) struct ChaosProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

struct Shared {
    server: (String, u16),
    mode: Mutex<Mode>,
    cut: Mutex<Option<Cut>>,
    swap: Mutex<Option<(&'static str, String)>>,
    heard: Mutex<Option<(&'static str, usize)>>,
    connections: Mutex<Vec<Arc<Connection>>>,
    orders: watch::Sender<Ending>,
}

impl ChaosProxy {
    /// A proxy in front of the server that a URL names.
    pub(crate) async fn before(url: &str) -> io::Result<Self> {
        let url = Url::parse(url).expect("a URL");
        let server = (url.host_str().expect("a host").to_owned(), url.port().expect("a port"));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            server,
            mode: Mutex::new(Mode::Pass),
            cut: Mutex::default(),
            swap: Mutex::default(),
            heard: Mutex::default(),
            connections: Mutex::default(),
            orders: watch::Sender::new(Ending::Close),
        });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self { address, shared, accepting })
    }

    /// The same URL, through the proxy.
    pub(crate) fn url(&self, direct: Url) -> Url {
        let mut url = direct;
        url.set_host(Some("127.0.0.1")).expect("a URL with a host");
        url.set_port(Some(self.address.port())).expect("a URL with a port");
        url
    }

    pub(crate) fn set(&self, mode: Mode) {
        self.switch()(mode);
    }

    /// The same, for sync code on another thread.
    pub(crate) fn switch(&self) -> impl Fn(Mode) + Clone + Send + 'static {
        let shared = Arc::clone(&self.shared);
        move |mode| *lock(&shared.mode) = mode
    }

    /// Cuts the next connection that the cut concerns, and no other.
    pub(crate) fn cut(&self, cut: Cut) {
        *lock(&self.shared.cut) = Some(cut);
    }

    /// Hands the server other words instead of the next time a client says these: as long, or shorter.
    pub(crate) fn swap(&self, said: &'static str, instead: &str) {
        assert!(instead.len() <= said.len(), "{instead}");
        *lock(&self.shared.swap) = Some((said, format!("{instead:width$}", width = said.len())));
    }

    /// Counts from now on how often clients say this.
    pub(crate) fn listen_for(&self, text: &'static str) {
        *lock(&self.shared.heard) = Some((text, 0));
    }

    /// How often clients have said what was listened for.
    pub(crate) fn heard(&self) -> usize {
        lock(&self.shared.heard).map_or(0, |(_, times)| times)
    }

    /// Ends all connections that are open.
    pub(crate) fn end_all(&self, ending: Ending) {
        self.shared.orders.send_replace(ending);
    }

    /// The traffic of each connection there was, in the order of their beginning.
    pub(crate) fn traffic(&self) -> Vec<Traffic> {
        lock(&self.shared.connections).iter().map(|connection| connection.traffic()).collect()
    }

    /// The traffic of the last connection with a cut, from where its bytes are counted.
    pub(crate) fn since_cut(&self) -> Traffic {
        let connections = lock(&self.shared.connections);
        connections.iter().rev().find_map(|connection| connection.since_cut()).unwrap_or_default()
    }
}

impl Drop for ChaosProxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.end_all(Ending::Close);
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((client, _)) = listener.accept().await {
        let connection = Arc::new(Connection::new(shared.cut_from_start()));
        lock(&shared.connections).push(Arc::clone(&connection));
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            // A server that is down looks as it would without the proxy: the client is hung up on.
            if let Ok(server) = TcpStream::connect(&shared.server).await {
                connection.carry(&shared, client, server).await;
            }
        });
    }
}

impl Shared {
    fn cut_from_start(&self) -> Option<Pending> {
        let cut = lock(&self.cut).take_if(|cut| matches!(cut.since, Since::Start));
        cut.map(|cut| Pending { cut, from: [0, 0] })
    }

    fn cut_if_said(&self, said: &[u8], traffic: Traffic) -> Option<Pending> {
        let hears = |text: &str| said.windows(text.len()).any(|window| window == text.as_bytes());
        let cut = lock(&self.cut).take_if(|cut| matches!(cut.since, Since::Said(text) if hears(text)))?;
        Some(Pending { cut, from: traffic })
    }

    fn count_if_said(&self, said: &[u8]) {
        if let Some((text, times)) = lock(&self.heard).as_mut() {
            *times += said.windows(text.len()).filter(|window| *window == text.as_bytes()).count();
        }
    }

    fn swap_if_said(&self, said: &mut [u8]) {
        let place = |(text, _): &(&str, String)| said.windows(text.len()).position(|window| window == text.as_bytes());
        let mut swap = lock(&self.swap);
        if let Some(at) = swap.as_ref().and_then(place)
            && let Some((_, instead)) = swap.take()
        {
            said[at..at + instead.len()].copy_from_slice(instead.as_bytes());
        }
    }
}

struct Connection {
    passed: [AtomicUsize; 2],
    cut: Mutex<Option<Pending>>,
    /// Whether bytes were swallowed, so that no more may follow.
    black: AtomicBool,
}

/// A cut of a connection, and where its bytes are counted from.
#[derive(Clone, Copy)]
struct Pending {
    cut: Cut,
    from: Traffic,
}

impl Connection {
    fn new(cut: Option<Pending>) -> Self {
        Self { passed: Default::default(), cut: Mutex::new(cut), black: AtomicBool::new(false) }
    }

    fn traffic(&self) -> Traffic {
        [Way::ToServer, Way::ToClient].map(|way| self.passed[way as usize].load(Ordering::Relaxed))
    }

    fn since_cut(&self) -> Option<Traffic> {
        let from = lock(&self.cut).as_ref()?.from;
        let passed = self.traffic();
        Some([passed[0] - from[0], passed[1] - from[1]])
    }

    /// Carries bytes both ways until either side ends, or the proxy ends both.
    async fn carry(&self, shared: &Shared, mut client: TcpStream, mut server: TcpStream) {
        let mut orders = shared.orders.subscribe();
        let ending = {
            let ((from_client, to_client), (from_server, to_server)) = (client.split(), server.split());
            tokio::select! {
                ending = self.pump(shared, Way::ToServer, from_client, to_server) => ending,
                ending = self.pump(shared, Way::ToClient, from_server, to_client) => ending,
                _ = orders.changed() => *orders.borrow(),
            }
        };
        if ending == Ending::Reset {
            client.set_zero_linger().and_then(|()| server.set_zero_linger()).unwrap_or_default();
        }
    }

    async fn pump(&self, shared: &Shared, way: Way, mut from: ReadHalf<'_>, mut to: WriteHalf<'_>) -> Ending {
        let mut bytes = vec![0; 64 << 10];
        while let Ok(length @ 1..) = from.read(&mut bytes).await {
            if way == Way::ToServer {
                shared.swap_if_said(&mut bytes[..length]);
                shared.count_if_said(&bytes[..length]);
            }
            let piece = &bytes[..length];
            if way == Way::ToServer
                && let Some(pending) = shared.cut_if_said(piece, self.traffic())
            {
                *lock(&self.cut) = Some(pending);
            }
            let left = self.left(way);
            let piece = &piece[..length.min(left.map_or(length, |(left, _)| left))];
            let mode = *lock(&shared.mode);
            if !self.forward(mode, piece, &mut to).await {
                break;
            }
            self.passed[way as usize].fetch_add(piece.len(), Ordering::Relaxed);
            match left.filter(|(left, _)| *left <= length) {
                Some((_, Ending::HalfClose)) => {
                    to.shutdown().await.unwrap_or_default();
                    return std::future::pending().await;
                }
                Some((_, ending)) => return ending,
                None => {}
            }
        }
        Ending::Close
    }

    /// How many bytes may still go before the cut, and what the cut is.
    fn left(&self, way: Way) -> Option<(usize, Ending)> {
        let Pending { cut, from } = (*lock(&self.cut)).filter(|pending| pending.cut.way == way)?;
        let passed = self.traffic()[way as usize] - from[way as usize];
        Some((cut.after.saturating_sub(passed), cut.ending))
    }

    /// Hands a piece on; false if it is not taken any more.
    async fn forward(&self, mode: Mode, piece: &[u8], to: &mut WriteHalf<'_>) -> bool {
        if mode == Mode::Blackhole {
            self.black.store(true, Ordering::Relaxed);
        }
        if self.black.load(Ordering::Relaxed) {
            return true;
        }
        send(mode, piece, to).await.is_ok()
    }
}

async fn send(mode: Mode, piece: &[u8], to: &mut WriteHalf<'_>) -> io::Result<()> {
    match mode {
        Mode::Pass | Mode::Blackhole => to.write_all(piece).await,
        Mode::Delay(time) => {
            tokio::time::sleep(time).await;
            to.write_all(piece).await
        }
        Mode::Throttle(bytes) => {
            for part in piece.chunks(bytes.div_ceil(100)) {
                to.write_all(part).await?;
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            Ok(())
        }
        Mode::Split => {
            to.as_ref().set_nodelay(true)?;
            for byte in piece.chunks(1) {
                to.write_all(byte).await?;
                tokio::task::yield_now().await;
            }
            Ok(())
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no panic under the lock")
}
