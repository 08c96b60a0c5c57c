//! The plans of statements as they are sent: each is explained, with its values, before it runs.

use std::sync::{Arc, Mutex};

use dormouse::driver;
use dormouse::row::{Collect, Decoder, RowReader, Rows, Shape};
use dormouse::statement::{Done, Statement};
use dormouse::value::Cell;
use dormouse::{Batching, Database, Driver, Result, Server, Session, TransactionOptions};
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt, TryFutureExt};

/// A driver that notes the plans of what passes through it, outside of transactions.
#[derive(Debug)]
struct Explaining {
    driver: Arc<dyn Driver>,
    plans: Plans,
}

/// What was noted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plans(Arc<Mutex<Vec<String>>>);

impl Plans {
    /// All plans since the last call.
    pub(crate) fn take(&self) -> String {
        std::mem::take(&mut *self.0.lock().expect("no panic")).join("\n\n")
    }
}

/// Connects to a database that has its statements explained.
pub(crate) async fn explaining(url: &str) -> Result<(Database, Plans)> {
    let (driver, plans) = (driver::connect(url).await?, Plans::default());
    let db = Database::from_driver(Arc::new(Explaining { driver, plans: plans.clone() }))?;
    Ok((db, plans))
}

impl Explaining {
    /// Notes the plan of a statement that chooses rows.
    fn explained(&self, statement: &Statement) -> BoxFuture<'static, Result<()>> {
        let chooses = ["SELECT", "UPDATE", "DELETE"].iter().any(|verb| statement.sql.starts_with(verb));
        if !chooses {
            return async { Ok(()) }.boxed();
        }
        let verb = if self.server().product == "SQLite" { "EXPLAIN QUERY PLAN" } else { "EXPLAIN" };
        let sql = format!("{verb} {}", statement.sql).into();
        let question = Statement { sql, persistent: false, ..statement.clone() };
        let plan = self.driver.fetch(question, Collect::boxed(Decoder::new(words, Arc::default())));
        let plans = self.plans.clone();
        async move {
            let plan = Collect::<String>::unbox(plan.await?)?.join("\n");
            plans.0.lock().expect("no panic").push(plan);
            Ok(())
        }
        .boxed()
    }
}

/// The words of a row of a plan.
fn words(row: &mut RowReader<'_>, _: &Shape) -> Result<String> {
    let mut words = Vec::new();
    while let Some(cell) = row.next_cell()? {
        match cell {
            Cell::Text(text) => words.push(text.to_owned()),
            Cell::Int(number) => words.push(number.to_string()),
            _ => {}
        }
    }
    Ok(words.join(" "))
}

impl Driver for Explaining {
    fn server(&self) -> &Server {
        self.driver.server()
    }

    fn fetch(&self, statement: Statement, rows: Box<dyn Rows>) -> BoxFuture<'static, Result<Box<dyn Rows>>> {
        let driver = Arc::clone(&self.driver);
        self.explained(&statement).and_then(move |()| driver.fetch(statement, rows)).boxed()
    }

    fn stream(
        &self,
        statement: Statement,
        rows: Box<dyn Rows>,
        batching: Batching,
    ) -> BoxStream<'static, Result<Box<dyn Rows>>> {
        let driver = Arc::clone(&self.driver);
        let explained = self.explained(&statement).map_ok(move |()| driver.stream(statement, rows, batching));
        explained.try_flatten_stream().boxed()
    }

    fn execute(&self, statement: Statement) -> BoxFuture<'static, Result<Done>> {
        let driver = Arc::clone(&self.driver);
        self.explained(&statement).and_then(move |()| driver.execute(statement)).boxed()
    }

    fn execute_all(&self, statements: Vec<Statement>) -> BoxFuture<'static, Result<Vec<Done>>> {
        self.driver.execute_all(statements)
    }

    fn session(&self, options: TransactionOptions) -> BoxFuture<'static, Result<Box<dyn Session>>> {
        self.driver.session(options)
    }

    fn close(&self) -> BoxFuture<'static, ()> {
        self.driver.close()
    }
}
