//! A database, a proxy in front of it, and a probe beside it.

use std::panic::resume_unwind;

use dormouse::{Database, Result};
use url::Url;

use super::leak::Probe;
use super::panics::{no_panic, watch_for_panics};
use super::proxy::ChaosProxy;
use super::{Place, Work, in_runtime, outcome};

/// Turns each `async fn name(rig: &mut Rig) -> Result<()>` into a test for each of the named databases.
macro_rules! sweep {
    ($($(#[$meta:meta])* async fn $name:ident($rig:ident: &mut Rig) -> Result<()> $body:block on $($place:ident),+;)*) => {$(
        mod $name {
            use super::*;

            $(#[$meta])*
            async fn body($rig: &mut $crate::support::Rig) -> dormouse::Result<()> $body

            $(
                #[test]
                fn $place() -> dormouse::Result<()> {
                    $crate::support::run_rig(stringify!($place), |rig| Box::pin(body(rig)))
                }
            )+
        }
    )*};
}

pub(crate) use sweep;

impl Place {
    /// The place that the macros call so.
    pub(crate) async fn named(name: &str) -> Result<Self> {
        match name {
            "sqlite" => Ok(Self::sqlite()),
            "postgres" => Self::postgres().await,
            "mariadb" => Self::mariadb().await,
            "postgres_en_us" => Self::postgres_in("LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C.UTF-8'").await,
            "postgres_tr_tr" => Self::postgres_in("LOCALE_PROVIDER icu ICU_LOCALE 'tr-TR' LOCALE 'C.UTF-8'").await,
            "postgres_c" => Self::postgres_in("LOCALE 'C'").await,
            "mariadb_latin1" => Self::mariadb_in("latin1").await,
            other => panic!("no database is called {other}"),
        }
    }
}

/// A database to break.
pub(crate) struct Rig {
    place: Place,
    /// SQLite has no wire.
    proxy: Option<ChaosProxy>,
    pub(crate) probe: Probe,
    /// The database itself, not through the proxy.
    pub(crate) direct: Database,
}

/// Runs a sweep on the place of a name, and takes the place away, whatever happens. Panics on any thread fail it.
pub(crate) fn run_rig(place: &str, body: fn(&mut Rig) -> Work<'_>) -> Result<()> {
    watch_for_panics();
    in_runtime(Box::pin(async {
        let mut rig = Rig::new(Place::named(place).await?).await?;
        let outcome = outcome(body(&mut rig)).await;
        rig.direct.close().await;
        // What hangs on the proxy must not keep the database from going.
        drop(rig.proxy);
        rig.place.remove().await?;
        no_panic();
        outcome.unwrap_or_else(|panic| resume_unwind(panic))
    }))
}

impl Rig {
    async fn new(place: Place) -> Result<Self> {
        let direct = Database::connect(place.url()).await?;
        let proxy = match &place {
            Place::File { .. } => None,
            Place::Server { url, .. } => Some(ChaosProxy::before(url).await.map_err(dormouse::Error::other)?),
        };
        let probe = Probe::of(place.url()).await;
        Ok(Self { place, proxy, probe, direct })
    }

    pub(crate) fn proxy(&self) -> &ChaosProxy {
        self.proxy.as_ref().expect("a server, which has a wire")
    }

    /// Tells whether there is a wire between the library and the database.
    pub(crate) fn has_wire(&self) -> bool {
        self.proxy.is_some()
    }

    /// The URL of the database through the proxy, in plain text, with a pool of this size.
    pub(crate) fn url(&self, connections: usize) -> Url {
        match &self.proxy {
            Some(proxy) => {
                let url = proxy.url(self.direct_url(connections));
                with_options(url, &[("sslmode", "disable")])
            }
            None => self.direct_url(connections),
        }
    }

    /// The URL of the database itself, with a pool of this size.
    pub(crate) fn direct_url(&self, connections: usize) -> Url {
        let url = Url::parse(self.place.url()).expect("a URL");
        let connections = connections.to_string();
        match &self.place {
            // Short reads on the calling task have connections of their own.
            Place::File { .. } => with_options(url, &[("readers", &connections), ("inline", "off")]),
            Place::Server { .. } => with_options(url, &[("max_connections", &connections)]),
        }
    }

    /// The database through the proxy, with a pool of this size.
    pub(crate) async fn connect(&self, connections: usize) -> Result<Database> {
        Database::connect(self.url(connections).as_str()).await
    }
}

fn with_options(mut url: Url, options: &[(&str, &str)]) -> Url {
    url.query_pairs_mut().extend_pairs(options);
    url
}
