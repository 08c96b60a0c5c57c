//! Enums and newtypes as column types.

use dormouse::Result;
use dormouse::prelude::*;

use crate::support::matrix;

#[derive(Choices, Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Draft,
    InReview,
    Live,
}

#[derive(Choices, Debug, Clone, Copy, PartialEq, Eq)]
#[choices(int)]
enum Priority {
    Low = 1,
    High = 10,
}

#[derive(FieldType, Debug, Clone, PartialEq, Eq)]
struct Isbn(String);

#[derive(Model, Debug, Clone, PartialEq)]
struct Article {
    id: i64,
    status: Status,
    #[field(default = Priority::Low)]
    priority: Priority,
    before: Option<Status>,
    isbn: Option<Isbn>,
}

matrix! {
    async fn they_come_back_as_they_were(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Article]).await?;
        let draft = Article::objects().acreate(|a| a.status(Status::InReview).isbn(Isbn("978".to_owned()))).await?;
        assert_eq!((draft.status, draft.priority, draft.before), (Status::InReview, Priority::Low, None));
        let mut read = Article::objects().aget_one().await?;
        assert_eq!(read, draft);
        (read.status, read.priority, read.before) = (Status::Live, Priority::High, Some(Status::Draft));
        read.asave().await?;
        assert_eq!(Article::objects().aget_one().await?, read);
        Ok(())
    }

    async fn they_are_asked_for(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Article]).await?;
        for status in [Status::Draft, Status::InReview, Status::Live] {
            Article::objects().acreate(|a| a.status(status).isbn(Isbn(format!("{status:?}")))).await?;
        }
        let statuses = |condition: Q<Article>| {
            Article::objects().filter(|_| condition).order_by(|a| a.id.asc()).values(|a| a.status)
        };
        let article = Article::fields();
        assert_eq!(statuses(article.status.eq(Status::Draft)).await?, [Status::Draft]);
        assert_eq!(statuses(article.status.ne(Status::Draft)).await?, [Status::InReview, Status::Live]);
        assert_eq!(statuses(article.status.in_([Status::Live, Status::Draft])).await?, [Status::Draft, Status::Live]);
        assert_eq!(statuses(article.isbn.eq(Isbn("Live".to_owned()))).await?, [Status::Live]);
        assert_eq!(statuses(article.before.is_null()).await?.len(), 3);
        let changed =
            Article::objects().aupdate(|a| (a.before.set(Status::Draft), a.priority.set(Priority::High))).await?;
        assert_eq!(changed, 3);
        assert_eq!(statuses(article.before.eq(Status::Draft) & article.priority.eq(Priority::High)).await?.len(), 3);
        Ok(())
    }

    async fn the_database_keeps_to_the_list(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Article]).await?;
        Article::objects().acreate(|a| a.status(Status::Live)).await?;
        let text = db.execute_sql("UPDATE article SET status = 'unheard of'").await.unwrap_err();
        assert!(text.is_check_violation(), "{text:?}");
        let number = db.execute_sql("UPDATE article SET priority = 5").await.unwrap_err();
        assert!(number.is_check_violation(), "{number:?}");
        Ok(())
    }
}
