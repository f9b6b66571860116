//! From a claimed row to what has to be done, with every hole filled.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::id::CredentialId;
use common::model::job::{CopySpec, ExecSpec, FetchSpec, StepSpec};
use common::model::target::{Protocol, TargetSnapshot};
use common::template;
use serde_json::{Map, Value};

use crate::connector::Fault;
use crate::domain::command::{
    Exec, FileCopy, FileFetch, RenderError, Source, render_plain, render_shell,
};
use crate::domain::known::Known;
use crate::domain::request::encode;
use crate::store::claims::Claim;

/// Permission bits of a file whose step names none.
const USUAL_MODE: u32 = 0o644;

/// What has to be done, where, and with which secret.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) target: TargetSnapshot,
    pub(crate) credential_id: CredentialId,
    pub(crate) work: Work,
    pub(crate) timeout: Duration,
}

/// The work of a step.
#[derive(Clone, Debug)]
pub(crate) enum Work {
    Exec(Exec),
    Copy(FileCopy),
    Fetch(FileFetch),
}

impl Plan {
    /// Reads a claim.
    ///
    /// # Errors
    /// A lasting fault: trying again would find the same.
    pub(crate) fn of(claim: &Claim, known: &Known) -> Result<Self, Fault> {
        if !matches!(claim.kind.as_str(), "ssh.exec" | "ssh.copy" | "ssh.fetch") {
            return Err(not_available(claim));
        }
        let target = read_target(claim, Protocol::Ssh)?;
        let Some(credential_id) = claim.credential_id else {
            let text = format!("Target {} has no credential: give it one.", target.name);
            return Err(Fault::lasting("credential_missing", text));
        };
        let values = known.values(claim);
        let work = match read_spec(claim)? {
            StepSpec::SshExec(spec) => Work::Exec(fill_exec(spec, claim, &values)?),
            StepSpec::SshCopy(spec) => Work::Copy(fill_copy(&spec, &values)?),
            StepSpec::SshFetch(spec) => Work::Fetch(fill_fetch(spec, &values)?),
            StepSpec::WinrmExec(_)
            | StepSpec::WinrmCopy(_)
            | StepSpec::Wait(_)
            | StepSpec::HttpRequest(_)
            | StepSpec::Approval(_)
            | StepSpec::Job(_) => {
                return Err(not_available(claim));
            }
        };
        let seconds = u64::try_from(claim.timeout_sec).unwrap_or(1).max(1);
        Ok(Self {
            target,
            credential_id: CredentialId(credential_id),
            work,
            timeout: Duration::from_secs(seconds),
        })
    }
}

pub(crate) fn read_target(claim: &Claim, protocol: Protocol) -> Result<TargetSnapshot, Fault> {
    let Some(snapshot) = claim.target.clone() else {
        return Err(bad_step("the step names no target"));
    };
    let target: TargetSnapshot = serde_json::from_value(snapshot)
        .map_err(|error| bad_step(&format!("its target cannot be read: {error}")))?;
    if target.protocol == protocol {
        return Ok(target);
    }
    let text = format!(
        "Target {} is reached by {}, but the step needs {}.",
        target.name,
        target.protocol.as_str(),
        protocol.as_str()
    );
    Err(Fault::lasting("wrong_protocol", text))
}

pub(crate) fn read_spec(claim: &Claim) -> Result<StepSpec, Fault> {
    let mut spec = claim.spec.clone();
    if let Value::Object(fields) = &mut spec {
        fields.insert("type".to_owned(), Value::String(claim.kind.clone()));
    }
    serde_json::from_value(spec).map_err(|error| bad_step(&format!("it cannot be read: {error}")))
}

fn fill_exec(spec: ExecSpec, claim: &Claim, values: &Map<String, Value>) -> Result<Exec, Fault> {
    let text = render_shell(&spec.command, values).map_err(unfilled("command"))?;
    let mut env = BTreeMap::new();
    for (name, value) in spec.env {
        env.insert(name, render_plain(&value, values).map_err(unfilled("env"))?);
    }
    let stdin = spec
        .stdin
        .map(|text| render_plain(&text, values))
        .transpose();
    Ok(Exec {
        text,
        shell: spec.shell,
        stdin: stdin.map_err(unfilled("stdin"))?,
        env,
        is_detached: spec.detach.applies(claim.idempotent, claim.timeout_sec),
        as_user: spec.as_user.map(|other| other.user),
    })
}

fn fill_fetch(spec: FetchSpec, values: &Map<String, Value>) -> Result<FileFetch, Fault> {
    let path = render_plain(&spec.path, values).map_err(unfilled("path"))?;
    if path.chars().any(char::is_control) {
        return Err(bad_step("its path holds a control character"));
    }
    Ok(FileFetch {
        path,
        max_bytes: spec.max_bytes,
        form: spec.form,
        as_user: spec.as_user.map(|other| other.user),
    })
}

fn fill_copy(spec: &CopySpec, values: &Map<String, Value>) -> Result<FileCopy, Fault> {
    let path = render_plain(&spec.dest_path, values).map_err(unfilled("destPath"))?;
    if path.chars().any(char::is_control) {
        return Err(bad_step("its destPath holds a control character"));
    }
    let content = STANDARD
        .decode(spec.content_b64.as_deref().unwrap_or_default())
        .map_err(|error| bad_step(&format!("its contentB64 is no base64: {error}")))?;
    let url = spec
        .from_url
        .as_ref()
        .map(|url| template::render(url, values, encode));
    let url = url.transpose();
    let url = url.map_err(|error| unfilled("fromUrl")(error.into()))?;
    let source = url.map(|url| Source {
        url,
        sha256: spec.sha256.clone(),
    });
    let mode = match &spec.mode {
        None => Some(USUAL_MODE),
        Some(text) => u32::from_str_radix(text, 8)
            .ok()
            .filter(|mode| *mode <= 0o7777),
    };
    let Some(mode) = mode else {
        return Err(bad_step("its mode is no octal number up to 7777"));
    };
    Ok(FileCopy {
        path,
        content,
        source,
        mode,
        owner: spec.owner.clone(),
        overwrite: spec.overwrite,
        as_user: spec.as_user.as_ref().map(|other| other.user.clone()),
    })
}

fn not_available(claim: &Claim) -> Fault {
    let text = format!(
        "Steps of type {} are not available in this version.",
        claim.kind
    );
    Fault::lasting("not_available", text)
}

pub(crate) fn bad_step(why: &str) -> Fault {
    Fault::lasting("bad_step", format!("The step cannot be done: {why}."))
}

pub(crate) fn unfilled(field: &'static str) -> impl Fn(RenderError) -> Fault {
    move |error| {
        Fault::lasting(
            "bad_parameters",
            format!("The holes of {field} cannot be filled: {error}."),
        )
    }
}
