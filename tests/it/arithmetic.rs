//! Arithmetic means the same on every database: see `docs/arithmetic.md`.

mod extremes;
mod plain;
mod rules;
mod stored;
mod warm;
