//! Every async operation of the library, once: for tests that do something to all of them.

use std::collections::BTreeSet;
use std::fs;
use std::future::IntoFuture;
use std::path::{Path, PathBuf};

use dormouse::prelude::*;
use dormouse::{Error, Isolation, Result, SyncContext, async_to_sync, capture_queries, sync_to_async, try_atomic};
use futures::FutureExt;
use futures::future::BoxFuture;
use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::library::{Author, Book, fill};

/// An operation whose answer is forgotten.
pub(crate) type Work = BoxFuture<'static, Result<()>>;

#[derive(Model, Debug, Clone, PartialEq)]
struct Scrap {
    id: i64,
    #[field(max_length = 20)]
    text: String,
}

#[derive(Model, Debug)]
struct Snippet {
    id: i64,
    #[field(max_length = 20)]
    text: String,
}

/// What the operations work on: a filled library.
#[derive(Debug, Clone)]
pub(crate) struct Stage {
    pub(crate) db: Database,
    /// Where `db` is, for operations that connect.
    pub(crate) url: String,
    dune: Book,
    herbert: Author,
}

impl Stage {
    /// Looks for what the operations need.
    pub(crate) async fn of(db: &Database, url: &str) -> Result<Self> {
        let dune = Book::objects().using(db).aget(|b| b.title.eq("Dune")).await?;
        let herbert = Author::objects().using(db).aget(|a| a.id.eq(dune.author.id())).await?;
        Ok(Self { db: db.clone(), url: url.to_owned(), dune, herbert })
    }

    fn books(&self) -> QuerySet<Book> {
        let word = "un".to_owned();
        Book::objects().using(&self.db).filter(|b| b.title.contains(&word))
    }

    fn draft(&self, title: &str) -> impl IntoFuture<Output = Result<Book>, IntoFuture: Send + 'static> + use<> {
        Book::new().title(title).author(&self.herbert).price(1).asave().using(&self.db)
    }
}

/// Boxes a future, which must be `Send + 'static` for it, and forgets its answer.
fn owned<T: 'static>(future: impl IntoFuture<Output = Result<T>, IntoFuture: Send + 'static>) -> Work {
    future.into_future().map(|result| result.map(drop)).boxed()
}

/// Every async operation, with the name by which [`operations`] finds it in the sources. Made from borrowed things that are gone
/// when it returns. All of them pass, in any order and any number; books whose titles begin with "new" come and go.
pub(crate) fn every_verb(stage: &Stage) -> Vec<(&'static str, Work)> {
    [questions(stage), writes(stage), databases(stage), bridges(stage)].into_iter().flatten().collect()
}

fn questions(stage: &Stage) -> Vec<(&'static str, Work)> {
    let books = || stage.books();
    let dune = &stage.dune;
    vec![
        ("Future for Action", owned(books().into_future())),
        ("IntoFuture for QuerySet", owned(books().values(|b| (b.title, b.author.name)))),
        ("IntoFuture for QuerySet, prefetched", {
            owned(
                Author::objects().using(&stage.db).prefetch_related(|a| (a.books.prefetch(|b| b.editor), a.publisher)),
            )
        }),
        ("queryset::stream", owned(books().stream().try_collect::<Vec<_>>())),
        ("Stream for RowStream", books().stream().into_future().map(|(first, _)| first.transpose().map(drop)).boxed()),
        ("queryset::aiterator", owned(books().aiterator(1).try_collect::<Vec<_>>())),
        ("queryset::afirst", owned(books().afirst())),
        ("queryset::alast", owned(books().alast())),
        ("queryset::aget", owned(books().aget(|b| b.title.eq("Dune")))),
        ("queryset::aget_one", owned(books().filter(|b| b.id.eq(dune.id)).aget_one())),
        ("queryset::aget_opt", owned(books().aget_opt(|b| b.title.eq("?")))),
        ("queryset::alatest", owned(books().alatest(|b| b.price.asc()))),
        ("queryset::aearliest", owned(books().aearliest(|b| b.price.asc()))),
        ("queryset::acount", owned(books().acount())),
        ("queryset::aexists", owned(books().aexists())),
        ("queryset::acontains", owned(books().acontains(dune))),
        ("queryset::aaggregate", owned(books().aaggregate(|b| (b.id.count(), b.price.sum())))),
        ("queryset::ain_bulk", owned(books().ain_bulk([dune.id]))),
        ("queryset::aexplain", owned(books().aexplain())),
        ("instance::arefresh_from_db", owned(dune.arefresh_from_db().using(&stage.db))),
    ]
}

