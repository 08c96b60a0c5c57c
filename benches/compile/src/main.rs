//! Times `cargo check` of a crate of 100 models with ten columns and a query each, the crates that it depends on being
//! built before: with Dormouse as it is here, with Dormouse in other directories that are given (of earlier commits, say), and with
//! SeaORM.

mod dormouse;
mod sea_orm;

use std::borrow::Cow;
use std::env;
use std::error::Error;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Instant, SystemTime};

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// How many models a crate has.
const MODELS: usize = 100;

/// How often each crate is checked; in turn, so that what else the machine does slows all of them alike.
const ROUNDS: usize = 5;

/// A crate of models, as it is written.
struct Crate {
    /// What the table calls it.
    title: String,
    /// Its directory, which is named after it.
    directory: PathBuf,
    /// Where `Cargo.lock` comes from, so that the same versions are compared each time.
    lock: PathBuf,
    dependencies: String,
    /// The source of each model, a module of its own, by its number.
    model: fn(usize) -> String,
}

fn main() -> Result {
    let root = fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))?;
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from).join("compile");
    let mut crates = vec![dormouse::models("Dormouse".to_owned(), &root, target.join("dormouse"))];
    for (number, earlier) in env::args_os().skip(1).enumerate() {
        let (earlier, title) = (fs::canonicalize(&earlier)?, format!("Dormouse in {}", earlier.display()));
        crates.push(dormouse::models(title, &earlier, target.join(format!("dormouse_{number}"))));
    }
    crates.push(sea_orm::dense(&root, target.join("sea_orm_dense")));
    crates.push(sea_orm::compact(&root, target.join("sea_orm_compact")));

    for models in &crates {
        models.write()?;
        models.check(&target)?;
    }
    let mut seconds = vec![Vec::new(); crates.len()];
    for round in 0..ROUNDS {
        for (models, seconds) in crates.iter().zip(&mut seconds) {
            seconds.push(models.time(&target, round)?);
        }
    }
    print(&crates, &seconds);
    Ok(())
}

impl Crate {
    fn write(&self) -> Result {
        let source = self.directory.join("src");
        fs::create_dir_all(&source)?;
        let name = self.name();
        let head = format!("[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n");
        fs::write(self.directory.join("Cargo.toml"), format!("{head}\n[dependencies]\n{}", self.dependencies))?;
        fs::copy(self.lock.join("Cargo.lock"), self.directory.join("Cargo.lock"))?;
        for number in 0..MODELS {
            fs::write(source.join(format!("model_{number}.rs")), (self.model)(number))?;
        }
        let modules: String = (0..MODELS).map(|number| format!("pub mod model_{number};\n")).collect();
        Ok(fs::write(source.join("lib.rs"), modules)?)
    }

    fn check(&self, target: &Path) -> Result {
        let mut check = Command::new("cargo");
        check.args(["check", "--quiet"]).current_dir(&self.directory);
        check.env("CARGO_TARGET_DIR", target.join("target")).env("CARGO_INCREMENTAL", "1");
        if check.status()?.success() { Ok(()) } else { Err(format!("{} does not compile", self.title).into()) }
    }

    /// The seconds that checking the crate alone takes: from nothing, and after the query of one model has changed.
    fn time(&self, target: &Path, round: usize) -> Result<[f64; 2]> {
        let start = Instant::now();
        self.check(target)?;
        let cargo = start.elapsed();
        let check = || -> Result<f64> {
            let start = Instant::now();
            self.check(target)?;
            Ok(start.elapsed().saturating_sub(cargo).as_secs_f64())
        };
        for kept in fs::read_dir(target.join("target/debug/incremental"))? {
            let kept = kept?;
            if kept.file_name().to_string_lossy().rsplit_once('-').is_some_and(|(name, _)| name == self.name()) {
                fs::remove_dir_all(kept.path())?;
            }
        }
        let path = self.directory.join("src/model_50.rs");
        File::options().append(true).open(&path)?.set_modified(SystemTime::now())?;
        let whole = check()?;
        fs::write(path, (self.model)(50).replace("limit(20)", &format!("limit({round})")))?;
        Ok([whole, check()?])
    }

    fn name(&self) -> Cow<'_, str> {
        self.directory.file_name().unwrap_or_default().to_string_lossy()
    }
}

/// Prints the median of each crate, the least and the most, and the ratios to the first.
fn print(crates: &[Crate], seconds: &[Vec<[f64; 2]>]) {
    println!("| {MODELS} models of 10 columns | from nothing | ratio | after a change | ratio |");
    println!("|---|---:|---:|---:|---:|");
    let mut first = None;
    for (models, seconds) in crates.iter().zip(seconds) {
        let [whole, changed] = [0, 1].map(|which| sorted(seconds.iter().map(|both| both[which])));
        let (of_whole, of_changed) = *first.get_or_insert((whole[ROUNDS / 2], changed[ROUNDS / 2]));
        let shown = |list: &[f64], base| {
            let (least, median, most) = (list[0], list[ROUNDS / 2], list[ROUNDS - 1]);
            format!("{median:.2} s ({least:.2} – {most:.2}) | {:.2}", median / base)
        };
        println!("| {} | {} | {} |", models.title, shown(&whole, of_whole), shown(&changed, of_changed));
    }
}

fn sorted(seconds: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut seconds: Vec<f64> = seconds.collect();
    seconds.sort_by(f64::total_cmp);
    seconds
}
