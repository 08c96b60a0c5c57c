//! Which file names which, through the re-exports of front files; and that no file leads back to itself.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Kind, Source, library_sources, report};

/// A room whose files are chapters of one recursive type: its nodes hold conditions and queries, which hold nodes.
const ONE_TREE: &str = "ast";

/// How often a name is re-exported at most on its way.
const MOST_EXPORTS: usize = 9;

/// The library's files by module: `planner::join`.
struct Library(BTreeMap<String, File>);

/// A file: what it names.
struct File {
    source: Source,
    imports: Vec<Import>,
    /// Every path outside of `use`, single names too.
    paths: BTreeSet<Path>,
}

/// A name that `use` brings into a file.
struct Import {
    name: String,
    path: Path,
    /// Whether others may have it from here: then it is theirs, unless the file says it itself, too.
    is_public: bool,
}

type Path = Vec<String>;

#[test]
fn files_have_no_circle() {
    let circles = Library::of(library_sources()).circles();
    report(circles.into_iter().map(|edge| format!("files in a circle: {edge}")).collect());
}

#[test]
fn a_circle_is_seen_through_front_files() {
    let front = ("room", "mod low; mod high; pub use low::{Low, Other as Renamed}; pub(crate) use self::high::High;");
    let low = ("room/low", "pub struct Low; pub enum Other {}");
    check_circles(&[front, low, ("room/high", "use super::{Low, Renamed}; struct High(Low, ::high::X);")], &[]);
    let back = ("room/low", "use crate::room::High as Top; pub struct Low(Top);");
    let both = ["room::high → room::low", "room::low → room::high"];
    check_circles(&[front, back, ("room/high", "fn high() { super::low::f(); }")], &both);
    // A front file that says what it re-exports is one more file.
    let front = ("room", "mod low; pub use low::Low; pub struct Front(Low);");
    check_circles(
        &[front, ("room/low", "use super as upper; fn f(_: upper::Front) {}")],
        &["room → room::low", "room::low → room"],
    );
    let tree = ("ast", "mod node; mod select; pub use node::Node; pub use select::Select;");
    check_circles(&[tree, ("ast/node", "use super::Select;"), ("ast/select", "use super::Node;")], &[]);
}

fn check_circles(files: &[(&str, &str)], expected: &[&str]) {
    let sources = files.iter().map(|(name, text)| Source::parse(format!("orm-core/src/{name}.rs"), (*text).to_owned()));
    assert_eq!(Library::of(sources).circles(), expected);
}

impl Library {
    fn of(sources: impl IntoIterator<Item = Source>) -> Self {
        Self(sources.into_iter().map(|source| (source.module(), File::of(source))).collect())
    }

    /// The edges that are left when files that name no other are taken away again and again, and those that no other
    /// names.
    fn circles(&self) -> Vec<String> {
        let mut edges = self.edges();
        loop {
            let count = edges.len();
            let froms: BTreeSet<&str> = edges.iter().map(|(from, _)| *from).collect();
            let tos: BTreeSet<&str> = edges.iter().map(|(_, to)| *to).collect();
            edges.retain(|(from, to)| froms.contains(to) && tos.contains(from));
            if edges.len() == count {
                return edges.into_iter().map(|(from, to)| format!("{from} → {to}")).collect();
            }
        }
    }

    fn edges(&self) -> BTreeSet<(&str, &str)> {
        let mut edges = BTreeSet::new();
        for (module, file) in &self.0 {
            let says = |name: &String| file.paths.iter().any(|path| path.first() == Some(name));
            let own = file.imports.iter().filter(|import| !import.is_public || says(&import.name));
            let paths = own.map(|import| &import.path).chain(&file.paths);
            edges.extend(
                paths.filter_map(|path| self.named(module, path, MOST_EXPORTS)).map(|to| (module.as_str(), to)),
            );
        }
        edges.retain(|(from, to)| from != to && !(is_chapter(from) && is_chapter(to)));
        edges
    }