fn writes(stage: &Stage) -> Vec<(&'static str, Work)> {
    let objects = || Book::objects().using(&stage.db);
    let (mut row, mut pages) = (stage.dune.clone(), stage.dune.clone());
    let (new, db) = (stage.draft("new to go"), stage.db.clone());
    let (saved, limited) = (db.clone(), db.clone());
    vec![
        ("queryset::aupdate", owned(stage.books().aupdate(|b| b.pages.set(b.pages)))),
        ("queryset::acreate", owned(objects().acreate(|b| b.title("new").author(&stage.herbert).price(1)))),
        ("create::asave", owned(stage.draft("newer"))),
        ("instance::asave", async move { row.asave().using(&saved).await }.boxed()),
        ("Future for Save", async move { pages.asave().fields(|b| b.pages).using(&limited).await }.boxed()),
        ("queryset::adelete", owned(objects().filter(|b| b.title.startswith("new")).adelete())),
        ("instance::adelete", async move { new.await?.adelete().using(&db).await.map(drop) }.boxed()),
    ]
}

fn bridges(stage: &Stage) -> Vec<(&'static str, Work)> {
    let db = &stage.db;
    let objects = || Book::objects().using(db);
    let touch = || objects().filter(|b| b.title.eq("Dune"));
    let (read, write, both, nested, undone) = (touch(), touch(), touch(), touch(), touch());
    let (count, anywhere, inside, outside) = (objects(), objects(), objects(), objects());
    let around = outside.clone();
    vec![
        ("IntoFuture for Atomic", owned(atomic(move |tx| write.using(tx).update(|b| b.pages.set(b.pages))).using(db))),
        ("atomic::retries", {
            let serial = atomic(move |tx| both.clone().using(tx).get_one()?.save(tx));
            owned(serial.isolation(Isolation::Serializable).retries(50).using(db))
        }),
        ("atomic::atomic", owned(atomic(move |tx| read.using(tx).count()).read_only(true).using(db))),
        ("atomic::atomic, nested", {
            let outer = nested.clone();
            let nested = atomic(move |tx| {
                outer.using(tx).update(|b| b.pages.set(b.pages))?;
                tx.savepoint(|tx| nested.clone().using(tx).update(|b| b.pages.set(b.pages + 1)))?;
                tx.savepoint(|tx| nested.using(tx).update(|b| b.pages.set(b.pages - 1)))
            });
            owned(nested.using(db))
        }),
        ("atomic::try_atomic", {
            let undone = try_atomic(move |tx| -> Result<()> {
                undone.using(tx).update(|b| b.title.set("never"))?;
                Err(Error::other("undone"))
            });
            undone.using(db).into_future().map(|undone| undone.map_or(Ok(()), |()| panic!("committed"))).boxed()
        }),
        ("IntoFuture for SyncToAsync", {
            let count = sync_to_async(move || count.blocking().count());
            async move { count.await?.map(drop) }.boxed()
        }),
        ("sync_to_async::sync_to_async", {
            let count = sync_to_async(move || async_to_sync(anywhere.acount().into_future()).run()?);
            async move { count.thread_sensitive(false).await?.map(drop) }.boxed()
        }),
        ("context::scope", {
            let count = sync_to_async(move || inside.blocking().count()).into_future();
            async move { SyncContext::new().scope(count).await?.map(drop) }.boxed()
        }),
        ("test_scope::test_scope", {
            let (scoped, made) = (db.clone(), stage.draft("never kept"));
            async move { scoped.test_scope(made.into_future()).await?.map(drop) }.boxed()
        }),
        ("record::capture_queries", async move { capture_queries(outside.acount()).await.0.map(drop) }.boxed()),
        ("async_to_sync::async_to_sync", {
            let count = sync_to_async(move || async_to_sync(around.afirst()).force_new_loop(true).run()?);
            async move { count.await?.map(drop) }.boxed()
        }),
    ]
}

