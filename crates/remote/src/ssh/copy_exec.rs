//! Copying with commands: the whole way where there is no SFTP, and its last steps where there is.

use super::connection::SshConnection;
use super::copy::{CLEAN_UP_LIMIT, CopyError, Job, Overwrite, STEP_LIMIT, Uploaded, Via, argument};
use super::error::printable;
use super::exec::ExecError;
use super::sudo::{self, NOT_BECOME, NOT_BECOME_MARK};
use crate::quote;

/// What both programs share; exit codes 41 to 48 name the step that failed.
///
/// `d` destination, `f` folder, `t` temporary file, `m` mode, `o` owner, `w` whether to replace,
/// `h` expected hash, `n` expected length.
const PRELUDE: &str = concat!(
    r#"d=$1 f=$2 t=$3 m=$4 o=$5 w=$6 h=$7 n=$8 v=; umask 077; "#,
    r#"fail() { c=$1; shift; rm -f "$t"; echo "$*" >&2; exit "$c"; }; "#,
);
/// Checks the folder and the destination, then writes the temporary file, all of it.
const WRITE: &str = concat!(
    r#"[ -d "$f" ] || fail 41; [ ! -d "$d" ] || fail 43; "#,
    r#"if [ "$w" = refuse ] && { [ -e "$d" ] || [ -h "$d" ]; }; then fail 42; fi; "#,
    r#"[ -w "$f" ] || fail 44 "$f"; "#,
    r#"set -C; e=$( { cat > "$t"; } 2>&1 ) || fail 45 "$e"; set +C; "#,
    r#"[ "$(($(wc -c < "$t")))" = "$n" ] || fail 46; "#,
);
/// Compares the hash.
const CHECK: &str = concat!(
    r#"if command -v sha256sum >/dev/null 2>&1; then "#,
    r#"s=$(sha256sum < "$t"); [ "${s%% *}" = "$h" ] || fail 46; v=verified; fi; "#,
);
/// Sets owner and mode; a change of owner clears some bits of the mode, so the mode is last.
const OWN: &str = concat!(
    r#"if [ "$o" ]; then e=$(chown "$o" "$t" 2>&1) || fail 47 "$e"; fi; "#,
    r#"e=$(chmod "$m" "$t" 2>&1) || fail 47 "$e"; "#,
);
/// Puts the file under its name; a hard link cannot replace anything.
const PLACE: &str = concat!(
    r#"if [ "$w" = replace ]; then e=$(mv -f "$t" "$d" 2>&1) || fail 48 "$e"; "#,
    r#"elif ln "$t" "$d" 2>/dev/null; then rm -f "$t"; "#,
    r#"elif [ -e "$d" ] || [ -h "$d" ]; then fail 42; "#,
    r#"else e=$(mv "$t" "$d" 2>&1) || fail 48 "$e"; fi; "#,
);
const DONE: &str = r#"echo "done $v""#;

impl SshConnection {
    /// The whole copy by one command that reads standard input.
    ///
    /// A copy that is stopped ends its input early; the command sees that and removes the file.
    pub(super) async fn upload_over_exec(
        &self,
        job: &Job<'_>,
        stop: impl Future<Output = CopyError>,
    ) -> Result<Uploaded, CopyError> {
        let program = [PRELUDE, WRITE, CHECK, OWN, PLACE, DONE].concat();
        let mut stopped = None;
        let stop = async { stopped = Some(stop.await) };
        let run = self.run_program(&program, &job.upload.content, job, stop);
        match run.await {
            Ok(verified) => Ok(job.done(Via::Exec, verified)),
            Err(error) => {
                self.remove_temporary(job).await;
                Err(stopped.unwrap_or(error))
            }
        }
    }

    /// Checks and owns the temporary file; says whether the hash was checked.
    pub(super) async fn check_and_own(&self, job: &Job<'_>) -> Result<bool, CopyError> {
        let own = if job.upload.owner.is_some() { OWN } else { "" };
        let program = [PRELUDE, CHECK, own, DONE].concat();
        let stop = tokio::time::sleep(STEP_LIMIT);
        self.run_program(&program, &[], job, stop).await
    }

    async fn remove_temporary(&self, job: &Job<'_>) {
        if self.is_closed() {
            return;
        }
        if let Ok(path) = quote::posix(&argument(&job.temporary)) {
            // What is left has a random name and harms nobody.
            let sudo = job.upload.sudo.as_ref();
            if let Ok(line) = sudo::line(sudo, &format!("rm -f {path}")) {
                let input = sudo::input(sudo, &[]);
                let _left = self.capture(&line, &input, 1024, CLEAN_UP_LIMIT).await;
            }
        }
    }

    async fn run_program(
        &self,
        program: &str,
        stdin: &[u8],
        job: &Job<'_>,
        stop: impl Future<Output = ()>,
    ) -> Result<bool, CopyError> {
        let mode = format!("{:o}", job.upload.mode & 0o7777);
        let replace = match job.upload.overwrite {
            Overwrite::Refuse => "refuse",
            Overwrite::Replace => "replace",
        };
        let (path, folder) = (argument(&job.upload.path), argument(&job.folder));
        let temporary = argument(&job.temporary);
        let length = job.upload.content.len().to_string();
        let owner = job.upload.owner.as_deref().unwrap_or_default();
        let arguments = [
            program,
            "sh",
            &path,
            &folder,
            &temporary,
            &mode,
            owner,
            replace,
            &job.sha256,
            &length,
        ];
        let quoted: Result<Vec<String>, _> = arguments.into_iter().map(quote::posix).collect();
        let quoted = quoted.map_err(|_zero| CopyError::BadPath(job.upload.path.clone()))?;
        let sudo = job.upload.sudo.as_ref();
        let words = format!("sh -c {}", quoted.join(" "));
        let line = sudo::line(sudo, &words).map_err(ExecError::from)?;
        let input = sudo::input(sudo, stdin);
        let captured = self.capture_until(&line, &input, 4096, stop).await?;
        let said = captured.output.stdout_text();
        match captured.code {
            Some(0) if said.trim_start().starts_with("done") => Ok(said.contains("verified")),
            code => Err(failure(code, &captured.output.stderr_text(), job)),
        }
    }
}

fn failure(code: Option<u32>, said: &str, job: &Job<'_>) -> CopyError {
    let said = printable(said);
    match code {
        Some(41) => CopyError::ParentMissing(job.folder.clone()),
        Some(42) => CopyError::Exists(job.upload.path.clone()),
        Some(43) => CopyError::IsFolder(job.upload.path.clone()),
        Some(44) => CopyError::PermissionDenied(said),
        Some(46) => CopyError::Damaged,
        Some(NOT_BECOME) => {
            let said = said.strip_prefix(NOT_BECOME_MARK).unwrap_or(&said);
            CopyError::NotBecome(said.to_owned())
        }
        Some(47) => CopyError::OwnerRefused(said),
        Some(_) => CopyError::Refused(said),
        None => CopyError::Refused("the command was killed".to_owned()),
    }
}
