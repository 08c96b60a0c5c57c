//! Files in the temporary folder, each in a folder of its own.

use std::env;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::form_urlencoded::{Serializer, parse};

use super::SqliteOptions;
use crate::driver::throwaway::Place;
use crate::error::{Error, Result};

/// What a path keeps as it is in a URL.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_');

/// A new database with the options of another one, in a folder of its own.
pub(in crate::driver) fn throwaway(url: &str, name: &str) -> Result<Place> {
    url.parse::<SqliteOptions>()?;
    let folder = env::temp_dir().join(name);
    let file = folder.join("test.db");
    let file = file.to_str().ok_or_else(|| Error::configuration("the temporary folder's name is not UTF-8"))?;
    let mut options = Serializer::new(String::new());
    let given = url.split_once('?').map_or("", |(_, query)| query);
    options.extend_pairs(parse(given.as_bytes()).filter(|(name, _)| name != "mode"));
    // What need not outlive a crash need not wait for the disk.
    if !parse(given.as_bytes()).any(|(name, _)| name == "synchronous") {
        options.append_pair("synchronous", "off");
    }
    options.append_pair("mode", "rwc");
    let file = utf8_percent_encode(file, PATH);
    Ok(Place::Folder { url: format!("sqlite://{file}?{}", options.finish()), folder })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_options_of_the_other_database_hold_and_no_option_is_doubled() -> Result<()> {
        for (options, synchronous) in [("", "off"), ("?mode=ro", "off"), ("?synchronous=extra&mode=ro", "extra")] {
            let Place::Folder { url, .. } = throwaway(&format!("sqlite:books.db{options}"), "t")? else {
                return Err(Error::internal("a database of SQLite is a file"));
            };
            url.parse::<SqliteOptions>()?;
            assert!(url.contains(&format!("synchronous={synchronous}")) && url.contains("mode=rwc"), "{url}");
        }
        Ok(())
    }
}
