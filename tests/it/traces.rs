//! What `tracing` is told: one event per statement, spans with OpenTelemetry's names, and no bound value.

use std::fmt;
use std::sync::{Arc, Mutex};

use dormouse::prelude::*;
use dormouse::{Error, Result, assert_num_queries};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Registry};

use crate::library::{Author, Book, fill};
use crate::support::matrix;

/// What a subscriber was told by one event, or of one span: its name, the spans around it, and its fields.
#[derive(Debug, Clone, Default)]
struct Told {
    name: &'static str,
    inside: Vec<&'static str>,
    fields: Vec<(&'static str, String)>,
}

impl Told {
    fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(field, _)| *field == name).map_or("", |(_, value)| value)
    }
}

impl Visit for Told {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.fields.push((field.name(), format!("{value:?}").trim_matches('"').to_owned()));
    }
}

/// A subscriber that keeps what it is told of the library.
#[derive(Debug, Clone, Default)]
struct Listener {
    events: Arc<Mutex<Vec<Told>>>,
    spans: Arc<Mutex<Vec<Told>>>,
}

impl Listener {
    /// Listens on this thread, and where the library takes along who listens, until the guard is dropped.
    fn listen() -> (Self, DefaultGuard) {
        let listener = Self::default();
        let guard = tracing::subscriber::set_default(Registry::default().with(listener.clone()));
        (listener, guard)
    }

    fn events(&self) -> Vec<Told> {
        std::mem::take(&mut self.events.lock().unwrap())
    }

    fn spans(&self) -> Vec<Told> {
        std::mem::take(&mut self.spans.lock().unwrap())
    }

