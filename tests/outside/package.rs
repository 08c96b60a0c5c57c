//! A package outside of the workspace, in a folder that is gone afterwards.

use std::path::Path;
use std::process::Command;
use std::{fs, io};

use tempfile::TempDir;

/// The profile of the workspace, so that what is compiled there is used again.
const PROFILE: &str = r#"
    [profile.dev]
    debug = "line-tables-only"
    [profile.dev.package."*"]
    debug = false
"#;

pub(crate) struct Package(TempDir);

impl Package {
    /// A package with these sections of its manifest, in which `dormouse = "0.1"` is the one of this workspace.
    pub(crate) fn new(manifest: &str) -> io::Result<Self> {
        let package = Self(tempfile::tempdir()?);
        let head = "[package]\nname = \"outside\"\nedition = \"2024\"\n";
        let patch = format!("[patch.crates-io]\ndormouse = {{ path = {:?} }}\n", workspace());
        package.write("Cargo.toml", &[head, manifest, &patch, PROFILE].join("\n"))?;
        Ok(package)
    }

    /// A program with these `[dependencies]`.
    pub(crate) fn program(dependencies: &str, source: &str) -> io::Result<Self> {
        let package = Self::new(dependencies)?;
        fs::create_dir(package.0.path().join("src"))?;
        package.write("src/main.rs", source)?;
        Ok(package)
    }

    fn write(&self, file: &str, text: &str) -> io::Result<()> {
        fs::write(self.0.path().join(file), text)
    }

    pub(crate) fn read(&self, file: &str) -> io::Result<String> {
        fs::read_to_string(self.0.path().join(file))
    }

    /// Takes the versions with which the workspace is tested.
    pub(crate) fn pin(&self) -> io::Result<()> {
        fs::copy(workspace().join("Cargo.lock"), self.0.path().join("Cargo.lock")).map(drop)
    }

    /// What a command of cargo prints in the package; one that fails ends the test with what cargo says.
    #[track_caller]
    pub(crate) fn cargo(&self, command: &str) -> String {
        self.try_cargo(command).unwrap_or_else(|reason| panic!("cargo {command}:\n{reason}"))
    }

    pub(crate) fn try_cargo(&self, command: &str) -> Result<String, String> {
        cargo(self.0.path(), command)
    }
}

/// What a command of cargo prints in a folder, or what it says when it fails. It uses what the workspace has compiled.
pub(crate) fn cargo(folder: &Path, command: &str) -> Result<String, String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(folder).args(command.split(' ')).env("CARGO_TARGET_DIR", target());
    let output = cargo.output().map_err(|error| error.to_string())?;
    let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    if output.status.success() { Ok(out) } else { Err(out + &err) }
}

pub(crate) fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The workspace's own target folder.
fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("a folder above")
}
