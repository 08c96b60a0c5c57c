//! Every lookup gives the same answer on every database.

use dormouse::Result;
use dormouse::prelude::*;

use crate::library::{Book, fill, titles};
use crate::support::{everywhere, matrix};

#[derive(Model, Debug, Clone, PartialEq)]
struct Word {
    id: i64,
    text: String,
    #[field(max_length = 50)]
    note: Option<String>,
}

const WORDS: &[&str] = &[
    "éclair",
    "Éclair",
    "eclair",
    "ÄRGER",
    "ärger",
    "Жук",
    "жук",
    "100%",
    "100 percent",
    "a_b",
    "axb",
    r"back\slash",
    "it's",
    "say \"hi\"",
    "",
    "a",
    "a ",
    "[x]",
    "💤",
];

async fn write(db: &Database) -> Result<()> {
    db.create_tables(dormouse::models![Word]).await?;
    for word in WORDS {
        Word::objects().acreate(|w| w.text(*word)).await?;
    }
    Ok(())
}

/// The words of which a condition is true are these, and those of which it is not are all the others.
async fn check(condition: impl Fn(&'static WordFields) -> Q<Word>, expected: &[&str]) -> Result<()> {
    let found = Word::objects().filter(&condition).order_by(|w| w.id.asc()).values(|w| w.text).await?;
    assert_eq!(found, expected);
    let others = Word::objects().exclude(&condition).order_by(|w| w.id.asc()).values(|w| w.text).await?;
    let complement: Vec<_> = WORDS.iter().filter(|word| !expected.contains(word)).collect();
    assert_eq!(others.iter().collect::<Vec<_>>(), complement);
    Ok(())
}

everywhere! {
    async fn text_is_equal_to_itself_only(db: &Database) -> Result<()> {
        write(db).await?;
        for word in WORDS {
            check(|w| w.text.eq(*word), &[word]).await?;
        }
        check(|w| w.text.eq("ECLAIR"), &[]).await
    }

    async fn plain_lookups_mind_case(db: &Database) -> Result<()> {
        write(db).await?;
        check(|w| w.text.contains("clair"), &["éclair", "Éclair", "eclair"]).await?;
        check(|w| w.text.contains("É"), &["Éclair"]).await?;
        check(|w| w.text.startswith("é"), &["éclair"]).await?;
        check(|w| w.text.endswith("RGER"), &["ÄRGER"]).await?;
        check(|w| w.text.endswith("ук"), &["Жук", "жук"]).await?;
        check(|w| w.text.contains("💤"), &["💤"]).await
    }

    async fn i_lookups_fold_case_but_not_accents(db: &Database) -> Result<()> {
        write(db).await?;
        check(|w| w.text.icontains("ÉCL"), &["éclair", "Éclair"]).await?;
        check(|w| w.text.icontains("CLAIR"), &["éclair", "Éclair", "eclair"]).await?;
        check(|w| w.text.istartswith("ж"), &["Жук", "жук"]).await?;
        check(|w| w.text.iendswith("УК"), &["Жук", "жук"]).await?;
        check(|w| w.text.iexact("Ärger"), &["ÄRGER", "ärger"]).await?;
        check(|w| w.text.iexact("ECLAIR"), &["eclair"]).await
    }

    async fn every_sign_is_literal(db: &Database) -> Result<()> {
        write(db).await?;
        check(|w| w.text.contains("%"), &["100%"]).await?;
        check(|w| w.text.contains("_"), &["a_b"]).await?;
        check(|w| w.text.startswith("a_"), &["a_b"]).await?;
        check(|w| w.text.contains(r"\"), &[r"back\slash"]).await?;
        check(|w| w.text.contains("'"), &["it's"]).await?;
        check(|w| w.text.icontains("\"HI\""), &["say \"hi\""]).await?;
        check(|w| w.text.iendswith("0%"), &["100%"]).await?;
        check(|w| w.text.contains("["), &["[x]"]).await?;
        check(|w| w.text.contains(r"\%"), &[]).await?;
        check(|w| w.text.eq("' OR 1=1 --"), &[]).await
    }

    async fn the_empty_text_is_in_every_text(db: &Database) -> Result<()> {
        write(db).await?;
        check(|w| w.text.contains(""), WORDS).await?;
        check(|w| w.text.istartswith(""), WORDS).await?;
        check(|w| w.text.iexact(""), &[""]).await
    }

    async fn a_pattern_may_be_a_column(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Word]).await?;
        for (text, note) in [
            ("100% sure", Some("%")),
            ("100 percent", Some("%")),
            ("axb", Some("_")),
            ("Ärger", Some("äR")),
            ("x", None),
        ] {
            Word::objects().acreate(|w| w.text(text).note(note)).await?;
        }
        let texts =
            |condition: fn(&'static WordFields) -> Q<Word>| Word::objects().filter(condition).values(|w| w.text);
        assert_eq!(texts(|w| w.text.contains(w.note)).await?, ["100% sure"]);
        assert_eq!(texts(|w| w.text.istartswith(w.note)).await?, ["Ärger"]);
        assert_eq!(texts(|w| !w.text.icontains(w.note)).await?, ["100 percent", "axb", "x"]);
        Ok(())
    }

    async fn regular_expressions_match_somewhere(db: &Database) -> Result<()> {
        write(db).await?;
        check(|w| w.text.regex("^[a-z]_"), &["a_b"]).await?;
        check(|w| w.text.regex("[0-9]{3}%$"), &["100%"]).await?;
        check(|w| w.text.regex("CLAIR"), &[]).await?;
        check(|w| w.text.iregex("^e?CLAIR|^.CLAIR$"), &["éclair", "Éclair", "eclair"]).await?;
        check(|w| w.text.iregex("^ж"), &["Жук", "жук"]).await
    }

    async fn lists(db: &Database) -> Result<()> {
        write(db).await?;
        check(|w| w.text.in_(["a", "axb", "nowhere"]), &["axb", "a"]).await?;
        check(|w| w.text.in_(Vec::<String>::new()), &[]).await?;
        check(|w| w.text.in_([None, Some("a")]), &["a"]).await?;
        check(|w| w.text.not_in(Vec::<String>::new()), WORDS).await?;
        let many: Vec<i64> = (0..5_000).collect();
        check(|w| w.id.in_(&many), WORDS).await?;
        check(|w| w.id.not_in(many.iter().map(|n| n + 100_000)), WORDS).await?;
        check(|w| w.text.in_(many.iter().map(|n| format!("word {n}")).chain(["💤".to_owned()])), &["💤"]).await
    }
}

matrix! {
    async fn null_is_no_value(db: &Database) -> Result<()> {
        fill(db).await?;
        let check =
            async |condition: fn(&'static crate::library::BookFields) -> Q<Book>, expected: &[&str]| -> Result<()> {
                assert_eq!(titles(Book::objects().filter(condition)).await?, expected);
                Ok(())
            };
        check(|b| b.pages.is_null(), &["Dune Messiah", "Roadside Picnic"]).await?;
        check(|b| b.pages.is_not_null(), &["Dune", "Solaris", "The Cyberiad"]).await?;
        check(|b| b.pages.eq(None::<i32>), &["Dune Messiah", "Roadside Picnic"]).await?;
        check(|b| b.pages.ne(None::<i32>), &["Dune", "Solaris", "The Cyberiad"]).await?;
        check(|b| b.pages.ne(412), &["Dune Messiah", "Solaris", "The Cyberiad", "Roadside Picnic"]).await?;
        check(|b| b.pages.differs(412), &["Solaris", "The Cyberiad"]).await?;
        check(|b| b.pages.not_in([412, 204]), &["Dune Messiah", "The Cyberiad", "Roadside Picnic"]).await?;
        check(|b| b.pages.gt(300), &["Dune"]).await?;
        check(|b| !b.pages.gt(300), &["Dune Messiah", "Solaris", "The Cyberiad", "Roadside Picnic"]).await
    }

    async fn ranges(db: &Database) -> Result<()> {
        fill(db).await?;
        let check =
            async |condition: fn(&'static crate::library::BookFields) -> Q<Book>, expected: &[&str]| -> Result<()> {
                assert_eq!(titles(Book::objects().filter(condition)).await?, expected);
                Ok(())
            };
        check(|b| b.pages.between(204, 295), &["Solaris", "The Cyberiad"]).await?;
        check(|b| b.pages.between(295, 204), &[]).await?;
        check(|b| b.pages.in_range(204..295), &["Solaris"]).await?;
        check(|b| b.pages.in_range(295..), &["Dune", "The Cyberiad"]).await?;
        check(|b| b.price.in_range(..=dec!(8)), &["Solaris", "The Cyberiad"]).await?;
        check(|b| b.price.lt(10) & b.price.gte(dec!(9.99)), &["Dune"]).await?;
        check(|b| b.rating.lte(4.25), &["Solaris", "Roadside Picnic"]).await
    }

    async fn columns_are_compared_with_columns_and_arithmetic(db: &Database) -> Result<()> {
        fill(db).await?;
        let check =
            async |condition: fn(&'static crate::library::BookFields) -> Q<Book>, expected: &[&str]| -> Result<()> {
                assert_eq!(titles(Book::objects().filter(condition)).await?, expected);
                Ok(())
            };
        check(|b| b.editor.eq(b.author), &[]).await?;
        check(|b| b.editor.ne(b.author), &["Dune", "Dune Messiah", "Solaris", "The Cyberiad", "Roadside Picnic"])
            .await?;
        check(|b| (b.price * 2).eq(dec!(19.98)), &["Dune"]).await?;
        check(|b| (b.price + dec!(0.01)).eq(10), &["Dune"]).await?;
        check(|b| (b.pages / 100).eq(2), &["Solaris", "The Cyberiad"]).await?;
        check(|b| (b.pages % 100).eq(4), &["Solaris"]).await?;
        check(|b| (b.pages - 4).gt(b.pages), &[]).await?;
        check(|b| (-b.pages).lt(-300), &["Dune"]).await?;
        check(
            |b| (b.pages / (b.id - b.id * 1)).is_null(),
            &["Dune", "Dune Messiah", "Solaris", "The Cyberiad", "Roadside Picnic"],
        )
        .await
    }
}
