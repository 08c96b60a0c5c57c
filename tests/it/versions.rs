//! Servers that are too old.

use dormouse::{Database, ErrorKind, Result, SetupMistake};
use url::Url;

use crate::support::Place;
use crate::support::proxy::ChaosProxy;

/// What is asked, and as whom a server of MariaDB answers through the proxy.
const OLD: [(&str, &str); 2] = [("SELECT '5.7.44'", "MySQL 5.7.44"), ("SELECT '8.0.36'", "MySQL 8.0.36")];

#[tokio::test]
async fn a_server_that_is_too_old_is_refused_on_connecting() -> Result<()> {
    let place = Place::mariadb().await?;
    // This setting has another name on MariaDB: it would be refused if the session were set up first.
    let url = Url::parse(place.url()).expect("a URL");
    for (version, told) in OLD {
        let proxy = ChaosProxy::before(place.url()).await.expect("a proxy");
        proxy.swap("SELECT VERSION()", version);
        let refused =
            Database::connect(&format!("{}?sslmode=disable&statement_timeout=5s", proxy.url(url.clone()))).await;
        let error = refused.expect_err(told);
        assert!(matches!(error.kind(), ErrorKind::Configuration(SetupMistake::TooOld { .. })), "{error:?}");
        let shown = error.to_string();
        assert!(
            shown.contains(told) && shown.ends_with("is too old: the least that can be used is MySQL 8.4"),
            "{shown}"
        );
    }
    place.remove().await
}
