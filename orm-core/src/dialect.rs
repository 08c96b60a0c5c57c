#![allow(missing_docs, unused, missing_debug_implementations)]
use crate::error::Result;
pub struct Dialect;
pub struct Features {
    pub returning: bool,
}
impl Dialect {
    pub fn of(p: &str, v: (u32, u32, u32)) -> Result<Self> {
        Ok(Self)
    }
    pub fn features(&self) -> &'static Features {
        &Features { returning: true }
    }
}
