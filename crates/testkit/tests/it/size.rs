//! How long a file may be.

use std::fs;
use std::path::Path;

/// Most lines of a source file; a longer one is two nouns in one room.
const MAX_LINES: usize = 400;
/// Most lines of a folder's README.
const MAX_README_LINES: usize = 60;

/// Every Rust file below a folder, with its text.
pub(crate) fn rust_files(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(Path::new(folder), "rs", &mut found);
    found
}

fn collect(folder: &Path, ending: &str, found: &mut Vec<(String, String)>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() && !path.ends_with("target") {
            collect(&path, ending, found);
        } else if path.extension().is_some_and(|found| found == ending) {
            found.push((
                path.display().to_string(),
                fs::read_to_string(&path).unwrap(),
            ));
        }
    }
}

#[test]
fn no_source_file_is_too_long() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let mut long = Vec::new();
    for folder in ["crates", "gateway", "database"] {
        for (path, text) in rust_files(&format!("{root}/{folder}")) {
            let lines = text.lines().count();
            if lines > MAX_LINES {
                long.push(format!("{path}: {lines} lines"));
            }
        }
    }
    assert!(
        long.is_empty(),
        "longer than {MAX_LINES} lines:\n{}",
        long.join("\n")
    );
}

#[test]
fn every_package_has_a_short_readme() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let crates = fs::read_dir(format!("{root}/crates")).unwrap();
    let mut folders: Vec<_> = crates.map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.is_dir());
    folders
        .extend(["gateway", "database", "nginx", "scripts"].map(|name| Path::new(root).join(name)));
    for folder in folders {
        let text = fs::read_to_string(folder.join("README.md"))
            .unwrap_or_else(|_| panic!("{} has no README.md", folder.display()));
        let lines = text.lines().count();
        assert!(
            lines <= MAX_README_LINES,
            "{}: {lines} lines",
            folder.display()
        );
    }
}
