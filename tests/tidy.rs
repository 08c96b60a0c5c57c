//! Holds the sources against the floor plan of ARCHITECTURE.md. No database, no model: it reads text.
//!
//! A new edge between rooms, or a word in a room where it has no business, is one line in a table below, which a
//! reviewer cannot miss.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

#[path = "tidy/circles.rs"]
mod circles;

/// The rooms of `orm-core/src`, ground floor first: floor, room, and the rooms it may name. Only rooms further up in
/// this table are allowed, so the graph cannot have a cycle.
const HOUSE: &[(u8, &str, &[&str])] = &[
    // The ground.
    (0, "error", &[]),
    (0, "value", &["error"]),
    (0, "row", &["error", "value"]),
    (0, "statement", &["value"]),
    // Nouns.
    (1, "model", &["error", "value", "row"]),
    (1, "schema", &["error", "value", "model"]),
    // The question.
    (2, "ast", &["error", "value", "row", "model"]),
    (2, "expr", &["error", "value", "row", "model", "ast"]),
    (2, "queryset", &["error", "value", "row", "model", "ast", "expr"]),
    // A database as data.
    (3, "dialect", &["error", "value", "statement", "model", "schema", "ast"]),
    // The shape of the answer.
    (4, "planner", &["error", "value", "row", "model", "schema", "ast", "dialect"]),
    // The words; and the wire, which knows the ground only.
    (5, "compiler", &["error", "value", "statement", "model", "schema", "ast", "expr", "dialect", "planner"]),
    (5, "sync", &[]),
    (5, "driver", &["error", "value", "row", "statement", "sync"]),
    // The act.
    (
        6,
        "exec",
        &[
            "error",
            "value",
            "row",
            "statement",
            "model",
            "schema",
            "ast",
            "expr",
            "queryset",
            "dialect",
            "planner",
            "compiler",
            "driver",
        ],
    ),
    // Beside the act.
    (7, "bridge", &["error", "model", "expr", "queryset", "sync", "driver", "exec", "value"]),
];

/// Identifiers that belong to the named places only. A place is a path below the workspace, without `.rs`.
const WORDS: &[(&[&str], &[&str])] = &[
    (&["sqlx"], &["orm-core/src/driver"]),
    (&["rusqlite"], &["orm-core/src/driver/sqlite"]),
    (&["block_on"], &["orm-core/src/bridge"]),
    (&["println", "print", "eprintln", "eprint", "clap"], &["src/cli"]),
    (
        &["tokio", "futures", "async", "await"],
        &[
            "orm-core/src/sync",
            "orm-core/src/driver",
            "orm-core/src/exec",
            "orm-core/src/bridge",
            "src/prelude",
            "src/lib",
        ],
    ),
    (&["unsafe"], &[]),
];

/// Paths (`a::b`) that belong to the named places only.
const PATHS: &[(&str, &[&str])] = &[("std::fs", &["orm-core/src/driver/sqlite", "src/cli"])];

/// Names of databases, in identifiers and string literals alike.
const DATABASES: &[&str] = &["sqlite", "postgres", "mysql", "mariadb"];
const DATABASE_PLACES: &[&str] = &["orm-core/src/dialect", "orm-core/src/driver", "orm-core/src/introspect"];

/// Names that say nothing.
const EMPTY_NAMES: &[&str] = &["util", "utils", "helper", "helpers", "common", "misc", "base", "types", "manager"];

/// How long a file may be that is not tests: those may be long lists of golden texts.
const LINES: usize = 600;

type Faults = Vec<String>;

#[test]
fn rooms_import_only_what_stands_below() {
    let mut faults = Faults::new();
    for source in library_sources() {
        let room = source.room();
        let Some((_, _, allowed)) = HOUSE.iter().find(|(_, name, _)| *name == room) else {
            faults.push(format!("{}: the room `{room}` has no line in HOUSE (tests/tidy.rs)", source.name));
            continue;
        };
        for (line, other) in source.rooms_named() {
            if other != room && !allowed.contains(&other.as_str()) {
                faults.push(format!("{}:{line}: `{room}` may not import `{other}`", source.name));
            }
        }
    }
    report(faults);
}

