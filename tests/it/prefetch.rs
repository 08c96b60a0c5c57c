//! `prefetch_related`: relations loaded by one more query each, however many rows there are.

use std::ptr;

use dormouse::prelude::*;
use dormouse::{ErrorKind, Result, assert_num_queries, capture_queries, sync_to_async};

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

/// The key's handle has another name than its field.
#[derive(Model, Debug, Clone, PartialEq)]
struct Portrait {
    #[field(primary_key, on_delete = Cascade, name = "whom")]
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
        pairs.push(format!("INSERT INTO writer_pupils (from_writer_id, to_writer_id) VALUES ({teacher}, {pupil})"));
    }
    for pair in pairs {
        db.execute_sql(pair).await?;
    }
    let list = |name| List::new().name(name).asave();
    let (a, b) = (list("A").await?, list("B").await?);
    for (list, novel) in
        [(Some(&b), &alpha), (Some(&a), &alpha), (Some(&a), &atlas), (None, &atlas), (Some(&a), &atlas)]
    {
        Listing::new().novel(novel).list(list.map(ForeignKey::from)).asave().await?;
    }
    let prize = |name, year, winner| Prize::new().name(name).winner(winner).given(Given::new().year(year));
    prize("Bronze", 1990, &bob).asave().await?;
    prize("Silver", 1990, &ann).given(Given::new().year(1990).giver(&bob)).asave().await?;
    prize("Gold", 2001, &ann).asave().await?;
    Portrait::new().whom(&ann).beside(&bob).asave().await?;
    Portrait::new().whom(&bob).asave().await?;
    Ok(())
}

type Texts<'r> = Vec<&'r str>;

fn titles(novels: Option<&[Novel]>) -> Texts<'_> {
    novels.expect("loaded").iter().map(|novel| novel.title.as_str()).collect()
}

fn names(writers: Option<&[Writer]>) -> Texts<'_> {
    writers.expect("loaded").iter().map(|writer| writer.name.as_str()).collect()
}

fn prizes(writer: &Writer) -> Texts<'_> {
    writer.prizes.loaded().expect("loaded").iter().map(|prize| prize.name.as_str()).collect()
}

fn codes(novel: &Novel) -> Texts<'_> {
    novel.words.loaded().expect("loaded").iter().map(|word| word.code.as_str()).collect()
}

fn editor(novel: &Novel) -> Option<&Writer> {
    novel.editor.as_ref().map(|key| key.loaded().expect("loaded"))
}

/// In the order of their keys: Beta, Alpha, Atlas.
fn novels() -> QuerySet<Novel> {
    Novel::objects().order_by(|n| n.id)
}

