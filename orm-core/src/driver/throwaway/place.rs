//! Where a database is for a while.

use std::path::PathBuf;

use url::Url;

use super::Words;
use crate::driver::grammar::wrong_url;
use crate::error::Result;

/// Where a database is for a while.
pub(in crate::driver) enum Place {
    /// With the file and what lies beside it.
    Folder {
        /// Its own URL.
        url: String,
        folder: PathBuf,
    },
    Server {
        /// Its own URL.
        url: String,
        /// The URL that databases are made from.
        from: String,
        words: Words,
    },
}

impl Place {
    /// On the server of a URL, whose options hold for it too.
    pub(in crate::driver) fn beside(url: &str, name: &str, words: Words) -> Result<Self> {
        let mut own = Url::parse(url).map_err(|error| wrong_url(format!("{error} in the database URL")))?;
        own.set_path(name);
        Ok(Self::Server { url: own.into(), from: url.to_owned(), words })
    }
}