#[test]
fn every_edge_of_the_house_is_used() {
    let used: BTreeSet<(String, String)> = library_sources()
        .iter()
        .flat_map(|source| source.rooms_named().into_iter().map(|(_, other)| (source.room().to_owned(), other)))
        .collect();
    let edges = HOUSE.iter().flat_map(|(_, room, allowed)| allowed.iter().map(move |other| (*room, *other)));
    let idle = edges.filter(|(room, other)| !used.contains(&((*room).to_owned(), (*other).to_owned())));
    report(idle.map(|(room, other)| format!("`{room}` imports nothing of `{other}`: leave it out of HOUSE")).collect());
}

#[test]
fn the_house_has_no_cycle() {
    let mut below = BTreeSet::new();
    for (_, room, allowed) in HOUSE {
        for other in *allowed {
            assert!(below.contains(other), "`{room}` allows `{other}`, which does not stand below it in HOUSE");
        }
        below.insert(*room);
    }
}

#[test]
fn modules_stand_in_floor_order() {
    let root = Source::read(&workspace().join("orm-core/src/lib.rs"));
    let floor = |room: &str| HOUSE.iter().find(|(_, name, _)| *name == room).map(|(floor, ..)| *floor);
    let floors: Vec<_> = root.after("mod").into_iter().map(|(_, room)| floor(&room)).collect();
    assert!(floors.is_sorted(), "the `mod` lines of {} do not stand in the order of the floors", root.name);
}

#[test]
fn words_stay_in_their_rooms() {
    let mut faults = Faults::new();
    for source in library_sources().into_iter().chain(facade_sources()) {
        for (words, places) in WORDS {
            if !source.is_in(places) {
                source.find_identifier(|word| words.contains(&word), &mut faults);
            }
        }
        for (path, places) in PATHS {
            if !source.is_in(places) {
                source.find_path(path, &mut faults);
            }
        }
        if !source.is_in(DATABASE_PLACES) {
            source.find_word(names_database, &mut faults);
        }
    }
    for source in sources("orm-derive/src") {
        source.find_identifier(|word| word == "orm_core" || word == "unsafe", &mut faults);
    }
    report(faults);
}

#[test]
fn files_are_short_and_well_named() {
    let mut faults = Faults::new();
    for source in ["orm-core/src", "orm-derive/src", "src", "tests", "examples"].into_iter().flat_map(sources) {
        let lines = source.text.lines().count();
        if lines > LINES && !source.is_test() {
            faults.push(format!("{}: {lines} lines; split by node, clause or stage at {LINES}", source.name));
        }
        let stem = Path::new(&source.name).file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if EMPTY_NAMES.contains(&stem.as_str()) {
            faults.push(format!("{}: `{stem}` says nothing; name it after the type or verb it holds", source.name));
        }
        if !source.is_test() {
            source.find_glob_import(&mut faults);
        }
    }
    report(faults);
}

#[test]
fn the_paths_of_the_architecture_exist() {
    let mut faults = Faults::new();
    for page in ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md", "tests/README.md"] {
        for (number, line) in read(&workspace().join(page)).lines().enumerate() {
            for path in quoted(line).filter(|word| is_path(word)) {
                if !workspace().join(path.trim_end_matches('/')).exists() {
                    faults.push(format!("{page}:{}: `{path}` does not exist", number + 1));
                }
            }
        }
    }
    report(faults);
}

