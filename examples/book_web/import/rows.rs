//! The rows of the file: found by the names of their columns, checked one by one, each with its line.

use std::collections::HashMap;
use std::path::Path;

use csv::{ByteRecord, Reader, ReaderBuilder, StringRecord};

use super::Failure;

/// One book of the file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub(super) title: String,
    /// Everyone named on the cover, in order; there is at least one.
    pub(super) authors: Vec<String>,
    pub(super) year: Option<i32>,
    pub(super) isbn: Option<String>,
    pub(super) language: Option<String>,
}

impl Row {
    /// The author that the book is listed under.
    pub(super) fn author(&self) -> &str {
        self.authors.first().map_or("", String::as_str)
    }

    /// What tells two books apart, here and in the table. Case does not: some databases do not mind it.
    fn identity(&self) -> (String, String, Option<i32>) {
        (self.title.to_lowercase(), self.author().to_lowercase(), self.year)
    }
}

/// A row that is no book.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Broken {
    pub(crate) line: u64,
    pub(crate) reason: String,
}

/// Reads a file: the books in it, and the rows that are none.
pub(super) fn read(file: &Path) -> Result<(Vec<Row>, Vec<Broken>), Failure> {
    let unreadable = |error: csv::Error| Failure::File(format!("cannot read {}: {error}", file.display()));
    // Rows of a wrong length are counted here and not by the reader, which would give up at the first one.
    let mut reader = ReaderBuilder::new().flexible(true).from_path(file).map_err(unreadable)?;
    let columns = Columns::find(&mut reader, file)?;
    let (mut rows, mut broken) = (Vec::new(), Vec::new());
    let mut lines = HashMap::new();
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(unreadable)? {
        let line = record.position().map_or(0, csv::Position::line);
        let next = reader.position().line();
        let row = columns.row(&record).map_err(|reason| lost_quote(reason, line, next)).and_then(|row| {
            match lines.insert(row.identity(), line) {
                None => Ok(row),
                Some(first) => Err(format!("the same title, author and year as in line {first}")),
            }
        });
        match row {
            Ok(row) => rows.push(row),
            Err(reason) => broken.push(Broken { line, reason }),
        }
    }
    Ok((rows, broken))
}

/// A quote that is never closed makes one row out of all that follow: the likely cause should be said.
fn lost_quote(reason: String, line: u64, next: u64) -> String {
    match next.saturating_sub(line) {
        0..=2 => reason,
        _ => format!("{reason} (the row goes on to line {}: is a quote not closed?)", next - 1),
    }
}

/// Where the columns stand.
struct Columns {
    width: usize,
    title: usize,
    authors: usize,
    year: usize,
    isbn: usize,
    language: usize,
}

impl Columns {
    fn find<R: std::io::Read>(reader: &mut Reader<R>, file: &Path) -> Result<Self, Failure> {
        let headers = reader
            .headers()
            .map_err(|error| Failure::File(format!("cannot read the first line of {}: {error}", file.display())))?;
        let column = |name: &str| {
            headers
                .iter()
                .position(|header| header == name)
                .ok_or_else(|| Failure::File(format!("{} has no column `{name}` in its first line", file.display())))
        };
        Ok(Self {
            width: headers.len(),
            title: column("title")?,
            authors: column("authors")?,
            year: column("original_publication_year")?,
            isbn: column("isbn")?,
            language: column("language_code")?,
        })
    }

    fn row(&self, record: &ByteRecord) -> Result<Row, String> {
        if record.len() != self.width {
            return Err(format!("{} fields where the first line has {}", record.len(), self.width));
        }
        let record = StringRecord::from_byte_record(record.clone())
            .map_err(|error| format!("field {} is not UTF-8", error.utf8_error().field() + 1))?;
        let cell = |index: usize| text(record.get(index).unwrap_or_default());
        let title = at_most(300, "title", cell(self.title)?.ok_or("no title")?)?;
        Ok(Row {
            title,
            authors: authors(&cell(self.authors)?.ok_or("no author")?)?,
            year: cell(self.year)?.map(|text| year(&text)).transpose()?,
            isbn: cell(self.isbn)?.map(|text| isbn(&text)).transpose()?,
            language: cell(self.language)?.map(|text| at_most(16, "language", text)).transpose()?,
        })
    }
}

/// A cell's text; an empty cell is no text at all, and becomes NULL.
fn text(cell: &str) -> Result<Option<String>, String> {
    let cell = cell.trim();
    if cell.chars().any(char::is_control) {
        return Err("a control character in the text".to_owned());
    }
    Ok(Some(cell.to_owned()).filter(|text| !text.is_empty()))
}

fn at_most(most: usize, what: &str, text: String) -> Result<String, String> {
    match text.chars().count() {
        length if length > most => Err(format!("a {what} of {length} characters; at most {most} are kept")),
        _ => Ok(text),
    }
}

/// Everyone named, each once, in order. Blanks within a name stay as they are: the file's source tells people of the
/// same name apart by them (`John Williams` and `John  Williams` are two).
fn authors(cell: &str) -> Result<Vec<String>, String> {
    let mut names: Vec<String> = Vec::new();
    for name in cell.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let name = at_most(200, "name", name.to_owned())?;
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() { Err("no author".to_owned()) } else { Ok(names) }
}

/// `1965.0`: the file has its years as floats.
fn year(cell: &str) -> Result<i32, String> {
    match cell.strip_suffix(".0").unwrap_or(cell).parse() {
        Ok(year @ (-3000..=-1 | 1..=2100)) => Ok(year),
        _ => Err(format!("`{}` is not a year", cell.chars().take(40).collect::<String>())),
    }
}

/// An ISBN of ten characters. A spreadsheet took its leading zeros for those of a number and dropped them; they are put
/// back. (It also rounded the column `isbn13`, `9.78043902348e+12`: those are lost, and are not read.)
fn isbn(cell: &str) -> Result<String, String> {
    let digits = cell.strip_suffix(['X', 'x']).unwrap_or(cell);
    if cell.len() <= 10 && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(format!("{:0>10}", cell.to_uppercase()))
    } else {
        Err(format!("`{}` is not an ISBN of ten digits", cell.chars().take(40).collect::<String>()))
    }
}
