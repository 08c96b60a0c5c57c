//! Arithmetic means the same on every database: see `docs/arithmetic.md`.

mod stored;
mod warm;