#[test]
fn every_source_stands_in_the_code_map() {
    let page = read(&workspace().join("ARCHITECTURE.md"));
    let named: BTreeSet<&str> = page.lines().flat_map(quoted).filter(|word| is_path(word)).collect();
    let is_named = |source: &Source| {
        // The folder of a whole crate says nothing of what is in it.
        let folders = source.name.match_indices('/').map(|(end, _)| &source.name[..=end]);
        let mut folders = folders.filter(|folder| !folder.ends_with("/src/") || *folder == "orm-derive/src/");
        named.contains(source.name.as_str()) || folders.any(|folder| named.contains(folder))
    };
    let lost = ["orm-core/src", "orm-derive/src"]
        .into_iter()
        .flat_map(sources)
        .filter(|source| !source.is_test() && !is_named(source));
    report(lost.map(|source| format!("{}: no line in ARCHITECTURE.md names it or its folder", source.name)).collect());
}

#[test]
fn words_say_who_is_meant() {
    // In two parts, so that this file does not say them itself.
    let words = [("some", "body"), ("no", "body"), ("who", "ever")].map(|(start, end)| format!("{start}{end}"));
    let mut faults = Faults::new();
    for path in
        files(&workspace()).into_iter().filter(|path| path.extension().is_some_and(|end| end == "rs" || end == "md"))
    {
        for (number, line) in read(&path).lines().enumerate() {
            let lower = line.to_lowercase();
            for word in words.iter().filter(|word| lower.contains(word.as_str())) {
                faults.push(format!(
                    "{}:{}: `{word}`: say which client, caller, task or user",
                    name_of(&path),
                    number + 1
                ));
            }
        }
    }
    report(faults);
}

#[test]
fn every_promise_and_report_names_tests_that_exist() {
    let sources = ["orm-core/src", "orm-derive/src", "tests"].into_iter().flat_map(sources);
    let sources: Vec<_> = sources.map(Source::with_tests).collect();
    let mut faults = Faults::new();
    for (page, entry, before) in [("tests/promises.md", "- ", '→'), ("tests/public-reports.md", "| [", '|')] {
        for (number, line) in read(&workspace().join(page)).lines().enumerate() {
            let Some(entry) = line.strip_prefix(entry).map(|entry| entry.trim_end_matches(" |")) else { continue };
            let tests: Vec<_> = entry.rsplit_once(before).map(|(_, tests)| quoted(tests).collect()).unwrap_or_default();
            if tests.is_empty() && !entry.ends_with('–') {
                faults.push(format!("{page}:{}: no tests", number + 1));
            }
            for test in tests.into_iter().filter(|test| !sources.iter().any(|source| source.has_test(test))) {
                faults.push(format!("{page}:{}: there is no test `{test}`", number + 1));
            }
        }
    }
    report(faults);
}

#[test]
fn the_first_program_compiles_as_printed() {
    let readme = read(&workspace().join("README.md"));
    let printed = readme.split("```rust\n").nth(1).and_then(|rest| rest.split("```").next());
    let example = read(&workspace().join("examples/first.rs"));
    let compiled = example.split_once('\n').filter(|(lints, _)| lints.starts_with("#![allow(")).map(|(_, rest)| rest);
    assert_eq!(printed, compiled, "README.md and examples/first.rs differ");
}

#[test]
fn the_tree_names_no_machine() {
    let homes = ["home", "root", "work", "Users"].map(|name| format!("/{name}/"));
    let mut faults = Faults::new();
    for path in files(&workspace()) {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        for (number, line) in text.lines().enumerate() {
            for home in homes.iter().filter(|home| line.contains(home.as_str())) {
                faults.push(format!("{}:{}: a path of one machine (`{home}`)", name_of(&path), number + 1));
            }
        }
    }
    report(faults);
}

