//! Times a cold `cargo check` of a crate of 100 models with ten columns each, the crates that it depends on being built
//! before: with Dormouse as it is here, with Dormouse in other directories that are given (of earlier commits, say), and with
//! SeaORM.

mod dormouse;
mod sea_orm;

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
    for _ in 0..ROUNDS {
        for (models, seconds) in crates.iter().zip(&mut seconds) {
            seconds.push(models.time(&target)?);
        }
    }
    print(&crates, seconds);
    Ok(())
}

impl Crate {
    fn write(&self) -> Result {
        let source = self.directory.join("src");
        fs::create_dir_all(&source)?;
        let name = self.directory.file_name().ok_or("a crate without a name")?.display();
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
        // What is known of the last check is not to be used.
        check.env("CARGO_TARGET_DIR", target.join("target")).env("CARGO_INCREMENTAL", "0");
        if check.status()?.success() { Ok(()) } else { Err(format!("{} does not compile", self.title).into()) }
    }

    /// The seconds that checking the crate alone takes.
    fn time(&self, target: &Path) -> Result<f64> {
        File::options().append(true).open(self.directory.join("src/lib.rs"))?.set_modified(SystemTime::now())?;
        let start = Instant::now();
        self.check(target)?;
        let both = start.elapsed();
        let start = Instant::now();
        self.check(target)?;
        Ok(both.saturating_sub(start.elapsed()).as_secs_f64())
    }
}

/// Prints the median of each crate, the least and the most, and the ratio to the first.
fn print(crates: &[Crate], mut seconds: Vec<Vec<f64>>) {
    println!("| {MODELS} models of 10 columns | seconds | least – most | ratio |\n|---|---:|---:|---:|");
    let mut first = None;
    for (models, seconds) in crates.iter().zip(&mut seconds) {
        seconds.sort_by(f64::total_cmp);
        let [least, _, median, _, most] = seconds.as_slice() else { continue };
        let ratio = median / *first.get_or_insert(*median);
        println!("| {} | {median:.2} | {least:.2} – {most:.2} | {ratio:.2} |", models.title);
    }
}
