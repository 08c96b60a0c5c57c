//! `prefetch_related`: relations loaded by one more query each, however many rows there are.

use std::collections::BTreeMap;
use std::sync::Arc;

use dormouse::prelude::*;
use dormouse::{ErrorKind, Result, assert_num_queries, capture_queries};

use crate::support::{Dice, matrix};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(ordering(name))]
struct Writer {
    id: i64,
    #[field(unique, max_length = 50)]
    name: String,
    #[related(writer)]
    novels: HasMany<Novel>,
    #[related(editor)]
    edited: HasMany<Novel>,
    #[related(winner)]
    prizes: HasMany<Prize>,
    #[related(of)]
    portraits: HasMany<Portrait>,
    pupils: ManyToMany<Writer>,
    #[related(pupils)]
    teachers: ManyToMany<Writer>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Novel {
    id: i64,
    #[field(max_length = 50)]
    title: String,
    #[field(on_delete = Cascade)]
    writer: ForeignKey<Writer>,
    #[field(on_delete = SetNull)]
    editor: Option<ForeignKey<Writer>>,
    words: ManyToMany<Word>,
    #[related(through = Listing)]
    lists: ManyToMany<List>,
}

/// In the order of its text, not of its key.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(ordering(-text))]
struct Word {
    #[field(primary_key, max_length = 20)]
    code: String,
    #[field(max_length = 20)]
    text: String,
    #[related(words)]
    novels: ManyToMany<Novel>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct List {
    id: i64,
    #[field(max_length = 50)]
    name: String,
    #[related(lists)]
    novels: ManyToMany<Novel>,
}

/// A novel may stand on a list more than once, and a line may be blank.
#[derive(Model, Debug, Clone, PartialEq)]
struct Listing {
    id: i64,
    #[field(on_delete = Cascade)]
    list: Option<ForeignKey<List>>,
    #[field(on_delete = Cascade)]
    novel: ForeignKey<Novel>,
}

#[derive(Columns, Debug, Clone, PartialEq)]
struct Given {
    #[field(on_delete = SetNull)]
    giver: Option<ForeignKey<Writer>>,
    year: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(ordering(-year, name))]
struct Prize {
    id: i64,
    #[field(flatten)]
    given: Given,
    #[field(max_length = 50)]
    name: String,
    #[field(on_delete = Cascade)]
    winner: ForeignKey<Writer>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Portrait {
    #[field(primary_key, on_delete = Cascade)]
    of: OneToOne<Writer>,
    #[field(on_delete = SetNull)]
    beside: Option<OneToOne<Writer>>,
}

/// | writer | novels (editor; words; lists) | prizes | pupils |
/// |---|---|---|---|
/// | Ann | Alpha (Bob; x, z; A, B), Atlas (-; -; A, A) | 1990 by Bob, 2001 | Bob, Cid |
/// | Bob | Beta (Ann; x; -) | 1990 | Ann |
/// | Cid | - | - | - |
async fn fill(db: &Database) -> Result<()> {
    db.create_tables(dormouse::models![Writer, Novel, Word, List, Listing, Prize, Portrait]).await?;
    let writer = |name| Writer::new().name(name).asave();
    let (bob, cid, ann) = (writer("Bob").await?, writer("Cid").await?, writer("Ann").await?);
    let novel = |title, by| Novel::new().title(title).writer(by);
    let beta = novel("Beta", &bob).editor(&ann).asave().await?;
    let alpha = novel("Alpha", &ann).editor(&bob).asave().await?;
    let atlas = novel("Atlas", &ann).asave().await?;
    let mut pairs = Vec::new();
    for (code, text) in [("x", "any"), ("y", "some"), ("z", "every")] {
        Word::new().code(code).text(text).asave().await?;
    }
    for (novel, word) in [(&alpha, "x"), (&alpha, "z"), (&beta, "x")] {
        pairs.push(format!("INSERT INTO novel_words (novel_id, word_id) VALUES ({}, '{word}')", novel.id));
    }
    for (teacher, pupil) in [(&ann, &cid), (&ann, &bob), (&bob, &ann)] {
        let (teacher, pupil) = (teacher.id, pupil.id);
        pairs.push(format!(
            "INSERT INTO writer_pupils (from_writer_id, to_writer_id) VALUES ({teacher}, {pupil})"
        ));
    }
    for pair in pairs {
        db.execute_sql(pair).await?;
    }
    let list = |name| List::new().name(name).asave();
    let (a, b) = (list("A").await?, list("B").await?);
    for (list, novel) in [(Some(&b), &alpha), (Some(&a), &alpha), (Some(&a), &atlas), (None, &atlas), (Some(&a), &atlas)] {
        Listing::new().novel(novel).list(list.map(ForeignKey::from)).asave().await?;
    }
    let prize = |name, year, winner| Prize::new().name(name).winner(winner).given(Given::new().year(year));
    prize("Bronze", 1990, &bob).asave().await?;
    prize("Silver", 1990, &ann).given(Given::new().year(1990).giver(&bob)).asave().await?;
    prize("Gold", 2001, &ann).asave().await?;
    Portrait::new().of(&ann).beside(&bob).asave().await?;
    Portrait::new().of(&bob).asave().await?;
    Ok(())
}

fn titles(novels: &HasMany<Novel>) -> Vec<&str> {
    novels.loaded().expect("loaded").iter().map(|novel| novel.title.as_str()).collect()
}

fn codes(novel: &Novel) -> Vec<&str> {
    novel.words.loaded().expect("loaded").iter().map(|word| word.code.as_str()).collect()
}

fn names(writers: &ManyToMany<Writer>) -> Vec<&str> {
    writers.loaded().expect("loaded").iter().map(|writer| writer.name.as_str()).collect()
}

matrix! {
    async fn many_rows_come_by_one_more_query(db: &Database) -> Result<()> {
        fill(db).await?;
        let writers = assert_num_queries!(2, Writer::objects().prefetch_related(|w| w.novels))?;
        let seen: Vec<_> = writers.iter().map(|writer| (writer.name.as_str(), titles(&writer.novels))).collect();
        assert_eq!(seen, [("Ann", vec!["Alpha", "Atlas"]), ("Bob", vec!["Beta"]), ("Cid", vec![])]);
        assert_eq!(writers[2].novels.loaded(), Some(&[][..]));
        assert!(writers[0].prizes.loaded().is_none() && writers[0].edited.loaded().is_none());
        Ok(())
    }

    async fn relations_add_up(db: &Database) -> Result<()> {
        fill(db).await?;
        let writers = Writer::objects().prefetch_related(|w| (w.novels, w.prizes));
        let writers = writers.prefetch_related(|w| w.edited).prefetch_related(|w| w.novels);
        let writers = assert_num_queries!(4, writers)?;
        assert_eq!(titles(&writers[0].novels), ["Alpha", "Atlas"]);
        assert_eq!(titles(&writers[0].edited), ["Beta"]);
        let prizes: Vec<_> = writers.iter().map(|w| w.prizes.loaded().expect("loaded").iter().map(|p| &*p.name).collect::<Vec<_>>()).collect();
        assert_eq!(prizes, [vec!["Gold", "Silver"], vec!["Bronze"], vec![]], "in the order of the model");
        Ok(())
    }
}
