//! The library behind the `dormouse` facade.
//!
//! A model is a noun; a queryset asks a question about it as pure data; the planner finds the shape of the answer; the
//! compiler writes the words; the driver puts them on the wire; exec carries out the act. Data goes up the floors in
//! that order, and no room imports one from a higher floor:
//!
//! | floor | rooms |
//! |---|---|
//! | 0, ground | [`error`], [`value`], [`row`], [`statement`] |
//! | 1, nouns | [`model`], [`schema`] |
//! | 2, question | [`ast`], [`expr`], [`queryset`] |
//! | 3, a database as data | [`dialect`] |
//! | 4, shape | [`planner`] |
//! | 5, words, and wire | [`compiler`]; `sync`; [`driver`], which knows floor 0 only |
//! | 6, act | `exec` |
//! | 7, beside | [`bridge`]: transactions and sync querysets |
//!
//! Users depend on `dormouse` and need not know this crate. ARCHITECTURE.md has the whole plan; a test keeps it.

#![cfg_attr(
    not(all(feature = "sqlite", feature = "postgres", feature = "mysql")),
    allow(dead_code, unused_imports, reason = "some of what drivers share is for those that are left out")
)]

pub mod error;
pub mod row;
pub mod statement;
pub mod value;

pub mod model;
pub mod schema;

pub mod ast;
pub mod expr;
pub mod queryset;

pub mod dialect;

pub mod planner;

pub mod compiler;
mod sync;

pub mod driver;

pub mod exec;

pub mod bridge;
