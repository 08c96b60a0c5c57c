//! Everyday questions of 100,000 rows are answered by an index, in tables of ours and of others.

mod verbs;

use chrono::{DateTime, NaiveDate, Utc};
use dormouse::prelude::*;
use dormouse::{Action, Result};
use uuid::Uuid;

use crate::support::{Content, explaining, fill_up, sweep};

const ROWS: u32 = 100_000;

#[derive(Model, Debug, Clone, PartialEq)]
struct Maker {
    id: i64,
    #[field(unique, max_length = 20)]
    name: String,
    #[related(maker)]
    parts: HasMany<Part>,
}

// The lint takes a column in two indexes for a repeated attribute.
#[allow(clippy::duplicated_attributes)]
#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    index(fields(title), name = "part_by_title"),
    index(fields(stock), name = "part_by_stock"),
    index(fields(price), name = "part_by_price"),
    index(fields(sold_at), name = "part_by_sold_at"),
    index(fields(day, stock), name = "part_by_day"),
    index(fields(token), name = "part_by_token"),
    index(fields(odd), name = "part_by_odd")
)]
struct Part {
    id: i64,
    #[field(unique, max_length = 20)]
    code: String,
    #[field(max_length = 20)]
    title: String,
    stock: i32,
    #[field(max_digits = 10, decimal_places = 2)]
    price: Decimal,
    sold_at: DateTime<Utc>,
    day: NaiveDate,
    token: Uuid,
    odd: bool,
    #[field(on_delete = Cascade)]
    maker: ForeignKey<Maker>,
    #[field(on_delete = SetNull)]
    whole: Option<ForeignKey<Part>>,
    #[related(part)]
    lines: HasMany<Line>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(primary_key(part, number))]
struct Line {
    #[field(on_delete = Cascade)]
    part: ForeignKey<Part>,
    number: i32,
    amount: i32,
}

/// Few of many are open.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(index(fields(number), where = |t| t.open.is_true(), name = "task_open"))]
struct Task {
    id: i64,
    open: bool,
    number: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(managed = false, table = "old_part")]
struct OldPart {
    id: i64,
    #[field(max_length = 20)]
    title: String,
    stock: i32,
    #[field(max_digits = 10, decimal_places = 2)]
    price: Decimal,
    sold_at: DateTime<Utc>,
    token: Uuid,
    #[field(on_delete = DoNothing)]
    maker: Option<ForeignKey<Maker>>,
    #[field(on_delete = DoNothing)]
    whole: Option<ForeignKey<OldPart>>,
}

/// The words of a database for what the rows hold; `n` is the number of the row.
struct Words {
    price: &'static str,
    sold_at: &'static str,
    day: &'static str,
    token: &'static str,
    whole: &'static str,
    quarter: &'static str,
    old: &'static [&'static str],
}

