//! What the library does, on every database: one binary, a module per behaviour, each test on a database of its own.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that panics has failed, which is what it is for")]

mod library;
mod lines;
mod support;
mod verbs;

mod aggregates;
mod arithmetic;
mod bad_input;
mod bridge;
mod case_table;
mod choices;
mod columns;
mod complements;
mod conditions;
mod decimals;
mod demo;
mod endings;
mod everyday;
mod extremes;
mod faults;
mod foreign;
mod foreign_columns;
mod foreign_texts;
mod foreign_types;
mod foreign_writes;
mod forest;
mod futures;
mod generator;
mod instances;
mod integrity;
mod joins;
mod json;
mod keys;
mod laziness;
mod lists;
mod locales;
mod lookups;
mod names;
mod one_statement;
mod packets;
mod plans;
mod prefetch;
mod public_reports;
mod retrieval;
mod runtimes;
mod schemas;
mod slices;
mod stale;
mod streams;
mod tables;
mod test_scope;
mod transactions;
mod updates;
mod values;
