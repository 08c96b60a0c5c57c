//! Processes that work until they are killed, and say what was acknowledged to them.
//!
//! A worker is this very program, running one test only. That test finds its [`job`] in the environment; without one, it runs
//! as any other test does.

use std::env;
use std::fmt::Display;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{self, Child, ChildStdout, Command, Stdio};

use serde::Serialize;
use serde::de::DeserializeOwned;

const JOB: &str = "DORMOUSE_TEST_JOB";
/// Begins the lines that are meant for the parent; the test harness writes others.
const ACKNOWLEDGED: &str = "ACK ";

/// A process at work. Dropped, it is killed.
pub(crate) struct Worker {
    process: Child,
    said: BufReader<ChildStdout>,
}

impl Worker {
    /// Runs the test of this name in a process of its own.
    pub(crate) fn start(test: &str, job: &impl Serialize) -> Self {
        let job = serde_json::to_string(job).expect("a job as JSON");
        let mut process = Command::new(env::current_exe().expect("the path of this program"))
            .args([test, "--exact", "--quiet", "--nocapture"])
            .env(JOB, job)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a process");
        let said = BufReader::new(process.stdout.take().expect("its output"));
        Self { process, said }
    }

    /// Waits until something more was acknowledged; none if the process has ended.
    pub(crate) fn hear(&mut self) -> Option<String> {
        let mut line = String::new();
        while self.said.read_line(&mut line).expect("text") > 0 {
            if let Some(id) = line.strip_prefix(ACKNOWLEDGED) {
                return Some(id.trim_end().to_owned());
            }
            line.clear();
        }
        None
    }

    /// Kills it with SIGKILL, and gives what else was acknowledged until then.
    ///
    /// # Panics
    /// If it had ended before, which workers never do by themselves unless they fail.
    pub(crate) fn kill(mut self) -> Vec<String> {
        let ended = self.process.try_wait().expect("its status");
        assert!(ended.is_none(), "a worker has failed: {ended:?}");
        self.process.kill().expect("SIGKILL");
        self.rest()
    }

    /// Waits for its end, and gives what else was acknowledged until then.
    ///
    /// # Panics
    /// If it fails.
    pub(crate) fn finish(mut self) -> Vec<String> {
        let rest = self.rest();
        let status = self.process.wait().expect("its status");
        assert!(status.success(), "a worker has failed: {status}");
        rest
    }

    /// Sends it a signal, such as `STOP`.
    pub(crate) fn signal(&self, signal: &str) {
        let sent = Command::new("sh").args(["-c", &format!("kill -{signal} {}", self.process.id())]).status();
        assert!(sent.expect("a shell").success());
    }

    fn rest(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.hear()).collect()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// What this process was started for, if it is a worker.
pub(crate) fn job<J: DeserializeOwned>() -> Option<J> {
    let job = env::var(JOB).ok()?;
    Some(serde_json::from_str(&job).expect("a job as JSON"))
}

/// Tells the parent that something was acknowledged, in one write.
pub(crate) fn acknowledge(id: impl Display) {
    let line = format!("{ACKNOWLEDGED}{id}\n");
    if io::stdout().write_all(line.as_bytes()).is_err() {
        // The parent is gone, and with it the reason to work.
        process::exit(1);
    }
}