const SQLITE: Words = Words {
    price: "printf('%d.%02d', n / 100, n % 100)",
    sold_at: "datetime(946684800 + n * 3600, 'unixepoch')",
    day: "date('2000-01-01', (n % 3000) || ' days')",
    token: "printf('00000000-0000-0000-0000-%012x', n)",
    whole: "CASE WHEN n % 5000 = 0 THEN NULL ELSE (n + 1) / 2 END",
    quarter: "(n + 3) / 4",
    old: &["CREATE TABLE old_part (id INTEGER PRIMARY KEY, title VARCHAR(20) NOT NULL, stock INT NOT NULL, \
            price TEXT NOT NULL, sold_at DATETIME NOT NULL, token CHAR(36) NOT NULL, maker_id BIGINT, whole_id BIGINT)"],
};
const POSTGRES: Words = Words {
    price: "CAST(n AS NUMERIC) / 100",
    sold_at: "to_timestamp(946684800 + n * 3600)",
    day: "DATE '2000-01-01' + n % 3000",
    token: "CAST('00000000-0000-0000-0000-' || lpad(to_hex(n), 12, '0') AS UUID)",
    whole: "CASE WHEN n % 5000 = 0 THEN NULL ELSE (n + 1) / 2 END",
    quarter: "(n + 3) / 4",
    old: &["CREATE TABLE old_part (id BIGINT CONSTRAINT old_part_pkey PRIMARY KEY, title VARCHAR(20) NOT NULL, \
            stock INT NOT NULL, price NUMERIC(10, 2) NOT NULL, sold_at TIMESTAMPTZ NOT NULL, \
            token UUID NOT NULL, maker_id BIGINT, whole_id BIGINT)"],
};
const MARIADB: Words = Words {
    price: "n / 100",
    sold_at: "TIMESTAMPADD(HOUR, n, '2000-01-01')",
    day: "DATE_ADD('2000-01-01', INTERVAL n % 3000 DAY)",
    token: "CONCAT('00000000-0000-0000-0000-', LPAD(LOWER(HEX(n)), 12, '0'))",
    // `/` of integers is no integer there.
    whole: "CASE WHEN n % 5000 = 0 THEN NULL ELSE (n + 1) DIV 2 END",
    quarter: "(n + 3) DIV 4",
    old: &["CREATE TABLE old_part (id BIGINT PRIMARY KEY, title VARCHAR(20) NOT NULL, stock INT NOT NULL, \
            price DECIMAL(10, 2) NOT NULL, sold_at DATETIME(6) NOT NULL, token CHAR(36) NOT NULL, \
            maker_id BIGINT, whole_id BIGINT) \
            CHARACTER SET latin1 COLLATE latin1_swedish_ci"],
};

async fn fill(db: &Database) -> Result<()> {
    let words = match db.server().product {
        "SQLite" => SQLITE,
        "PostgreSQL" => POSTGRES,
        _ => MARIADB,
    };
    db.create_tables(dormouse::models![Maker, Part, Line, Task]).await?;
    fill_up(db, "maker", 2_000, &[("id", Content::Number), ("name", Content::Word)]).await?;
    let maker = Content::Same("n % 1999 + 1");
    let whole = ("whole_id", Content::Same(words.whole));
    let part = [
        ("id", Content::Number),
        ("code", Content::Word),
        ("title", Content::SharedWord(20_000)),
        ("stock", Content::Share(5_000)),
        ("price", Content::Same(words.price)),
        ("sold_at", Content::Same(words.sold_at)),
        ("day", Content::Same(words.day)),
        ("token", Content::Same(words.token)),
        ("odd", Content::Same("n % 5000 = 0")),
        ("maker_id", maker),
        whole,
    ];
    fill_up(db, "part", ROWS, &part).await?;
    let line =
        [("part_id", Content::Same(words.quarter)), ("number", Content::Share(4)), ("amount", Content::Share(10))];
    fill_up(db, "line", ROWS, &line).await?;
    let task = [("id", Content::Number), ("open", Content::Same("n % 1000 = 0")), ("number", Content::Share(90_000))];
    fill_up(db, "task", ROWS, &task).await?;
    for sql in words.old {
        db.execute_sql(*sql).await?;
    }
    for column in ["title", "stock", "price", "sold_at", "token", "maker_id", "whole_id"] {
        db.execute_sql(format!("CREATE INDEX old_by_{column} ON old_part ({column})")).await?;
    }
    let old = [
        ("id", Content::Number),
        ("title", Content::SharedWord(20_000)),
        ("stock", Content::Share(5_000)),
        ("price", Content::Same(words.price)),
        ("sold_at", Content::Same(words.sold_at)),
        ("token", Content::Same(words.token)),
        ("maker_id", maker),
        whole,
    ];
    fill_up(db, "old_part", ROWS, &old).await
}