#[test]
fn a_test_is_found_by_its_whole_path() {
    let text = "fn plain() {} each! { small { fn made() {} } }";
    let source = Source::parse("tests/it/forest/trees.rs".to_owned(), text.to_owned());
    let unit = Source::parse("orm-core/src/row.rs".to_owned(), "#[cfg(test)] mod tests { fn read() {} }".to_owned());
    assert!(!unit.has_test("row::tests::read") && unit.with_tests().has_test("row::tests::read"));
    for path in ["forest::trees::plain", "forest::trees::made", "forest::trees::small::made"] {
        assert!(source.has_test(path), "{path}");
    }
    for path in ["plain", "trees::plain", "forest::plain", "forest::trees::plainer", "forest::trees::large::made"] {
        assert!(!source.has_test(path), "{path}");
    }
}

#[test]
fn this_test_sees_edges_and_words() {
    let text = "
        //! sqlite in prose
        use crate::{error::Result, exec::{Database, driver}};
        use super::super::query::Select; /// crate::prose
        fn f() { crate::planner::plan(\"postgres\"); std::fs::read(super::x) }
        #[cfg(test)]
        mod tests { use crate::compiler::SQLITE; }
        pub use std::io::*;
    ";
    let source = Source::parse("orm-core/src/expr/field.rs".to_owned(), text.to_owned());
    let rooms: Vec<_> = source.rooms_named().into_iter().map(|(_, room)| room).collect();
    assert_eq!(rooms, ["error", "exec", "query", "planner"]);
    let mut faults = Faults::new();
    source.find_word(names_database, &mut faults);
    source.find_path("std::fs", &mut faults);
    source.find_glob_import(&mut faults);
    let lines: Vec<_> = faults.iter().map(|fault| fault.split(':').nth(1).unwrap_or_default()).collect();
    assert_eq!(lines, ["5", "5", "8"], "{faults:?}");
}

// ---- Sources

/// A Rust file as tokens: without comments, documentation and unit tests, which may say what they like.
struct Source {
    name: String,
    text: String,
    tokens: Vec<(usize, String, Kind)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Identifier,
    Literal,
    Sign,
}

impl Source {
    fn read(path: &Path) -> Self {
        Self::parse(name_of(path), read(path))
    }

    fn parse(name: String, text: String) -> Self {
        Self::of(name, text, false)
    }

    /// The same file with its unit tests.
    fn with_tests(self) -> Self {
        Self::of(self.name, self.text, true)
    }

    fn of(name: String, text: String, with_tests: bool) -> Self {
        let stream: TokenStream = text.parse().unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut tokens = Vec::new();
        flatten(stream, with_tests, &mut tokens);
        Self { name, text, tokens }
    }

    /// The room of `orm-core/src` that the file belongs to.
    fn room(&self) -> &str {
        let inside = self.name.trim_start_matches("orm-core/src/").trim_end_matches(".rs");
        inside.split('/').next().unwrap_or(inside)
    }

    fn is_test(&self) -> bool {
        self.name.ends_with("/tests.rs") || self.name.contains("/tests/") || self.name.starts_with("tests/")
    }

    fn is_in(&self, places: &[&str]) -> bool {
        let module = self.name.trim_end_matches(".rs");
        places.iter().any(|place| module == *place || module.starts_with(&format!("{place}/")))
    }

    /// The rooms named by `crate::room`, `crate::{room, …}` or a chain of `super` up to the root.
    fn rooms_named(&self) -> Vec<(usize, String)> {
        let depth = self.name.trim_start_matches("orm-core/src/").split('/').count();
        let mut named = Vec::new();
        for index in 0..self.tokens.len() {
            let climb = vec!["super"; depth].join("::");
            for root in ["crate", climb.as_str()] {
                if let Some(next) = self.path_at(index, root).filter(|next| self.sign(*next, "::")) {
                    self.first_segments(next + 2, &mut named);
                }
            }
        }
        named
    }

    /// The first segments of the path, or of each path in the braces, at `index`.
    fn first_segments(&self, index: usize, named: &mut Vec<(usize, String)>) {
        match self.tokens.get(index) {
            Some((line, word, Kind::Identifier)) => named.push((*line, word.clone())),
            Some((_, brace, Kind::Sign)) if brace == "{" => {
                let mut depth = 0;
                for (index, (line, word, kind)) in self.tokens.iter().enumerate().skip(index) {
                    match word.as_str() {
                        "{" => depth += 1,
                        "}" => depth -= 1,
                        _ if depth == 1 && *kind == Kind::Identifier && !self.sign(index - 2, "::") => {
                            named.push((*line, word.clone()));
                        }
                        _ => {}
                    }
                    if depth == 0 {
                        return;
                    }
                }
            }
            _ => {}
        }
    }

    /// If `path` (`a::b`) starts at `index`, the index after it.
    fn path_at(&self, index: usize, path: &str) -> Option<usize> {
        let mut at = index;
        for (position, segment) in path.split("::").enumerate() {
            if position > 0 {
                at = self.sign(at, "::").then_some(at + 2)?;
            }
            at = (self.tokens.get(at)?.1 == segment).then_some(at + 1)?;
        }
        Some(at)
    }

    fn sign(&self, index: usize, sign: &str) -> bool {
        let signs = self.tokens.iter().skip(index).take(sign.len());
        sign.len() == signs.clone().count() && signs.map(|(_, sign, _)| sign.as_str()).collect::<String>() == sign
    }

    /// The identifiers that follow a keyword.
    fn after(&self, keyword: &str) -> Vec<(usize, String)> {
        let pairs = self.tokens.windows(2).filter(|pair| pair[0].1 == keyword && pair[1].2 == Kind::Identifier);
        pairs.map(|pair| (pair[1].0, pair[1].1.clone())).collect()
    }

    /// The path of the module that the file is, in its crate.
    fn module(&self) -> String {
        let roots = ["orm-core/src/", "orm-derive/src/", "tests/it/", "tests/outside/", "tests/models/src/", "tests/"];
        let inside = roots.iter().find_map(|root| self.name.strip_prefix(root)).unwrap_or(&self.name);
        inside.trim_end_matches(".rs").replace('/', "::")
    }

    /// Tells whether the file has the test of a path: in itself, or in a module that it makes, by a macro perhaps.
    fn has_test(&self, path: &str) -> bool {
        let inside = path.strip_prefix(&self.module()).and_then(|inside| inside.strip_prefix("::"));
        let Some((modules, test)) = inside.map(|inside| inside.rsplit_once("::").unwrap_or(("", inside))) else {
            return false;
        };
        let is_made = |module: &str| self.tokens.iter().any(|(_, word, _)| word == module);
        (modules.is_empty() || is_made(modules)) && self.after("fn").iter().any(|(_, name)| name == test)
    }

    fn find_identifier(&self, forbidden: impl Fn(&str) -> bool, faults: &mut Faults) {
        let found = self.tokens.iter().filter(|(_, word, kind)| *kind == Kind::Identifier && forbidden(word));
        faults.extend(found.map(|(line, word, _)| format!("{}:{line}: `{word}` has no business here", self.name)));
    }

    /// Finds identifiers and string literals.
    fn find_word(&self, forbidden: impl Fn(&str) -> bool, faults: &mut Faults) {
        let found = self.tokens.iter().filter(|(_, word, kind)| *kind != Kind::Sign && forbidden(word));
        faults.extend(found.map(|(line, word, _)| format!("{}:{line}: {word} names a database", self.name)));
    }

    fn find_path(&self, path: &str, faults: &mut Faults) {
        let found = (0..self.tokens.len()).filter(|index| self.path_at(*index, path).is_some());
        faults.extend(
            found.map(|index| format!("{}:{}: `{path}` has no business here", self.name, self.tokens[index].0)),
        );
    }

    fn find_glob_import(&self, faults: &mut Faults) {
        for index in 3..self.tokens.len() {
            let is_glob = self.tokens[index].1 == "*" && self.sign(index - 2, "::");
            if is_glob && self.tokens[index - 3].1 != "prelude" {
                faults.push(format!("{}:{}: a glob import", self.name, self.tokens[index].0));
            }
        }
    }
}

/// Appends the tokens of a stream, without attributes and, unless `with_tests`, without what they mark as tests.
fn flatten(stream: TokenStream, with_tests: bool, tokens: &mut Vec<(usize, String, Kind)>) {
    let mut stream = stream.into_iter().peekable();
    let mut is_test = false;
    while let Some(token) = stream.next() {
        if is_sign(&token, '#') {
            stream.next_if(|next| is_sign(next, '!'));
        }
        if is_sign(&token, '#')
            && let Some(TokenTree::Group(attribute)) = stream.peek()
            && attribute.delimiter() == Delimiter::Bracket
        {
            is_test |= !with_tests && attribute.stream().to_string().replace(' ', "") == "cfg(test)";
            stream.next();
            continue;
        }
        let line = token.span().start().line;
        let ends_item =
            is_sign(&token, ';') || matches!(&token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        if !is_test {
            append(token, line, with_tests, tokens);
        }
        is_test &= !ends_item;
    }
}

fn is_sign(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(found) if found.as_char() == sign)
}

fn append(token: TokenTree, line: usize, with_tests: bool, tokens: &mut Vec<(usize, String, Kind)>) {
    match token {
        TokenTree::Ident(word) => tokens.push((line, word.to_string(), Kind::Identifier)),
        TokenTree::Literal(literal) => tokens.push((line, literal.to_string(), Kind::Literal)),
        TokenTree::Punct(sign) => tokens.push((line, sign.to_string(), Kind::Sign)),
        TokenTree::Group(group) => {
            let (open, close) = match group.delimiter() {
                Delimiter::Brace => ("{", "}"),
                Delimiter::Bracket => ("[", "]"),
                Delimiter::Parenthesis => ("(", ")"),
                Delimiter::None => ("", ""),
            };
            tokens.push((line, open.to_owned(), Kind::Sign));
            flatten(group.stream(), with_tests, tokens);
            tokens.push((group.span_close().start().line, close.to_owned(), Kind::Sign));
        }
    }
}

/// The library's sources, without its root and its files of unit tests.
fn library_sources() -> Vec<Source> {
    sources("orm-core/src")
        .into_iter()
        .filter(|source| source.name != "orm-core/src/lib.rs" && !source.is_test())
        .collect()
}

fn facade_sources() -> Vec<Source> {
    sources("src")
}

fn sources(folder: &str) -> Vec<Source> {
    let rust = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "rs");
    // What must not compile need not parse.
    let is_failing = |path: &PathBuf| path.components().any(|part| part.as_os_str() == "fail");
    let paths = files(&workspace().join(folder)).into_iter().filter(rust).filter(|path| !is_failing(path));
    paths.map(|path| Source::read(&path)).collect()
}

// ---- Words and files

fn names_database(word: &str) -> bool {
    let word = word.to_lowercase();
    DATABASES.iter().any(|name| word.contains(name))
}

/// What stands between backquotes.
fn quoted(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// Tells whether a quoted word names a file or folder of the tree.
fn is_path(word: &str) -> bool {
    let is_plain = word.chars().all(|sign| sign.is_ascii_alphanumeric() || "._-/".contains(sign));
    let extension =
        Path::new(word).extension().is_some_and(|end| ["rs", "md", "toml", "sql"].iter().any(|known| end == *known));
    let starts_inside =
        ["orm-", "src/", "tests/", "examples/", "benches/", "migrations/"].iter().any(|start| word.starts_with(start));
    is_plain && (extension || (word.contains('/') && starts_inside))
}

fn workspace() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn name_of(path: &Path) -> String {
    path.strip_prefix(workspace()).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", name_of(path)))
}

/// Every file below a folder, in order, but what is built or hidden.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name == "target" || (name.starts_with('.') && name != ".ci") {
            continue;
        } else if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn report(faults: Faults) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}