matrix! {
    async fn many_rows_come_by_one_more_query(db: &Database) -> Result<()> {
        fill(db).await?;
        let writers = assert_num_queries!(2, Writer::objects().prefetch_related(|w| w.novels))?;
        let seen: Vec<_> = writers.iter().map(|writer| (&*writer.name, titles(writer.novels.loaded()))).collect();
        assert_eq!(seen, [("Ann", vec!["Alpha", "Atlas"]), ("Bob", vec!["Beta"]), ("Cid", vec![])]);
        assert_eq!(writers[2].novels.loaded(), Some(&[][..]));
        assert!(writers[0].prizes.loaded().is_none() && writers[0].edited.loaded().is_none());
        Ok(())
    }

    async fn nothing_is_loaded_that_was_not_named(db: &Database) -> Result<()> {
        fill(db).await?;
        let writers = assert_num_queries!(1, Writer::objects())?;
        assert!(writers.iter().all(|writer| writer.novels.loaded().is_none() && writer.pupils.loaded().is_none()));
        let writers = Writer::objects().prefetch_related(|w| w.novels).await?;
        let novel = &writers[0].novels.loaded().expect("loaded")[0];
        assert!(novel.words.loaded().is_none() && novel.writer.loaded().is_none());
        Ok(())
    }

    async fn relations_add_up(db: &Database) -> Result<()> {
        fill(db).await?;
        let writers = Writer::objects().prefetch_related(|w| (w.novels, w.prizes));
        let writers = writers.prefetch_related(|w| w.edited).prefetch_related(|w| w.novels);
        let writers = assert_num_queries!(4, writers)?;
        assert_eq!(titles(writers[0].novels.loaded()), ["Alpha", "Atlas"]);
        assert_eq!(titles(writers[0].edited.loaded()), ["Beta"]);
        let prizes: Vec<_> = writers.iter().map(prizes).collect();
        assert_eq!(prizes, [vec!["Gold", "Silver"], vec!["Bronze"], vec![]], "in the order of the model");
        Ok(())
    }

    async fn what_is_behind_a_relation_is_a_query_per_level(db: &Database) -> Result<()> {
        fill(db).await?;
        let writers = Writer::objects()
            .prefetch_related(|w| (w.novels.prefetch(|n| n.words), w.prizes))
            .prefetch_related(|w| w.novels.prefetch(|n| n.editor.prefetch(|e| e.prizes)));
        let writers = assert_num_queries!(6, writers)?;
        let alpha = &writers[0].novels.loaded().expect("loaded")[0];
        assert_eq!((alpha.title.as_str(), codes(alpha)), ("Alpha", vec!["z", "x"]));
        assert_eq!(editor(alpha).map(prizes), Some(vec!["Bronze"]));
        Ok(())
    }

    async fn pairs_lead_both_ways(db: &Database) -> Result<()> {
        fill(db).await?;
        let seen = assert_num_queries!(2, novels().prefetch_related(|n| n.words))?;
        let seen: Vec<_> = seen.iter().map(codes).collect();
        assert_eq!(seen, [vec!["x"], vec!["z", "x"], vec![]], "in the order of the model");
        let words = assert_num_queries!(2, Word::objects().order_by(|w| w.code).prefetch_related(|w| w.novels))?;
        let seen: Vec<_> = words.iter().map(|word| titles(word.novels.loaded())).collect();
        assert_eq!(seen, [vec!["Beta", "Alpha"], vec![], vec!["Alpha"]]);
        Ok(())
    }

    async fn pairs_with_a_model_lead_both_ways(db: &Database) -> Result<()> {
        fill(db).await?;
        let lists = assert_num_queries!(2, List::objects().order_by(|l| l.id).prefetch_related(|l| l.novels))?;
        let seen: Vec<_> = lists.iter().map(|list| titles(list.novels.loaded())).collect();
        assert_eq!(seen, [vec!["Alpha", "Atlas", "Atlas"], vec!["Alpha"]], "once per pair");
        let seen = assert_num_queries!(2, novels().prefetch_related(|n| n.lists))?;
        let names = |novel: &Novel| {
            let lists = novel.lists.loaded().expect("loaded").iter().map(|list| list.name.clone());
            lists.collect::<Vec<_>>().join("")
        };
        assert_eq!(seen.iter().map(names).collect::<Vec<_>>(), ["", "AB", "AA"], "a blank line leads nowhere");
        Ok(())
    }

    async fn a_model_is_paired_with_itself(db: &Database) -> Result<()> {
        fill(db).await?;
        let writers = Writer::objects().prefetch_related(|w| (w.pupils.prefetch(|p| p.pupils), w.teachers));
        let writers = assert_num_queries!(4, writers)?;
        let seen: Vec<_> = writers.iter().map(|w| (names(w.pupils.loaded()), names(w.teachers.loaded()))).collect();
        assert_eq!(seen, [(vec!["Bob", "Cid"], vec!["Bob"]), (vec!["Ann"], vec!["Ann"]), (vec![], vec!["Ann"])]);
        assert_eq!(names(writers[0].pupils.loaded().expect("loaded")[0].pupils.loaded()), ["Ann"]);
        Ok(())
    }

    async fn one_row_is_fetched_once_and_shared(db: &Database) -> Result<()> {
        fill(db).await?;
        let seen = assert_num_queries!(3, novels().prefetch_related(|n| (n.writer, n.editor)))?;
        let writers: Vec<_> = seen.iter().map(|novel| novel.writer.loaded().expect("loaded")).collect();
        assert_eq!(writers.iter().map(|writer| &*writer.name).collect::<Vec<_>>(), ["Bob", "Ann", "Ann"]);
        assert!(ptr::eq(writers[1], writers[2]));
        let editors: Vec<_> = seen.iter().map(|novel| editor(novel).map(|editor| &*editor.name)).collect();
        assert_eq!(editors, [Some("Ann"), Some("Bob"), None]);
        Ok(())
    }

    async fn keys_that_are_all_null_send_nothing(db: &Database) -> Result<()> {
        fill(db).await?;
        let atlas = novels().filter(|n| n.editor.is_null()).prefetch_related(|n| n.editor.prefetch(|e| e.prizes));
        assert_eq!(assert_num_queries!(1, atlas)?.len(), 1);
        Ok(())
    }

    async fn of_no_rows_nothing_more_is_sent(db: &Database) -> Result<()> {
        fill(db).await?;
        let writers = || Writer::objects().prefetch_related(|w| (w.novels.prefetch(|n| n.words), w.pupils));
        assert!(assert_num_queries!(1, writers().filter(|w| w.name.eq("Dan")))?.is_empty());
        assert!(assert_num_queries!(0, writers().none())?.is_empty());
        let cid = assert_num_queries!(3, writers().filter(|w| w.name.eq("Cid")))?;
        assert_eq!(cid[0].novels.loaded(), Some(&[][..]), "without novels there are no words to ask for");
        Ok(())
    }

    async fn a_path_loads_its_steps(db: &Database) -> Result<()> {
        fill(db).await?;
        let seen = assert_num_queries!(4, novels().prefetch_related(|n| (n.writer.prizes, n.writer.novels)))?;
        assert_eq!(seen[1].writer.loaded().map(prizes), Some(vec!["Gold", "Silver"]));
        assert_eq!(seen[0].writer.loaded().map(|writer| titles(writer.novels.loaded())), Some(vec!["Beta"]));
        // A step that may be NULL, in a struct of shared columns.
        let prizes = Prize::objects().order_by(|p| p.id).prefetch_related(|p| p.given.giver.portraits);
        let prizes = assert_num_queries!(3, prizes)?;
        let givers: Vec<_> = prizes.iter().map(|p| p.given.giver.as_ref().and_then(ForeignKey::loaded)).collect();
        assert!(givers[0].is_none() && givers[2].is_none());
        assert_eq!(givers[1].and_then(|giver| giver.portraits.loaded()).map(<[_]>::len), Some(1));
        Ok(())
    }

    async fn one_to_one_in_every_place(db: &Database) -> Result<()> {
        fill(db).await?;
        let portraits = Portrait::objects().order_by(|p| p.whom).prefetch_related(|p| (p.whom, p.beside.novels));
        let portraits = assert_num_queries!(4, portraits)?;
        let seen: Vec<_> = portraits.iter().map(|portrait| &*portrait.of.loaded().expect("loaded").name).collect();
        assert_eq!(seen, ["Bob", "Ann"]);
        let beside = portraits[1].beside.as_ref().and_then(OneToOne::loaded);
        assert_eq!(beside.map(|bob| titles(bob.novels.loaded())), Some(vec!["Beta"]));
        Ok(())
    }

    async fn what_is_joined_is_not_loaded_again(db: &Database) -> Result<()> {
        fill(db).await?;
        let joined = || novels().select_related(|n| (n.writer, n.editor));
        assert_eq!(assert_num_queries!(1, joined().prefetch_related(|n| n.writer))?.len(), 3);
        let seen = joined().prefetch_related(|n| (n.words, n.writer.prizes, n.editor.prefetch(|e| e.novels)));
        let seen = assert_num_queries!(4, seen)?;
        assert_eq!(seen.iter().map(codes).collect::<Vec<_>>(), [vec!["x"], vec!["z", "x"], vec![]]);
        let writers = seen.iter().map(|novel| novel.writer.loaded().map(prizes).expect("loaded"));
        assert_eq!(writers.collect::<Vec<_>>(), [vec!["Bronze"], vec!["Gold", "Silver"], vec!["Gold", "Silver"]]);
        let editors = seen.iter().map(|novel| editor(novel).map(|editor| titles(editor.novels.loaded())));
        assert_eq!(editors.collect::<Vec<_>>(), [Some(vec!["Alpha", "Atlas"]), Some(vec!["Beta"]), None]);
        // In either order.
        let seen = assert_num_queries!(2, novels().prefetch_related(|n| n.writer.prizes).select_related(|n| n.writer))?;
        assert_eq!(seen[0].writer.loaded().map(prizes), Some(vec!["Bronze"]));
        Ok(())
    }

    async fn every_verb_that_gives_models_loads_them(db: &Database) -> Result<()> {
        fill(db).await?;
        let writers = || Writer::objects().prefetch_related(|w| w.novels);
        let seen = |writer: &Writer| titles(writer.novels.loaded()).len();
        assert_eq!(assert_num_queries!(2, writers().afirst())?.as_ref().map(seen), Some(2));
        assert_eq!(assert_num_queries!(2, writers().alast())?.as_ref().map(seen), Some(0));
        assert_eq!(seen(&assert_num_queries!(2, writers().aget(|w| w.name.eq("Bob")))?), 1);
        assert_eq!(seen(&assert_num_queries!(2, writers().filter(|w| w.name.eq("Bob")).aget_one())?), 1);
        assert_eq!(assert_num_queries!(2, writers().aget_opt(|w| w.name.eq("Bob")))?.as_ref().map(seen), Some(1));
        assert_eq!(assert_num_queries!(1, writers().aget_opt(|w| w.name.eq("Dan")))?, None);
        assert_eq!(seen(&assert_num_queries!(2, writers().alatest(|w| w.name))?), 0);
        assert_eq!(seen(&assert_num_queries!(2, writers().aearliest(|w| w.name))?), 2);
        let keys = Writer::objects().values(|w| w.pk).await?;
        let bulk = assert_num_queries!(2, writers().ain_bulk(keys))?;
        assert_eq!(bulk.values().map(seen).sum::<usize>(), 3);
        let several = writers().aget(|w| w.name.ne("Bob")).await.unwrap_err();
        assert!(matches!(several.kind(), ErrorKind::MultipleObjectsReturned { .. }), "{several}");
        Ok(())
    }

    async fn where_there_are_no_models_it_has_no_effect(db: &Database) -> Result<()> {
        fill(db).await?;
        let writers = || Writer::objects().prefetch_related(|w| w.novels);
        assert_eq!(assert_num_queries!(1, writers().values(|w| w.name))?, ["Ann", "Bob", "Cid"]);
        let rows = assert_num_queries!(1, writers().values(|w| w.row()))?;
        assert!(rows[0].novels.loaded().is_none());
        assert_eq!(assert_num_queries!(1, writers().acount())?, 3);
        assert!(assert_num_queries!(1, writers().aexists())?);
        assert_eq!(assert_num_queries!(1, writers().aaggregate(|w| w.id.count()))?, 3);
        assert_eq!(assert_num_queries!(1, writers().aupdate(|w| w.name.set(w.name)))?, 3);
        // Rows that are selected as values are models, too.
        let rows = Writer::objects().values(|w| w.row()).prefetch_related(|w| w.novels);
        assert_eq!(titles(assert_num_queries!(2, rows)?[0].novels.loaded()), ["Alpha", "Atlas"]);
        Ok(())
    }

    async fn sync_code_loads_them_in_its_transaction(db: &Database) -> Result<()> {
        fill(db).await?;
        let writers = || Writer::objects().prefetch_related(|w| w.novels.prefetch(|n| n.words));
        let (seen, queries) = capture_queries(atomic(move |tx| {
            let ann = Writer::objects().using(tx).get(|w| w.name.eq("Ann"))?;
            Novel::new().title("Aleph").writer(&ann).save(tx)?;
            let by_hand = writers().using(tx).to_vec()?;
            let first = writers().using(tx).first()?.expect("Ann");
            let by_itself = writers().blocking().get(|w| w.name.eq("Ann"))?;
            assert_eq!(titles(by_itself.novels.loaded()), titles(first.novels.loaded()));
            Ok(titles(by_hand[0].novels.loaded()).join(", "))
        }).into_future()).await;
        assert_eq!(seen?, "Alpha, Atlas, Aleph", "what is not committed yet is seen");
        assert_eq!(queries.len(), 2 + 3 * 3);
        let counted = sync_to_async(move || writers().blocking().to_vec().map(|writers| writers.len()));
        assert_eq!(assert_num_queries!(3, counted)??, 3);
        Ok(())
    }

    async fn they_come_from_the_database_that_was_asked(db: &Database) -> Result<()> {
        fill(db).await?;
        let nowhere = Database::connect("sqlite::memory:").await?;
        let other = Databases::new().add("default", nowhere).add("other", db.clone());
        other.scope(async {
            let writers = || Writer::objects().prefetch_related(|w| w.novels.prefetch(|n| n.editor));
            assert!(writers().await.is_err());
            let seen = [
                writers().using(db).await?,
                writers().using("other").await?,
                writers().using(db).stream().try_collect().await?,
                vec![writers().afirst().using("other").await?.expect("Ann")],
            ];
            for writers in seen {
                assert_eq!(titles(writers[0].novels.loaded()), ["Alpha", "Atlas"]);
            }
            Ok(())
        }).await
    }

    async fn only_for_the_rows_of_a_slice(db: &Database) -> Result<()> {
        fill(db).await?;
        let writers = Writer::objects().prefetch_related(|w| w.novels);
        let (second, queries) = capture_queries(writers.slice(1..2).into_future()).await;
        let second = second?;
        assert_eq!((second.len(), titles(second[0].novels.loaded())), (1, vec!["Beta"]));
        let novels = &queries[1].sql;
        assert!(!novels.contains(" IN ") && !novels.contains("ANY"), "those of one writer: {novels}");
        Ok(())
    }

    async fn thousands_of_keys_are_one_query(db: &Database) -> Result<()> {
        let count = 4_096;
        grow(db, count).await?;
        let nodes = Node::objects().order_by(|n| n.number).prefetch_related(|n| (n.above, n.below, n.kin));
        let nodes = assert_num_queries!(4, nodes)?;
        assert_eq!(nodes.len() as i64, count);
        for node in &nodes {
            let above = node.above.as_ref().map(|key| key.loaded().expect("loaded").number);
            assert_eq!(above, above_of(node.number));
            let below = node.below.loaded().expect("loaded").iter().map(|node| node.number);
            assert_eq!(node.kin.loaded(), node.below.loaded(), "paired with what is below");
            assert!(below.eq((node.number + 1..count).filter(|other| above_of(*other) == Some(node.number))));
        }
        Ok(())
    }

    async fn a_stream_loads_them_batch_by_batch(db: &Database) -> Result<()> {
        let count: usize = 2_500;
        grow(db, count as i64).await?;
        let nodes = || Node::objects().order_by(|n| n.number).prefetch_related(|n| n.below);
        let all = nodes().await?;
        let seen = |node: &Node| node.below.loaded().map(<[_]>::len);
        let streams = [700, 5_000].map(|rows| (rows, nodes().aiterator(rows)));
        for (rows, stream) in [(1_000, nodes().stream())].into_iter().chain(streams) {
            let batches = count.div_ceil(rows);
            let streamed: Vec<_> = assert_num_queries!(1 + batches, stream.try_collect::<Vec<_>>())?;
            assert!(streamed.iter().map(seen).eq(all.iter().map(seen)), "by {rows}");
        }
        let mut stream = nodes().aiterator(10);
        let (first, queries) = capture_queries(stream.try_next()).await;
        assert_eq!((first?.as_ref().map(seen), queries.len()), (Some(Some(12)), 2), "no more than the first batch");
        drop(stream);
        let none = nodes().filter(|n| n.number.lt(0)).stream().try_collect::<Vec<_>>();
        assert!(assert_num_queries!(1, none)?.is_empty());
        Ok(())
    }

    async fn an_error_on_the_way_is_reported(db: &Database) -> Result<()> {
        fill(db).await?;
        db.execute_sql("DROP TABLE novel_words").await?;
        let novels = || novels().prefetch_related(|n| (n.writer, n.words));
        assert!(matches!(novels().await.unwrap_err().kind(), ErrorKind::Database { .. }));
        let mut stream = novels().stream();
        assert!(stream.try_next().await.is_err() && stream.try_next().await?.is_none());
        assert_eq!(novels().values(|n| n.title).await?.len(), 3);
        Ok(())
    }

    async fn a_model_that_nothing_can_refer_to_is_refused(db: &Database) -> Result<()> {
        db.execute_sql("CREATE TABLE square (x INTEGER NOT NULL, y INTEGER NOT NULL)").await?;
        db.execute_sql("INSERT INTO square (x, y) VALUES (1, 2)").await?;
        let refused = Square::objects().prefetch_related(|s| s.words).await.unwrap_err().to_string();
        assert!(refused.contains("`Square` needs a primary key of one column"), "{refused}");
        Ok(())
    }

    /// For data of chance: what comes by one query for all is what comes by a query for each.
    async fn it_is_what_plain_queries_give(db: &Database) -> Result<()> {
        fill(db).await?;
        let mut dice = Dice::of("prefetch");
        let mut writers = Writer::objects().await?;
        for number in 0..10 {
            writers.push(Writer::new().name(format!("{number}")).asave().await?);
        }
        let list = List::objects().afirst().await?.expect("a list");
        for number in 0..60 {
            let editor = [None, Some(&writers[dice.below(writers.len())])];
            let novel = Novel::new().title(format!("{number}")).writer(&writers[dice.below(writers.len() - 3)]);
            let novel = novel.editor(dice.pick(&editor).map(ForeignKey::from)).asave().await?;
            for _ in 0..dice.below(3) {
                Listing::new().novel(&novel).list(&list).asave().await?;
            }
        }
        let loaded = Writer::objects().prefetch_related(|w| (w.novels.prefetch(|n| (n.editor, n.lists)), w.edited));
        for writer in &loaded.await? {
            let plain = novels().filter(|n| n.writer.eq(writer)).await?;
            assert_eq!(writer.novels.loaded(), Some(&plain[..]));
            assert_eq!(writer.edited.loaded(), Some(&novels().filter(|n| n.editor.eq(writer)).await?[..]));
            for novel in writer.novels.loaded().expect("loaded") {
                let key = novel.editor.as_ref().map(ForeignKey::id);
                assert_eq!(editor(novel).map(|editor| editor.id), key);
                let lists = Listing::objects().filter(|l| l.novel.eq(novel) & l.list.is_not_null());
                let lists = lists.order_by(|l| l.list.id).values(|l| l.list.row()).await?;
                assert!(novel.lists.loaded().expect("loaded").iter().eq(lists.iter().flatten()));
            }
        }
        Ok(())
    }
}

