//! Prints what building a queryset and its SQL costs in time and allocations: when its shape is new to the process, and
//! when it was seen before.

use std::hint::black_box;
use std::time::Instant;

use dormouse::prelude::*;
use peers::Result;
use peers::queryset::{Book, build};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let database = Database::connect("sqlite::memory:").await?;
    let work = |price| build(price).to_sql(&database);
    println!("| | allocations | bytes | µs |\n|---|---:|---:|---:|");
    report("new shape: build and compile", || drop(black_box(work(10))));
    for price in 0..1_000 {
        black_box(work(price)?);
    }
    report("shape seen before: all rows of a model", || drop(black_box(Book::objects())));
    report("shape seen before: and a condition", || drop(black_box(Book::objects().filter(|b| b.price.lt(20)))));
    report("shape seen before: build", || drop(black_box(build(20))));
    report("shape seen before: build and compile", || drop(black_box(work(20))));
    println!("\n{}", work(10)?);
    Ok(())
}

fn report(what: &str, work: impl FnOnce()) {
    let mut elapsed = None;
    let counted = allocation_counter::measure(|| {
        let start = Instant::now();
        work();
        elapsed = Some(start.elapsed());
    });
    let micros = elapsed.map_or(0.0, |elapsed| elapsed.as_nanos() as f64 / 1_000.0);
    println!("| {what} | {} | {} | {micros:.1} |", counted.count_total, counted.bytes_total);
}