    /// The file that defines what a path in a module names; none if that is a module itself, or not of the library.
    fn named(&self, module: &str, path: &[String], exports: usize) -> Option<&str> {
        let (mut at, mut rest) = self.start(module, path)?;
        while let Some((name, after)) = rest.split_first() {
            let inner = if at.is_empty() { name.clone() } else { format!("{at}::{name}") };
            if name == "super" {
                at = at.rsplit_once("::").map_or_else(String::new, |(outer, _)| outer.to_owned());
            } else if self.0.contains_key(&inner) {
                at = inner;
            } else {
                let (known, file) = self.0.get_key_value(&at)?;
                let Some(import) = file.import(name).filter(|_| exports > 0) else { return Some(known) };
                return self.named(&at, &[&import.path, after].concat(), exports - 1);
            }
            rest = after;
        }
        None
    }

    /// The module that a path starts from, and what is left of the path.
    fn start<'p>(&self, module: &str, path: &'p [String]) -> Option<(String, &'p [String])> {
        let (first, rest) = path.split_first()?;
        let is_here = |name: &str| {
            let is_imported = || self.0.get(module).is_some_and(|file| file.import(name).is_some());
            name == "super" || self.0.contains_key(&format!("{module}::{name}")) || (!rest.is_empty() && is_imported())
        };
        match first.as_str() {
            "crate" => Some((String::new(), rest)),
            "self" => Some((module.to_owned(), rest)),
            name => is_here(name).then(|| (module.to_owned(), path)),
        }
    }
}

fn is_chapter(module: &str) -> bool {
    module.split("::").next() == Some(ONE_TREE)
}

impl File {
    fn of(source: Source) -> Self {
        let mut file = Self { source, imports: Vec::new(), paths: BTreeSet::new() };
        let mut index = 0;
        while let Some((_, word, kind)) = file.source.tokens.get(index) {
            index = match (word.as_str(), *kind) {
                ("use", Kind::Identifier) => {
                    let before = index.checked_sub(1).and_then(|before| file.source.tokens.get(before));
                    let is_public = before.is_some_and(|(_, word, _)| word == "pub" || word == ")");
                    file.read_use(index + 1, &[], is_public)
                }
                ("mod", Kind::Identifier) => index + 2,
                // What follows `::` without a name before it is of another crate, or of a type.
                (_, Kind::Identifier) if index > 1 && file.source.sign(index - 2, "::") => index + 1,
                (_, Kind::Identifier) => {
                    let (path, end) = file.path(index);
                    file.paths.insert(path);
                    end
                }
                _ => index + 1,
            };
        }
        file
    }

    fn import(&self, name: &str) -> Option<&Import> {
        self.imports.iter().find(|import| import.name == name)
    }

    /// The path that starts at a token, and the index of what follows it.
    fn path(&self, mut index: usize) -> (Path, usize) {
        let mut path = Path::new();
        while let Some((_, word, Kind::Identifier)) = self.source.tokens.get(index) {
            path.push(word.clone());
            index += 1;
            if !self.source.sign(index, "::") {
                break;
            }
            index += 2;
        }
        (path, index)
    }

    /// Notes what a tree of `use` brings in, and gives the index of what follows it.
    fn read_use(&mut self, index: usize, before: &[String], is_public: bool) -> usize {
        let (path, mut index) = self.path(index);
        let mut path = [before, &path].concat();
        if self.source.sign(index, "{") {
            index += 1;
            while !self.source.sign(index, "}") {
                index = self.read_use(index, &path, is_public);
                index += usize::from(self.source.sign(index, ","));
            }
            return index + 1;
        }
        path.pop_if(|last| last == "self");
        let is_renamed = self.source.tokens.get(index).is_some_and(|(_, word, _)| word == "as");
        let name = if is_renamed { self.path(index + 1).0.concat() } else { path.last().cloned().unwrap_or_default() };
        self.imports.push(Import { name, path, is_public });
        index + if is_renamed { 2 } else { 0 }
    }
}
