//! What is wrong with how a program is set up: its databases, their URLs, its models.

use std::fmt;

/// What is wrong with how a program is set up: [`ErrorKind::Configuration`](super::ErrorKind::Configuration).
///
/// Each is a mistake in options, models or the surroundings of a call; nothing was sent. The message says what to write instead.
///
/// ```
/// # use orm_core::error::{Error, ErrorKind, SetupMistake};
/// # let error = Error::from(SetupMistake::UnknownAlias { alias: "replca".into(), known: vec!["replica".into()] });
/// match error.kind() {
///     ErrorKind::Configuration(SetupMistake::UnknownAlias { known, .. }) => assert_eq!(known, &["replica"]),
///     other => panic!("{other:?}"),
/// }
/// assert_eq!(
///     error.to_string(),
///     "configuration: no database `replca`; did you mean `replica`? There are: replica"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SetupMistake {
    /// An alias that no database has.
    ///
    /// Cause: `.using("replca")`. Cure: one of the aliases that `Databases` was given.
    #[error("no database `{alias}`{}", among(alias, known))]
    UnknownAlias {
        /// The alias that was asked for.
        alias: String,
        /// The aliases there are.
        known: Vec<String>,
    },
    /// A URL of a database whose Cargo feature is off.
    ///
    /// Cause: `postgres://…` in a program that has Dormouse with its default features only. Cure: the feature, in `Cargo.toml`.
    #[error(
        "a URL of {database} needs the Cargo feature `{feature}`: `dormouse = {{ …, features = [\"{feature}\"] }}`"
    )]
    FeatureOff {
        /// The databases that the URL may be of.
        database: &'static str,
        /// The feature that is missing.
        feature: &'static str,
    },
    /// A query without a database to ask.
    ///
    /// Cause: `Book::objects().await` before `setup`, or in a task that was spawned inside a `scope`. Cure: `setup` at the start of
    /// the program, or `.using(&db)`.
    #[error("no database is set up: call `dormouse::setup(..)` first, or say `.using(&db)`")]
    NoDatabase,
    /// Databases that were set up before.
    ///
    /// Cause: a second `setup`. Cure: `Databases::scope` for another set, in a test for example.
    #[error("`setup` was called before; use `scope` for another set")]
    SetUpTwice,
    /// A runtime that cannot wait for a server.
    ///
    /// Cause: a query outside of a tokio runtime, or in one that was built without `enable_all()`. Cure: `#[tokio::main]`; in sync
    /// code `async_to_sync` or `blocking()`.
    #[error("{lacks}")]
    NoRuntime {
        /// What is missing.
        lacks: RuntimeLack,
    },
    /// An option that the URL of a database does not have. The one that was given is not told: with a password that is not
    /// percent-encoded it can be a part of it.
    ///
    /// Cause: `postgres://…?statement_timout=5s`. Cure: the option that is near, or one of those in `docs/options.md`.
    #[error("{}{}; known are {}", unknown(database, *elsewhere, *may_be_password), near(*nearest), known.join(", "))]
    UnknownOption {
        /// The database that the URL is of.
        database: &'static str,
        /// Whether what was given may be a part of a password.
        may_be_password: bool,
        /// The option that was given, if it is one of other databases.
        elsewhere: Option<&'static str>,
        /// The option that was probably meant.
        nearest: Option<&'static str>,
        /// The options there are.
        known: &'static [&'static str],
    },
    /// A value that an option of a URL does not take.
    ///
    /// Cause: `?lock_timeout=5`. Cure: `?lock_timeout=5s`.
    #[error("option `{option}` {takes}")]
    OptionValue {
        /// Name of the option.
        option: String,
        /// What it takes.
        takes: String,
    },
    /// An option that a URL gives twice.
    ///
    /// Cause: `?lock_timeout=5s&lock_timeout=10s`. Cure: one of them.
    #[error("the option `{option}` is given twice in the database URL: leave one of them out")]
    OptionTwice {
        /// Name of the option.
        option: &'static str,
    },
    /// A URL of a database that cannot be read.
    ///
    /// Cause: `postgres://app:pass/word@db/shop`. Cure: `pass%2Fword`.
    #[error("{reason}")]
    Url {
        /// What is wrong, without any part of the URL.
        reason: String,
    },
    /// A server older than the least that the library works with.
    ///
    /// Cause: PostgreSQL 13. Cure: a version that its makers still mend.
    #[error("{product} {version} at {location} is too old: the least that can be used is {product} {least}")]
    TooOld {
        /// Name of the database.
        product: &'static str,
        /// The version that answered.
        version: String,
        /// Where it is: `host:port/database`.
        location: String,
        /// The least version.
        least: String,
    },
    /// A model without a primary key of one column, that another refers to.
    ///
    /// Cause: `ForeignKey<Enrolment>`, where an enrolment is told by student and course. Cure: a key of its own, or a foreign key of
    /// both columns.
    #[error("`{model}` needs a primary key of one column to be referred to")]
    NoKey {
        /// Name of the model.
        model: &'static str,
    },
    /// A foreign key whose columns do not fit the key that it refers to.
    ///
    /// Cause: a key of two columns to a model whose key has three. Cure: one column for each, of the same type.
    #[error("{}the foreign key `{model}.{key}` {fault}", of_column(*column))]
    ForeignKey {
        /// Name of the model.
        model: &'static str,
        /// Name of the foreign key.
        key: &'static str,
        /// Name of the field, if one of them is at fault.
        column: Option<&'static str>,
        /// What does not fit.
        fault: String,
    },
    /// A relation that is not what it is used as.
    ///
    /// Cause: `ManyToMany` through a model with two foreign keys to one side. Cure: one foreign key to each side.
    #[error("`{model}.{relation}` {fault}")]
    Relation {
        /// Name of the model.
        model: &'static str,
        /// Name of the relation.
        relation: &'static str,
        /// What it lacks.
        fault: String,
    },
    /// A name that some database would cut or refuse.
    ///
    /// Cause: a table name of 70 characters. Cure: `#[model(table = "…")]` with at most 63.
    #[error("the name of the {what} `{}` of `{model}` {fault}", name.escape_debug())]
    Name {
        /// Name of the model.
        model: String,
        /// What has the name: a table, column, index …
        what: &'static str,
        /// The name.
        name: String,
        /// What is wrong with it.
        fault: String,
    },
    /// A name that is taken. Most databases take capitals and small letters for one.
    ///
    /// Cause: two models with the table `book`. Cure: `#[model(table = "…")]` on one of them.
    #[error("the {what} `{name}` of `{model}` has the name of the {other_what} of `{other}`: give it another")]
    NameTaken {
        /// Name of the model.
        model: String,
        /// What has the name: a table, column, index …
        what: &'static str,
        /// The name.
        name: String,
        /// Name of the model that had it first.
        other: String,
        /// What it is the name of there.
        other_what: &'static str,
    },
    /// A model that another refers to, and that is not among those whose tables are made.
    ///
    /// Cause: `create_tables(&models![Book])`, where a book refers to an author. Cure: `&models![Author, Book]`.
    #[error(
        "`{model}.{field}` refers to `{target}`, which is not among the models given: name it beside `{model}`, or declare it \
         with `managed = false` if its table is made elsewhere"
    )]
    NotGiven {
        /// Name of the model that refers.
        model: &'static str,
        /// Name of its field or relation.
        field: &'static str,
        /// Name of the model that it refers to.
        target: &'static str,
    },
    /// A table or column that this database cannot have as the model declares it.
    ///
    /// Cause: a unique text without `max_length` on MySQL. Cure: `#[field(unique, max_length = 200)]`.
    #[error("`{model}{}`: {fault}", column.as_ref().map(|column| format!(".{column}")).unwrap_or_default())]
    Table {
        /// Name of the model.
        model: String,
        /// Name of the column, if one is at fault.
        column: Option<String>,
        /// What the database cannot have, and what to declare instead.
        fault: String,
    },
    /// A table that `create_tables` was to make, and that is there.
    ///
    /// Cause: a program that starts a second time. Cure: `create_missing_tables`.
    #[error(
        "the table `{table}` of `{model}` exists already: `create_missing_tables` makes those tables only that are not there"
    )]
    TableExists {
        /// Name of the model.
        model: String,
        /// Name of the table.
        table: String,
    },
    /// A table that is there, and is not as its model declares it.
    ///
    /// Cause: a field that was added to the model after its table was made. Cure: `ALTER TABLE`, or a new table where the rows are of
    /// no use any more.
    #[error(
        "the table `{table}` of `{model}` is not as the model declares it: the column `{column}` {fault}; change the table by \
         `ALTER TABLE`, or drop it if its rows are of no use, or change the model; no table was made"
    )]
    TableDiffers {
        /// Name of the model.
        model: String,
        /// Name of the table.
        table: String,
        /// Name of the column.
        column: String,
        /// What differs.
        fault: String,
    },
    /// A new row without a value that its table, which was made elsewhere, would leave NULL.
    ///
    /// Cause: `Event::create()` without a `token` that has no default in the table. Cure: give it.
    #[error(
        "a new row of `{model}` needs a value for `{model}.{field}`: the table gives the column `{column}` none by itself, so it \
         would be NULL; give one, or declare the column so that the database numbers it or has a default"
    )]
    ValueMissing {
        /// Name of the model.
        model: &'static str,
        /// Name of the field.
        field: &'static str,
        /// Name of the column.
        column: &'static str,
    },
    /// Another mistake.
    #[error("{reason}")]
    Other {
        /// What is wrong, and what to write instead.
        reason: String,
    },
}

