//! Tests of `tests/it` for SQLite that run with the oldest and the newest rusqlite: a crate of its own, which
//! `tests/outside/rusqlite.rs` builds.

#![cfg(test)]
#![allow(dead_code, unused_imports, unused_macros, reason = "not all of the tools in `tests/it` are used here")]

#[path = "../it"]
mod it {
    pub(crate) mod library;
    pub(crate) mod lines;
    pub(crate) mod support;
    pub(crate) mod verbs;

    mod arithmetic;
    mod decimals;
    mod foreign;
    mod foreign_affinity;
    mod foreign_capitals;
    mod foreign_conflicts;
    mod foreign_documents;
    mod foreign_fills;
    mod foreign_keys;
    mod foreign_moments;
    mod foreign_new_rows;
    mod foreign_numbers;
    mod foreign_texts;
    mod foreign_uuids;
    mod foreign_views;
    mod foreign_writes;
    mod instances;
    mod integrity;
    mod lookups;
    mod streams;
    mod transactions;
    mod updates;
    mod values;
}

use it::{library, lines, support, verbs};
