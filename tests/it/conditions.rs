//! Conditions have two values, and combine as logic says, at any depth.

use std::collections::BTreeSet;

use dormouse::Result;
use dormouse::prelude::*;

use crate::library::{Book, BookFields, fill, titles};
use crate::support::matrix;

type Condition = fn(&'static BookFields) -> Q<Book>;

/// Conditions of every kind, on columns and paths with and without NULLs.
const CONDITIONS: &[Condition] = &[
    |b| b.title.eq("Dune"),
    |b| b.title.ne("Dune"),
    |b| b.title.istartswith("dune"),
    |b| b.pages.eq(204),
    |b| b.pages.ne(204),
    |b| b.pages.differs(204),
    |b| b.pages.lt(300),
    |b| b.pages.in_([204, 412]),
    |b| b.pages.not_in([204, 412]),
    |b| b.pages.in_(Vec::<i32>::new()),
    |b| b.pages.between(200, 300),
    |b| b.pages.is_null(),
    |b| b.rating.gt(4.1),
    |b| b.rating.lt(b.pages),
    |b| b.price.lt(10),
    |b| (b.pages + 1).gt(300),
    |b| b.editor.is_null(),
    |b| b.editor.eq(b.author),
    |b| b.editor.name.eq("Lem"),
    |b| b.editor.name.contains("e"),
    |b| b.editor.publisher.name.eq("Chilton"),
    |b| b.editor.publisher.country.is_null(),
    |b| b.editor.born.gt(b.author.born),
    |b| b.author.born.lt(1921),
    |b| b.author.publisher.country.eq("US"),
    |b| b.author.publisher.country.ne("US"),
    |b| b.author.publisher.name.in_(["Chilton", "Macmillan"]),
    |b| b.author.publisher.name.iregex("^c"),
];

async fn ids(condition: Q<Book>) -> Result<BTreeSet<i64>> {
    Ok(Book::objects().filter(|_| condition).values(|b| b.id).await?.into_iter().collect())
}

/// The handles, outside of a closure.
fn book() -> &'static BookFields {
    Book::fields()
}