fn databases(stage: &Stage) -> Vec<(&'static str, Work)> {
    let Stage { db, url, .. } = stage.clone();
    let (scoped, named, schema, missing, sql) = (db.clone(), db.clone(), db.clone(), db.clone(), db);
    let (connect, close) = (url.clone(), url);
    vec![
        ("resolve::scope", async move { scoped.scope(Book::objects().acount()).await.map(drop) }.boxed()),
        ("resolve::scope, by alias", {
            let count = Book::objects().using("other").acount();
            async move { Databases::new().add("other", named).scope(count).await.map(drop) }.boxed()
        }),
        ("statements::create_tables", {
            async move {
                schema.execute_sql("DROP TABLE IF EXISTS scrap").await?;
                schema.create_tables(dormouse::models![Scrap]).await
            }
            .boxed()
        }),
        ("statements::create_missing_tables", {
            async move {
                missing.execute_sql("DROP TABLE IF EXISTS snippet").await?;
                missing.create_missing_tables(dormouse::models![Snippet]).await
            }
            .boxed()
        }),
        ("statements::execute_sql", owned(sql.execute_sql("UPDATE book SET pages = pages WHERE title = 'Dune'"))),
        ("database::connect", async move { Database::connect(&connect).await.map(drop) }.boxed()),
        (
            "database::close",
            async move {
                let db = Database::connect(&close).await?;
                db.close().await;
                Ok(())
            }
            .boxed(),
        ),
    ]
}

/// What makes and removes whole databases: too slow to be done thousands of times, and tested for itself.
const THROWAWAYS: [&str; 3] = ["test_database::create", "test_database::scope", "test_database::remove"];

/// What public functions give back to be awaited, or to take rows from.
const AWAITED: [&str; 6] = ["Action", "RowStream", "Save", "Atomic", "SyncToAsync", "AsyncToSync"];

#[tokio::test]
async fn every_operation_of_the_sources_is_listed() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let rooms = ["orm-core/src/exec", "orm-core/src/bridge"].map(|folder| files(&root.join(folder)));
    let found: BTreeSet<String> = rooms.concat().iter().flat_map(|file| operations(file)).collect();
    let db = Database::connect("sqlite::memory:").await?;
    db.scope(fill(&db)).await?;
    let listed = every_verb(&Stage::of(&db, "sqlite::memory:").await?);
    let listed = listed.iter().map(|(name, _)| name.split(',').next().unwrap_or(name)).chain(THROWAWAYS);
    let listed = listed.map(str::to_owned).collect();
    let (missing, gone): (Vec<_>, Vec<_>) = (found.difference(&listed).collect(), listed.difference(&found).collect());
    assert!(missing.is_empty(), "not in `every_verb`: {missing:?}");
    assert!(gone.is_empty(), "not in the sources, or not public: {gone:?}");
    Ok(())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of sources").map(|entry| entry.expect("a file").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The public async operations of a source: functions that are async or give back what is awaited, and what is awaited itself.
fn operations(file: &Path) -> Vec<String> {
    let module = file.file_stem().expect("a name").to_string_lossy().into_owned();
    let tokens = fs::read_to_string(file).expect("a source").parse().expect("Rust");
    let mut names = Vec::new();
    find_operations(&module, tokens, &mut names);
    names
}

fn find_operations(module: &str, tokens: TokenStream, names: &mut Vec<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (index, token) in tokens.iter().enumerate() {
        let (before, after) = (&tokens[..index], &tokens[index + 1..]);
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                find_operations(module, group.stream(), names);
            }
            TokenTree::Ident(word) if word == "fn" => {
                let name = text(after.first());
                if is_operation(before, &name, after) {
                    names.push(format!("{module}::{name}"));
                }
            }
            TokenTree::Ident(word) if word == "for" => {
                let awaited = text(before.last());
                if ["Future", "IntoFuture", "Stream"].contains(&awaited.as_str()) {
                    names.push(format!("{awaited} for {}", text(after.first())));
                }
            }
            _ => {}
        }
    }
}

fn is_operation(before: &[TokenTree], name: &str, after: &[TokenTree]) -> bool {
    let last = text(before.last());
    let last_but_one = text(before.iter().rev().nth(1));
    match (last.as_str(), last_but_one.as_str()) {
        ("async", visibility) => visibility == "pub",
        ("pub", _) => gives_what_is_awaited(after),
        // The methods of a public trait are.
        (last, _) => name.starts_with('a') && !last.starts_with('(') && gives_what_is_awaited(after),
    }
}

fn gives_what_is_awaited(signature: &[TokenTree]) -> bool {
    let words: Vec<String> = signature.iter().map(|token| text(Some(token))).collect();
    let end =
        words.iter().position(|word| word.starts_with('{') || word == ";" || word == "where").unwrap_or(words.len());
    let arrow = words[..end].windows(2).rposition(|pair| pair == ["-", ">"]);
    arrow.and_then(|arrow| words.get(arrow + 2)).is_some_and(|word| AWAITED.contains(&word.as_str()))
}

fn text(token: Option<&TokenTree>) -> String {
    token.map(ToString::to_string).unwrap_or_default()
}
