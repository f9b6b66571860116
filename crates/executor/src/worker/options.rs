//! What the definition of a step says beside its work: when it is skipped, and when tried again.

use common::expression;
use common::model::job::StepOptions;
use tracing::warn;

use super::attempt::Attempt;
use super::limited;
use crate::connector::Fault;
use crate::domain::known::Known;
use crate::domain::outcome::{Ending, Verdict};
use crate::store;
use crate::store::results::ResultRow;

impl Attempt<'_> {
    /// Reads them.
    pub(super) fn options(&self) -> Result<StepOptions, Verdict> {
        serde_json::from_value(self.claim.options.clone()).map_err(|error| {
            let text = format!("The options of the step cannot be read: {error}.");
            self.unsent(&Fault::lasting("bad_step", text))
        })
    }

    /// The results of earlier steps, if this one asks for any.
    pub(super) async fn fetch_results(
        &self,
        options: &StepOptions,
    ) -> Result<Vec<ResultRow>, Verdict> {
        if !options.reads_results {
            return Ok(Vec::new());
        }
        let claim = self.claim;
        let found = limited(async {
            let mut conn = self.worker.db.acquire().await?;
            store::results::list(&mut conn, claim.step_id).await
        });
        found.await.map_err(|error| {
            warn!(step.id = claim.step_id, "No results for a step: {error}");
            self.later("results_unavailable")
        })
    }

    /// Skips a step whose condition does not hold. One that was launched was judged before that.
    pub(super) fn check_condition(
        &self,
        options: &StepOptions,
        known: &Known,
    ) -> Result<(), Verdict> {
        let Some(condition) = options.when.as_deref().filter(|_| !self.is_following()) else {
            return Ok(());
        };
        match expression::holds(condition, &known.values(self.claim)) {
            Ok(true) => Ok(()),
            Ok(false) => Err(Ending::skipped().into()),
            Err(error) => {
                let text = format!("The condition cannot be judged: {error}.");
                Err(self.unsent(&Fault::lasting("bad_condition", text)))
            }
        }
    }

    /// A further try, if the step failed in a way that may pass and has any left.
    pub(super) fn again(&self, verdict: &Verdict) -> Option<Verdict> {
        let Verdict::Finish(outcome) = verdict else {
            return None;
        };
        if !outcome.may_pass_later() {
            return None;
        }
        let failures = u32::try_from(self.claim.failures).unwrap_or(0) + 1;
        let wait = self.options().ok()?.retry?.wait_sec(failures)?;
        Some(Verdict::Retry {
            reason: outcome.reason.clone().unwrap_or_default(),
            delay_seconds: i32::try_from(wait).unwrap_or(i32::MAX),
        })
    }
}
