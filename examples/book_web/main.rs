//! A catalogue of books on the web: the demo of Dormouse. `cargo run --example book_web`, then open
//! <http://127.0.0.1:8000>.
//!
//! It makes a database file and fills it, imports a CSV file if asked to, and serves the pages. One file, one thought:
//!
//! * [`models`]: the tables. [`catalogue`]: what a new database is filled with. [`database`]: making and filling it.
//!   [`import`]: books from a CSV file.
//! * [`routes`]: every address. [`site`]: who answers it, and what each request passes through. [`middleware`]: the
//!   layers written here.
//! * [`listing`]: which books are asked for. [`pages`], [`edit`], [`feeds`]: the answers. [`forms`]: what was typed.
//!   [`views`]: the templates. [`problem`]: what is said when something went wrong.

pub(crate) mod catalogue;
pub(crate) mod database;
pub(crate) mod edit;
mod feeds;
mod forms;
pub(crate) mod import;
mod listing;
pub(crate) mod middleware;
pub(crate) mod models;
mod pages;
mod problem;
mod routes;
pub(crate) mod site;
mod views;

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use dormouse::prelude::*;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use import::OnError;
use middleware::AccessLog;
use problem::chain;

/// A catalogue of books on the web: the demo of Dormouse.
#[derive(Debug, Parser)]
#[command(name = "book_web")]
struct Arguments {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8000")]
    addr: String,
    /// The database: sqlite://…, postgres://… or mysql://… [default: an SQLite file under target/book_web]
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// A CSV file of books to import first, such as ../shared/data/goodbooks-10k/books.csv
    #[arg(long, value_name = "FILE.csv")]
    import: Option<PathBuf>,
    /// What becomes of the import if a row of the file is broken
    #[arg(long, value_enum, default_value = "abort")]
    on_error: OnError,
    /// A file that gets a line per answer [default: access.log under target/book_web]
    #[arg(long, value_name = "FILE")]
    access_log: Option<PathBuf>,
}

/// What stops the program: a sentence for its user.
type Stop = String;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_target(false).with_writer(std::io::stderr).init();
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => {
            tracing::error!("{stop}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Stop> {
    // The port first: if it is taken, nothing else should have happened.
    let listener = TcpListener::bind(&arguments.addr)
        .await
        .map_err(|error| format!("cannot listen on {}: {error}; choose another address with --addr", arguments.addr))?;
    let access_log = open_log(&arguments.access_log.unwrap_or_else(|| folder().join("access.log")))?;
    let database = open_database(arguments.database).await?;
    dormouse::setup(Databases::new().add("default", database.clone())).map_err(|error| error.to_string())?;
    database::prepare(&database).await.map_err(|error| format!("cannot make the tables: {}", chain(&error)))?;
    fill(arguments.import.as_deref(), arguments.on_error).await?;
    let address = listener.local_addr().map_or(arguments.addr, |address| address.to_string());
    tracing::info!("serving http://{address}/ (Ctrl-C ends it)");
    axum::serve(site::sending_at_once(listener), site::router(access_log))
        .with_graceful_shutdown(interrupted())
        .await
        .map_err(|error| format!("cannot go on serving: {error}"))?;
    database.close().await;
    Ok(())
}

/// The demo's own folder, in the one that cargo keeps for what can be made again.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target").join("book_web")
}

/// Opens the database asked for, or else the demo's own file, which is made if it is not there.
async fn open_database(url: Option<String>) -> Result<Database, Stop> {
    let url = match url {
        Some(url) => url,
        None => {
            fs::create_dir_all(folder()).map_err(|error| format!("cannot make {}: {error}", folder().display()))?;
            let path = folder().join("books.db").display().to_string();
            // In a URL, these three would mean something else.
            let path = path.replace('%', "%25").replace('?', "%3F").replace('#', "%23");
            format!("sqlite://{path}?mode=rwc")
        }
    };
    let database =
        Database::connect(&url).await.map_err(|error| format!("cannot open the database: {}", chain(&error)))?;
    let server = database.server();
    tracing::info!("the books are kept in {} at {}", server.product, server.location);
    Ok(database)
}

fn open_log(path: &Path) -> Result<AccessLog, Stop> {
    let unwritable = |error: std::io::Error| format!("cannot write {}: {error}", path.display());
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(unwritable)?;
    }
    let file = OpenOptions::new().create(true).append(true).open(path).map_err(unwritable)?;
    Ok(AccessLog::new(file))
}

/// Imports the file asked for; without one, an empty database gets the small catalogue.
async fn fill(import: Option<&Path>, on_error: OnError) -> Result<(), Stop> {
    let Some(file) = import else {
        let books = database::fill_if_empty().await.map_err(|error| format!("cannot add books: {}", chain(&error)))?;
        if books > 0 {
            tracing::info!("the catalogue was empty: {books} books were added");
        }
        return Ok(());
    };
    let bar = ProgressBar::new(0).with_style(
        ProgressStyle::with_template("{msg:>14} {wide_bar} {pos}/{len} {eta}")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let imported = import::import(file, on_error, &bar).await;
    bar.finish_and_clear();
    match imported {
        Ok(imported) => {
            tracing::info!("{imported}");
            Ok(())
        }
        Err(failure) => Err(failure.to_string()),
    }
}

/// Ends when the user presses Ctrl-C. Without a way to hear of it, never.
async fn interrupted() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::warn!(%error, "Ctrl-C cannot be heard");
        std::future::pending::<()>().await;
    }
}
