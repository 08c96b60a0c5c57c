//! The holders of relations in a model's struct: keys and, when asked for, the rows behind them. No I/O here.

mod foreign_key;
mod many;

pub use foreign_key::{Attach, ForeignKey, OneToOne};
pub use many::{HasMany, ManyToMany};
