//! Prints what criterion measured last as tables of ratios, in Markdown.

use std::collections::BTreeMap;
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
    ("insert", "1", "insert"),
    ("insert", "64", "insert, 64 tasks"),
];

/// Peer, group and parameter to the median in nanoseconds.
type Medians = BTreeMap<(String, String, String), f64>;

fn main() -> Result<()> {
    let mut medians = Medians::new();
    collect(&results(), &mut medians)?;
    table("SQLite", "rusqlite, by index (sync)", &medians);
    table("PostgreSQL", "tokio-postgres, by index", &medians);
    Ok(())
}

/// Where criterion keeps its results.
fn results() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    target.join("criterion")
}

fn collect(directory: &Path, medians: &mut Medians) -> Result<()> {
    if directory.ends_with("new") {
        let id = json(&directory.join("benchmark.json"))?;
        let median = json(&directory.join("estimates.json"))?["median"]["point_estimate"].as_f64();
        let text = |field: &str| id[field].as_str().unwrap_or_default().to_owned();
        let key = (text("function_id"), text("group_id"), text("value_str"));
        medians.insert(key, median.ok_or("estimates without a median")?);
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

/// One table: the baseline with its times, then every peer as a multiple of it.
fn table(database: &str, baseline: &str, medians: &Medians) {
    let median = |peer: &str, (group, parameter, _): &(&str, &str, &str)| {
        medians.get(&(peer.to_owned(), format!("{database} {group}"), (*parameter).to_owned())).copied()
    };
    let columns: Vec<_> = COLUMNS.iter().filter(|column| median(baseline, column).is_some()).collect();
    if columns.is_empty() {
        return;
    }
    let row = |first: &str, cells: Vec<String>| println!("| {first} | {} |", cells.join(" | "));
    row(database, columns.iter().map(|(_, _, title)| (*title).to_owned()).collect());
    println!("|---|{}", "---:|".repeat(columns.len()));
    row(
        &format!("{baseline}, µs"),
        columns.iter().map(|column| median(baseline, column).map_or_else(String::new, micros)).collect(),
    );
    for peer in peers_of(database, medians) {
        let ratio = |column| Some(format!("{:.2}", median(&peer, column)? / median(baseline, column)?));
        row(&peer, columns.iter().map(|column| ratio(column).unwrap_or_default()).collect());
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

fn micros(nanoseconds: f64) -> String {
    let micros = nanoseconds / 1_000.0;
    if micros < 100.0 { format!("{micros:.1}") } else { format!("{micros:.0}") }
}
