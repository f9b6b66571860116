//! Steps that wait for the word of a person.

use common::model::job::{ApprovalSpec, StepSpec};

use super::attempt::Attempt;
use crate::connector::Fault;
use crate::domain::command::render_plain;
use crate::domain::known::Known;
use crate::domain::outcome::{Ending, Verdict};
use crate::domain::plan::{bad_step, read_spec, unfilled};

/// Reason of a step that waits.
const NEEDED: &str = "approval_needed";

impl Attempt<'_> {
    /// Leaves the step to a person: its outcome is unknown until one has decided.
    ///
    /// The time that person has counts from the moment at which the step is marked as sent.
    pub(super) async fn ask_person(&self, known: &Known) -> Verdict {
        let message = match self.message(known) {
            Ok(message) => message,
            Err(fault) => return self.unsent(&fault),
        };
        match self.pass_fence(None).await {
            Ok(()) => Ending::unknown(NEEDED, message).into(),
            Err(stopped) => stopped,
        }
    }

    fn message(&self, known: &Known) -> Result<String, Fault> {
        let StepSpec::Approval(ApprovalSpec { message, .. }) = read_spec(self.claim)? else {
            return Err(bad_step("it asks for nothing"));
        };
        let values = known.values(self.claim);
        render_plain(&message, &values).map_err(unfilled("message"))
    }
}
