//! Configurations on disk: a folder for each generation, and `current`, which points at one.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, symlink};
use std::path::{Path, PathBuf};

use crate::certificate::write_private;
use crate::error::Error;
use crate::render::Files;

/// Generations kept besides the current one, for a look at what changed.
const KEPT: usize = 2;

/// The folder that holds them.
#[derive(Clone, Debug)]
pub struct Generations(PathBuf);

impl Generations {
    /// Opens or makes the folder.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(root: PathBuf) -> Result<Self, Error> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&root)
            .map_err(Error::file("create", &root))?;
        Ok(Self(root))
    }

    /// Main file of the generation in use, by a path that stays the same.
    pub fn current_file(&self) -> PathBuf {
        self.0.join("current/nginx.conf")
    }

    /// Main file of generation `number`.
    pub fn file(&self, number: u64) -> PathBuf {
        self.folder(number).join("nginx.conf")
    }

    /// The generation in use, if there is one.
    pub fn current(&self) -> Option<u64> {
        let target = fs::read_link(self.0.join("current")).ok()?;
        let number = target.to_str()?.parse().ok()?;
        self.file(number).exists().then_some(number)
    }

    /// A number higher than all before.
    pub fn next(&self) -> u64 {
        self.numbers().into_iter().max().unwrap_or(0) + 1
    }

    /// Whether generation `number` on disk is exactly `files`.
    pub fn holds(&self, number: u64, files: &Files) -> bool {
        let folder = self.folder(number);
        files.iter().all(|(path, text)| {
            fs::read_to_string(folder.join(path)).is_ok_and(|found| &found == text)
        })
    }

    /// Writes generation `number`, which must be new.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, number: u64, files: &Files) -> Result<(), Error> {
        for (path, text) in files {
            let path = self.folder(number).join(path);
            if let Some(parent) = path.parent() {
                fs::DirBuilder::new()
                    .recursive(true)
                    .mode(0o700)
                    .create(parent)
                    .map_err(Error::file("create", parent))?;
            }
            write_private(&path, text)?;
        }
        sync(&self.folder(number))
    }

    /// Makes generation `number` the one in use.
    ///
    /// # Errors
    /// When the link cannot be replaced.
    pub fn switch(&self, number: u64) -> Result<(), Error> {
        let (link, draft) = (self.0.join("current"), self.0.join("current.new"));
        let replace = || {
            let _gone = fs::remove_file(&draft);
            symlink(number.to_string(), &draft)?;
            fs::rename(&draft, &link)
        };
        replace().map_err(Error::file("switch", &link))?;
        sync(&self.0)
    }

    /// Removes generation `number`.
    pub fn remove(&self, number: u64) {
        // What stays behind is found by the next pruning.
        let _gone = fs::remove_dir_all(self.folder(number));
    }

    /// Removes all but the current generation and a few before it.
    pub fn prune(&self) {
        let current = self.current();
        let mut others = self.numbers();
        others.retain(|number| Some(*number) != current);
        others.sort_unstable();
        let surplus = others.len().saturating_sub(KEPT);
        others
            .into_iter()
            .take(surplus)
            .for_each(|number| self.remove(number));
    }

    fn folder(&self, number: u64) -> PathBuf {
        self.0.join(number.to_string())
    }

    fn numbers(&self) -> Vec<u64> {
        let entries = fs::read_dir(&self.0).into_iter().flatten().flatten();
        entries
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .collect()
    }
}

fn sync(folder: &Path) -> Result<(), Error> {
    fs::File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(Error::file("sync", folder))
}
