//! PostgreSQL: every peer in one database of one server.

use criterion::{Criterion, criterion_group, criterion_main};
use peers::Result;
use peers::data::postgres::Database;
use peers::measure::{Case, Measure};
use peers::peers::{Ping, diesel_async, dormouse, sea_orm, sqlx, tokio_postgres};
use peers::work::{ByKey, Insert, Join, Rows, Save, Stream, Work};
use tokio::runtime::Runtime;

fn benches(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let database = runtime.block_on(Database::create()).expect("a database");
    let peers = runtime.block_on(Peers::connect(database.url())).expect("every peer connects");
    let mut measure = Measure { criterion, runtime: &runtime, database: "PostgreSQL" };

    for count in [1, 10, 100, 1_000, 10_000] {
        runtime.block_on(database.users(count)).expect("rows");
        peers.each(&mut measure, Case { group: "rows", parameter: count, tasks: 1, work: Rows(count) });
    }
    peers.each(&mut measure, Case { group: "streamed", parameter: 10_000, tasks: 1, work: Stream(10_000) });
    for tasks in [1, 8] {
        let case = Case { group: "by key", parameter: tasks, tasks, work: ByKey(10_000) };
        peers.each(&mut measure, case.clone());
        peers.each_pinging(&mut measure, case);
    }
    peers.each(&mut measure, Case { group: "save", parameter: 10_000, tasks: 1, work: Save(10_000) });
    runtime.block_on(database.books(1_000)).expect("books");
    peers.each(&mut measure, Case { group: "join", parameter: 1_000, tasks: 1, work: Join(1_000) });
    runtime.block_on(database.users(0)).expect("no rows");
    for tasks in [1, 64] {
        peers.each(&mut measure, Case { group: "insert", parameter: tasks, tasks, work: Insert });
    }
}

struct Peers {
    tokio_postgres: tokio_postgres::TokioPostgres,
    diesel_async: [diesel_async::Postgres; 2],
    sqlx: [sqlx::Postgres; 2],
    sea_orm: [sea_orm::SeaOrm; 2],
    dormouse: dormouse::Dormouse,
}

impl Peers {
    async fn connect(url: &str) -> Result<Self> {
        let [off, default] = [Ping::Off, Ping::Default];
        Ok(Self {
            tokio_postgres: tokio_postgres::TokioPostgres::connect(url)?,
            diesel_async: [diesel_async::Postgres::connect(url, off)?, diesel_async::Postgres::connect(url, default)?],
            sqlx: [sqlx::Postgres::connect(url, off).await?, sqlx::Postgres::connect(url, default).await?],
            sea_orm: [sea_orm::SeaOrm::postgres(url, off).await?, sea_orm::SeaOrm::postgres(url, default).await?],
            dormouse: dormouse::Dormouse::postgres(url).await?,
        })
    }

    /// Every peer, without pings.
    fn each(&self, measure: &mut Measure<'_>, case: Case<impl Work>) {
        measure.peer(&self.tokio_postgres, &case);
        measure.peer(&self.diesel_async[0], &case);
        measure.peer(&self.sqlx[0], &case);
        measure.peer(&self.sea_orm[0], &case);
        measure.peer(&self.dormouse, &case);
    }

    /// The peers whose pools ping unless told otherwise, as they come.
    fn each_pinging(&self, measure: &mut Measure<'_>, case: Case<impl Work>) {
        measure.peer(&self.diesel_async[1], &case);
        measure.peer(&self.sqlx[1], &case);
        measure.peer(&self.sea_orm[1], &case);
    }
}

criterion_group!(postgres, benches);
criterion_main!(postgres);
