//! The same for whatever else chooses rows: verbs, pages, prefetches, updates and deletes, as they are sent.

use std::future::IntoFuture;

use dormouse::Result;
use dormouse::prelude::*;
use futures::FutureExt;
use futures::future::BoxFuture;
use uuid::Uuid;

use super::{Line, Maker, Task, day, key, lacks, moment, old, parts};
use crate::support::Plans;

/// What is asked, and the index that answers it.
type Work<'k> = (&'k str, &'static str, BoxFuture<'static, Result<()>>);

fn work<'k, T: 'static>(
    index: &'k str,
    what: &'static str,
    asked: impl IntoFuture<Output = Result<T>, IntoFuture: Send + 'static>,
) -> Work<'k> {
    (index, what, asked.into_future().map(|result| result.map(drop)).boxed())
}

/// Does everything, and fails with all whose plans do not use the index they should.
pub(super) async fn use_indexes(db: &Database, plans: &Plans) -> Result<()> {
    let keys = [key(db, "part"), key(db, "maker"), key(db, "line"), key(db, "old_part"), key(db, "task")];
    let [part, maker, line, old_part, task] = &keys;
    let mut all = verbs(part, line);
    all.extend(pages(part, task));
    all.extend(relations(part, maker, line));
    all.extend(changes(part, line));
    all.extend(changes_of_others(old_part));
    all.extend(instances(part, line).await?);
    let mut wrong = Vec::new();
    plans.take();
    for (index, what, work) in all {
        work.await?;
        wrong.extend(lacks(db, &plans.take(), index, what));
    }
    assert!(wrong.is_empty(), "{}:\n{}", db.server().product, wrong.join("\n\n"));
    Ok(())
}

fn verbs<'k>(part: &'k str, line: &'k str) -> Vec<Work<'k>> {
    let tokens = || (0..40).map(Uuid::from_u128);
    vec![
        work("part_by_stock", "count", parts().filter(|p| p.stock.eq(77)).acount()),
        work("part_by_stock", "count of a range", parts().filter(|p| p.stock.in_range(70..72)).acount()),
        work("part_by_title", "exists", parts().filter(|p| p.title.eq("w0000700")).aexists()),
        work("part_by_title", "count of a prefix", parts().filter(|p| p.title.startswith("w00007")).acount()),
        work("part_by_token", "exists of a list", parts().filter(|p| p.token.in_(tokens())).aexists()),
        work("part_by_price", "sum", parts().filter(|p| p.price.eq(dec!(1.00))).aaggregate(|p| p.stock.sum())),
        work("end of part_by_sold_at", "greatest", parts().aaggregate(|p| p.sold_at.max())),
        work(
            "end of part_by_day",
            "least",
            parts().filter(|p| p.day.gt(day("2001-02-03"))).aaggregate(|p| p.day.min()),
        ),
        work("part_by_sold_at", "latest", parts().alatest(|p| p.sold_at.asc())),
        work("part_code", "get by a unique text", parts().aget(|p| p.code.eq("w0000077"))),
        work(
            "part_by_stock",
            "first of its equals",
            parts().filter(|p| p.stock.eq(77)).order_by(|p| p.id.asc()).afirst(),
        ),
        work(part, "in bulk", parts().ain_bulk(1..40)),
        work(part, "long list", parts().filter(|p| p.id.in_(1..900)).acount()),
        work(line, "in bulk by two columns", Line::objects().ain_bulk((1..40).map(|n| (n, 2)))),
        work(line, "list of two columns", Line::objects().filter(|l| l.pk.in_((1..900).map(|n| (n, 2)))).acount()),
    ]
}

fn pages<'k>(part: &'k str, task: &'k str) -> Vec<Work<'k>> {
    let after = |stock: i32, id: i64| {
        parts()
            .filter(move |p| p.stock.gte(stock) & (p.stock.gt(stock) | p.id.gt(id)))
            .order_by(|p| (p.stock.asc(), p.id.asc()))
            .limit(10)
    };
    let page = parts().filter(|p| p.id.gt(50_000)).order_by(|p| p.id.asc()).limit(20);
    let newest = parts().filter(|p| p.sold_at.lt(moment(50_000))).order_by(|p| p.sold_at.desc()).limit(20);
    let open = Task::objects().filter(|t| t.open.is_true());
    vec![
        work(part, "page by key", page),
        work("part_by_stock", "page by two columns", after(4_990, 4_990)),
        work("part_by_sold_at", "page of the newest", newest),
        work("task_open", "the first of the few", open.clone().order_by(|t| t.number.asc()).limit(5)),
        work("task_open", "a range of the few", open.filter(|t| t.number.lt(2_000))),
        work(task, "one of the many", Task::objects().aget(|t| t.id.eq(77))),
    ]
}

