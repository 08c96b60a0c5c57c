//! What a type looks like as written: all that a macro can know of it.

use syn::{GenericArgument, PathArguments, Type};

/// A field's type, by how it is written.
#[derive(Clone)]
pub(crate) enum Written {
    /// A column of a plain type; the type under its `Option`, and whether there is one.
    Plain { class: Class, nullable: bool },
    /// `ForeignKey<T>` or `OneToOne<T>`, or an `Option` of it.
    Key { target: Type, nullable: bool, one_to_one: bool },
    /// `HasMany<T>`.
    HasMany { target: Type },
    /// `ManyToMany<T>`.
    ManyToMany { target: Type },
    /// `Deferred<T>`.
    Deferred,
}

/// What sort of values a plain type has, where its name tells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Class {
    Text,
    Integer,
    Float,
    Decimal,
    Bool,
    Bytes,
    Date,
    Other,
    /// A type of the user's, or one that the macro does not know.
    Unknown,
}

impl Written {
    pub(crate) fn of(ty: &Type) -> Self {
        let inner = argument_of(ty, "Option");
        let nullable = inner.is_some();
        let bare = inner.unwrap_or(ty);
        let key = |target: &Type, one_to_one| Self::Key { target: target.clone(), nullable, one_to_one };
        if let Some(target) = argument_of(bare, "ForeignKey") {
            key(target, false)
        } else if let Some(target) = argument_of(bare, "OneToOne") {
            key(target, true)
        } else if let Some(target) = argument_of(ty, "HasMany") {
            Self::HasMany { target: target.clone() }
        } else if let Some(target) = argument_of(ty, "ManyToMany") {
            Self::ManyToMany { target: target.clone() }
        } else if argument_of(bare, "Deferred").is_some() {
            Self::Deferred
        } else {
            Self::Plain { class: Class::of(bare), nullable }
        }
    }

    /// Whether a column of this type may be NULL.
    pub(crate) fn nullable(&self) -> bool {
        matches!(self, Self::Plain { nullable: true, .. } | Self::Key { nullable: true, .. })
    }
}

impl Class {
    pub(crate) fn of(ty: &Type) -> Self {
        if argument_of(ty, "Vec").is_some() {
            return Self::Bytes;
        }
        if argument_of(ty, "DateTime").is_some() {
            return Self::Date;
        }
        let Some(name) = last_segment(ty).filter(|segment| segment.arguments.is_none()) else { return Self::Unknown };
        match name.ident.to_string().as_str() {
            "String" => Self::Text,
            "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" => Self::Integer,
            "f32" | "f64" => Self::Float,
            "Decimal" => Self::Decimal,
            "bool" => Self::Bool,
            "NaiveDate" | "NaiveTime" | "NaiveDateTime" => Self::Date,
            "Uuid" | "TimeDelta" => Self::Other,
            _ => Self::Unknown,
        }
    }
}

/// The `T` of a type written `name<T>`, whatever the path before the name.
pub(crate) fn argument_of<'t>(ty: &'t Type, name: &str) -> Option<&'t Type> {
    let segment = last_segment(ty).filter(|segment| segment.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

fn last_segment(ty: &Type) -> Option<&syn::PathSegment> {
    match ty {
        Type::Path(path) if path.qself.is_none() => path.path.segments.last(),
        // A type that came through a `macro_rules!` macro stands in an invisible group.
        Type::Group(group) => last_segment(&group.elem),
        Type::Paren(paren) => last_segment(&paren.elem),
        _ => None,
    }
}
