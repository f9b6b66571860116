//! The programs that run on the target. All are constant; what they work on comes as arguments
//! that hold no secret, or over standard input.
//!
//! A folder per command, readable by its user only:
//!
//! | file | holds |
//! |---|---|
//! | `out`, `err` | both streams, as far as they have come |
//! | `pid` | the shell of the command, which leads a process group of its own |
//! | `sup` | the process that waits for it, and the id of the boot it belongs to |
//! | `rc` | the exit code, once there is one; its line end comes last |
//! | `never` | nothing: says that the command was not started and will not be |

use zeroize::Zeroizing;

use crate::quote;
use crate::ssh::command::{Command, CommandError};
use crate::ssh::exec::ExecError;
use crate::ssh::launch;

/// Finds the parent of all folders as `b`: in the home of the user, else in `/tmp`; empty if neither
/// can be used. A folder in `/tmp` that another user has made is none of ours.
macro_rules! find_base {
    () => {
        concat!(
            r#"b=$HOME/.opsconductor; "#,
            r#"own() { [ -d "$b" ] || mkdir -m 700 "$b" 2>/dev/null; "#,
            r#"[ -d "$b" ] && [ ! -L "$b" ] && [ -O "$b" ] && [ -w "$b" ]; }; "#,
            r#"own || { b=/tmp/.opsconductor-$(id -u); own; } || b=; "#,
        )
    };
}

/// Tells on both streams that this program speaks from here on: a login shell may have said things
/// before, which are no output of the command.
macro_rules! greet {
    () => {
        r#"echo "$mark from"; echo "$mark from" >&2; "#
    };
}

/// Tells the end of both streams; the two take different ways, so neither tells of the other.
macro_rules! say {
    () => {
        r#"say() { echo "$mark end"; echo "$mark $*" >&2; }; "#
    };
}

/// Most bytes of each stream that [`LAUNCH`] gives by itself.
pub(super) const AT_ONCE: u64 = 65_536;

/// Starts a command and, if it ends while somebody listens, tells all about it.
///
/// `$1` shell, `$2` token, `$3` mark, `$4` the program of the command's shell. Reads two lines, the text and the
/// input of the command, both escaped for `printf %b`; nothing happens before both have arrived.
/// With an empty `PATH`, only a `printf` of the shell itself is found: another program would get
/// the text as an argument, where other users can see it.
pub(super) const LAUNCH: &str = concat!(
    say!(),
    r#"mark=$3; "#,
    greet!(),
    r#"command -v setsid >/dev/null 2>&1 || { say cannot the target has no setsid; exit 0; }; "#,
    find_base!(),
    r#"[ "$b" ] || { say cannot there is no folder that can be written; exit 0; }; "#,
    r#"d=$b/$2; IFS= read -r s && IFS= read -r i || exit 254; "#,
    r#"mkdir -m 700 "$d" 2>/dev/null || { "#,
    r#"if [ -d "$d" ]; then say taken; else say cannot no folder can be made; fi; exit 0; }; "#,
    r#"{ echo new >"$d/sup"; } 2>/dev/null && [ -s "$d/sup" ] || "#,
    r#"{ rm -rf "$d"; say cannot there is no room to write; exit 0; }; "#,
    r#"( { PATH=; printf "%s\n" "$s"; printf "%b" "$i"; } 2>/dev/null | "#,
    r#"setsid "$1" -c "$4" "$1" "$d" >"$d/out" 2>"$d/err"; echo $? >"$d/rc" "#,
    r#") </dev/null >/dev/null 2>&1 & "#,
    r#"p=$!; s=; i=; k=; { read -r k </proc/sys/kernel/random/boot_id; } 2>/dev/null; "#,
    r#"echo "$p $k" >"$d/sup"; echo "$mark begun" >&2; wait "$p"; "#,
    r#"r=; { IFS= read -r r <"$d/rc"; } 2>/dev/null || { say gone; exit 0; }; "#,
    r#"[ -s "$d/out" ] && head -c 65536 "$d/out"; [ -s "$d/err" ] && head -c 65536 "$d/err" >&2; "#,
    r#"say rc "$r"; IFS= read -r a && rm -rf "$d""#,
);

/// The shell of the command notes its process id in the folder `$1`, before it reads the text as
/// one line and evaluates it. The rest of standard input belongs to the command.
pub(super) const TELL: &str = r#"echo "$$" >"$1/pid"; set --; "#;

