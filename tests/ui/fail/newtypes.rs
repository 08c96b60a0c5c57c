use dormouse::prelude::*;

#[derive(FieldType)]
struct Pair(i64, i64);

#[derive(FieldType)]
struct Nothing;

#[derive(FieldType)]
struct Generic<T>(T);

#[derive(FieldType)]
enum Status {
    Draft,
}

struct Opaque;

#[derive(FieldType)]
struct Wrapped(Opaque);

fn main() {}
