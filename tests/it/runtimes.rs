//! Executors: what runs beside a task that asks a database, and what a database is told of the runtime it is asked from.

mod homes;
mod lacking;
mod turns;