/// Tells whether a plan uses an index whose name begins so; `end of` one, if it reads no more than that.
fn uses(db: &Database, plan: &str, index: &str) -> bool {
    if let Some(index) = index.strip_prefix("end of ") {
        return match db.server().product {
            // It is read before there is a plan.
            "MariaDB" | "MySQL" => plan.contains("Select tables optimized away"),
            _ => uses(db, plan, index),
        };
    }
    let named = |line: &str| {
        let words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
        words.filter(|word| word.starts_with(index)).count()
    };
    match db.server().product {
        // What might be found by an index is named before what is used; an index that is read as a whole stands alone.
        "MariaDB" | "MySQL" => plan.lines().any(|line| named(line) >= if line.contains(" index ") { 1 } else { 2 }),
        _ if index.contains(' ') => plan.contains(index),
        _ => plan.lines().any(|line| named(line) > 0),
    }
}

/// The primary key's index, of a table with a key of one number or of several columns.
fn key(db: &Database, table: &str) -> String {
    match db.server().product {
        "SQLite" if table == "line" => "sqlite_autoindex_line_1".to_owned(),
        "SQLite" => "INTEGER PRIMARY KEY".to_owned(),
        "PostgreSQL" => format!("{table}_pkey"),
        _ => "PRIMARY".to_owned(),
    }
}

/// Fails with all plans that do not use the index they should.
async fn check(db: &Database, questions: Vec<(&str, Action<String>)>) -> Result<()> {
    let mut wrong = Vec::new();
    for (number, (index, plan)) in questions.into_iter().enumerate() {
        let plan = plan.await?;
        wrong.extend(lacks(db, &plan, index, &format!("question {number}")));
    }
    assert!(wrong.is_empty(), "{}:\n{}", db.server().product, wrong.join("\n\n"));
    Ok(())
}

/// What is wrong with a plan that does not use an index.
fn lacks(db: &Database, plan: &str, index: &str, what: &str) -> Option<String> {
    // SQLite numbers the indexes of UNIQUE constraints.
    let index = match index {
        "part_code" if db.server().product == "SQLite" => "sqlite_autoindex_part_1",
        "maker_name" if db.server().product == "SQLite" => "sqlite_autoindex_maker_1",
        index => index,
    };
    let shown = || plan.chars().take(1_500).collect::<String>();
    (!uses(db, plan, index)).then(|| format!("{what}, `{index}`:\n{}", shown()))
}