/// What must be there to talk to a server, and is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RuntimeLack {
    /// A tokio runtime around the call.
    Runtime,
    /// The runtime's timers.
    Timers,
    /// The runtime's sockets.
    Sockets,
    /// A thread for a runtime of the library's own: the system gave none.
    Thread,
}

impl fmt::Display for RuntimeLack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Runtime => {
                "a server is asked from inside a tokio runtime, such as that of `#[tokio::main]`, and there is none here; \
                 sync code asks through `async_to_sync` or `blocking()`"
            }
            Self::Timers => {
                "this tokio runtime has no timers, which a server's time limits need; build it with `enable_all()`"
            }
            Self::Sockets => "this tokio runtime has no I/O, which a server needs; build it with `enable_all()`",
            Self::Thread => "no runtime could be started to wait for answers",
        })
    }
}

fn among(alias: &str, known: &[String]) -> String {
    if known.is_empty() {
        return "; there are none".to_owned();
    }
    let names = known.join(", ");
    match nearest(alias, known) {
        Some(meant) => format!("; did you mean `{meant}`? There are: {names}"),
        None => format!("; there are: {names}"),
    }
}

/// The name that was meant, if one is near.
pub(crate) fn nearest<'k, N: AsRef<str>>(name: &str, known: &'k [N]) -> Option<&'k N> {
    let scored = known.iter().map(|known| (strsim::jaro_winkler(name, known.as_ref()), known));
    scored.max_by(|(a, _), (b, _)| a.total_cmp(b)).filter(|(score, _)| *score > 0.8).map(|(_, known)| known)
}

fn unknown(database: &str, elsewhere: Option<&str>, may_be_password: bool) -> String {
    match elsewhere {
        Some(option) => format!("option `{option}` has no meaning for {database}"),
        None if may_be_password => {
            "the database URL has an unknown option (is the password percent-encoded?)".to_owned()
        }
        None => "the database URL has an unknown option".to_owned(),
    }
}

fn near(nearest: Option<&str>) -> String {
    nearest.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}

fn of_column(column: Option<&str>) -> String {
    column.map(|column| format!("`{column}` of ")).unwrap_or_default()
}
