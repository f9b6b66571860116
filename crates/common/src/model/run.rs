//! States of runs and steps.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::id::{RunId, StepId};
use crate::permission::UnknownName;

/// An executor wants the run of a `job` step that it holds: it is started unless it was already.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartChild {
    /// The step.
    pub step_id: StepId,
    /// The claim's fence.
    pub epoch: i64,
    /// The executor that holds the claim.
    pub worker: String,
    /// How often the step has failed: each try has a run of its own.
    pub attempt: i32,
    /// Name of the job.
    pub job: String,
    /// What it is told.
    #[schema(value_type = Object)]
    pub parameters: Map<String, Value>,
}

/// The run of a `job` step.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Child {
    /// Its id.
    pub run_id: RunId,
    /// Its state.
    pub status: RunStatus,
    /// More about the state.
    pub reason: Option<String>,
}

macro_rules! states {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal, $is_final:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }

        impl $name {
            /// Every state.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word on the wire and in the database.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// Whether it never changes any more.
            pub fn is_final(self) -> bool {
                match self { $(Self::$variant => $is_final,)+ }
            }
        }

        impl FromStr for $name {
            type Err = UnknownName;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL
                    .iter()
                    .copied()
                    .find(|state| state.as_str() == text)
                    .ok_or_else(|| UnknownName(text.to_owned()))
            }
        }
    };
}

states! {
    /// State of a run.
    RunStatus {
        /// No step has started.
        Queued = "queued", false;
        /// A step has started.
        Running = "running", false;
        /// Every step did what it should.
        Succeeded = "succeeded", true;
        /// A step failed.
        Failed = "failed", true;
        /// A person ended it.
        Canceled = "canceled", true;
        /// A person has to say what became of a step.
        NeedsAttention = "needs_attention", false;
    }
}

states! {
    /// State of a step on a target.
    StepStatus {
        /// Waits for its turn or for an executor.
        Queued = "queued", false;
        /// An executor holds it.
        Running = "running", false;
        /// Did what it should.
        Succeeded = "succeeded", true;
        /// Did not.
        Failed = "failed", true;
        /// Not run, or cut off, because the run ended.
        Aborted = "aborted", true;
        /// Not needed.
        Skipped = "skipped", true;
        /// Its executor was lost after the command was sent.
        Unknown = "unknown", false;
    }
}
