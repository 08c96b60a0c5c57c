//! Situations that users of other libraries reported, where no other test has them: see `tests/public-reports.md`.

use dormouse::prelude::*;
use dormouse::{ErrorKind, Result};

use crate::support::matrix;

#[derive(Model, Debug, Clone, PartialEq)]
struct Stock {
    id: i64,
    count: u32,
    small: u8,
    #[field(max_length = 5)]
    short: String,
    #[field(max_length = 50)]
    long: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Song {
    id: i64,
    #[related(through = Sung)]
    singers: ManyToMany<Singer>,
    writers: ManyToMany<Singer>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Singer {
    id: i64,
    #[related(singers)]
    sung: ManyToMany<Song>,
    #[related(writers)]
    written: ManyToMany<Song>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Sung {
    id: i64,
    #[field(on_delete = Cascade)]
    song: ForeignKey<Song>,
    #[field(on_delete = Cascade)]
    singer: ForeignKey<Singer>,
}

async fn stock(db: &Database) -> Result<Stock> {
    db.create_tables(dormouse::models![Stock]).await?;
    Stock::new().count(1u32).small(1u8).short("abc").long("far longer than five").asave().await
}

fn is_out_of_range<T: std::fmt::Debug>(result: Result<T>) -> bool {
    matches!(result.expect_err("an error").kind(), ErrorKind::OutOfRange { .. })
}

matrix! {
    async fn a_longer_text_is_copied(db: &Database) -> Result<()> {
        let row = stock(db).await?;
        assert!(is_out_of_range(Stock::objects().aupdate(|s| s.short.set(s.long)).await));
        assert_eq!(Stock::objects().aget_one().await?, row, "nothing is stored");
        assert_eq!(Stock::objects().aupdate(|s| s.long.set(s.short)).await?, 1);
        Ok(())
    }

    async fn computed_values_count_once_in_their_order(db: &Database) -> Result<()> {
        let row = stock(db).await?;
        for count in [3_u32, 2, 3] {
            Stock::objects().acreate(|s| s.count(count).small(1u8).short(&row.short).long(&row.long)).await?;
        }
        let doubled = || Stock::objects().values(|s| s.count * 2).distinct();
        assert_eq!(doubled().order_by(|s| (s.count * 2).asc()).await?, [2_i64, 4, 6]);
        assert_eq!(doubled().order_by(|s| (s.count * 2).desc()).slice(1..).await?, [4_i64, 2]);
        Ok(())
    }

    async fn a_count_goes_down_to_zero(db: &Database) -> Result<()> {
        stock(db).await?;
        let down = || Stock::objects().aupdate(|s| (s.count.set(s.count - 1), s.small.set(s.small - 1)));
        assert_eq!(down().await?, 1);
        assert!(is_out_of_range(down().await));
        let left = Stock::objects().values(|s| (s.count, s.small)).await?;
        assert_eq!(left, [(0, 0)]);
        Ok(())
    }

    async fn models_are_paired_in_two_ways(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Song, Singer, Sung]).await?;
        let (song, singer, writer) =
            (Song::new().asave().await?, Singer::new().asave().await?, Singer::new().asave().await?);
        Sung::objects().acreate(|s| s.song(&song).singer(&singer)).await?;
        let pair = format!("INSERT INTO song_writers (song_id, singer_id) VALUES ({}, {})", song.id, writer.id);
        db.execute_sql(pair).await?;
        let songs = Song::objects().prefetch_related(|s| (s.singers, s.writers)).await?;
        let ids = |singers: Option<&[Singer]>| singers.expect("loaded").iter().map(|s| s.id).collect::<Vec<_>>();
        assert_eq!(ids(songs[0].singers.loaded()), [singer.id]);
        assert_eq!(ids(songs[0].writers.loaded()), [writer.id]);
        let singers = Singer::objects().order_by(|s| s.id.asc()).prefetch_related(|s| (s.sung, s.written)).await?;
        let counts = |s: &Singer| (s.sung.loaded().map(<[_]>::len), s.written.loaded().map(<[_]>::len));
        assert_eq!(singers.iter().map(counts).collect::<Vec<_>>(), [(Some(1), Some(0)), (Some(0), Some(1))]);
        Ok(())
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Sought {
    id: i64,
    #[field(index, max_length = 700)]
    text: String,
}

matrix! {
    /// An index of PostgreSQL takes 2,704 bytes of a value, after compression.
    async fn a_text_is_not_too_long_for_its_index_or_out_of_range(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Sought]).await?;
        // Characters of four bytes, none like the one before, so that nothing can be compressed.
        let character = |at: u32| char::from_u32(0x20000 + (at * 7_919 + at * at * 31) % 40_000).unwrap();
        let text: String = (0..700).map(character).collect();
        match Sought::objects().acreate(|s| s.text(text.as_str())).await {
            Ok(row) => assert_eq!(Sought::objects().aget(|s| s.text.eq(text.as_str())).await?, row),
            Err(error) => {
                assert!(matches!(error.kind(), ErrorKind::OutOfRange { .. }), "{error:?}");
                assert_eq!(Sought::objects().acount().await?, 0);
            }
        }
        let short = Sought::objects().acreate(|s| s.text("short")).await?;
        let mut long = Sought { text, ..short.clone() };
        match long.asave().await {
            Ok(()) => assert_eq!(Sought::objects().aget(|s| s.id.eq(short.id)).await?.text, long.text),
            Err(error) => {
                assert!(matches!(error.kind(), ErrorKind::OutOfRange { .. }), "{error:?}");
                assert_eq!(Sought::objects().aget(|s| s.id.eq(short.id)).await?, short);
            }
        }
        Ok(())
    }
}
