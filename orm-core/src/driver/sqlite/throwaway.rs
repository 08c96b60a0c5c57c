//! Files in the temporary folder, each in a folder of its own.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::form_urlencoded::{Serializer, parse};

use super::SqliteOptions;
use crate::error::{Error, Result};

/// What a path keeps as it is in a URL.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_');

/// The folder, and the URL, of a new database with the options of another one.
pub(in crate::driver) fn throwaway(url: &str, name: &str) -> Result<(PathBuf, String)> {
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
    Ok((folder, format!("sqlite://{file}?{}", options.finish())))
}

pub(in crate::driver) fn make_folder(folder: &Path) -> Result<()> {
    fs::create_dir(folder).map_err(|error| failed("make", error))
}

pub(in crate::driver) fn remove_folder(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed("remove", error)),
        _ => Ok(()),
    }
}

fn failed(verb: &str, error: io::Error) -> Error {
    Error::connection(format!("cannot {verb} a folder for a database: {error}")).with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_options_of_the_other_database_hold_and_no_option_is_doubled() -> Result<()> {
        for (options, synchronous) in [("", "off"), ("?mode=ro", "off"), ("?synchronous=extra&mode=ro", "extra")] {
            let (_, url) = throwaway(&format!("sqlite:books.db{options}"), "t")?;
            url.parse::<SqliteOptions>()?;
            assert!(url.contains(&format!("synchronous={synchronous}")) && url.contains("mode=rwc"), "{url}");
        }
        Ok(())
    }
}