fn moment(hours: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(946_684_800 + hours * 3_600, 0).expect("a moment")
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn parts() -> QuerySet<Part> {
    Part::objects()
}

fn old() -> QuerySet<OldPart> {
    OldPart::objects()
}

fn by_texts() -> Vec<(&'static str, Action<String>)> {
    let word = |n: u32| format!("w{n:07}");
    vec![
        ("part_code", parts().filter(|p| p.code.eq(word(700))).aexplain()),
        ("part_code", parts().filter(|p| p.code.in_([word(7), word(8), word(9)])).aexplain()),
        ("part_code", parts().filter(|p| p.code.in_((0..40).map(word))).aexplain()),
        ("part_code", parts().filter(|p| p.code.eq(word(700)) & p.stock.gt(3)).aexplain()),
        ("part_code", parts().order_by(|p| p.code.asc()).limit(10).aexplain()),
        ("part_by_title", parts().filter(|p| p.title.eq(word(700))).aexplain()),
        ("part_by_title", parts().filter(|p| p.title.startswith("w00007")).aexplain()),
        ("part_by_title", parts().filter(|p| p.title.lt(word(20))).aexplain()),
        ("part_by_title", parts().filter(|p| p.title.between(word(700), word(720))).aexplain()),
        ("part_by_title", parts().order_by(|p| p.title.desc()).limit(10).aexplain()),
        ("maker_name", Maker::objects().filter(|m| m.name.eq(word(7))).aexplain()),
        ("maker_name", parts().filter(|p| p.maker.name.eq(word(7))).aexplain()),
        ("part_maker_id", parts().filter(|p| p.maker.name.eq(word(7))).aexplain()),
    ]
}

fn by_numbers() -> Vec<(&'static str, Action<String>)> {
    vec![
        ("part_by_stock", parts().filter(|p| p.stock.eq(77)).aexplain()),
        ("part_by_stock", parts().filter(|p| p.stock.in_([77, 78])).aexplain()),
        ("part_by_stock", parts().filter(|p| p.stock.in_range(70..72)).aexplain()),
        ("part_by_stock", parts().filter(|p| p.stock.lt(3)).aexplain()),
        ("part_by_stock", parts().filter(|p| p.stock.gte(4_998)).aexplain()),
        ("part_by_stock", parts().order_by(|p| p.stock.desc()).limit(5).aexplain()),
        ("part_by_stock", parts().filter(|p| p.stock.eq(77)).order_by(|p| p.price.asc()).aexplain()),
        ("part_by_stock", parts().filter(|p| p.stock.eq(77)).values(|p| (p.id, p.maker.name)).aexplain()),
        ("part_by_price", parts().filter(|p| p.price.eq(dec!(12.34))).aexplain()),
        ("part_by_price", parts().filter(|p| p.price.eq(dec!(12.3))).aexplain()),
        ("part_by_price", parts().filter(|p| p.price.in_([dec!(12.34), dec!(1)])).aexplain()),
        ("part_by_odd", parts().filter(|p| p.odd.eq(true)).aexplain()),
        ("part_whole_id", parts().filter(|p| p.whole.is_null()).aexplain()),
        ("part_whole_id", parts().filter(|p| p.whole.eq(7i64)).aexplain()),
        ("part_whole_id", parts().filter(|p| p.whole.code.eq("w0000007")).aexplain()),
        ("part_maker_id", parts().filter(|p| p.maker.eq(7i64)).aexplain()),
        ("part_maker_id", parts().filter(|p| p.maker.in_([7i64, 8, 9])).aexplain()),
        ("part_maker_id", parts().filter(|p| p.maker.in_((1..40).collect::<Vec<i64>>())).aexplain()),
        ("part_maker_id", parts().filter(|p| p.maker.eq(7i64)).order_by(|p| p.sold_at.desc()).limit(3).aexplain()),
    ]
}

fn by_times_and_uuids() -> Vec<(&'static str, Action<String>)> {
    vec![
        ("part_by_sold_at", parts().filter(|p| p.sold_at.eq(moment(700))).aexplain()),
        ("part_by_sold_at", parts().filter(|p| p.sold_at.gte(moment(99_900))).aexplain()),
        ("part_by_sold_at", parts().filter(|p| p.sold_at.between(moment(70), moment(90))).aexplain()),
        ("part_by_sold_at", parts().order_by(|p| p.sold_at.desc()).limit(1).aexplain()),
        ("part_by_day", parts().filter(|p| p.day.eq(day("2001-02-03"))).aexplain()),
        ("part_by_day", parts().filter(|p| p.day.eq(day("2001-02-03")) & p.stock.lt(100)).aexplain()),
        ("part_by_day", parts().filter(|p| p.day.lt(day("2000-01-04"))).aexplain()),
        ("part_by_day", parts().order_by(|p| (p.day.asc(), p.stock.asc())).limit(9).aexplain()),
        ("part_by_token", parts().filter(|p| p.token.eq(Uuid::from_u128(77))).aexplain()),
        ("part_by_token", parts().filter(|p| p.token.in_([Uuid::from_u128(77), Uuid::from_u128(78)])).aexplain()),
        ("part_by_token", parts().filter(|p| p.token.in_((0..40).map(Uuid::from_u128))).aexplain()),
    ]
}

fn of_others() -> Vec<(&'static str, Action<String>)> {
    vec![
        ("old_by_title", old().filter(|p| p.title.eq("w0000700")).aexplain()),
        ("old_by_title", old().filter(|p| p.title.in_(["w0000700", "w0000701"])).aexplain()),
        ("old_by_stock", old().filter(|p| p.stock.eq(77)).aexplain()),
        ("old_by_stock", old().filter(|p| p.stock.in_range(70..72)).aexplain()),
        ("old_by_stock", old().order_by(|p| p.stock.desc()).limit(5).aexplain()),
        ("old_by_token", old().filter(|p| p.token.eq(Uuid::from_u128(77))).aexplain()),
        ("old_by_token", old().filter(|p| p.token.in_((0..40).map(Uuid::from_u128))).aexplain()),
        ("old_by_whole_id", old().filter(|p| p.whole.is_null()).aexplain()),
        ("old_by_whole_id", old().filter(|p| p.whole.title.eq("w0000700")).aexplain()),
        ("old_by_sold_at", old().filter(|p| p.sold_at.eq(moment(700))).aexplain()),
        ("old_by_sold_at", old().filter(|p| p.sold_at.between(moment(70), moment(90))).aexplain()),
        ("old_by_maker_id", old().filter(|p| p.maker.eq(7i64)).aexplain()),
        ("old_by_maker_id", old().filter(|p| p.maker.in_([7i64, 8])).aexplain()),
        ("old_by_maker_id", old().filter(|p| p.maker.name.eq("w0000007")).aexplain()),
        ("maker_name", old().filter(|p| p.maker.name.eq("w0000007")).aexplain()),
    ]
}

/// On SQLite an amount of others may stand there in any form, so that no index finds it.
fn amounts_of_others() -> Vec<(&'static str, Action<String>)> {
    vec![
        ("old_by_price", old().filter(|p| p.price.eq(dec!(12.34))).aexplain()),
        ("old_by_price", old().filter(|p| p.price.in_([dec!(12.34), dec!(1)])).aexplain()),
    ]
}

async fn by_keys(db: &Database) -> Result<()> {
    let (part, line, old_part) = (key(db, "part"), key(db, "line"), key(db, "old_part"));
    // SQLite's rows lie in the order of such a key.
    let in_order = if db.server().product == "SQLite" { "SCAN part".to_owned() } else { part.clone() };
    let of = |part: i64, number: i32| (part, number);
    let lines = Line::objects;
    check(
        db,
        vec![
            (&part, parts().filter(|p| p.pk.eq(77)).aexplain()),
            (&part, parts().filter(|p| p.id.in_([77, 78])).aexplain()),
            (&part, parts().filter(|p| p.pk.in_(1..40)).aexplain()),
            (&part, parts().filter(|p| p.id.gt(99_990)).order_by(|p| p.id.asc()).limit(5).aexplain()),
            (&in_order, parts().order_by(|p| p.id.desc()).limit(5).aexplain()),
            (&line, lines().filter(|l| l.pk.eq(of(7, 2))).aexplain()),
            (&line, lines().filter(|l| l.pk.in_([of(7, 2), of(8, 1)])).aexplain()),
            (&line, lines().filter(|l| l.part.eq(7i64)).aexplain()),
            (&old_part, old().filter(|p| p.id.eq(77)).aexplain()),
            (&old_part, old().filter(|p| p.id.in_([77, 78])).aexplain()),
            (&old_part, old().filter(|p| p.stock.eq(77)).values(|p| (p.id, p.whole.title)).aexplain()),
        ],
    )
    .await
}

sweep! {
    async fn an_index_answers(rig: &mut Rig) -> Result<()> {
        let db = &rig.direct;
        fill(db).await?;
        let questions = async {
            by_keys(db).await?;
            let mut all = by_texts();
            all.extend(by_numbers());
            all.extend(by_times_and_uuids());
            all.extend(of_others());
            if db.server().product != "SQLite" {
                all.extend(amounts_of_others());
            }
            check(db, all).await
        };
        db.scope(questions).await?;
        let (db, plans) = explaining(rig.direct_url(4).as_str()).await?;
        db.scope(verbs::use_indexes(&db, &plans)).await?;
        db.close().await;
        Ok(())
    } on sqlite, postgres, mariadb;
}
