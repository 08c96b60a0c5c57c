//! The statements of a text that a server takes as one: told apart by semicolons that stand in no quotes, comments and bodies.

use super::words::{self, first_word, is_among, stays_in_transaction};
use crate::error::Result;
use crate::statement::{Intent, Statement};

/// How a server reads a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lexis {
    /// As the standard says, with `$tag$ … $tag$`, comments in comments and `E'\''`.
    Postgres,
    /// With a backslash in quotes, `#` before comments, and comments that are run.
    Mysql,
}

/// Refuses commands of transactions among statements that are to be all or nothing, before the first is sent.
pub(super) fn stay_in_transaction(statements: &[Statement], lexis: Lexis) -> Result<()> {
    statements.iter().try_for_each(|statement| {
        // What else commits by itself on some server is what changes tables, and may be among them.
        stays_in_transaction(&statement.sql, &[])?;
        no_command_behind(&statement.sql, lexis)
    })
}

/// Refuses a command of transactions behind the first statement of a text.
pub(super) fn no_command_behind(sql: &str, lexis: Lexis) -> Result<()> {
    parts(sql, lexis).skip(1).try_for_each(|part| stays_in_transaction(part, &[]))?;
    // What such a comment holds is read by some versions and passed over by others: either may end a quote.
    let is_read_twice = lexis == Lexis::Mysql && (sql.contains("/*!") || sql.contains("/*M!"));
    if !is_read_twice {
        return Ok(());
    }
    sql.split(';').skip(1).try_for_each(|part| stays_in_transaction(part, &[]))
}

/// Whether a statement, or each of a text that is sent as it is, leaves the session as it was.
pub(super) fn keeps_session(statement: &Statement, lexis: Lexis) -> bool {
    words::keeps_session(&statement.sql)
        && (statement.intent != Intent::Schema || parts(&statement.sql, lexis).all(words::keeps_session))
}

/// The statements of a text. Where one is compound, and so has semicolons of its own, it goes on to the end of the text.
pub(super) fn parts(sql: &str, lexis: Lexis) -> impl Iterator<Item = &str> {
    let mut rest = Some(sql);
    std::iter::from_fn(move || {
        let text = rest?;
        let (part, behind) = text.split_at_checked(end_of_first(text, lexis)).unwrap_or((text, ""));
        rest = behind.strip_prefix(';');
        Some(part)
    })
}

/// Where the first statement of a text ends.
fn end_of_first(text: &str, lexis: Lexis) -> usize {
    let bytes = text.as_bytes();
    let first = first_word(text);
    if is_among(first, &["begin", "if", "for", "while", "loop", "repeat", "case", "declare"]) && lexis == Lexis::Mysql {
        return end_of_body(text, 0, lexis);
    }
    let mut has_body = false;
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let word = length_of_word(rest);
        match rest {
            [b';', ..] => return at,
            [b'E' | b'e', b'\'', ..] if lexis == Lexis::Postgres => at += 1 + continued(&rest[1..]),
            _ if word > 0 => {
                let word = &rest[..word];
                if has_body && word.eq_ignore_ascii_case(b"begin") {
                    return end_of_body(text, at, lexis);
                }
                has_body |= is_among(first, &["create", "alter"]) && is_among(word, &WITH_BODY);
                at += word.len();
            }
            _ => at += token(rest, lexis),
        }
    }
    bytes.len()
}

/// What is made with a body of statements.
const WITH_BODY: [&str; 5] = ["procedure", "function", "trigger", "event", "package"];

/// Where a body of statements that begins somewhere ends: at the first semicolon behind its last END.
fn end_of_body(text: &str, begin: usize, lexis: Lexis) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut ended, mut end) = (begin, false, bytes.len());
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let word = length_of_word(rest);
        if rest.get(..word).is_some_and(|word| word.eq_ignore_ascii_case(b"end")) {
            (ended, end) = (true, bytes.len());
        } else if ended && rest.starts_with(b";") {
            (ended, end) = (false, at);
        }
        at += if word > 0 { word } else { token(rest, lexis) };
    }
    end
}

