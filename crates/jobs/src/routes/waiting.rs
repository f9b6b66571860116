//! Why something waits, as clients see it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::store::steps::StepRow;
use crate::store::waiting::WaitRow;

/// Most reasons that are told of a run.
const MOST: usize = 50;

/// Why a run or step waits.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Waiting {
    /// A stable word, such as `lock`, `target_busy`, `batch`, `parallel`, `queue` or `no_executor`.
    code: String,
    /// The same for people.
    text: String,
    /// Since when it is so.
    since: Option<DateTime<Utc>>,
    /// The run that has what is waited for.
    holder_run_id: Option<i64>,
    /// How many steps wait for this; 0 if it is about the run.
    steps: usize,
}

impl Waiting {
    /// The reasons of a run, each once.
    pub(super) fn of_run(rows: Vec<WaitRow>) -> Vec<Self> {
        let mut reasons: Vec<Self> = Vec::new();
        for row in rows {
            let steps = usize::from(row.step_id.is_some());
            let same = |known: &&mut Self| known.code == row.code && known.text == row.text;
            if let Some(known) = reasons.iter_mut().find(same) {
                known.steps = known.steps.saturating_add(steps);
            } else if reasons.len() < MOST {
                reasons.push(Self::of(row));
            }
        }
        reasons
    }

    fn of(row: WaitRow) -> Self {
        Self {
            code: row.code,
            text: row.text,
            since: row.since,
            holder_run_id: row.holder_run_id,
            steps: usize::from(row.step_id.is_some()),
        }
    }
}

/// A step, and why it waits.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Step {
    #[serde(flatten)]
    row: StepRow,
    /// Why it waits, if it could be next.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    waiting: Vec<Waiting>,
}

impl Step {
    /// Steps with their reasons.
    pub(super) fn all(rows: Vec<StepRow>, reasons: Vec<WaitRow>) -> Vec<Self> {
        let mut by_step: BTreeMap<i64, Vec<Waiting>> = BTreeMap::new();
        for reason in reasons {
            if let Some(step) = reason.step_id {
                by_step.entry(step).or_default().push(Waiting::of(reason));
            }
        }
        let step = |row: StepRow| Self {
            waiting: by_step.remove(&row.id.0).unwrap_or_default(),
            row,
        };
        rows.into_iter().map(step).collect()
    }
}
