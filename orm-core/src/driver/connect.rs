//! Connecting by URL: the one place that knows every driver.

use std::sync::Arc;

use super::url::{Scheme, scheme};
use super::{Driver, mysql, postgres, sqlite};
use crate::error::Result;

/// Opens the database that a [URL](super::url) names and checks that it answers.
pub async fn connect(url: &str) -> Result<Arc<dyn Driver>> {
    match scheme(url)? {
        Scheme::Sqlite => sqlite::connect(url).await,
        Scheme::Postgres => postgres::connect(url).await,
        Scheme::Mysql => mysql::connect(url).await,
    }
}

#[cfg(test)]
mod tests {
    use super::connect;
    use crate::driver::Throwaway;

    #[tokio::test]
    async fn without_its_feature_a_database_is_an_error_that_names_the_feature() {
        for (url, feature, is_on) in [
            ("sqlite::memory:", "sqlite", cfg!(feature = "sqlite")),
            ("postgres://anna@localhost/d", "postgres", cfg!(feature = "postgres")),
            ("mariadb://anna@localhost/d", "mysql", cfg!(feature = "mysql")),
        ] {
            if is_on {
                continue;
            }
            let connected = connect(url).await.map(|_| ()).map_err(|error| error.to_string());
            let made = Throwaway::beside(url).map(|_| ()).map_err(|error| error.to_string());
            let asks = format!("needs the Cargo feature `{feature}`");
            assert!(connected.clone().is_err_and(|error| error.contains(&asks)), "{connected:?}");
            assert_eq!(connected, made);
        }
    }

    #[tokio::test]
    async fn an_unknown_scheme_names_the_known_ones() {
        for url in ["oracle://u:geheim@h/d", "geheim", ""] {
            let message = connect(url).await.map(|_| ()).map_err(|error| error.to_string());
            let message = message.err().unwrap_or_default();
            assert!(message.contains("`postgres:`") && !message.contains("geheim"), "{message}");
        }
    }
}