/// Gives what a command has written and goes on writing, and tells its end.
///
/// `$1` token, `$2` and `$3` bytes of `out` and `err` that are known already, `$4` mark. A command
/// that has no folder was never started; a folder put in its place makes sure that it will not be.
/// Folders of commands that ended a week ago and that nobody asked for are removed.
pub(super) const FOLLOW: &str = concat!(
    say!(),
    r#"mark=$4; o=$2; e=$3; "#,
    greet!(),
    find_base!(),
    r#"[ "$b" ] || { say gone; exit 0; }; d=$b/$1; "#,
    r#"mkdir -m 700 "$d" 2>/dev/null && { : >"$d/never" || { say gone; exit 0; }; }; "#,
    r#"ack() { IFS= read -r a && rm -rf "$d" && "#,
    r#"find "$b" -mindepth 1 -maxdepth 1 -mtime +7 -exec rm -rf {} + 2>/dev/null; exit 0; }; "#,
    r#"[ -e "$d/never" ] && { say never; ack; }; "#,
    r#"size() { z=$({ wc -c <"$1"; } 2>/dev/null) || z=0; z=$((z)); }; "#,
    r#"give() { tail -c +$(($2 + 1)) "$1" | head -c $((z - $2)); }; "#,
    r#"alive() { p=; { read -r p k <"$d/sup"; } 2>/dev/null; "#,
    r#"case $p in ''|new) t=$((t + 1)); [ $t -lt 40 ]; return;; esac; "#,
    r#"c=$k; { read -r c </proc/sys/kernel/random/boot_id; } 2>/dev/null; "#,
    r#"[ "$c" = "$k" ] && kill -0 "$p" 2>/dev/null; }; "#,
    r#"t=0; q=0; while :; do x=; [ -s "$d/rc" ] && x=1; g=; "#,
    r#"size "$d/out"; [ $z -gt $o ] && { give "$d/out" $o; o=$z; g=1; }; "#,
    r#"size "$d/err"; [ $z -gt $e ] && { give "$d/err" $e >&2; e=$z; g=1; }; "#,
    r#"[ "$x" ] && break; [ "$g" ] && q=0; "#,
    r#"alive || [ -s "$d/rc" ] || { say gone; ack; }; "#,
    r#"if [ $q -lt 20 ]; then q=$((q + 1)); sleep 0.1 2>/dev/null || sleep 1; "#,
    r#"else sleep 0.4 2>/dev/null || sleep 1; fi; done; "#,
    r#"IFS= read -r r <"$d/rc"; say rc "$r"; ack"#,
);

/// Tells the process id of the shell of the command with the token `$1`, waiting a moment for it.
pub(super) const FIND_PID: &str = concat!(
    find_base!(),
    r#"n=0; while [ $n -lt 10 ]; do [ -s "$b/$1/pid" ] && exec cat "$b/$1/pid"; "#,
    r#"n=$((n + 1)); sleep 0.1 2>/dev/null || sleep 1; done"#,
);

/// The command line that runs a program with arguments.
pub(super) fn line(program: &str, arguments: &[&str]) -> Result<String, ExecError> {
    let mut line = "exec sh -c ".to_owned();
    let zero = |_zero| ExecError::BadCommand(CommandError::ZeroByte("an argument"));
    line.push_str(&quote::posix(program).map_err(zero)?);
    line.push_str(" sh");
    for argument in arguments {
        line.push(' ');
        line.push_str(&quote::posix(argument).map_err(zero)?);
    }
    Ok(line)
}

/// The text and the input of a command, a line each; the end of the second starts it.
///
/// Where the user is changed, the password comes first, and the text begins the second line.
pub(super) fn lines(command: &Command) -> Result<Zeroizing<Vec<u8>>, ExecError> {
    let script = launch::script(command)?;
    let Some(sudo) = &command.sudo else {
        let mut lines = script;
        lines.push(b'\n');
        escape(command.stdin.expose(), &mut lines);
        return Ok(lines);
    };
    let mut lines = sudo.first_line();
    escape(&script, &mut lines);
    escape(b"\n", &mut lines);
    escape(command.stdin.expose(), &mut lines);
    Ok(lines)
}

/// Escapes for `printf %b`.
fn escape(bytes: &[u8], line: &mut Vec<u8>) {
    for byte in bytes {
        match byte {
            0 => line.extend_from_slice(br"\0000"),
            b'\\' => line.extend_from_slice(br"\\"),
            b'\n' => line.extend_from_slice(br"\n"),
            other => line.push(*other),
        }
    }
}
