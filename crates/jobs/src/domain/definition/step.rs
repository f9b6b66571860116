//! One step of a definition.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::model::job::{
    CopySpec, Detach, ExecSpec, OnError, StepOptions, StepSpec, WinrmExecSpec,
};
use common::problem::FieldError;
use serde_json::Value;

use super::fleet::{self, Lock};
use super::names::{Names, Templates, is_name};
use super::options;
use super::reader::Reader;

/// Shells that an `ssh.exec` step may name.
const SHELLS: &[&str] = &["bash", "sh", "dash", "ksh", "zsh"];
/// Step types that a later version brings.
const LATER_TYPES: &[&str] = &[
    "ssh.fetch",
    "winrm.fetch",
    "http.request",
    "wait",
    "approval",
    "job",
];
/// Fields of a step that a later version brings.
const LATER: &[&str] = &["undo", "become", "fromUrl", "owner"];
/// Longest command, in characters.
const MAX_COMMAND: usize = 100_000;
/// Longest content of a copied file, in base64 characters.
const MAX_CONTENT: usize = 1_400_000;

/// A step that can be run.
#[derive(Clone, Debug)]
pub struct Step {
    /// What it is called; its type where the definition gives no name.
    pub name: String,
    /// Name of its target; none: every target of the fleet.
    pub target: Option<String>,
    /// Its work.
    pub spec: StepSpec,
    /// Longest time it may take, in seconds.
    pub timeout_sec: i32,
    /// What its failure means for the run.
    pub on_error: OnError,
    /// Whether it may be run again when nobody knows whether it ran.
    pub idempotent: bool,
    /// What else is said of it.
    pub options: StepOptions,
    /// What it holds while it runs.
    pub locks: Vec<Lock>,
    /// Whether nothing else that mutates may run on its target meanwhile.
    pub mutates: bool,
    /// Whether it splices a value without quotes.
    pub raw: bool,
}

impl Step {
    /// Reads a step; nothing if it has faults, which are noted.
    pub(super) fn parse(
        path: &str,
        step: &Value,
        known: &Names<'_>,
        faults: &mut Vec<FieldError>,
    ) -> Option<Self> {
        let mut reader = Reader::of(path, step, faults)?;
        let before = reader.fault_count();
        let kind = reader.text("type", 1..=50)?;
        let mut templates = Templates::new(known);
        let spec = match kind.as_str() {
            "ssh.exec" => ssh_exec(&mut reader, &mut templates),
            "ssh.copy" => copy(&mut reader, &mut templates, true).map(StepSpec::SshCopy),
            "winrm.exec" => winrm_exec(&mut reader, &mut templates),
            "winrm.copy" => copy(&mut reader, &mut templates, false).map(StepSpec::WinrmCopy),
            later if LATER_TYPES.contains(&later) => {
                reader.fault(
                    "type",
                    "not_available",
                    format!("{later} is not available in this version"),
                );
                return None;
            }
            _ => {
                let detail = "must be one of ssh.exec, ssh.copy, winrm.exec, winrm.copy";
                reader.fault("type", "not_allowed", detail);
                return None;
            }
        };
        let name = reader.optional_text("name", 1..=200);
        let target = reader.optional_text("target", 1..=200);
        let timeout = reader.integer("timeoutSec", 1..=86_400).unwrap_or(60);
        let on_error = match reader.word("on_error", &["stop", "continue", "ignore"]) {
            "continue" => OnError::Continue,
            "ignore" => OnError::Ignore,
            _ => OnError::Stop,
        };
        let idempotent = reader.boolean("idempotent", false);
        let mutates = reader.boolean("mutates", true);
        let locks = fleet::locks(&mut reader, &mut templates);
        let options = options::read(&mut reader, &mut templates);
        let clean = reader.fault_count() == before;
        reader.finish(LATER);
        clean.then_some(())?;
        Some(Self {
            name: name.unwrap_or(kind),
            target,
            locks,
            mutates,
            spec: spec?,
            timeout_sec: i32::try_from(timeout).ok()?,
            on_error,
            idempotent,
            options,
            raw: templates.raw,
        })
    }
}