matrix! {
    async fn filter_and_exclude_split_the_rows(db: &Database) -> Result<()> {
        fill(db).await?;
        let all = ids(Q::new()).await?;
        assert_eq!(all.len(), 5);
        for (number, condition) in CONDITIONS.iter().enumerate() {
            let yes = ids(condition(book())).await?;
            let no: BTreeSet<i64> = Book::objects().exclude(condition).values(|b| b.id).await?.into_iter().collect();
            assert_eq!(&yes | &no, all, "condition {number}: together all");
            assert!(yes.is_disjoint(&no), "condition {number}: {yes:?} and {no:?}");
            assert_eq!(ids(!condition(book())).await?, no, "condition {number}: `!`");
            assert_eq!(ids(!!condition(book())).await?, yes, "condition {number}: `!!`");
        }
        Ok(())
    }

    async fn pairs_combine_as_sets_do(db: &Database) -> Result<()> {
        fill(db).await?;
        let all = ids(Q::new()).await?;
        let mut sets = Vec::new();
        for condition in CONDITIONS {
            sets.push(ids(condition(book())).await?);
        }
        for (first, a) in CONDITIONS.iter().zip(&sets) {
            for (second, b) in CONDITIONS.iter().zip(&sets).step_by(3) {
                let (p, q) = (|| first(book()), || second(book()));
                assert_eq!(ids(p() & q()).await?, a & b);
                assert_eq!(ids(p() | q()).await?, a | b);
                assert_eq!(ids(p() ^ q()).await?, a ^ b);
                assert_eq!(ids(!(p() | q())).await?, &all - &(a | b));
                assert_eq!(ids(!(p() & !q())).await?, &all - &(a - b));
            }
        }
        Ok(())
    }

    async fn a_condition_is_a_value_without_null(db: &Database) -> Result<()> {
        fill(db).await?;
        for (number, condition) in CONDITIONS.iter().enumerate() {
            let yes = ids(condition(book())).await?;
            for (id, holds) in Book::objects().values(|b| (b.id, condition(b))).await? {
                assert_eq!(holds, yes.contains(&id), "condition {number} of book {id}");
            }
        }
        Ok(())
    }

    async fn no_condition_and_lists_of_conditions(db: &Database) -> Result<()> {
        fill(db).await?;
        let (all, none) = (ids(Q::new()).await?, BTreeSet::new());
        let dune = ids(book().title.eq("Dune")).await?;
        let empty = Q::<Book>::new;
        assert_eq!(ids(!empty()).await?, all, "no condition, negated, is no condition");
        assert_eq!(ids(empty() | book().title.eq("Dune")).await?, dune);
        assert_eq!(ids(empty() & book().title.eq("Dune")).await?, dune);
        assert_eq!(ids(empty() ^ book().title.eq("Dune")).await?, dune);
        assert_eq!(ids(Q::any_of([])).await?, none);
        assert_eq!(ids(Q::all_of([])).await?, all);
        assert_eq!(ids(!Q::any_of([])).await?, all);
        assert_eq!(ids(!Q::all_of([])).await?, none);
        assert_eq!(ids(Q::any_of(["Dune", "Solaris"].map(|title| book().title.eq(title)))).await?.len(), 2);
        assert_eq!(ids(Q::all_of([book().price.lt(10), book().pages.gt(300)])).await?, dune);
        Ok(())
    }

    async fn conditions_made_at_run_time(db: &Database) -> Result<()> {
        fill(db).await?;
        let search = |word: Option<&'static str>, pages: Option<i32>| {
            titles(
                Book::objects()
                    .filter_if(word, |b, word| b.title.icontains(word))
                    .filter_if(pages, |b, pages| b.pages.lt(pages)),
            )
        };
        assert_eq!(search(None, None).await?.len(), 5);
        assert_eq!(search(Some("DUNE"), None).await?, ["Dune", "Dune Messiah"]);
        assert_eq!(search(Some("i"), Some(300)).await?, ["Solaris", "The Cyberiad"]);

        let mut any = Q::new();
        for word in ["dune", "picnic"] {
            any |= book().title.icontains(word);
        }
        assert_eq!(titles(Book::objects().filter(|_| any)).await?, ["Dune", "Dune Messiah", "Roadside Picnic"]);
        Ok(())
    }

    async fn deep_and_wide_trees_run(db: &Database) -> Result<()> {
        fill(db).await?;
        let mut deep = book().title.eq("Dune");
        for level in 0..2_000 {
            deep = if level % 2 == 0 { !(deep & book().pages.gt(level)) } else { deep | book().id.eq(-1) };
        }
        let answer = Book::objects().filter(|_| deep).acount().await;
        if let Err(error) = &answer {
            assert!(matches!(error.kind(), dormouse::ErrorKind::TooComplex { .. }), "{error:?}");
        }

        let wide = Q::any_of((0..2_000).map(|number| book().title.contains(format!("x{number}"))));
        assert_eq!(Book::objects().filter(|_| wide | book().title.eq("Dune")).acount().await?, 1);
        let chain = (0..5_000).fold(Q::new(), |all, id| all | book().id.eq(id));
        assert_eq!(Book::objects().filter(|_| chain).acount().await?, 5);
        Ok(())
    }
}

#[test]
fn huge_trees_are_built_printed_and_dropped_on_a_small_stack() {
    let work = || {
        let mut tree = book().title.eq("Dune");
        for level in 0..200_000 {
            tree = if level % 2 == 0 { !(tree & book().pages.gt(1)) } else { tree | book().id.eq(1) };
        }
        let copy = tree.clone();
        let shown = format!("{:?}", Book::objects().filter(|_| copy));
        assert!(!shown.is_empty());
        drop(tree);
    };
    let thread = std::thread::Builder::new().stack_size(256 * 1024).spawn(work).expect("a thread");
    thread.join().expect("no overflow");
}
