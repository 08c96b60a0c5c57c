//! Dormouse as a program outside of the workspace meets it. Each test writes a package of its own and has cargo build it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that panics has failed, which is what it is for")]

mod beside;
mod package;
mod readme;
mod rusqlite;
mod tree;
