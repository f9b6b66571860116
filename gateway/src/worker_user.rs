//! Whether nginx's workers, which are not root, can reach what they serve.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The first existing folder above or at one of `paths` that strangers may not enter.
pub(crate) fn blocked_at(paths: &[&Path]) -> Option<PathBuf> {
    paths.iter().find_map(|path| {
        let mut above: Vec<&Path> = path.ancestors().collect();
        above.reverse();
        above
            .into_iter()
            .find(|folder| is_closed(folder))
            .map(Path::to_owned)
    })
}

fn is_closed(folder: &Path) -> bool {
    folder
        .metadata()
        .is_ok_and(|found| found.permissions().mode() & 0o001 == 0)
}