/// A text with backslashes, which goes on in the next line if that begins with a quote.
fn continued(text: &[u8]) -> usize {
    let mut at = quoted(text, true);
    loop {
        let blank = text[at..].iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
        let (between, next) = text[at..].split_at(blank);
        if next.first() != Some(&b'\'') || !between.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
            return at;
        }
        at += blank + quoted(next, true);
    }
}

/// How long a name, a keyword or a number is that a text begins with; 0 if it begins with none.
fn length_of_word(text: &[u8]) -> usize {
    let is_inside = |at: usize, byte: u8| is_part_of_name(byte) || (at > 0 && byte == b'$');
    text.iter().enumerate().position(|(at, byte)| !is_inside(at, *byte)).unwrap_or(text.len())
}

fn is_part_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | 0x80..)
}

/// How long a token is that is no word.
fn token(text: &[u8], lexis: Lexis) -> usize {
    match (text, lexis) {
        ([b'-', b'-', ..], Lexis::Postgres) => line(text, b"\n\r"),
        ([b'#', ..], Lexis::Mysql) => line(text, b"\n"),
        // Without a blank or a control character it is an arithmetic one.
        ([b'-', b'-', rest @ ..], Lexis::Mysql)
            if rest.first().is_none_or(|byte| *byte == b' ' || byte.is_ascii_control()) =>
        {
            line(text, b"\n")
        }
        // What is in it is run.
        ([b'/', b'*', b'!', ..] | [b'/', b'*', b'M', b'!', ..], Lexis::Mysql) => 2,
        ([b'/', b'*', ..], _) => comment(text, lexis == Lexis::Postgres),
        ([b'\'' | b'"', ..], _) => quoted(text, lexis == Lexis::Mysql),
        ([b'`', ..], Lexis::Mysql) => quoted(text, false),
        ([b'$', ..], Lexis::Postgres) => dollar_quoted(text),
        _ => 1,
    }
}

fn line(text: &[u8], ends: &[u8]) -> usize {
    text.iter().position(|byte| ends.contains(byte)).unwrap_or(text.len())
}

fn comment(text: &[u8], nests: bool) -> usize {
    let (mut at, mut depth) = (2, 1);
    while depth > 0 {
        match text.get(at..) {
            None | Some([]) => return text.len(),
            Some([b'*', b'/', ..]) => (at, depth) = (at + 2, depth - 1),
            Some([b'/', b'*', ..]) if nests => (at, depth) = (at + 2, depth + 1),
            Some(_) => at += 1,
        }
    }
    at
}

