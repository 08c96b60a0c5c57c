//! What is larger than a server takes at once is refused before it is sent, and the connection lives on.

use dormouse::prelude::*;
use dormouse::{ErrorKind, Result};

use crate::support::matrix;

#[derive(Model, Debug, Clone, PartialEq)]
struct Paper {
    id: i64,
    text: Option<String>,
    bytes: Option<Vec<u8>>,
    json: Option<serde_json::Value>,
}

const MEBIBYTE: usize = 1 << 20;

fn is_refused<T>(outcome: Result<T>) -> bool {
    match outcome {
        Ok(_) => false,
        Err(error) => {
            assert!(matches!(error.kind(), ErrorKind::OutOfRange { .. }), "{error:?}");
            assert!(
                error.to_string().contains("max_allowed_packet") || error.to_string().contains("64 MiB"),
                "{error}"
            );
            true
        }
    }
}

matrix! {
    async fn what_is_too_large_for_the_server_is_refused(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Paper]).await?;
        let has_packets = matches!(db.server().product, "MariaDB" | "MySQL");
        let papers = Paper::objects;
        // The test's server takes 16 MiB, which is the default.
        let text = "x".repeat(17 * MEBIBYTE);
        assert_eq!(is_refused(papers().acreate(|p| p.text(text.clone())).await), has_packets);
        assert_eq!(is_refused(papers().acreate(|p| p.bytes(vec![1; 17 * MEBIBYTE])).await), has_packets);
        let json = serde_json::Value::String(text.clone());
        assert_eq!(is_refused(papers().acreate(|p| p.json(json)).await), has_packets);
        let half = "x".repeat(9 * MEBIBYTE);
        let both = papers().acreate(|p| p.text(half.clone()).bytes(half.clone().into_bytes())).await;
        assert_eq!(is_refused(both), has_packets, "together they are too large");
        let list: Vec<_> = (0..18).map(|item| format!("{item}{}", "x".repeat(MEBIBYTE))).collect();
        assert_eq!(is_refused(papers().filter(|p| p.text.in_(list)).acount().await), has_packets);

        let stored = papers().acount().await?;
        assert_eq!(stored, if has_packets { 0 } else { 4 }, "nothing of what was refused");
        let undone = atomic(move |tx| {
            Paper::new().text("short").save(tx)?;
            // It was not sent, so the transaction goes on.
            Ok(is_refused(Paper::new().text(text).save(tx)))
        });
        assert_eq!(undone.await?, has_packets);
        assert_eq!(papers().acount().await?, stored + if has_packets { 1 } else { 2 });

        // Up to there, everything fits and comes back.
        let fits = "y".repeat(16 * MEBIBYTE - 2_048);
        let paper = papers().acreate(|p| p.text(fits.clone())).await?;
        assert_eq!(papers().aget(|p| p.id.eq(paper.id)).await?.text.map(|text| text.len()), Some(fits.len()));
        Ok(())
    }

    async fn a_key_of_zero_stays_zero(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Paper]).await?;
        let zero = Paper::objects().acreate(|p| p.id(0).text("zero")).await?;
        assert_eq!(zero.id, 0);
        assert_eq!(Paper::objects().aget(|p| p.id.eq(0)).await?.text.as_deref(), Some("zero"));
        let again = Paper::objects().acreate(|p| p.id(0)).await.unwrap_err();
        assert!(again.is_unique_violation(), "{again:?}");
        let next = Paper::objects().acreate(|p| p.text("next")).await?;
        assert!(next.id > 0, "{next:?}");
        assert_eq!(Paper::objects().acount().await?, 2);
        Ok(())
    }
}
