//! To-one paths: joins, each once, of the right kind; `select_related` and whole rows.

use dormouse::Result;
use dormouse::prelude::*;

use crate::library::{Author, Book, Publisher, fill, titles};
use crate::support::matrix;

/// How often a word stands in the SQL of a queryset.
fn occurrences<T: Send + 'static>(db: &Database, books: &QuerySet<Book, T>, word: &str) -> Result<usize> {
    Ok(books.to_sql(db)?.matches(word).count())
}

matrix! {
    async fn a_path_may_be_null_at_each_step(db: &Database) -> Result<()> {
        fill(db).await?;
        let rows: Vec<(String, Option<String>, Option<String>)> = Book::objects()
            .order_by(|b| b.id.asc())
            .values(|b| (b.author.name, b.author.publisher.name, b.author.publisher.country))
            .await?;
        let expected = [
            ("Herbert", Some("Chilton"), Some("US")),
            ("Herbert", Some("Chilton"), Some("US")),
            ("Lem", None, None),
            ("Lem", None, None),
            ("Strugatsky", Some("Macmillan"), None),
        ];
        let rows: Vec<_> = rows.iter().map(|(a, p, c)| (a.as_str(), p.as_deref(), c.as_deref())).collect();
        assert_eq!(rows, expected);
        Ok(())
    }

    async fn conditions_on_nullable_paths(db: &Database) -> Result<()> {
        fill(db).await?;
        let books = Book::objects;
        assert_eq!(titles(books().filter(|b| b.author.publisher.country.eq("US"))).await?, ["Dune", "Dune Messiah"]);
        assert_eq!(
            titles(books().exclude(|b| b.author.publisher.country.eq("US"))).await?,
            ["Solaris", "The Cyberiad", "Roadside Picnic"]
        );
        assert_eq!(
            titles(books().filter(|b| b.author.publisher.country.is_null())).await?,
            ["Solaris", "The Cyberiad", "Roadside Picnic"]
        );
        assert_eq!(
            titles(books().filter(|b| b.author.publisher.name.eq("Macmillan") | b.title.eq("Solaris"))).await?,
            ["Solaris", "Roadside Picnic"]
        );
        assert_eq!(titles(books().filter(|b| b.author.publisher.is_null() & b.editor.is_null())).await?, ["Solaris"]);
        Ok(())
    }

    async fn two_paths_to_one_model_are_two_joins(db: &Database) -> Result<()> {
        fill(db).await?;
        let pairs: Vec<(String, Option<String>)> = Book::objects()
            .filter(|b| b.editor.name.ne(b.author.name))
            .order_by(|b| (b.editor.name.asc().nulls_last(), b.title.asc()))
            .values(|b| (b.title, b.editor.name))
            .await?;
        let expected = [
            ("The Cyberiad", Some("Herbert")),
            ("Dune", Some("Lem")),
            ("Roadside Picnic", Some("Lem")),
            ("Dune Messiah", None),
            ("Solaris", None),
        ];
        assert_eq!(pairs.iter().map(|(t, e)| (t.as_str(), e.as_deref())).collect::<Vec<_>>(), expected);
        Ok(())
    }

    async fn each_path_is_joined_once(db: &Database) -> Result<()> {
        fill(db).await?;
        let books = Book::objects()
            .filter(|b| b.author.name.contains("e"))
            .filter(|b| b.author.born.gt(1900) | b.author.name.eq("Lem"))
            .order_by(|b| b.author.name.asc())
            .values(|b| (b.author.name, b.author.publisher.name));
        assert_eq!(occurrences(db, &books, "JOIN")?, 2);
        assert_eq!(books.await?.len(), 4);
        Ok(())
    }

    async fn a_foreign_key_is_compared_without_a_join(db: &Database) -> Result<()> {
        fill(db).await?;
        let lem = Author::objects().aget(|a| a.name.eq("Lem")).await?;
        let books = Book::objects().filter(|b| b.author.eq(&lem)).order_by(|b| b.author.asc());
        assert_eq!(occurrences(db, &books, "JOIN")?, 0);
        assert_eq!(titles(books).await?, ["Solaris", "The Cyberiad"]);
        let by_key = Book::objects().filter(|b| b.author.id.eq(lem.id));
        assert_eq!(occurrences(db, &by_key, "JOIN")?, 0);
        assert_eq!(titles(by_key).await?, ["Solaris", "The Cyberiad"]);
        assert_eq!(titles(Book::objects().filter(|b| b.editor.in_([&lem]))).await?, ["Dune", "Roadside Picnic"]);
        Ok(())
    }

    async fn select_related_loads_what_it_names(db: &Database) -> Result<()> {
        fill(db).await?;
        let plain = Book::objects().aget(|b| b.title.eq("Dune")).await?;
        assert!(plain.author.loaded().is_none());

        let books = Book::objects().select_related(|b| (b.author.publisher, b.editor)).order_by(|b| b.id.asc()).await?;
        let seen: Vec<_> = books
            .iter()
            .map(|book| {
                let author = book.author.loaded().expect("loaded");
                let publisher = author.publisher.as_ref().map(|key| key.loaded().expect("loaded").name.as_str());
                let editor = book.editor.as_ref().map(|key| key.loaded().expect("loaded").name.as_str());
                (author.name.as_str(), publisher, editor)
            })
            .collect();
        let expected = [
            ("Herbert", Some("Chilton"), Some("Lem")),
            ("Herbert", Some("Chilton"), None),
            ("Lem", None, None),
            ("Lem", None, Some("Herbert")),
            ("Strugatsky", Some("Macmillan"), Some("Lem")),
        ];
        assert_eq!(seen, expected);
        assert_eq!(books[0].author, plain.author, "keys are compared, loaded or not");
        Ok(())
    }

    async fn whole_rows_of_a_join(db: &Database) -> Result<()> {
        fill(db).await?;
        let rows: Vec<(Book, Author, Option<Publisher>)> = Book::objects()
            .filter(|b| b.title.in_(["Dune", "Solaris"]))
            .order_by(|b| b.title.asc())
            .values(|b| (b.row(), b.author.row(), b.author.publisher.row()))
            .await?;
        let names: Vec<_> = rows.iter().map(|(b, a, p)| (&*b.title, &*a.name, p.as_ref().map(|p| &*p.name))).collect();
        assert_eq!(names, [("Dune", "Herbert", Some("Chilton")), ("Solaris", "Lem", None)]);
        Ok(())
    }
}
