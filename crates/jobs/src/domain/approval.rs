//! Steps that wait for the word of a person.

use common::permission::Role;
use common::problem::FieldError;
use service_kit::caller::Caller;

use crate::domain::run::Decision;
use crate::error::Error;
use crate::store::steps::Undecided;

/// What a decision makes of such a step.
pub(super) struct Approval {
    /// Status and reason.
    pub(super) end: (&'static str, &'static str),
    /// What the audit log calls it.
    pub(super) action: &'static str,
}

impl Approval {
    /// None if the step waits for something else.
    pub(super) fn of(
        step: &Undecided,
        who: &Caller,
        decision: Decision,
    ) -> Result<Option<Self>, Error> {
        if step.kind != "approval" {
            return Ok(None);
        }
        let least = match step.role.as_deref() {
            Some("operator") => Role::Operator,
            Some(_) | None => Role::Admin,
        };
        if who.role < least {
            return Err(Error::ApprovalNeedsRole(least));
        }
        let (end, action) = match decision {
            Decision::Succeeded => (("succeeded", "approved"), "run.step_approved"),
            Decision::Failed => (("failed", "rejected"), "run.step_rejected"),
            Decision::Retry => {
                let detail = "must be succeeded or failed: an approval is not repeated";
                return Err(FieldError::new("decision", "not_allowed", detail).into());
            }
        };
        Ok(Some(Self { end, action }))
    }
}
