//! Prints what criterion measured as tables of ratios, in Markdown. Directories of several runs may be given: each figure
//! is then the median of the runs.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use peers::Result;
use serde_json::Value;

/// The columns: criterion's group and parameter, and how the table calls them.
const COLUMNS: &[(&str, &str, &str)] = &[
    ("rows", "1", "1 row"),
    ("rows", "10", "10"),
    ("rows", "100", "100"),
    ("rows", "1000", "1,000"),
    ("rows", "10000", "10,000"),
    ("streamed", "10000", "10,000 streamed"),
    ("by key", "1", "by key"),
    ("by key", "8", "by key, 8 tasks"),
    ("join", "1000", "join 1,000"),
    ("save", "10000", "10,000 saves in one transaction"),
    ("insert", "1", "insert"),
    ("insert", "64", "insert, 64 tasks"),
];

/// Peer, group and parameter to the medians of the runs, in nanoseconds.
type Medians = BTreeMap<(String, String, String), Vec<f64>>;

fn main() -> Result<()> {
    let mut medians = Medians::new();
    let given: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    for directory in if given.is_empty() { vec![latest()] } else { given } {
        collect(&directory, &mut medians)?;
    }
    table("SQLite", "rusqlite, by index (sync)", &medians);
    table("PostgreSQL", "tokio-postgres, by index", &medians);
    Ok(())
}

/// Where criterion keeps its results.
fn latest() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from).join("criterion")
}

fn collect(directory: &Path, medians: &mut Medians) -> Result<()> {
    if directory.ends_with("new") {
        let id = json(&directory.join("benchmark.json"))?;
        let median = json(&directory.join("estimates.json"))?["median"]["point_estimate"].as_f64();
        let text = |field: &str| id[field].as_str().unwrap_or_default().to_owned();
        let key = (text("function_id"), text("group_id"), text("value_str"));
        medians.entry(key).or_default().push(median.ok_or("estimates without a median")?);
        return Ok(());
    }
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), medians)?;
        }
    }
    Ok(())
}

fn json(path: &Path) -> Result<Value> {
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}

/// One table: the baseline with its times, then every peer as a multiple of it, run by run.
fn table(database: &str, baseline: &str, medians: &Medians) {
    let runs = |peer: &str, (group, parameter, _): &(&str, &str, &str)| {
        let key = (peer.to_owned(), format!("{database} {group}"), (*parameter).to_owned());
        medians.get(&key).cloned().unwrap_or_default()
    };
    let columns: Vec<_> = COLUMNS.iter().filter(|column| !runs(baseline, column).is_empty()).collect();
    if columns.is_empty() {
        return;
    }
    let row = |first: &str, cells: Vec<String>| println!("| {first} | {} |", cells.join(" | "));
    row(database, columns.iter().map(|(_, _, title)| (*title).to_owned()).collect());
    println!("|---|{}", "---:|".repeat(columns.len()));
    row(&format!("{baseline}, µs"), columns.iter().map(|column| micros(middle(runs(baseline, column)))).collect());
    for peer in peers_of(database, medians).iter().filter(|peer| *peer != baseline) {
        let ratios =
            |column| runs(peer, column).into_iter().zip(runs(baseline, column)).map(|(peer, base)| peer / base);
        row(peer, columns.iter().map(|column| ratio(middle(ratios(column).collect()))).collect());
    }
    println!();
}

/// Who was measured on a database, by name.
fn peers_of(database: &str, medians: &Medians) -> Vec<String> {
    let mut peers: Vec<String> =
        medians.keys().filter(|(_, group, _)| group.starts_with(database)).map(|(peer, ..)| peer.clone()).collect();
    peers.dedup();
    peers
}

/// The middle one of a few figures.
fn middle(mut figures: Vec<f64>) -> Option<f64> {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied()
}

fn micros(nanoseconds: Option<f64>) -> String {
    nanoseconds
        .map_or_else(String::new, |it| if it < 1e5 { format!("{:.1}", it / 1e3) } else { format!("{:.0}", it / 1e3) })
}

fn ratio(ratio: Option<f64>) -> String {
    ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}"))
}
