//! Building a queryset and its SQL, no I/O: what it costs before a database is asked.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use dormouse::Database;
use peers::queryset::build;
use tokio::runtime::Runtime;

fn benches(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let database = runtime.block_on(Database::connect("sqlite::memory:")).expect("a database");
    let mut group = criterion.benchmark_group("queryset");
    group.bench_function("build", |bencher| bencher.iter(|| build(black_box(10))));
    group.bench_function("build and compile", |bencher| {
        bencher.iter(|| build(black_box(10)).to_sql(&database).expect("SQL"));
    });
}

criterion_group!(queryset, benches);
criterion_main!(queryset);