/// A tree: above each number stands the one without its highest bit.
#[derive(Model, Debug, Clone, PartialEq)]
struct Node {
    #[field(primary_key)]
    number: i64,
    #[field(on_delete = Cascade)]
    above: Option<ForeignKey<Node>>,
    #[related(above)]
    below: HasMany<Node>,
    kin: ManyToMany<Node>,
}

fn above_of(number: i64) -> Option<i64> {
    number.checked_ilog2().map(|bit| number - (1 << bit))
}

/// Makes so many nodes by doubling them, which every database can do.
async fn grow(db: &Database, most: i64) -> Result<()> {
    db.create_tables(dormouse::models![Node]).await?;
    Node::new().number(0).asave().await?;
    let mut count = 1;
    while count < most {
        let more = count.min(most - count);
        let double = format!(
            "INSERT INTO node (number, above_id) SELECT number + {count}, number FROM node WHERE number < {more}"
        );
        count += db.execute_sql(double).await? as i64;
    }
    let pairs = "INSERT INTO node_kin (from_node_id, to_node_id) SELECT above_id, number FROM node WHERE number > 0";
    db.execute_sql(pairs).await?;
    Ok(())
}

/// With a key of two columns.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(primary_key(x, y))]
struct Square {
    x: i32,
    y: i32,
    words: ManyToMany<Word>,
}

