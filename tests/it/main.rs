//! What the library does, on every database: one binary, a module per behaviour, each test on a database of its own.

mod library;
mod support;

mod aggregates;
mod bad_input;
mod bridge;
mod choices;
mod conditions;
mod demo;
mod futures;
mod instances;
mod integrity;
mod joins;
mod keys;
mod lookups;
mod retrieval;
mod slices;
mod streams;
mod transactions;
mod updates;
mod values;