fn command(reader: &mut Reader<'_, '_>, templates: &mut Templates<'_>) -> Option<String> {
    checked(reader, templates, "command")
}

fn checked(
    reader: &mut Reader<'_, '_>,
    templates: &mut Templates<'_>,
    field: &'static str,
) -> Option<String> {
    let command = reader.text(field, 1..=MAX_COMMAND)?;
    if command.trim().is_empty() {
        reader.fault(field, "missing", "must not be blank");
        return None;
    }
    templates.check(reader, field, &command);
    Some(command)
}

fn ssh_exec(reader: &mut Reader<'_, '_>, templates: &mut Templates<'_>) -> Option<StepSpec> {
    let command = match (reader.take("command"), reader.take("script")) {
        (Some(_), Some(_)) => {
            reader.fault("script", "not_allowed", "must not stand beside command");
            None
        }
        (None, Some(_)) => checked(reader, templates, "script"),
        (Some(_) | None, None) => command(reader, templates),
    };
    let shell = reader.word("shell", SHELLS).to_owned();
    let stdin = reader.optional_text("stdin", 0..=MAX_COMMAND);
    if let Some(text) = &stdin {
        templates.check(reader, "stdin", text);
    }
    let env = environment(reader, templates);
    let detach = match reader.word("detach", &["auto", "always", "never"]) {
        "always" => Detach::Always,
        "never" => Detach::Never,
        _ => Detach::Auto,
    };
    Some(StepSpec::SshExec(ExecSpec {
        command: command?,
        shell,
        stdin,
        env,
        detach,
    }))
}

fn environment(
    reader: &mut Reader<'_, '_>,
    templates: &mut Templates<'_>,
) -> BTreeMap<String, String> {
    let mut env = BTreeMap::new();
    let Some(value) = reader.take("env") else {
        return env;
    };
    let Some(object) = value.as_object() else {
        reader.fault("env", "wrong_type", "must be an object of texts");
        return env;
    };
    for (name, value) in object {
        let field = format!("env.{name}");
        let Some(text) = value.as_str().filter(|text| !text.contains('\0')) else {
            reader.fault(&field, "wrong_type", "must be a text");
            continue;
        };
        if !is_name(name) {
            reader.fault(&field, "invalid", "must be a name of letters, digits and _");
        }
        templates.check(reader, &field, text);
        env.insert(name.clone(), text.to_owned());
    }
    env
}

fn winrm_exec(reader: &mut Reader<'_, '_>, templates: &mut Templates<'_>) -> Option<StepSpec> {
    let command = command(reader, templates);
    let shell = reader.word("shell", &["powershell", "cmd"]).to_owned();
    Some(StepSpec::WinrmExec(WinrmExecSpec {
        command: command?,
        shell,
    }))
}

fn copy(
    reader: &mut Reader<'_, '_>,
    templates: &mut Templates<'_>,
    posix: bool,
) -> Option<CopySpec> {
    let dest_path = reader.text("destPath", 1..=4096);
    if let Some(path) = &dest_path {
        templates.check(reader, "destPath", path);
        if posix && !path.starts_with('/') && !path.starts_with("{{") {
            reader.fault("destPath", "invalid", "must be an absolute path");
        }
    }
    let content = reader.text("contentB64", 0..=MAX_CONTENT);
    if content
        .as_ref()
        .is_some_and(|text| STANDARD.decode(text).is_err())
    {
        reader.fault("contentB64", "invalid", "must be base64 with padding");
    }
    let mode = if posix {
        reader.optional_text("mode", 3..=4)
    } else {
        None
    };
    if mode
        .as_ref()
        .is_some_and(|mode| u16::from_str_radix(mode, 8).is_err())
    {
        reader.fault("mode", "invalid", "must be octal digits such as 0644");
    }
    let overwrite = reader.boolean("overwrite", true);
    Some(CopySpec {
        dest_path: dest_path?,
        content_b64: content?,
        mode,
        overwrite,
    })
}
