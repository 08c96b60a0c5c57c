//! Files of books.

use std::fmt::Write as _;

use super::*;
use crate::support::matrix;

matrix! {
    async fn a_file_is_imported(db: &Database) -> Result<()> {
        let site = Site::empty(db).await?;
        let csv = "\u{feff}isbn,authors,original_publication_year,title,language_code\n\
            439023483,Suzanne Collins,2008.0,\"The Hunger Games (The Hunger Games, #1)\",eng\n\
            ,\"Homer, Robert Fagles, Bernard Knox, Homer\",-720.0,The Odyssey,\n\
            044023722X,Bernard Knox,,\"A \"\"quoted\"\" title\",en-US\n";
        let imported = site.import(csv, OnError::Abort).await.expect("an import");
        assert_eq!((imported.books, imported.authors, imported.known, imported.broken.len()), (3, 4, 0, 0));
        let odyssey = Book::objects().select_related(|b| b.author).aget(|b| b.title.eq("The Odyssey")).await?;
        assert_eq!((odyssey.author_name(), odyssey.year), ("Homer", Some(-720)));
        assert_eq!((&odyssey.isbn, &odyssey.language, odyssey.price), (&None, &None, None));
        let games = Book::objects().aget(|b| b.year.eq(2008)).await?;
        assert_eq!((games.isbn.as_deref(), games.language.as_deref()), (Some("0439023483"), Some("eng")));
        assert_eq!(Book::objects().filter(|b| b.year.is_null()).acount().await?, 1);
        let page = site.get(&format!("/detail/{}", odyssey.id)).await.is(200);
        page.has("with Robert Fagles, Bernard Knox").has("none").has("unknown");
        // Once more: nothing is there twice.
        let again = site.import(csv, OnError::Abort).await.expect("an import");
        assert_eq!((again.books, again.authors, again.known), (0, 0, 3));
        assert_eq!((Book::objects().acount().await?, Credit::objects().acount().await?), (3, 2));
        Ok(())
    }

    async fn broken_rows_stop_an_import_or_are_passed_over(db: &Database) -> Result<()> {
        let site = Site::empty(db).await?;
        let mut csv = String::from("title,authors,original_publication_year,isbn,language_code\n");
        for row in [
            "Good one,Ann,2001.0,,",
            "Too few,Ann",
            "Bad year,Ann,nineteen,,",
            ",Ann,2001.0,,",
            "No author,\" , \",2001.0,,",
            "Bad ISBN,Ann,2001.0,12345678901,",
            "good ONE,ann,2001.0,,",
            "Control\u{7},Ann,2001.0,,",
        ] {
            let _ = writeln!(csv, "{row}");
        }
        let _ = writeln!(csv, "{},Ann,2001.0,,", "long ".repeat(61));
        let _ = writeln!(csv, "Good two,Ben,,,");
        let reasons = [
            "nothing was imported, because of 8 broken rows:",
            "  line 3: 2 fields where the first line has 5",
            "  line 4: `nineteen` is not a year",
            "  line 5: no title",
            "  line 6: no author",
            "  line 7: `12345678901` is not an ISBN of ten digits",
            "  line 8: the same title, author and year as in line 2",
            "  line 9: a control character in the text",
            "  line 10: a title of 304 characters; at most 300 are kept",
            "`--on-error skip` imports the other rows",
        ];
        let refused = site.import(&csv, OnError::Abort).await.expect_err("broken rows");
        assert_eq!(refused.lines().collect::<Vec<_>>(), reasons);
        assert_eq!(Book::objects().acount().await? + Author::objects().acount().await?, 0);
        let imported = site.import(&csv, OnError::Skip).await.expect("an import");
        assert_eq!((imported.books, imported.authors, imported.broken.len()), (2, 2, 8));
        assert!(imported.to_string().starts_with("imported 2 books and 2 authors; passed over 8 broken rows:\n  line 3:"));
        Ok(())
    }

    async fn an_import_that_the_database_refuses_leaves_nothing(db: &Database) -> Result<()> {
        let site = Site::filled(db).await?;
        db.execute_sql("DROP TABLE credit").await?;
        let before = (Book::objects().acount().await?, Author::objects().acount().await?);
        let csv = "title,authors,original_publication_year,isbn,language_code\nNew,\"Ann, Ben\",2001.0,,\n";
        let refused = site.import(csv, OnError::Skip).await.expect_err("a missing table");
        assert!(refused.starts_with("nothing was imported: "), "{refused}");
        assert_eq!((Book::objects().acount().await?, Author::objects().acount().await?), before);
        Ok(())
    }

    async fn a_file_that_is_no_list_of_books_is_refused(db: &Database) -> Result<()> {
        let site = Site::empty(db).await?;
        let refused = site.import("name,price\nx,1\n", OnError::Skip).await.expect_err("no title");
        assert!(refused.ends_with("has no column `title` in its first line"), "{refused}");
        assert!(site.import("", OnError::Skip).await.is_err());
        let file = site.folder.path().join("missing.csv");
        let missing = import(&file, OnError::Skip, &ProgressBar::hidden()).await.expect_err("no file").to_string();
        assert!(missing.starts_with("cannot read ") && missing.contains("missing.csv"), "{missing}");
        // A quote that is not closed swallows the rest of the file; the message says where it began.
        let header = "title,authors,original_publication_year,isbn,language_code\n";
        let csv = format!("{header}Good,Ann,2001.0,,\n\"Open,Ben,2002.0,,\nLost,Cid,2003.0,,\nLost too,Cid,2003.0,,\n");
        let imported = site.import(&csv, OnError::Skip).await.expect("an import");
        assert_eq!((imported.books, imported.broken.len()), (1, 1));
        assert_eq!(imported.broken[0].line, 3);
        assert!(imported.broken[0].reason.contains("is a quote not closed?"), "{}", imported.broken[0].reason);
        Ok(())
    }
}
