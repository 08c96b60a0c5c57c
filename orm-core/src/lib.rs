//! The library behind the `dormouse` facade.

pub mod error;
pub mod row;
pub mod statement;
pub mod value;

pub mod model;

pub mod expr;
pub mod query;
pub mod queryset;

pub mod dialect;

pub mod compiler;
pub mod driver;

pub mod exec;
