//! Text has one meaning on every database, whatever the locale it was made with.

use dormouse::Result;
use dormouse::prelude::*;

use crate::support::everywhere;

#[derive(Model, Debug, Clone, PartialEq)]
struct Note {
    id: i64,
    #[field(max_length = 20, index)]
    word: String,
    long: Option<String>,
}

/// In the order of their code points.
const IN_ORDER: &[&str] = &[
    "", "!", "A", "B", "I", "Z", "_", "a", "a ", "aa", "ab", "b", "i", "z", "~", "Ä", "É", "ß", "á", "é", "İ", "ı",
    "Σ", "ς", "σ", "Ж", "ж", "日", "\u{e000}", "\u{ffee}", "💤",
];

async fn write(db: &Database) -> Result<()> {
    db.create_tables(dormouse::models![Note]).await?;
    // Not in their own order.
    for turn in 0..3 {
        for (_, word) in IN_ORDER.iter().enumerate().filter(|(index, _)| index % 3 == turn) {
            Note::objects().acreate(|n| n.word(*word).long(*word)).await?;
        }
    }
    Ok(())
}

/// The words of which a condition is true, in order, and of which its complement is.
async fn check(condition: impl Fn(&'static NoteFields) -> Q<Note>, expected: impl Fn(&str) -> bool) -> Result<()> {
    let words = |wanted: bool| IN_ORDER.iter().copied().filter(|word| expected(word) == wanted).collect::<Vec<_>>();
    let notes = || Note::objects().order_by(|n| n.word.asc());
    assert_eq!(notes().filter(&condition).values(|n| n.word).await?, words(true));
    assert_eq!(notes().exclude(&condition).values(|n| n.word).await?, words(false));
    Ok(())
}

/// Lower case, character by character.
fn folded(text: &str) -> String {
    text.chars().filter_map(|character| character.to_lowercase().next()).collect()
}

/// A text without a limit; several of them make a long sort key.
#[derive(Model, Debug, Clone)]
struct Page {
    id: i64,
    first: String,
    second: String,
    third: String,
    fourth: Option<String>,
}

everywhere! {
    /// Also where they are alike for long; 128 KiB is what servers are made to look at.
    async fn long_texts_come_in_order(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Page]).await?;
        for alike in ["x".repeat(1_500), "é".repeat(60_000), "y".repeat((128 << 10) - 1)] {
            for end in ["c", "a", "d", "b"] {
                let text = format!("{alike}{end}");
                Page::objects().acreate(|p| p.first(&*alike).second("").third("").fourth(&*text)).await?;
            }
        }
        for id in 0..100 {
            Page::objects().acreate(|p| p.first(id.to_string()).second("z").third("z").fourth("z")).await?;
        }
        let ends = |pages: Vec<Page>| -> String {
            pages.iter().filter_map(|page| page.fourth.as_ref()?.chars().next_back()).collect()
        };
        let long = || Page::objects().filter(|p| p.second.eq(""));
        let in_order = long().order_by(|p| p.fourth.asc()).await?;
        assert_eq!(ends(in_order), "abcdabcdabcd");
        let by_all = long().order_by(|p| (p.first.asc(), p.second.asc(), p.third.asc(), p.fourth.desc())).await?;
        assert_eq!(ends(by_all), "dcbadcbadcba");
        let some = Page::objects().order_by(|p| (p.second.asc(), p.fourth.desc())).limit(5).await?;
        assert_eq!(ends(some), "dcbad");
        Ok(())
    }

    async fn texts_come_in_the_order_of_their_code_points(db: &Database) -> Result<()> {
        write(db).await?;
        assert_eq!(Note::objects().order_by(|n| n.word.asc()).values(|n| n.word).await?, IN_ORDER);
        assert_eq!(Note::objects().order_by(|n| n.long.desc()).reverse().values(|n| n.word).await?, IN_ORDER);
        assert_eq!(Note::objects().order_by(|n| n.word.asc()).values(|n| n.word).distinct().await?, IN_ORDER);
        let ends = Note::objects().aaggregate(|n| (n.word.min(), n.word.max(), n.long.max())).await?;
        assert_eq!(ends, (Some(String::new()), Some("💤".to_owned()), Some("💤".to_owned())));
        assert_eq!(Note::objects().alatest(|n| n.word).await?.word, "💤");
        Ok(())
    }

    async fn ranges_of_texts_are_ranges_of_code_points(db: &Database) -> Result<()> {
        write(db).await?;
        for bound in IN_ORDER.iter().chain(&["ab ", "é\u{301}", "K", "\u{d7ff}", "\u{10ffff}"]) {
            check(|n| n.word.lt(*bound), |word| word < *bound).await?;
            check(|n| n.word.lte(*bound), |word| word <= *bound).await?;
            check(|n| n.word.gt(*bound), |word| word > *bound).await?;
            check(|n| n.word.gte(*bound), |word| word >= *bound).await?;
            check(|n| n.word.between("B", *bound), |word| "B" <= word && word <= *bound).await?;
            check(|n| n.word.startswith(*bound), |word| word.starts_with(*bound)).await?;
            check(|n| n.word.eq(*bound), |word| word == *bound).await?;
        }
        check(|n| n.word.lt(n.long), |_| false).await?;
        check(|n| n.word.lte(n.long), |_| true).await
    }

    async fn case_folds_by_one_rule(db: &Database) -> Result<()> {
        write(db).await?;
        for text in IN_ORDER {
            check(|n| n.word.iexact(*text), |word| folded(word) == folded(text)).await?;
            check(|n| n.word.icontains(*text), |word| folded(word).contains(&folded(text))).await?;
            check(|n| n.word.istartswith(*text), |word| folded(word).starts_with(&folded(text))).await?;
            check(|n| n.word.iendswith(*text), |word| folded(word).ends_with(&folded(text))).await?;
        }
        check(|n| n.word.icontains(n.long), |_| true).await
    }

    async fn patterns_know_letters_beyond_ascii(db: &Database) -> Result<()> {
        write(db).await?;
        check(|n| n.word.iregex("^É$"), |word| matches!(word, "É" | "é")).await?;
        check(|n| n.word.regex(r"^\w$"), |word| word.chars().count() == 1 && word.chars().all(|c| c == '_' || c.is_alphanumeric())).await
    }
}