    /// The operations of the events.
    fn operations(&self) -> Vec<String> {
        self.events().iter().map(|event| event.field("db.operation.name").to_owned()).collect()
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Listener {
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if event.metadata().target() != "dormouse" {
            return;
        }
        assert_eq!(*event.metadata().level(), Level::DEBUG);
        let inside = context.event_scope(event).map(|spans| spans.map(|span| span.name()).collect());
        let mut told = Told { inside: inside.unwrap_or_default(), ..Told::default() };
        event.record(&mut told);
        self.events.lock().unwrap().push(told);
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id).filter(|span| span.metadata().target() == "dormouse") else { return };
        let inside = span.scope().skip(1).map(|span| span.name()).collect();
        let mut told = Told { name: span.name(), inside, ..Told::default() };
        attributes.record(&mut told);
        span.extensions_mut().insert(told);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(told) = context.span(id).and_then(|span| span.extensions_mut().remove::<Told>()) {
            let mut told = told;
            values.record(&mut told);
            context.span(id).unwrap().extensions_mut().insert(told);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        self.spans.lock().unwrap().extend(context.span(&id).and_then(|span| span.extensions_mut().remove::<Told>()));
    }
}

matrix! {
    async fn each_statement_is_one_event(db: &Database) -> Result<()> {
        fill(db).await?;
        let (listener, _guard) = Listener::listen();
        let dune = Book::objects().tag("one").aget(|b| b.title.eq("Dune")).await?;
        let events = listener.events();
        let [event] = &events[..] else { panic!("{events:?}") };
        assert_eq!((event.field("message"), event.field("db.operation.name")), ("query", "SELECT"));
        assert_eq!(event.field("rows"), "1");
        assert!(event.field("db.query.text").starts_with("SELECT ") && event.field("db.query.text").ends_with("/*tag='one'*/"), "{event:?}");
        assert!(event.field("duration").ends_with('s'), "{event:?}");

        let lem = Author::objects().aget(|a| a.name.eq("Lem")).await?;
        listener.events();
        assert_num_queries!(1, Book::objects().acount())?;
        assert_eq!(listener.operations(), ["SELECT"]);
        Book::objects().filter(|b| b.author.eq(&lem)).aupdate(|b| b.pages.set(1)).await?;
        let updated = listener.events();
        assert_eq!((updated.len(), updated[0].field("db.operation.name"), updated[0].field("rows")), (1, "UPDATE", "2"));
        Book::objects().filter(|b| b.title.eq("Solaris")).adelete().await?;
        assert_eq!(listener.operations(), ["DELETE"]);
        Book::objects().acreate(|b| b.title("Fiasco").author(&lem).price(dec!(7))).await?;
        let created = listener.operations();
        assert_eq!(created[0], "INSERT");
        let mut dune = dune;
        dune.pages = Some(1);
        dune.asave().await?;
        assert_eq!(listener.operations(), ["UPDATE"]);
        Author::objects().prefetch_related(|a| a.books).await?;
        assert_eq!(listener.operations(), ["SELECT", "SELECT"]);
        db.execute_sql("DROP TABLE book").await?;
        assert_eq!(listener.operations(), ["DROP"]);
        Ok(())
    }

    async fn a_stream_is_one_event_at_its_end(db: &Database) -> Result<()> {
        fill(db).await?;
        let (listener, _guard) = Listener::listen();
        for rows in [Book::objects().stream(), Book::objects().aiterator(2)] {
            assert_eq!(rows.try_collect::<Vec<_>>().await?.len(), 5);
            let events = listener.events();
            assert_eq!((events.len(), events[0].field("rows"), events[0].field("dropped")), (1, "5", ""), "{events:?}");
        }
        let mut rows = Book::objects().aiterator(2);
        rows.try_next().await?;
        drop(rows);
        let events = listener.events();
        assert_eq!((events.len(), events[0].field("dropped")), (1, "true"), "{events:?}");
        Ok(())
    }

    async fn an_error_is_told_in_the_event(db: &Database) -> Result<()> {
        fill(db).await?;
        let (listener, _guard) = Listener::listen();
        assert!(Author::objects().acreate(|a| a.name("Lem")).await.is_err());
        let refused = listener.events().into_iter().next().expect("an event");
        assert_eq!(refused.field("db.operation.name"), "INSERT");
        assert!(!refused.field("error").is_empty(), "{refused:?}");
        Ok(())
    }

    async fn transactions_are_traced_in_the_span_of_their_caller(db: &Database) -> Result<()> {
        fill(db).await?;
        let (listener, _guard) = Listener::listen();
        let request = tracing::info_span!("request");
        let work = atomic(|tx| Book::objects().using(tx).count());
        tracing::Instrument::instrument(work.into_future(), request.clone()).await?;
        let events = listener.events();
        let operations: Vec<_> = events.iter().map(|event| event.field("db.operation.name")).collect();
        assert_eq!(operations, ["BEGIN", "SELECT", "COMMIT"]);
        assert!(events.iter().all(|event| event.inside == ["request"]), "{events:?}");
        let failing = atomic(|_| Err::<(), _>(Error::other("no")));
        assert!(tracing::Instrument::instrument(failing.into_future(), request).await.is_err());
        assert_eq!(listener.operations(), ["BEGIN", "ROLLBACK"]);
        let spans = listener.spans();
        let queries: Vec<_> = spans.iter().filter(|span| span.name == "query").collect();
        assert_eq!(queries.len(), 5);
        assert!(queries.iter().all(|span| span.inside.last() == Some(&"request")), "{queries:?}");
        Ok(())
    }

    async fn spans_have_the_names_of_opentelemetry(db: &Database) -> Result<()> {
        fill(db).await?;
        let (listener, _guard) = Listener::listen();
        Book::objects().order_by(|b| b.title.asc()).stream().try_collect::<Vec<_>>().await?;
        let spans = listener.spans();
        let query = spans.iter().find(|span| span.name == "query").expect("a span");
        let system = match db.server().product {
            "SQLite" => "sqlite",
            "PostgreSQL" => "postgresql",
            _ => "mariadb",
        };
        assert_eq!((query.field("db.system.name"), query.field("db.operation.name")), (system, "SELECT"));
        assert_eq!(query.field("db.response.returned_rows"), "5");
        // A connection of a server is waited for in the span of the statement.
        let waits = spans.iter().filter(|span| span.name == "acquire" && span.inside == ["query"]).count();
        assert_eq!(waits, usize::from(system != "sqlite"), "{spans:?}");
        Ok(())
    }

    async fn no_bound_value_is_told(db: &Database) -> Result<()> {
        fill(db).await?;
        let (listener, _guard) = Listener::listen();
        let secret = "hunter2-8f3a";
        let ann = Author::objects().acreate(|a| a.name(secret)).await?;
        assert!(Author::objects().acreate(|a| a.name(secret)).await.is_err());
        Author::objects().filter(|a| a.name.eq(secret)).aupdate(|a| a.name.set(format!("{secret}{secret}"))).await?;
        Author::objects().filter(|a| a.name.in_([secret, "b"])).stream().try_collect::<Vec<_>>().await?;
        atomic(move |tx| Author::objects().filter(|a| a.name.contains(secret)).using(tx).count()).await?;
        ann.adelete().await?;
        let told = format!("{:?}{:?}", listener.events(), listener.spans());
        assert!(told.contains("INSERT") && told.contains("UPDATE") && !told.contains(secret), "{told}");
        Ok(())
    }
}
