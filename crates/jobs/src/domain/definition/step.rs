//! One step of a definition.

use std::collections::BTreeMap;

use common::model::job::{
    ApprovalSpec, Detach, ExecSpec, OnError, StepOptions, StepSpec, WinrmExecSpec,
};
use common::permission::Role;
use common::problem::FieldError;
use common::template;
use serde_json::Value;

use super::copy;
use super::fetch;
use super::fleet::{self, Lock};
use super::names::{Names, Templates, is_name};
use super::nested;
use super::options;
use super::privilege;
use super::reader::Reader;
use super::request;
use super::undo;
use super::wait;

/// Shells that an `ssh.exec` step may name.
const SHELLS: &[&str] = &["bash", "sh", "dash", "ksh", "zsh"];
/// What steps may be.
pub const TYPES: &[&str] = &[
    "ssh.exec",
    "ssh.copy",
    "ssh.fetch",
    "winrm.exec",
    "winrm.copy",
    "http.request",
    "wait",
    "approval",
    "job",
];
/// Step types that a later version brings.
const LATER_TYPES: &[&str] = &["winrm.fetch"];
/// Longest time that a step may take, in seconds.
pub(super) const LONGEST_SEC: i32 = 86_400;
/// The same where the definition says nothing.
const USUAL_SEC: i32 = 60;
/// Longest command, in characters.
const MAX_COMMAND: usize = 100_000;

/// A step that can be run.
#[derive(Clone, Debug)]
pub struct Step {
    /// What it is called; its type where the definition gives no name.
    pub name: String,
    /// Name of its target; none: every target of the fleet, or no target is needed.
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
    /// The step that undoes it, on the same target.
    pub undo: Option<Box<Step>>,
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
        is_available(&mut reader, &kind).then_some(())?;
        let spec = work(&mut reader, &mut templates, &kind);
        let name = reader.optional_text("name", 1..=200);
        let target = reader.optional_text("target", 1..=200);
        let timeout = timeout(&mut reader, spec.as_ref());
        let on_error = match reader.word("on_error", &["stop", "continue", "ignore"]) {
            "continue" => OnError::Continue,
            "ignore" => OnError::Ignore,
            _ => OnError::Stop,
        };
        let only_looks = spec.as_ref().is_some_and(only_looks);
        let idempotent = reader.boolean("idempotent", only_looks);
        let mutates = reader.boolean("mutates", !only_looks);
        let locks = fleet::locks(&mut reader, &mut templates);
        let options = options::read(&mut reader, &mut templates);
        let undo = undo::read(&mut reader, step, known);
        let clean = reader.fault_count() == before;
        reader.finish(&[]);
        clean.then_some(())?;
        Some(Self {
            name: name.unwrap_or(kind),
            target,
            locks,
            mutates,
            spec: spec?,
            timeout_sec: timeout,
            on_error,
            idempotent,
            options,
            raw: templates.raw || undo.as_ref().is_some_and(|undo| undo.raw),
            undo,
        })
    }

    /// Whether every target of the fleet does it.
    pub fn is_on_fleet(&self) -> bool {
        self.target.is_none() && self.spec.needs_target()
    }
}

/// Whether there are steps of this type; else that is noted.
fn is_available(reader: &mut Reader<'_, '_>, kind: &str) -> bool {
    if TYPES.contains(&kind) {
        return true;
    }
    if LATER_TYPES.contains(&kind) {
        let detail = format!("{kind} is not available in this version");
        reader.fault("type", "not_available", detail);
    } else {
        let detail = format!("must be one of {}", TYPES.join(", "));
        reader.fault("type", "not_allowed", detail);
    }
    false
}

fn work(
    reader: &mut Reader<'_, '_>,
    templates: &mut Templates<'_>,
    kind: &str,
) -> Option<StepSpec> {
    match kind {
        "ssh.exec" => ssh_exec(reader, templates),
        "ssh.copy" => copy::read(reader, templates, true).map(StepSpec::SshCopy),
        "ssh.fetch" => fetch::read(reader, templates).map(StepSpec::SshFetch),
        "winrm.exec" => winrm_exec(reader, templates),
        "winrm.copy" => copy::read(reader, templates, false).map(StepSpec::WinrmCopy),
        "http.request" => request::read(reader, templates).map(StepSpec::HttpRequest),
        "approval" => approval(reader, templates).map(StepSpec::Approval),
        "wait" => wait::read(reader, templates).map(StepSpec::Wait),
        "job" => nested::read(reader, templates).map(StepSpec::Job),
        _ => None,
    }
}

/// Whether a step changes nothing unless its definition says so.
fn only_looks(spec: &StepSpec) -> bool {
    match spec {
        StepSpec::Wait(_) | StepSpec::SshFetch(_) | StepSpec::Approval(_) | StepSpec::Job(_) => {
            true
        }
        StepSpec::HttpRequest(request) => request::only_reads(request),
        StepSpec::SshExec(_)
        | StepSpec::SshCopy(_)
        | StepSpec::WinrmExec(_)
        | StepSpec::WinrmCopy(_) => false,
    }
}

/// Whether a step has to have a target, as far as one with faults can tell.
pub(super) fn needs_target(step: &Value) -> bool {
    match step.get("type").and_then(Value::as_str) {
        Some("approval" | "job") => false,
        Some("wait") => {
            let port = step.pointer("/for/port").filter(|port| port.is_object());
            port.is_some_and(|port| is_about_target(port.get("host")))
                || step
                    .pointer("/for/http/url")
                    .is_some_and(|url| is_about_target(Some(url)))
        }
        Some("http.request") => is_about_target(step.get("url")),
        Some(_) | None => true,
    }
}

/// Whether an address is that of the target: none, or one that asks for it.
fn is_about_target(address: Option<&Value>) -> bool {
    let address = address.filter(|address| !address.is_null());
    address.is_none_or(|address| address.as_str().is_some_and(template::asks_for_target))
}

fn timeout(reader: &mut Reader<'_, '_>, spec: Option<&StepSpec>) -> i32 {
    let least = spec.map_or(1, wait::shortest_timeout);
    let given = reader.integer("timeoutSec", i64::from(least)..=i64::from(LONGEST_SEC));
    let given = given.and_then(|seconds| i32::try_from(seconds).ok());
    let usual = match spec {
        Some(StepSpec::Approval(_) | StepSpec::Job(_)) => LONGEST_SEC,
        Some(_) | None => USUAL_SEC,
    };
    given.unwrap_or(least.max(usual))
}

fn approval(reader: &mut Reader<'_, '_>, templates: &mut Templates<'_>) -> Option<ApprovalSpec> {
    let role = match reader.word("role", &["operator", "admin"]) {
        "admin" => Role::Admin,
        _ => Role::Operator,
    };
    let message = reader.text("message", 1..=2000)?;
    templates.check(reader, "message", &message);
    Some(ApprovalSpec { role, message })
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
    templates.check_hidden(reader, field, &command);
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
        templates.check_hidden(reader, "stdin", text);
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
        as_user: privilege::read(reader),
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
        templates.check_hidden(reader, &field, text);
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
