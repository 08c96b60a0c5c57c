//! Connecting by URL: the one place that knows every driver.

use std::sync::Arc;

use super::grammar::{MYSQL, POSTGRES};
use super::sqlite::SqliteDriver;
use super::url::{Scheme, ServerOptions, scheme};
use super::{Driver, mysql, postgres};
use crate::error::Result;

/// Opens the database that a [URL](super::url) names and checks that it answers.
pub async fn connect(url: &str) -> Result<Arc<dyn Driver>> {
    match scheme(url)? {
        Scheme::Sqlite => Ok(Arc::new(SqliteDriver::connect(url.parse()?).await?)),
        Scheme::Postgres => postgres::connect(ServerOptions::parse(url, &POSTGRES)?).await,
        Scheme::Mysql => mysql::connect(ServerOptions::parse(url, &MYSQL)?).await,
    }
}

#[cfg(test)]
mod tests {
    use super::connect;

    #[tokio::test]
    async fn an_unknown_scheme_names_the_known_ones() {
        for url in ["oracle://u:geheim@h/d", "geheim", ""] {
            let message = connect(url).await.map(|_| ()).map_err(|error| error.to_string());
            let message = message.err().unwrap_or_default();
            assert!(message.contains("`postgres:`") && !message.contains("geheim"), "{message}");
        }
    }
}
