//! Private servers that a test may kill. `tests/server` knows how they are made, started and killed.

use std::env;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use url::Url;
use uuid::Uuid;

use super::patience;
use super::worker::{Worker, acknowledge, job};

/// A server of its own, with nothing in it, that keeps what it has acknowledged. Dropped, it is stopped and all of it removed.
pub(crate) struct Server {
    script: Child,
    answers: BufReader<ChildStdout>,
    url: String,
}

/// Which of a server's processes are killed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Victim {
    All,
    /// Only the one that the others depend on.
    Main,
}

impl Server {
    pub(crate) fn postgres() -> Self {
        Self::run("postgres")
    }

    pub(crate) fn mariadb() -> Self {
        Self::run("mysql")
    }

    fn run(kind: &str) -> Self {
        // Made and removed by the script, which outlives this process if that is killed.
        let folder = env::temp_dir().join(format!("dormouse.{}", Uuid::new_v4().simple()));
        let mut script = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/server"))
            .arg(kind)
            .arg(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("`tests/server` needs bash");
        let answers = BufReader::new(script.stdout.take().expect("its output"));
        let mut server = Self { script, answers, url: String::new() };
        server.url = server.answer();
        server
    }

    /// Where it is, as a user who may do everything.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Kills it with SIGKILL.
    pub(crate) fn kill(&mut self, victim: Victim) {
        self.order(match victim {
            Victim::All => "kill",
            Victim::Main => "kill main",
        });
    }

    /// Starts it again after it was killed, on the same data and port, and waits until it answers.
    pub(crate) fn start(&mut self) {
        self.order("start");
    }

    fn order(&mut self, order: &str) {
        let orders = self.script.stdin.as_mut().expect("its input");
        writeln!(orders, "{order}").expect("`tests/server` takes orders");
        assert_eq!(self.answer(), "done");
    }

    fn answer(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("an answer of `tests/server`");
        if line.is_empty() {
            let mut complaint = String::new();
            self.script.stderr.as_mut().expect("its complaints").read_to_string(&mut complaint).expect("text");
            panic!("{complaint}");
        }
        line.trim_end().to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Ends its input, at which it cleans up.
        self.script.wait().ok();
    }
}

/// A server ends with the process that asked for it, however that ends.
#[test]
fn a_server_is_not_left_behind() {
    if let Some(kind) = job::<String>() {
        let server = Server::run(&kind);
        acknowledge(server.url());
        loop {
            thread::park();
        }
    }
    for kind in ["postgres", "mysql"] {
        let mut worker = Worker::start("support::server::a_server_is_not_left_behind", &kind);
        let url = Url::parse(&worker.hear().expect("the server's URL")).expect("a URL");
        let address = ("127.0.0.1", url.port().expect("a port"));
        TcpStream::connect(address).expect("the server");
        worker.kill();
        let deadline = Instant::now() + patience();
        while TcpStream::connect(address).is_ok() {
            assert!(Instant::now() < deadline, "{url} is still there");
            thread::sleep(Duration::from_millis(20));
        }
    }
}