#[test]
fn debug_shows_what_will_be_loaded() {
    let writers = Writer::objects().prefetch_related(|w| (w.novels.prefetch(|n| (n.words, n.editor)), w.pupils));
    let writers = writers.prefetch_related(|w| w.novels.prefetch(|n| n.lists));
    let novels = "Novel { prefetch: [words: Word, editor: Writer, lists: List] }";
    let expected = format!("QuerySet(Writer {{ prefetch: [novels: {novels}, pupils: Writer] }})");
    assert_eq!(format!("{writers:?}"), expected);
    let path = Novel::objects().prefetch_related(|n| n.editor.prizes);
    assert_eq!(format!("{path:?}"), "QuerySet(Novel { prefetch: [editor: Writer { prefetch: [prizes: Prize] }] })");
}

#[tokio::test]
async fn deeper_than_anybody_means_is_an_error() -> Result<()> {
    let deep = |levels: usize| {
        let nodes = |behind: Option<_>| match behind {
            Some(behind) => Node::fields().below.prefetch(|_| behind),
            None => Node::fields().below.prefetch(|n| n.above),
        };
        let deepest = (0..levels).fold(None, |behind, _| Some(nodes(behind)));
        Node::objects().prefetch_related(|_| deepest.expect("a level"))
    };
    let db = Database::connect("sqlite::memory:").await?;
    db.scope(grow(&db, 2)).await?;
    assert_eq!(deep(63).using(&db).await?.len(), 2);
    for levels in [64, 100_000] {
        let refused = deep(levels).using(&db).await.unwrap_err();
        assert!(matches!(refused.kind(), ErrorKind::TooComplex { .. }), "{refused}");
    }
    Ok(())
}
