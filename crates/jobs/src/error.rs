//! What can go wrong here, and how it is answered.

use actix_web::http::StatusCode;
use clients::http::ClientError;
use common::id::{JobId, RunId, StepId, TargetId};
use common::model::run::RunStatus;
use common::permission::Role;
use common::problem::FieldError;
use service_kit::error::ApiError;

/// A condition that a caller can act on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no job {0}")]
    JobNotFound(JobId),
    #[error("job {0} has no version {1}")]
    VersionNotFound(JobId, i32),
    #[error("a job named {0} exists already")]
    NameTaken(String),
    #[error("{} faults in the definition", .0.len())]
    InvalidDefinition(Vec<FieldError>),
    #[error("unknown targets: {}", .0.join(", "))]
    UnknownTargets(Vec<String>),
    #[error("the targets of the job are none: its selector hits nothing")]
    NoTargets,
    #[error("targets of the job are gone: {}", .0.join(", "))]
    TargetsGone(Vec<String>),
    #[error("only an admin may save a command that splices values without quotes")]
    RawNeedsAdmin,
    #[error("job {0} is not active")]
    Inactive(JobId),
    #[error("{} faults in the request", .0.len())]
    Invalid(Vec<FieldError>),
    #[error("the idempotency key was used for another request")]
    KeyReused,
    #[error("there is no run {0}")]
    RunNotFound(RunId),
    #[error("run {run} is {} already", .status.as_str())]
    RunFinal { run: RunId, status: RunStatus },
    #[error("run {run} is {}: it can be repeated when it is over", .status.as_str())]
    RunOpen { run: RunId, status: RunStatus },
    #[error("all of run {0} was done: there is nothing to repeat but all of it")]
    NothingToRepeat(RunId),
    #[error("the secret parameters of run {0} were removed: start its job anew with them")]
    SecretsRemoved(RunId),
    #[error("run {0} is being undone: wait for the end of that")]
    BeingUndone(RunId),
    #[error("it undoes run {0}, and is not repeated: undo that one once more")]
    IsUndo(RunId),
    #[error("nothing of run {0} is left to undo")]
    NothingToUndo(RunId),
    #[error("this worker holds no step that runs a job")]
    ClaimNotCurrent,
    #[error("there is no job named {0}")]
    JobNameNotFound(String),
    #[error("job {0} is run by a step of itself, or of a job that it runs")]
    Recursion(String),
    #[error("{0} runs wait for each other already: no more")]
    TooDeep(usize),
    #[error("there is no step {0} that waits for a decision")]
    StepNotUnknown(StepId),
    #[error("only somebody with the role {} may decide on this step", .0.as_str())]
    ApprovalNeedsRole(Role),
    #[error("the run has no step {0}")]
    StepNotFound(StepId),
    #[error("the turn of step {0} has not come: cancel the run, or all it does on the target")]
    StepNotBegun(StepId),
    #[error("step {0} is over already")]
    StepOver(StepId),
    #[error("the run has no step on target {0}")]
    TargetNotFound(TargetId),
    #[error("all steps on target {0} are over already")]
    TargetOver(TargetId),
    #[error("the output of step {0} was removed to make room")]
    OutputRemoved(StepId),
    #[error("you watch {0} runs already: close another page first")]
    TooManyStreams(usize),
    #[error("the log has no event {0}")]
    NoSuchEvent(i64),
    #[error("files of output cannot be read")]
    Files(#[from] std::io::Error),
    #[error("database")]
    Database(#[from] sqlx::Error),
    #[error("another service")]
    Client(#[from] ClientError),
    #[error("stored data cannot be read")]
    Stored(#[from] serde_json::Error),
}

impl From<FieldError> for Error {
    fn from(fault: FieldError) -> Self {
        Self::Invalid(vec![fault])
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        match error {
            Error::JobNotFound(_) => Self::not_found("jobs.not_found", text),
            Error::ClaimNotCurrent => Self::forbidden("runs.claim_not_current", text),
            Error::JobNameNotFound(_) => Self::not_found("jobs.not_found", text),
            Error::Recursion(_) | Error::TooDeep(_) => Self::conflict("runs.job_recursion", text),
            Error::VersionNotFound(..) => Self::not_found("jobs.version_not_found", text),
            Error::NameTaken(_) => {
                Self::conflict("jobs.name_taken", text).with_errors(vec![FieldError::new(
                    "name",
                    "taken",
                    "choose another name",
                )])
            }
            Error::InvalidDefinition(faults) => {
                Self::bad_request("jobs.invalid_definition", describe(&faults)).with_errors(faults)
            }
            Error::UnknownTargets(_) => Self::bad_request("jobs.unknown_target", text),
            Error::NoTargets => Self::conflict("jobs.no_targets", text),
            Error::TargetsGone(_) => Self::conflict("jobs.target_gone", text),
            Error::RawNeedsAdmin => Self::forbidden("jobs.raw_needs_admin", text),
            Error::Inactive(_) => Self::bad_request("jobs.inactive", text),
            Error::Invalid(faults) => Self::invalid(faults),
            Error::KeyReused => Self::unprocessable("jobs.idempotency_key_reused", text),
            Error::RunNotFound(_) => Self::not_found("runs.not_found", text),
            Error::RunOpen { .. } => Self::conflict("runs.open", text),
            Error::SecretsRemoved(_) => Self::conflict("runs.secrets_removed", text),
            Error::BeingUndone(_) => Self::conflict("runs.being_undone", text),
            Error::IsUndo(_) => Self::conflict("runs.is_undo", text),
            Error::NothingToUndo(_) => Self::conflict("runs.nothing_to_undo", text),
            Error::NothingToRepeat(_) => Self::conflict("runs.nothing_to_repeat", text),
            Error::RunFinal { .. } => Self::conflict("runs.final", text),
            Error::StepNotUnknown(_) => Self::conflict("runs.step_not_unknown", text),
            Error::ApprovalNeedsRole(_) => Self::forbidden("runs.approval_needs_role", text),
            Error::StepNotFound(_) => Self::not_found("runs.step_not_found", text),
            Error::StepNotBegun(_) => Self::conflict("runs.step_not_begun", text),
            Error::StepOver(_) => Self::conflict("runs.step_over", text),
            Error::TargetNotFound(_) => Self::not_found("runs.target_not_found", text),
            Error::TargetOver(_) => Self::conflict("runs.target_over", text),
            Error::OutputRemoved(_) => Self::new(StatusCode::GONE, "runs.output_removed", text),
            Error::TooManyStreams(_) => Self::too_many("runs.too_many_streams", text, 10),
            Error::NoSuchEvent(_) => Self::field("after", "out_of_range", text),
            Error::Files(error) => Self::internal(error),
            Error::Database(error) => Self::from(error),
            Error::Client(error) => Self::from(error),
            Error::Stored(error) => Self::internal(error),
        }
    }
}

fn describe(faults: &[FieldError]) -> String {
    match faults {
        [first, rest @ ..] => {
            let more = match rest.len() {
                0 => String::new(),
                n => format!(" (and {n} more)"),
            };
            format!(
                "Invalid job definition: {}: {}{more}",
                first.field, first.detail
            )
        }
        [] => "Invalid job definition".to_owned(),
    }
}
