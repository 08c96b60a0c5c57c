//! The library behind the `dormouse` facade.

pub mod error;
pub mod row;
pub mod statement;
pub mod value;

pub mod model;
pub mod schema;

pub mod expr;
pub mod query;

pub mod dialect;

pub mod planner;

pub mod compiler;

pub mod driver;
