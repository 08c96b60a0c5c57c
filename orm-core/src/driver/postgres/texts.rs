//! The words of PostgreSQL that decide something here, where its codes (SQLSTATE) do not, with the files of its sources that they
//! come from (<https://git.postgresql.org/gitweb/?p=postgresql.git;a=tree;f=src/backend>).
//!
//! Messages are in the language of the server (`lc_messages`, which only a superuser may set). Names of routines are a field of their
//! own of an error, in no language; they are the functions that report it
//! (<https://www.postgresql.org/docs/current/protocol-error-fields.html>).

/// 57014 of `statement_timeout` (tcop/postgres.c, `ProcessInterrupts`): "canceling statement due to statement timeout". Code and
/// routine are those of a query that another session cancelled. In another language than English the error stays one of
/// the database.
pub(super) const STATEMENT_TIMEOUT: &str = "statement timeout";

/// XX000 of a type that is gone (`elog` in many files, never translated): "cache lookup failed for type 16400".
pub(super) const NO_SUCH_TYPE: &str = "cache lookup failed for type";

/// 22003 of an operator of 64 bits (utils/adt/int8.c and numeric.c, a routine for each operator): "bigint out of range". The type is
/// the first word in every language.
pub(super) const PAST_64_BITS: &str = "bigint ";

/// 23503 and 23001 of a row that refers to none (utils/adt/ri_triggers.c, `ri_ReportViolation`): "insert or update on table …". Code and
/// routine are those of a row that is referred to: "update or delete on table …". In another language than English
/// the columns of a key to the same table are left out, and the model tells them.
pub(super) const REFERS_TO_NONE: &str = "insert or update";

/// 0A000 of "cached plan must not change result type" (utils/cache/plancache.c).
pub(super) const STALE_PLAN: &str = "RevalidateCachedQuery";

/// 08P01 of more or fewer values than placeholders, with both numbers (tcop/postgres.c).
pub(super) const BINDS: &str = "exec_bind_message";

/// 55P03 of a wait for a lock that was cut short by `lock_timeout` (tcop/postgres.c); others are NOWAIT's.
pub(super) const INTERRUPTED: &str = "ProcessInterrupts";

/// How the routines start that read JSON, and report 22P02 and 22P05 (utils/adt/json.c, common/jsonapi.c).
pub(super) const READS_JSON: &str = "json_";

/// How the routines start that make numbers of digits, and report 22003 (utils/adt/numeric.c): where a document is compared, it is
/// a number in it.
pub(super) const READS_DIGITS: [&str; 2] = ["make_result", "set_var_from"];

/// 54000 of a value that is too long for an index on its column (access/nbtree/nbtutils.c, access/common/indextuple.c); other limits
/// have the same code.
pub(super) const TOO_LONG_FOR_INDEX: [&str; 3] =
    ["_bt_check_third_page", "index_form_tuple", "index_form_tuple_context"];

/// Where a message quotes data, in the languages of the server (the files *.po beside its sources): "x", »x«, « x », “x” …
pub(super) fn is_quote(character: char) -> bool {
    matches!(character, '"' | '«' | '»' | '‹' | '›' | '“' | '”' | '„' | '‘' | '’' | '‚' | '「' | '」' | '『' | '』')
}
