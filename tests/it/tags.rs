//! `.tag`: the name of a queryset in a comment at the end of its statements.

use dormouse::prelude::*;
use dormouse::{Result, Retry, capture_queries};

use crate::library::{Author, Book, fill};
use crate::support::matrix;

/// What the statements of a future ended in.
async fn endings<T>(future: impl Future<Output = Result<T>>) -> Result<Vec<String>> {
    let (done, queries) = capture_queries(future).await;
    done?;
    Ok(queries.iter().map(|query| query.sql.split_once("/*").map_or("", |(_, tag)| tag).to_owned()).collect())
}

/// What a server says of the statement that asks it.
#[derive(Model, Debug)]
#[model(table = "running", managed = false)]
struct Running {
    #[field(primary_key, max_length = 4000)]
    text: String,
}

matrix! {
    async fn every_verb_ends_in_the_tag(db: &Database) -> Result<()> {
        fill(db).await?;
        let books = Book::objects().tag("book list");
        assert!(books.to_sql(db)?.ends_with(" /*tag='book%20list'*/"));
        let tag = ["tag='book%20list'*/"];
        for _ in 0..2 {
            assert_eq!(endings(books.clone().into_future()).await?, tag);
            assert_eq!(endings(books.clone().acount()).await?, tag);
            assert_eq!(endings(books.clone().aexists()).await?, tag);
            assert_eq!(endings(books.clone().aget(|b| b.title.eq("Dune"))).await?, tag);
            assert_eq!(endings(books.clone().stream().try_collect::<Vec<_>>()).await?, tag);
            assert_eq!(endings(books.clone().aiterator(2).try_collect::<Vec<_>>()).await?, tag);
            assert_eq!(endings(books.clone().aaggregate(|b| b.price.sum())).await?, tag);
            assert_eq!(endings(books.clone().filter(|b| b.pages.is_null()).aupdate(|b| b.rating.set(1.5))).await?, tag);
        }
        let inside = atomic({
            let books = books.clone();
            move |tx| books.using(tx).change(|books| books.limit(1)).to_vec()
        });
        assert_eq!(endings(inside.into_future()).await?, tag);
        assert_eq!(endings(books.clone().filter(|b| b.title.eq("Solaris")).adelete()).await?, tag);
        assert_eq!(endings(books.tag("").acount()).await?, [""]);
        Ok(())
    }

    async fn what_is_prefetched_has_the_tag_of_its_query(db: &Database) -> Result<()> {
        fill(db).await?;
        let authors = Author::objects().tag("authors");
        let all = endings(authors.prefetch_related(|a| a.books.prefetch(|b| b.editor)).into_future()).await?;
        assert_eq!(all, ["tag='authors'*/"; 3]);
        Ok(())
    }

    async fn any_tag_is_taken(db: &Database) -> Result<()> {
        fill(db).await?;
        for tag in ["*/ nonsense", "'", "\"`\\", "\0", "?", "$1 ? :a @b", "--\n", "/*!50000 nonsense */", "é", "/*"] {
            assert_eq!(Book::objects().tag(tag).filter(|b| b.price.lt(dec!(9))).acount().await?, 2, "{tag:?}");
            assert_eq!(Book::objects().tag(tag).filter(|b| b.title.eq("Dune")).aupdate(|b| b.pages.set(1)).await?, 1, "{tag:?}");
        }
        Ok(())
    }

    async fn a_lock_that_is_not_waited_for_is_told_behind_a_tag(db: &Database) -> Result<()> {
        fill(db).await?;
        if db.dialect().features().row_locks.is_none() {
            return Ok(());
        }
        let other = db.clone();
        atomic(move |tx| {
            Book::objects().select_for_update().using(tx).to_vec()?;
            let rival = std::thread::spawn(move || {
                atomic(|tx| Book::objects().tag("rival").select_for_update().nowait().using(tx).first()).using(&other).run()
            });
            let refused = rival.join().expect("no panic").unwrap_err();
            assert_eq!(refused.retry(), Retry::Safe, "{refused:?}");
            assert!(!refused.to_string().contains("timeout"), "{refused}");
            Ok(())
        }).await
    }

    async fn a_server_shows_the_tag(db: &Database) -> Result<()> {
        let view = match db.server().product {
            "SQLite" => return Ok(()),
            "PostgreSQL" => "SELECT query AS text FROM pg_stat_activity WHERE pid = pg_backend_pid()",
            _ => "SELECT info AS text FROM information_schema.processlist WHERE id = connection_id()",
        };
        db.execute_sql(format!("CREATE VIEW running AS {view}")).await?;
        let texts = Running::objects().tag("what runs").order_by(|_| ()).values(|r| r.text).await?;
        assert_eq!(texts.len(), 1);
        assert!(texts[0].ends_with("/*tag='what%20runs'*/"), "{texts:?}");
        Ok(())
    }
}
