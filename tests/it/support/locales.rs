//! The odd locales: a test body, run on databases whose order and case are not those of the matrix.

use dormouse::driver::Throwaway;
use dormouse::{Database, Result};

use super::{Place, server};

/// Turns each `async fn name(db: &Database) -> Result<()>` into a test for each odd locale: PostgreSQL by ICU in American
/// English and in Turkish, PostgreSQL by bytes without letters beyond ASCII, and MariaDB with Latin-1 for what does not
/// say otherwise.
macro_rules! locales {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident: &Database) -> $result:ty $body:block)*) => {$(
        $crate::support::on_each!(
            $(#[$meta])* async fn $name($db: &Database) -> $result $body
            on postgres_en_us, postgres_tr_tr, postgres_c, mariadb_latin1
        );
    )*};
}

/// The same for the matrix and the odd locales.
macro_rules! everywhere {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident: &Database) -> $result:ty $body:block)*) => {$(
        $crate::support::on_each!(
            $(#[$meta])* async fn $name($db: &Database) -> $result $body
            on sqlite, postgres, mariadb, postgres_en_us, postgres_tr_tr, postgres_c, mariadb_latin1
        );
    )*};
}

/// Turns one test body into a test for each of the named places. The body is a future behind a pointer, so that what
/// surrounds it is compiled once, not for each body.
macro_rules! on_each {
    ($(#[$meta:meta])* async fn $name:ident($db:ident: &Database) -> $result:ty $body:block on $($place:ident),+) => {
        mod $name {
            use super::*;

            $(#[$meta])*
            async fn body($db: &dormouse::Database) -> $result $body

            $(
                #[test]
                fn $place() -> dormouse::Result<()> {
                    $crate::support::run_named(stringify!($place), |db| Box::pin(body(db)))
                }
            )+
        }
    };
}

pub(crate) use {everywhere, locales, on_each};

impl Place {
    /// On PostgreSQL, in a locale: `ICU_LOCALE 'tr-TR' …`.
    pub(super) async fn postgres_in(locale: &str) -> Result<Self> {
        Self::made(&server("DORMOUSE_TEST_POSTGRES"), &format!("TEMPLATE template0 ENCODING 'UTF8' {locale}")).await
    }

    /// On MariaDB, with a character set for what does not say otherwise.
    pub(super) async fn mariadb_in(charset: &str) -> Result<Self> {
        Self::made(&server("DORMOUSE_TEST_MYSQL"), &format!("CHARACTER SET {charset}")).await
    }

    async fn made(server: &str, options: &str) -> Result<Self> {
        let database = Throwaway::beside(server)?;
        let url = database.url().to_owned();
        let name = url.rsplit('/').next().and_then(|name| name.split('?').next()).expect("a name").to_owned();
        let maker = Database::connect(server).await?;
        let made = maker.execute_sql(format!("CREATE DATABASE {name} {options}")).await;
        maker.close().await;
        made?;
        Ok(Self::Server { url, database: Box::new(database) })
    }
}