/// A quote that stands twice ends one text and begins the next, which is as good.
fn quoted(text: &[u8], escapes: bool) -> usize {
    let mut at = 1;
    while let Some(byte) = text.get(at) {
        match byte {
            b'\\' if escapes => at += 2,
            quote if text.first() == Some(quote) => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

/// `$tag$ … $tag$`; a dollar that begins none stands alone.
fn dollar_quoted(text: &[u8]) -> usize {
    let name = text.iter().skip(1).take_while(|byte| is_part_of_name(**byte)).count();
    let Some((tag, rest)) = text.split_at_checked(name + 2).filter(|(tag, _)| tag.ends_with(b"$")) else { return 1 };
    let end = rest.windows(tag.len()).position(|window| window == tag);
    end.map_or(text.len(), |end| end + 2 * tag.len())
}

#[cfg(test)]
mod tests {
    use super::{Lexis, parts};

    fn told(sql: &str, lexis: Lexis) -> Vec<&str> {
        parts(sql, lexis).map(str::trim).collect()
    }

    #[test]
    fn statements_are_told_apart_by_semicolons() {
        for lexis in [Lexis::Postgres, Lexis::Mysql] {
            assert_eq!(told("SELECT 1; COMMIT;\n", lexis), ["SELECT 1", "COMMIT", ""]);
            assert_eq!(told("", lexis), [""]);
            assert_eq!(told("SELECT 'ä;ö'; COMMIT", lexis), ["SELECT 'ä;ö'", "COMMIT"]);
        }
    }

    #[test]
    fn quotes_and_comments_hide_them() {
        for lexis in [Lexis::Postgres, Lexis::Mysql] {
            for sql in [
                "SELECT 'a;b', 'it''s; so', \"c;\"\"d\"",
                "SELECT 1 /* ; */",
                "SELECT 1 -- ; a\n, 2",
                "SELECT 'open; COMMIT",
                "SELECT 1 /* open; COMMIT",
                "/* a ' */ SELECT ' /* ; '",
            ] {
                assert_eq!(told(sql, lexis), [sql], "{lexis:?}");
            }
        }
        for (sql, lexis) in [
            (r"SELECT 'a\'; COMMIT; -- '", Lexis::Mysql),
            (r#"SELECT "a\"; COMMIT; -- ""#, Lexis::Mysql),
            ("SELECT `a;b`", Lexis::Mysql),
            ("SELECT 1 # ; COMMIT", Lexis::Mysql),
            (r"SELECT E'a\'; COMMIT; -- '", Lexis::Postgres),
            ("SELECT $$ ; COMMIT $$", Lexis::Postgres),
            ("DO $a1$ BEGIN; $$; COMMIT; END $a1$", Lexis::Postgres),
            ("SELECT 1 /* /* */ ; COMMIT */", Lexis::Postgres),
            ("SELECT 1 --; COMMIT", Lexis::Postgres),
        ] {
            assert_eq!(told(sql, lexis), [sql], "{lexis:?}");
        }
    }

    #[test]
    fn what_only_looks_like_them_hides_none() {
        for (sql, lexis) in [
            (r"SELECT 'a\'; COMMIT", Lexis::Postgres),
            ("SELECT a$b$c FROM t; COMMIT", Lexis::Postgres),
            ("SELECT $1; COMMIT", Lexis::Postgres),
            ("SELECT 1 # 2; COMMIT", Lexis::Postgres),
            ("SELECT date'2000-01-01'; COMMIT", Lexis::Postgres),
            ("SELECT 1 /* /* */; COMMIT", Lexis::Mysql),
            ("SELECT 5--3; COMMIT", Lexis::Mysql),
            ("SELECT 1 /*!50000 + 1; COMMIT", Lexis::Mysql),
            ("SELECT 1 --\r; COMMIT", Lexis::Postgres),
            ("SELECT E'a'\n'b\\'' ; COMMIT", Lexis::Postgres),
            ("CREATE TABLE spans (begin int); COMMIT", Lexis::Postgres),
            ("ALTER TABLE cnt ADD COLUMN begin int; COMMIT", Lexis::Mysql),
            ("IF 1 = 1 THEN SELECT 1; END IF; COMMIT", Lexis::Mysql),
            ("CREATE PROCEDURE p() BEGIN SELECT 1; END; COMMIT", Lexis::Mysql),
        ] {
            assert_eq!(told(sql, lexis).last(), Some(&"COMMIT"), "{sql}");
        }
    }

    #[test]
    fn a_compound_statement_is_one() {
        for sql in [
            "CREATE PROCEDURE p() BEGIN SELECT 1; COMMIT; END",
            "BEGIN NOT ATOMIC SELECT 1; END",
            "IF 1 = 1 THEN SELECT 1; END IF",
        ] {
            assert_eq!(told(sql, Lexis::Mysql), [sql]);
        }
        let function = "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END";
        assert_eq!(told(function, Lexis::Postgres), [function]);
        assert_eq!(told("BEGIN; COMMIT", Lexis::Postgres), ["BEGIN", "COMMIT"]);
        assert_eq!(told("CREATE TABLE begins (a int); COMMIT", Lexis::Mysql).len(), 2);
    }
}
