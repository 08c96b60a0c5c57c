//! Column types of the standard library. Every cell of every row goes through them, called by code of other crates:
//! hence the attributes.

use super::{Cell, FieldType, Here, Kind, Mismatch, Value, does_not_fit};
use crate::error::Result;

macro_rules! integers {
    ($($rust:ty => $kind:ident, $width:ty, $range:expr;)*) => {$(
        impl FieldType for $rust {
            type Bare = Self;
            type Nullable = Option<Self>;
            type Presence = Here;
            const KIND: Kind = Kind::$kind;
            const RANGE: Option<(i64, i64)> = $range;

            #[inline]
            fn decode(cell: Cell<'_>) -> Result<Self, Mismatch> {
                let integer = integer(stringify!($rust), cell)?;
                Self::try_from(integer).map_err(|_| Mismatch::beyond(stringify!($rust)))
            }

            #[inline]
            fn encode(&self) -> Result<Value> {
                <$width>::try_from(*self).map(Value::$kind).map_err(|_| does_not_fit(stringify!($width)))
            }
        }
    )*};
}

integers! {
    i8 => I16, i16, Some((i8::MIN as i64, i8::MAX as i64));
    i16 => I16, i16, None;
    i32 => I32, i32, None;
    i64 => I64, i64, None;
    u8 => I16, i16, Some((0, u8::MAX as i64));
    u16 => I32, i32, Some((0, u16::MAX as i64));
    u32 => I64, i64, Some((0, u32::MAX as i64));
    u64 => I64, i64, Some((0, i64::MAX));
}

#[inline]
fn integer(expected: &'static str, cell: Cell<'_>) -> Result<i64, Mismatch> {
    match cell {
        Cell::Int(value) => Ok(value),
        Cell::Decimal(value) if value.is_integer() => i64::try_from(value).map_err(|_| Mismatch::beyond(expected)),
        other => Err(Mismatch::of(expected, other)),
    }
}

impl FieldType for bool {
    type Bare = Self;
    type Nullable = Option<Self>;
    type Presence = Here;
    const KIND: Kind = Kind::Bool;

    #[inline]
    fn decode(cell: Cell<'_>) -> Result<Self, Mismatch> {
        match cell {
            Cell::Bool(value) => Ok(value),
            Cell::Int(value @ (0 | 1)) => Ok(value == 1),
            other => Err(Mismatch::of("bool", other)),
        }
    }

    #[inline]
    fn encode(&self) -> Result<Value> {
        Ok(Value::Bool(*self))
    }
}

impl FieldType for f64 {
    type Bare = Self;
    type Nullable = Option<Self>;
    type Presence = Here;
    const KIND: Kind = Kind::F64;

    #[inline]
    fn decode(cell: Cell<'_>) -> Result<Self, Mismatch> {
        match cell {
            // A computed zero may be negative, on some databases: the sum is not.
            Cell::Float(value) => Ok(value + 0.0),
            // SQLite keeps a whole number in a REAL column as an integer when it came through an expression.
            Cell::Int(value) if value as Self as i128 == value.into() => Ok(value as Self),
            Cell::Int(_) => Err(Mismatch::beyond("f64")),
            other => Err(Mismatch::of("f64", other)),
        }
    }

    #[inline]
    fn encode(&self) -> Result<Value> {
        Ok(Value::F64(*self))
    }
}

impl FieldType for f32 {
    type Bare = Self;
    type Nullable = Option<Self>;
    type Presence = Here;
    const KIND: Kind = Kind::F32;

    #[inline]
    fn decode(cell: Cell<'_>) -> Result<Self, Mismatch> {
        if let Cell::Int(value) = cell
            && value as Self as i128 != value.into()
        {
            return Err(Mismatch::beyond("f32"));
        }
        let value = f64::decode(cell).map_err(|mismatch| Mismatch { expected: "f32", ..mismatch })?;
        // Narrowing is what the column did on the way in; only a finite value that becomes infinite is lost.
        let narrow = value as Self + 0.0;
        if narrow.is_finite() == value.is_finite() { Ok(narrow) } else { Err(Mismatch::beyond("f32")) }
    }

    #[inline]
    fn encode(&self) -> Result<Value> {
        Ok(Value::F32(*self))
    }
}

impl FieldType for String {
    type Bare = Self;
    type Nullable = Option<Self>;
    type Presence = Here;
    const KIND: Kind = Kind::Text;

    #[inline]
    fn decode(cell: Cell<'_>) -> Result<Self, Mismatch> {
        match cell {
            Cell::Text(text) => Ok(text.to_owned()),
            other => Err(Mismatch::of("text", other)),
        }
    }

    #[inline]
    fn encode(&self) -> Result<Value> {
        Ok(Value::Text(self.as_str().into()))
    }
}

impl FieldType for Vec<u8> {
    type Bare = Self;
    type Nullable = Option<Self>;
    type Presence = Here;
    const KIND: Kind = Kind::Bytes;

    #[inline]
    fn decode(cell: Cell<'_>) -> Result<Self, Mismatch> {
        match cell {
            Cell::Bytes(bytes) => Ok(bytes.to_vec()),
            other => Err(Mismatch::of("bytes", other)),
        }
    }

    #[inline]
    fn encode(&self) -> Result<Value> {
        Ok(Value::Bytes(self.clone()))
    }
}