fn relations<'k>(part: &'k str, maker: &'k str, line: &'k str) -> Vec<Work<'k>> {
    let few = || parts().filter(|p| p.stock.eq(77));
    let makers = Maker::objects().filter(|m| m.id.lte(5));
    vec![
        work(maker, "select_related", parts().filter(|p| p.id.eq(77)).select_related(|p| p.maker)),
        work(maker, "prefetch of what is referred to", few().prefetch_related(|p| p.maker)),
        work(line, "prefetch of what refers", few().prefetch_related(|p| p.lines)),
        work("part_maker_id", "prefetch of many", makers.clone().prefetch_related(|m| m.parts)),
        work(line, "prefetch of many of many", makers.prefetch_related(|m| m.parts.prefetch(|p| p.lines))),
        work(part, "two keys", Line::objects().filter(|l| l.part.eq(77i64)).values(|l| (l.number, l.part.maker.name))),
        work(maker, "prefetch of others", old().filter(|p| p.stock.eq(77)).prefetch_related(|p| p.maker)),
        work(maker, "join of others", old().filter(|p| p.id.eq(77)).select_related(|p| p.maker)),
        work("part_maker_id", "count behind a key", parts().filter(|p| p.maker.name.eq("w0000007")).acount()),
    ]
}

fn changes<'k>(part: &'k str, line: &'k str) -> Vec<Work<'k>> {
    let lines = Line::objects;
    let of_maker = parts().filter(|p| p.maker.name.eq("w0000007"));
    vec![
        work(part, "update by key", parts().filter(|p| p.pk.eq(77)).aupdate(|p| p.stock.set(p.stock + 1))),
        work(part, "update by a list of keys", parts().filter(|p| p.id.in_(1..40)).aupdate(|p| p.odd.set(false))),
        work(part, "update by a range", parts().filter(|p| p.id.gt(99_990)).aupdate(|p| p.odd.set(false))),
        work("part_by_title", "update by text", parts().filter(|p| p.title.eq("w0000700")).aupdate(|p| p.stock.set(1))),
        work("part_by_price", "update by decimal", parts().filter(|p| p.price.eq(dec!(9))).aupdate(|p| p.stock.set(1))),
        work("part_maker_id", "update behind a key", of_maker.aupdate(|p| p.odd.set(true))),
        work(part, "update from a row", parts().filter(|p| p.pk.eq(77)).aupdate(|p| p.title.set(p.maker.name))),
        work(line, "update by two columns", lines().filter(|l| l.pk.eq((7, 2))).aupdate(|l| l.amount.set(1))),
        work(line, "delete by two columns", lines().filter(|l| l.pk.eq((7, 2))).adelete()),
        work(line, "delete by a list of two columns", lines().filter(|l| l.pk.in_([(8, 2), (9, 2)])).adelete()),
        work(line, "delete by a part of the key", lines().filter(|l| l.part.eq(10i64)).adelete()),
        work(part, "delete by key", parts().filter(|p| p.pk.eq(50_001)).adelete()),
        work(part, "delete by a list of keys", parts().filter(|p| p.id.in_(50_002..50_020)).adelete()),
        work(part, "delete by a range", parts().filter(|p| p.id.gt(99_995)).adelete()),
        work("part_by_token", "delete by UUID", parts().filter(|p| p.token.eq(Uuid::from_u128(60_000))).adelete()),
        work("part_by_sold_at", "delete by age", parts().filter(|p| p.sold_at.lt(moment(5))).adelete()),
    ]
}

fn changes_of_others(old_part: &str) -> Vec<Work<'_>> {
    vec![
        work("old_by_title", "update by text", old().filter(|p| p.title.eq("w0000700")).aupdate(|p| p.stock.set(1))),
        work("old_by_stock", "update by number", old().filter(|p| p.stock.eq(77)).aupdate(|p| p.price.set(dec!(1)))),
        work(old_part, "update by a list of keys", old().filter(|p| p.id.in_(1..40)).aupdate(|p| p.stock.set(2))),
        work("old_by_token", "delete by UUID", old().filter(|p| p.token.eq(Uuid::from_u128(70_000))).adelete()),
        work("old_by_sold_at", "delete by moment", old().filter(|p| p.sold_at.eq(moment(700))).adelete()),
        work(old_part, "delete by key", old().filter(|p| p.id.eq(78)).adelete()),
    ]
}

async fn instances<'k>(part: &'k str, line: &'k str) -> Result<Vec<Work<'k>>> {
    let mut saved = parts().aget(|p| p.id.eq(500)).await?;
    saved.stock = 9;
    let refreshed = saved.clone();
    let gone = Line::objects().aget(|l| l.pk.eq((500, 1))).await?;
    Ok(vec![
        work(part, "save", async move { saved.asave().await }),
        work(part, "refresh", async move { refreshed.arefresh_from_db().await }),
        work(line, "delete of an instance", async move { gone.adelete().await }),
    ])
}
