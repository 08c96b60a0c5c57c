//! Arithmetic means the same on every database: see `docs/arithmetic.md`.

mod bounds;
mod extremes;
mod means;
mod messages;
mod plain;
mod rules;
mod stored;
mod warm;
mod wrap;
