//! What a step needs before anything is sent: its secret, and a way to its target.

use std::time::Instant;

use clients::http::ClientError;
use common::id::{CredentialId, StepId};
use common::model::credential::ReleaseForStep;
use remote::Redactor;
use tracing::warn;

use super::attempt::Attempt;
use crate::connector::{Fault, Key, Session};
use crate::domain::backoff::connect_delay;
use crate::domain::outcome::Verdict;
use crate::domain::plan::Plan;

/// Tries to connect, the first included.
const CONNECT_TRIES: u32 = 3;
/// Claims after which a step that cannot even begin has failed.
pub(super) const MOST_CLAIMS: i32 = 8;

/// What credentials is asked for, in words and in reasons of failure.
pub(super) struct Wanted {
    pub(super) subject: &'static str,
    pub(super) refused: &'static str,
    pub(super) unavailable: &'static str,
}

const CREDENTIAL: Wanted = Wanted {
    subject: "The credential was",
    refused: "credential_refused",
    unavailable: "credential_unavailable",
};

impl Attempt<'_> {
    /// The claim is the capability: credentials checks it in the database.
    pub(super) async fn fetch_key(&self, credential_id: CredentialId) -> Result<Key, Verdict> {
        let request = ReleaseForStep {
            credential_id,
            step_id: StepId(self.claim.step_id),
            epoch: self.claim.epoch,
            worker: self.worker.id.clone(),
        };
        match self.worker.credentials.release_for_step(&request).await {
            Ok(released) => Ok(Key {
                version: format!("{}.{}", released.credential_id, released.version),
                secret: released.secret,
            }),
            Err(error) => Err(self.not_released(&CREDENTIAL, &error)),
        }
    }

    pub(super) fn not_released(&self, wanted: &Wanted, error: &ClientError) -> Verdict {
        warn!(
            step.id = self.claim.step_id,
            "No secret for a step: {error}"
        );
        let is_passing = match error {
            ClientError::Unavailable { .. } => true,
            ClientError::Refused { problem, .. } => matches!(problem.status, 401 | 429),
            ClientError::Malformed { .. } => false,
        };
        if is_passing && self.claim.attempt_count < MOST_CLAIMS {
            return self.later(wanted.unavailable);
        }
        let fault = match error {
            ClientError::Refused { problem, .. } => Fault::lasting(
                wanted.refused,
                format!(
                    "{} not released: {} ({}).",
                    wanted.subject, problem.detail, problem.code
                ),
            ),
            ClientError::Unavailable { .. } | ClientError::Malformed { .. } => Fault::lasting(
                wanted.unavailable,
                "The credentials service gave no usable answer.",
            ),
        };
        self.unsent(&fault)
    }

    /// Tries a few times; longer if the target runs a command that is to be found again.
    pub(super) async fn connect(
        &self,
        plan: &Plan,
        key: &Key,
        redactor: &Redactor,
    ) -> Result<Box<dyn Session>, Verdict> {
        let mut tries = 1;
        let until = self
            .is_following()
            .then(|| Instant::now() + self.left(plan));
        loop {
            match self.worker.ssh.connect(&plan.target, key).await {
                Ok(session) => return Ok(session),
                Err(fault)
                    if fault.is_transient
                        && (tries < CONNECT_TRIES || until > Some(Instant::now())) =>
                {
                    tokio::time::sleep(connect_delay(tries)).await;
                    tries += 1;
                }
                Err(mut fault) => {
                    fault.text = redactor.text(&fault.text);
                    return Err(self.unsent(&fault));
                }
            }
        }
    }
}
